/* Unit tests of guest/vgic.c: code that is compiled for A64, called function by function.
 *
 *     vgic_test IMAGE     an ELF file made of guest/start.S and guest/vgic.c
 */
#include "test.h"

#define SPURIOUS 1023

static void pend(unsigned intid, unsigned priority)
{
    call(2, "vgic_enable", intid, priority);
    call(2, "vgic_inject", intid, 0);
}

/* What a hypervisor does around a run of the vCPU. */
static void exit_and_enter(void)
{
    call(2, "vgic_sync", 0, 0);
    call(2, "vgic_flush", 0, 0);
}

/* Takes what is due, as a guest does in its IRQ vector: at EL1, from its virtual CPU interface. */
static void expect_next(uint64_t intid)
{
    expect("the interrupt that the guest takes", call(1, "guest_acknowledge", 0, 0), intid);
    call(1, "guest_end", intid, 0);
}

static void the_most_urgent_interrupt_comes_first(void)
{
    for (unsigned intid = 40; intid < 48; intid++) { /* there are four list registers */
        pend(intid, intid == 47 ? 0x20 : 0x80);
    }
    call(2, "vgic_flush", 0, 0);
    expect_next(47);
    expect_next(40);
}

static void an_ended_interrupt_is_gone(void)
{
    pend(33, 0x80);
    call(2, "vgic_flush", 0, 0);
    expect_next(33);
    exit_and_enter();
    expect("an interrupt behind the end of the only one", call(1, "guest_acknowledge", 0, 0),
           SPURIOUS);
}

static void list_registers_are_refilled(void)
{
    for (unsigned intid = 40; intid < 46; intid++) {
        pend(intid, 0x80);
    }
    call(2, "vgic_flush", 0, 0);
    el2_assert_reg(m, 0, "ICH_HCR_EL2.UIE", 1); /* two wait: the hypervisor wants to be told */
    for (unsigned intid = 40; intid < 44; intid++) {
        expect_next(intid);
    }
    el2_assert_reg(m, 0, "ICH_MISR_EL2.U", 1);
    exit_and_enter();
    expect_next(44);
    expect_next(45);
    el2_assert_reg(m, 0, "ICH_HCR_EL2.UIE", 0);
}

static void a_flush_of_nothing_is_cheap_and_traps_nowhere(void)
{
    el2sim_restart_counts(m);
    call(2, "vgic_flush", 0, 0);
    el2_assert_cycles_below(m, 0, 10000); /* 4,500 or 6,500, by the compiler */
    el2_assert_traps(m, EL2SIM_ANY, EL2SIM_ANY, EL2SIM_ANY, 0);
}

int main(int argc, char **argv)
{
    static void (*const tests[])(void) = {
        the_most_urgent_interrupt_comes_first,
        an_ended_interrupt_is_gone,
        list_registers_are_refilled,
        a_flush_of_nothing_is_cheap_and_traps_nowhere,
    };
    make(argc, argv, 1);
    el2_assert_done(el2sim_write_register(m, 0, "HCR_EL2", 1u << 31 | 1u << 4)); /* RW, IMO */
    el2_assert_done(el2sim_write_register(m, 0, "ICC_SRE_EL2", 0xf));
    call(2, "vgic_init", 0, 0);
    return run("vgic", tests, sizeof tests / sizeof tests[0]);
}
