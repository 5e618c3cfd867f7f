/* The state each check starts from, on the CPU that calls: no stage of translation, no traps, no
 * interrupt. */
#include "guest.h"
#include "gic.h"
#include "pt.h"

/* RES1 bits of the v8.0 layouts, Arm ARM D13.2.118 (SCTLR_EL1) and D13.2.119 (SCTLR_EL2). */
#define SCTLR_EL1_RES1 0x30d00800UL
#define SCTLR_EL2_RES1 0x30c50830UL

extern uint8_t el1_vectors[], el2_vectors[];

void hcr_write(uint64_t value)
{
    WR("hcr_el2", value);
    ISB();
}

void vhe_enter(uint64_t more_hcr_bits)
{
    hcr_write(HCR_RW | 1UL << 34 | more_hcr_bits);
    WR("cptr_el2", 0x300000); /* the CPACR layout: FPEN = 0b11 */
    WR("cnthctl_el2", 0);
    ISB();
}

void spin(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        OP("nop");
    }
}

static void reset_debug(void)
{
    WR("mdscr_el1", 0);
    WR("mdcr_el2",
       (RD("pmcr_el0") >> 11) & 0x1f); /* HPMN = PMCR_EL0.N: all counters are the guest's */
    WR("dbgbcr0_el1", 0);
    WR("dbgwcr0_el1", 0);
    WR("oslar_el1", 0);
    WR("pmuserenr_el0", 0);
}

static void reset_timers(void)
{
    WR("cntp_ctl_el0", 0);
    WR("cntv_ctl_el0", 0);
    WR("cnthp_ctl_el2", 0);
    WR("cntvoff_el2", 0);
    WR("cnthctl_el2", 3); /* EL1PCTEN, EL1PCEN: no trap of the physical timer */
    WR("cntkctl_el1", 0);
    if (((RD("id_aa64mmfr1_el1") >> 8) & 0xf) != 0) {
        WR("s3_4_c14_c3_1", 0); /* CNTHV_CTL_EL2 */
    }
}

void state_reset_core(void)
{
    struct percpu *cpu = this_cpu();

    OP("msr daifset, #15");
    if (((RD("id_aa64mmfr1_el1") >> 20) & 0xf) != 0) {
        OP(".arch_extension pan\nmsr pan, #0");
    }
    WR("hcr_el2", HCR_RW);
    WR("sctlr_el2", SCTLR_EL2_RES1);
    ISB();
    WR("sctlr_el1", SCTLR_EL1_RES1);
    WR("cptr_el2", 0x33ff); /* RES1 only: no trap */
    WR("cpacr_el1", 0x300000);
    WR("hstr_el2", 0);
    WR("vttbr_el2", 0);
    WR("vtcr_el2", 0x80000000UL);
    WR("vpidr_el2", RD("midr_el1"));
    WR("vmpidr_el2", RD("mpidr_el1"));
    WR("vbar_el1", el1_vectors);
    WR("vbar_el2", el2_vectors);
    WR("tpidr_el1", cpu);
    WR("tcr_el1", 0);
    WR("contextidr_el1", 0);
    reset_timers();
    reset_debug();
    ISB();
    OP("tlbi alle1is\n tlbi alle2is\n dsb sy\n isb");
    cpu->irq_hook = NULL;
    cpu->sync_hook = NULL;
    traps_reset();
}

void state_reset(void)
{
    state_reset_core();
    if (this_cpu()->index == 0) {
        pt_pool_reset();
    }
    gic_reset();
}
