/* Runs the rows and prints for each what happened: value, undef ELn, trap ELn with class and
 * syndrome. */
#include "matrix.h"

#define HCR_EL2     ENC(3, 4, 1, 1, 0)
#define HCR_E2H_TGE (1UL << 34 | 1UL << 27)
#define HCR_TGE     (1UL << 27)
#define HCR_HCD     (1UL << 29)
#define HCR_STAGE2  (1UL << 0 | 1UL << 12) /* VM, DC: there is no stage 2 to run under */
#define WORD_BASE   0xd5000000U
#define WORD_READ   (1U << 21)
#define HVC_FIRST   0x5a007e00
#define SPSR_EL2H   0x3c9

extern uint8_t matrix_vectors[];
extern uint32_t matrix_slot[2];
void run_return(void);
void guest_main(void);

enum outcome_kind {
    OUT_VALUE,
    OUT_UNDEF,
    OUT_TRAP,
    OUT_NOT_RUN,
};

struct outcome {
    enum outcome_kind kind;
    uint64_t value, el, esr;
};

static uint64_t scratch[512] __attribute__((aligned(4096)));

static uint64_t execute(uint32_t word, unsigned el, uint64_t x0)
{
    matrix_slot[0] = word;
    __asm__ volatile("dc cvau, %0\n dsb ish\n ic ivau, %0\n dsb ish\n isb" ::"r"(matrix_slot)
                     : "memory");
    return run_at_level(el, (guest_fn)matrix_slot, x0);
}

/* An exception that EL1 handed over: it is EL1's in the log, and EL2 returns in EL1's place. */
static void take_over(struct frame *frame)
{
    struct percpu *cpu = this_cpu();
    bool vhe = (RD("hcr_el2") & 1UL << 34) != 0;

    if ((frame->esr & ~0xfUL) != HVC_FIRST) {
        trap_frame_default(frame);
        return;
    }
    uint64_t esr = vhe ? RD("s3_5_c5_c2_0") : RD("esr_el1");
    uint64_t elr = vhe ? RD("s3_5_c4_c0_1") : RD("elr_el1");
    uint64_t spsr = vhe ? RD("s3_5_c4_c0_0") : RD("spsr_el1");
    if (esr == (0x56000000 | EXIT_IMM)) {
        cpu->trap_count--;
        frame->elr = (uint64_t)run_return;
        frame->spsr = SPSR_EL2H;
        return;
    }
    if (cpu->trap_count <= TRAP_LOG_SIZE) {
        cpu->trap[cpu->trap_count - 1] =
            (struct trap){.el = 1, .esr = esr, .elr = elr, .spsr = spsr};
    }
    frame->elr = elr + 4;
    frame->spsr = spsr;
}

static struct outcome attempt(uint32_t word, unsigned el, uint64_t x0)
{
    struct percpu *cpu = this_cpu();
    struct outcome out = {.kind = OUT_VALUE};

    traps_reset();
    out.value = execute(word, el, x0);
    if (cpu->trap_count != 0) {
        out.kind = cpu->trap[0].esr >> 26 == 0 ? OUT_UNDEF : OUT_TRAP;
        out.el = cpu->trap[0].el;
        out.esr = cpu->trap[0].esr;
    }
    return out;
}

static uint64_t control_read(uint32_t reg)
{
    return execute(WORD_BASE | WORD_READ | reg, 2, 0);
}

static void control_write(uint32_t reg, uint64_t value)
{
    execute(WORD_BASE | reg, 2, value);
    ISB();
}

/* limit: which bits of HCR_EL2 may change; a register other than HCR_EL2 is left out unless all
 * may. */
static unsigned setups_apply(const struct matrix_row *row, uint64_t limit, uint64_t *saved)
{
    unsigned count = 0;

    for (; count < MATRIX_SETUPS && row->setup[count].reg != 0; count++) {
        const struct matrix_setup *s = &row->setup[count];
        if (limit != ~0UL && s->reg != HCR_EL2) {
            continue;
        }
        saved[count] = control_read(s->reg);
        control_write(s->reg, (saved[count] & ~(s->mask & limit)) | (s->value & limit));
    }
    return count;
}

static void setups_undo(const struct matrix_row *row, uint64_t limit, unsigned count,
                        const uint64_t *saved)
{
    while (count-- > 0) {
        if (limit == ~0UL || row->setup[count].reg == HCR_EL2) {
            control_write(row->setup[count].reg, saved[count]);
        }
    }
}

/* The value a write may store without harm: what the register holds, read under the same E2H and
 * TGE. */
static uint64_t harmless_value(const struct matrix_row *row)
{
    uint64_t saved[MATRIX_SETUPS];
    unsigned count = setups_apply(row, HCR_E2H_TGE, saved);
    struct outcome out = attempt(WORD_BASE | WORD_READ | row->enc, row->el, 0);

    setups_undo(row, HCR_E2H_TGE, count, saved);
    return out.kind == OUT_VALUE ? out.value : 0;
}

/* Settings under which this guest itself could not come back, and MSR SPSel, #imm, which takes its
 * stack away. */
static bool excluded(const struct matrix_row *row)
{
    for (unsigned i = 0; i < MATRIX_SETUPS && row->setup[i].reg != 0; i++) {
        uint64_t value = row->setup[i].reg == HCR_EL2 ? row->setup[i].value : 0;
        if ((value & (HCR_HCD | HCR_STAGE2)) != 0 || ((value & HCR_TGE) != 0 && row->el == 1)) {
            return true;
        }
    }
    return (row->enc & ~(15U << 8)) == ENC(0U, 0U, 4U, 0U, 5U);
}

static struct outcome run_row(const struct matrix_row *row)
{
    uint64_t saved[MATRIX_SETUPS];
    uint64_t x0 = row->kind == MATRIX_SYS ? (uint64_t)scratch : 0;
    uint32_t word = WORD_BASE | row->enc;

    if (excluded(row)) {
        return (struct outcome){.kind = OUT_NOT_RUN};
    }
    this_cpu()->sync_hook = take_over;
    WR("vbar_el1", matrix_vectors);
    ISB();
    if (row->kind == MATRIX_READ) {
        word |= WORD_READ;
    } else if (row->kind == MATRIX_WRITE) {
        x0 = harmless_value(row);
    } else if (row->kind == MATRIX_BARE) {
        word |= 31;
    }
    unsigned count = setups_apply(row, ~0UL, saved);
    struct outcome out = attempt(word, row->el, x0);
    setups_undo(row, ~0UL, count, saved);
    state_reset_core();
    return out;
}

static void print_outcome(const struct matrix_row *row, const struct outcome *out)
{
    static const char *const kinds[] = {"value", "undef", "trap", "not run"};

    print(kinds[out->kind]);
    if (out->kind == OUT_VALUE && row->show) {
        print(" ");
        print_hex(out->value);
    } else if (out->kind == OUT_UNDEF || out->kind == OUT_TRAP) {
        print(out->el == 2 ? " EL2" : " EL1");
    }
    if (out->kind == OUT_TRAP) {
        print(" ec=");
        print_hex(out->esr >> 26);
        print(" iss=");
        print_hex(out->esr & 0x1ffffff);
    }
    print("\n");
}

void guest_main(void)
{
    static const char *const kinds[] = {" read", " write", " sys", " bare"};

    state_reset();
    for (unsigned i = 0; i < matrix_row_count; i++) {
        const struct matrix_row *row = &matrix_rows[i];
        struct outcome out = run_row(row);

        print(row->name);
        print(kinds[row->kind]);
        print(" EL");
        print_dec(row->el);
        if (row->with != NULL) {
            print(" with ");
            print(row->with);
        }
        print(": ");
        print_outcome(row, &out);
    }
    print("MATRIX ");
    print_dec(matrix_row_count);
    print(" rows\n");
    power_off();
}
