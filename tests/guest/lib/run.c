/* Recording of exceptions, what happens after each, and runs at EL1 and EL0. */
#include "guest.h"

#define FRAME_CHUNKS 16
#define FRAME_CHUNK  4096
#define SPSR_EL0T    0x3c0 /* DAIF set, M = EL0t (Arm ARM C5.2.19 SPSR_EL2) */
#define SPSR_EL1H    0x3c5
#define SPSR_EL2H    0x3c9
#define SPSR_SS      (1UL << 21)
#define SPSR_IL      (1UL << 20)

struct percpu percpu[MAX_CPUS];
static uint8_t el2_frames[MAX_CPUS][FRAME_CHUNKS * FRAME_CHUNK] __attribute__((aligned(16)));
static uint8_t el1_frames[MAX_CPUS][FRAME_CHUNKS * FRAME_CHUNK] __attribute__((aligned(16)));
extern uint8_t el1_stacks[MAX_CPUS][16384], el0_stacks[MAX_CPUS][4096];
extern uint8_t el1_vectors[];

uint64_t run_down(guest_fn fn, uint64_t arg, uint64_t spsr, void (*exit_stub)(void));
void exit_from_el1(void);
void exit_from_el0(void);
void run_return(void);
void exit_to_el2(uint64_t result) __attribute__((noreturn));
void trap_el2(struct frame *frame);
void trap_el1(struct frame *frame);

static uint64_t frames_top(uint8_t (*area)[FRAME_CHUNKS * FRAME_CHUNK], unsigned index)
{
    return (uint64_t)area[index] + FRAME_CHUNKS * FRAME_CHUNK;
}

void percpu_init(unsigned index)
{
    percpu[index].index = index;
    percpu[index].el2_frames = frames_top(el2_frames, index);
    percpu[index].el1_frames = frames_top(el1_frames, index);
    WR("tpidr_el2", &percpu[index]);
    WR("tpidr_el1", &percpu[index]);
    WR("vbar_el1", el1_vectors);
}

void traps_reset(void)
{
    this_cpu()->trap_count = 0;
}

static bool is_exit(const struct frame *frame)
{
    uint64_t ec = frame->esr >> 26;
    return (frame->offset & 0x180) == 0 && (ec == 0x15 || ec == 0x16 || ec == 0x17) &&
           (frame->esr & 0xffff) == EXIT_IMM;
}

static void record(const struct frame *frame, uint64_t el)
{
    struct percpu *cpu = this_cpu();
    if (cpu->trap_count < TRAP_LOG_SIZE) {
        cpu->trap[cpu->trap_count] = (struct trap){
            .el = el,
            .offset = frame->offset,
            .esr = frame->esr,
            .elr = frame->elr,
            .spsr = frame->spsr,
            .far = frame->far,
            .hpfar = frame->hpfar,
        };
    }
    cpu->trap_count++;
}

/* Where to go on after a synchronous exception, by its class (Arm ARM D13.2.37 ESR_EL1.EC). */
void trap_frame_default(struct frame *frame)
{
    switch (frame->esr >> 26) {
    case 0x15: /* SVC and HVC: ELR is already behind the instruction */
    case 0x16:
        break;
    case 0x0e: /* illegal execution state: the target has not run yet */
        frame->spsr &= ~SPSR_IL;
        break;
    case 0x20: /* instruction abort and PC alignment: back to the caller */
    case 0x21:
    case 0x22:
        frame->elr = frame->x[30];
        break;
    case 0x30: /* breakpoint, step, watchpoint: off, then run the instruction */
    case 0x31:
    case 0x32:
    case 0x33:
    case 0x34:
    case 0x35:
        WR("mdscr_el1", 0);
        frame->spsr &= ~SPSR_SS;
        break;
    default:
        frame->elr += 4;
        break;
    }
}

static void handle(struct frame *frame, uint64_t el)
{
    struct percpu *cpu = this_cpu();
    uint64_t kind = frame->offset & 0x180;

    record(frame, el);
    if (cpu->trap_count > 100000) {
        print("PANIC: traps without end, ESR ");
        print_hex(frame->esr);
        print(" ELR ");
        print_hex(frame->elr);
        print(" FAR ");
        print_hex(frame->far);
        print("\n");
        power_off();
    }
    if (kind == 0) {
        if (cpu->sync_hook != NULL) {
            cpu->sync_hook(frame);
        } else {
            trap_frame_default(frame);
        }
    } else if (cpu->irq_hook != NULL) {
        cpu->irq_hook(frame);
    } else {
        /* SPSR.I, .F or .A: the interrupted code goes on with it masked. A lower EL cannot mask
         * what HCR_EL2.{IMO, FMO, AMO} routes here: the routing ends as well. */
        frame->spsr |= kind == VEC_IRQ ? 0x80 : kind == VEC_FIQ ? 0x40 : 0x100;
        if (el == 2 && frame->offset >= VEC_LOWER64) {
            WR("hcr_el2", RD("hcr_el2") & ~(kind == VEC_IRQ   ? 0x10UL
                                            : kind == VEC_FIQ ? 8UL
                                                              : 0x20UL));
        }
    }
}

static void guard(const struct frame *frame, const uint8_t *area)
{
    if ((uint64_t)frame < (uint64_t)area + 2 * FRAME_CHUNK) {
        print("PANIC: exceptions nested too deep, ESR ");
        print_hex(frame->esr);
        print(" ELR ");
        print_hex(frame->elr);
        print(" FAR ");
        print_hex(frame->far);
        print("\n");
        power_off();
    }
}

void trap_el2(struct frame *frame)
{
    struct percpu *cpu = this_cpu();

    guard(frame, el2_frames[cpu->index]);
    frame->hpfar = RD("hpfar_el2");
    if (is_exit(frame)) {
        cpu->el1_frames = frames_top(el1_frames, cpu->index);
        frame->elr = (uint64_t)run_return;
        frame->spsr = SPSR_EL2H;
        return;
    }
    handle(frame, 2);
}

void trap_el1(struct frame *frame)
{
    struct percpu *cpu = this_cpu();

    guard(frame, el1_frames[cpu->index]);
    frame->hpfar = 0;
    if (is_exit(frame)) {
        exit_to_el2(frame->x[0]);
    }
    handle(frame, 1);
}

uint64_t run_spsr(guest_fn fn, uint64_t arg, uint64_t spsr)
{
    unsigned index = (unsigned)this_cpu()->index;

    WR("sp_el1", &el1_stacks[index + 1]);
    WR("sp_el0", &el0_stacks[index + 1]);
    ISB();
    return run_down(fn, arg, spsr, (spsr & 0xc) == 0 ? exit_from_el0 : exit_from_el1);
}

uint64_t run_el1(guest_fn fn, uint64_t arg)
{
    return run_spsr(fn, arg, SPSR_EL1H);
}

uint64_t run_el0(guest_fn fn, uint64_t arg)
{
    return run_spsr(fn, arg, SPSR_EL0T);
}

uint64_t run_at_level(unsigned el, guest_fn fn, uint64_t arg)
{
    return el == 2 ? fn(arg) : el == 1 ? run_el1(fn, arg) : run_el0(fn, arg);
}
