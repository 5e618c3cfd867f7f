/*
 * Registers of two VMs that share a CPU: each fills its own with a pattern, lets the other one run,
 * and finds them as it left them. A hypervisor that leaves state in registers, or moves it at its
 * first use, must do so however the two and the host come and go.
 */
#include "micro/row.h"

#define ROUNDS 6

/* The bits of each register that hold whatever is written. Arm ARM D13 */
#define EACH_REGISTER(op)                                                                          \
    op(tpidr_el0, ~0UL) op(tpidrro_el0, ~0UL) op(tpidr_el1, ~0UL) op(sp_el0, ~0UL)                 \
        op(far_el1, ~0UL) op(elr_el1, 0x0000fffffffffffcUL) op(spsr_el1, 0xf00003c0UL)             \
            op(esr_el1, 0xfe000000UL) op(contextidr_el1, 0xffffffffUL) op(cntkctl_el1, 0xf0UL)

#define FILL(name, mask)                                                                           \
    write_sysreg(pattern &(mask), name);                                                           \
    pattern = next(pattern);

#define CHECK(name, mask)                                                                          \
    ok = ok && (read_sysreg(name) & (mask)) == (pattern & (mask));                                 \
    pattern = next(pattern);

#define EACH_FP(op)                                                                                \
    op(0) op(1) op(2) op(3) op(4) op(5) op(6) op(7) op(8) op(9) op(10) op(11) op(12) op(13) op(14) \
        op(15) op(16) op(17) op(18) op(19) op(20) op(21) op(22) op(23) op(24) op(25) op(26) op(27) \
            op(28) op(29) op(30) op(31)

#define FILL_FP(n)                                                                                 \
    __asm__ volatile(".arch_extension fp\n fmov d" #n ", %0\n fmov v" #n                           \
                     ".d[1], %1" ::"r"(pattern),                                                   \
                     "r"(~pattern));                                                               \
    pattern = next(pattern);

#define CHECK_FP(n)                                                                                \
    __asm__ volatile(".arch_extension fp\n fmov %0, d" #n "\n fmov %1, v" #n ".d[1]"               \
                     : "=r"(low), "=r"(high));                                                     \
    ok = ok && low == pattern && high == ~pattern;                                                 \
    pattern = next(pattern);

static u64 next(u64 pattern)
{
    return pattern * 6364136223846793005UL + 1442695040888963407UL;
}

static void fill(u64 pattern, bool fp)
{
    EACH_REGISTER(FILL)
    if (fp) {
        write_sysreg(3 << 20, cpacr_el1); /* FPEN */
        isb();
        EACH_FP(FILL_FP)
        write_sysreg(pattern & 0x9f, fpsr);
        write_sysreg(pattern & 0x7c00000, fpcr);
    }
}

static bool check(u64 pattern, bool fp)
{
    bool ok = true;
    EACH_REGISTER(CHECK)
    if (fp) {
        u64 low, high;
        EACH_FP(CHECK_FP)
        ok = ok && read_sysreg(fpsr) == (pattern & 0x9f);
        ok = ok && read_sysreg(fpcr) == (pattern & 0x7c00000);
    }
    return ok;
}

/* After an exit to a device, in user space if there is one, one that the kernel handles, and one
 * that gives up the CPU. */
static bool check_through_exits(u64 pattern, bool fp)
{
    (void)mmio_read32(GUEST_UART_FLAGS);
    bool ok = check(pattern, fp);
    (void)mmio_read32(BOARD_GICD + 8);
    __asm__ volatile("wfe" ::: "memory");
    return check(pattern, fp) && ok;
}

static bool other_kept = true;

/* VM 1: its pattern is the complement of the message; in every other round it leaves FP alone. The
 * answer says if it has found all so far as it left them. */
u64 state_answer(u64 message)
{
    if ((message & FRONT_MESSAGE) == FRONT_MESSAGE) {
        return front_answer(message);
    }
    bool fp = (message & 2) == 0;
    irq_off();
    fill(~message, fp);
    other_kept = check_through_exits(~message, fp) && other_kept;
    u64 following = hvc(HVC_SWITCH_SND, other_kept ? message + 1 : 0, 0, 0);
    other_kept = check(~message, fp) && other_kept;
    irq_on();
    return following;
}

/* VM 0. The round after the last one only asks what VM 1 has found after its own. */
bool state_of_two_vms(void)
{
    bool ok = true;
    irq_off();
    for (u64 i = 0; i <= ROUNDS; i++) {
        u64 message = STATE_MESSAGE | i << 1;
        bool fp = i % 3 != 1;
        fill(message, fp);
        ok = check_through_exits(message, fp) && ok;
        ok = hvc(HVC_SWITCH_SND, message, 0, 0) == message + 1 && ok;
        ok = check(message, fp) && ok;
    }
    write_sysreg(0, cntkctl_el1);
    irq_on();
    return ok;
}
