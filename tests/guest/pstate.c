/* PSTATE: its special registers and immediates, what exception entry and return do to it (Arm ARM
 * C5.2, D1.10, D1.11). */
#include "guest.h"

#define SPSR_PAN (1UL << 22)
#define SPSR_UAO (1UL << 23)
#define PAN      "s3_0_c4_c2_3"
#define UAO      "s3_0_c4_c2_4"

INSN(pan_set_read,
     ".inst 0xd500419f\n mrs x0, s3_0_c4_c2_3\n .inst 0xd500409f"); /* MSR PAN, #1; ...; #0 */
INSN(uao_set_read,
     ".inst 0xd500417f\n mrs x0, s3_0_c4_c2_4\n .inst 0xd500407f"); /* MSR UAO, #1; ...; #0 */
INSN(pan_read, "mrs x0, s3_0_c4_c2_3");
INSN(uao_read, "mrs x0, s3_0_c4_c2_4");
INSN(pan_set, ".inst 0xd500419f");
INSN(svc_8, "svc #8");
INSN(daif_clear, "msr daifclr, #15");

/* DAIF is in bits [9:6]; DAIFSet and DAIFClr take D, A, I, F as bits 3 to 0 (C5.2.2). */
static uint64_t daif_walk(uint64_t arg)
{
    uint64_t a, b, c;
    (void)arg;
    __asm__ volatile("msr daifset, #15\n msr daifclr, #10\n mrs %0, daif\n"
                     "msr daif, xzr\n msr daifset, #5\n mrs %1, daif\n"
                     "msr daif, %3\n mrs %2, daif\n msr daifset, #15"
                     : "=&r"(a), "=&r"(b), "=&r"(c)
                     : "r"(0x300UL));
    return a << 32 | b << 16 | c;
}

static void check_daif(const void *arg)
{
    (void)arg;
    expect("DAIF at EL1", run_el1(daif_walk, 0), 0x14001400300);
    expect("DAIF at EL2", daif_walk(0), 0x14001400300);
}

/* SPSel at bit 0; MSR SPSel by register and by immediate (C5.2.16). */
static uint64_t spsel_walk(uint64_t arg)
{
    uint64_t a, b;
    (void)arg;
    __asm__ volatile("mrs %0, spsel\n msr spsel, xzr\n mrs %1, spsel\n msr spsel, #1"
                     : "=&r"(a), "=&r"(b));
    return a << 4 | b;
}

static void check_spsel(const void *arg)
{
    (void)arg;
    expect("SPSel at EL1", run_el1(spsel_walk, 0), 0x10);
    expect("SPSel at EL2", spsel_walk(0), 0x10);
}

/* NZCV is in bits [31:28] (C5.2.9); an exception and its return keep it. */
static uint64_t flags_across_hvc(uint64_t flags)
{
    __asm__ volatile("msr nzcv, %0\n hvc #1\n mrs %0, nzcv" : "+r"(flags)::"cc");
    return flags;
}

static void check_nzcv(const void *arg)
{
    (void)arg;
    for (uint64_t flags = 0; flags < 16; flags++) {
        traps_reset();
        expect("NZCV", run_el1(flags_across_hvc, flags << 28), flags << 28);
        expect("SPSR", this_cpu()->trap[0].spsr >> 28, flags);
    }
}

/* ERET puts all of SPSR into PSTATE: here NZCV, DAIF and the EL. */
static uint64_t state_at_el1(uint64_t arg)
{
    return (RD("nzcv") | RD("daif") | RD("currentel")) + arg;
}

static void check_eret(const void *arg)
{
    (void)arg;
    expect("PSTATE", run_spsr(state_at_el1, 0, 0x60000345),
           0x60000344); /* ZC, D.I clear: DAIF 0b1101 */
}

static void check_pan(const void *arg)
{
    (void)arg;
    expect("PAN at EL1", run_el1(pan_set_read, 0), SPSR_PAN);
    expect("PAN at EL2", pan_set_read(0), SPSR_PAN);
    expect("PAN afterwards", RD(PAN), 0);
}

static void check_uao(const void *arg)
{
    (void)arg;
    expect("UAO at EL1", run_el1(uao_set_read, 0), SPSR_UAO);
    expect("UAO at EL2", uao_set_read(0), SPSR_UAO);
}

/* Without the feature its encodings are UNDEFINED. */
static void check_no_pan(const void *arg)
{
    (void)arg;
    run_el1(pan_read, 0);
    expect_trap_at(1, VEC_CUR_SPX, 0x02000000, (const void *)pan_read);
    traps_reset();
    run_el1(pan_set, 0);
    expect_trap_at(1, VEC_CUR_SPX, 0x02000000, (const void *)pan_set);
    traps_reset();
    run_el1(uao_read, 0);
    expect_trap_at(1, VEC_CUR_SPX, 0x02000000, (const void *)uao_read);
}

static void check_pan_at_el0(const void *arg)
{
    (void)arg;
    run_el0(pan_read, 0);
    expect_trap_at(1, VEC_LOWER64, 0x02000000, (const void *)pan_read);
}

/* PAN and UAO are saved in SPSR bits 22 and 23; the entry keeps PAN (SPAN = 1) and clears UAO
 * (D1.10.1). */
static uint64_t seen;

static void look(struct frame *frame)
{
    seen = RD(PAN) | RD(UAO);
    trap_frame_default(frame);
}

static void check_entry(const void *arg)
{
    (void)arg;
    this_cpu()->sync_hook = look;
    run_spsr(svc_8, 0, 0x3c5 | SPSR_PAN | SPSR_UAO);
    expect("SPSR", this_cpu()->trap[0].spsr & (SPSR_PAN | SPSR_UAO), SPSR_PAN | SPSR_UAO);
    expect("PSTATE in the handler", seen, SPSR_PAN);
}

/* SPSR_EL1 and ELR_EL1 are written by entries to EL1 only: an HVC leaves them (D1.10.1). */
static uint64_t hvc_keeps(uint64_t arg)
{
    WR("spsr_el1", 0x3c4);
    WR("elr_el1", 0x40201230);
    OP("hvc #3");
    return (RD("elr_el1") << 12 | RD("spsr_el1")) + arg;
}

static void check_banked(const void *arg)
{
    (void)arg;
    expect("ELR_EL1 and SPSR_EL1", run_el1(hvc_keeps, 0), 0x402012303c4);
}

/* CLREX, hints and barriers are not privileged. */
INSN(hints, "nop\n yield\n sev\n sevl\n wfe\n clrex\n dsb sy\n dmb ish\n isb\n hint #63");

static void check_hints(const void *arg)
{
    (void)arg;
    WR("sctlr_el1", 0x30d00800 | 5UL << 16); /* nTWI, nTWE */
    run_el0(hints, 0);
    expect_no_trap("ESR");
}

static void check_daif_at_el0(const void *arg)
{
    (void)arg;
    WR("sctlr_el1", 0x30d00800 | 1UL << 9); /* UMA */
    run_el0(daif_clear, 0);
    expect_no_trap("ESR");
}

const struct check checks[] = {
    {.name = "daif_set_clear_and_write", .run = check_daif},
    {.name = "spsel_by_register_and_immediate", .run = check_spsel},
    {.name = "flags_survive_an_exception", .run = check_nzcv},
    {.name = "eret_restores_the_state", .run = check_eret},
    {.name = "pan_is_a_field_of_its_own", .need = NEED_PAN, .run = check_pan},
    {.name = "uao_is_a_field_of_its_own", .need = NEED_UAO, .run = check_uao},
    {.name = "pan_and_uao_are_undefined_in_v8_0",
     .need = NEED_NO_PAN | NEED_NO_UAO,
     .run = check_no_pan},
    {.name = "pan_at_el0_is_undefined", .need = NEED_PAN, .run = check_pan_at_el0},
    {.name = "exception_entry_keeps_pan_and_clears_uao",
     .need = NEED_PAN | NEED_UAO,
     .run = check_entry},
    {.name = "hvc_leaves_the_el1_state_registers", .run = check_banked},
    {.name = "hints_and_barriers_run_at_el0", .run = check_hints},
    {.name = "uma_lets_el0_clear_daif", .run = check_daif_at_el0},
};
CHECK_TABLE_END;
