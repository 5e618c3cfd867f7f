/* Traps and routing by HCR_EL2. ISS of EC 0x18: {Op0, Op2, Op1, CRn, Rt, CRm, direction}, Arm ARM
 * D13.2.37; which register each bit traps: D13.2.46 HCR_EL2. Instructions with an operand use X0,
 * so Rt = 0, unless their name says which; IC IALLU and TLBI VMALLE1 have none, so Rt = 0b11111. */
#include "guest.h"

#define HCR_TGE (1UL << 27)
#define HCR_TSC (1UL << 19)
#define HCR_HCD (1UL << 29)
#define HCR_VF  (1UL << 6)
#define HCR_VI  (1UL << 7)
#define HCR_VSE (1UL << 8)
#define HCR_FMO (1UL << 3)
#define HCR_IMO (1UL << 4)
#define HCR_AMO (1UL << 5)

INSN(write_sctlr, "msr sctlr_el1, x0");
INSN(write_ttbr0, "msr ttbr0_el1, x0");
INSN(write_tcr, "msr tcr_el1, x0");
INSN(write_mair, "msr mair_el1, x0");
INSN(write_contextidr, "msr contextidr_el1, x0");
INSN(write_far, "msr far_el1, x0");
INSN(write_esr, "msr esr_el1, x0");
INSN(read_sctlr, "mrs x0, sctlr_el1");
INSN(write_sctlr_xzr, "msr sctlr_el1, xzr");
INSN(read_sctlr_x17, "mrs x17, sctlr_el1");
INSN(read_far, "mrs x0, far_el1");
INSN(read_tcr, "mrs x0, tcr_el1");
INSN(read_vbar, "mrs x0, vbar_el1");
INSN(read_revidr, "mrs x0, revidr_el1");
INSN(read_aidr, "mrs x0, aidr_el1");
INSN(read_ctr, "mrs x0, ctr_el0");
INSN(read_ccsidr, "mrs x0, ccsidr_el1");
INSN(read_clidr, "mrs x0, clidr_el1");
INSN(write_csselr, "msr csselr_el1, x0");
INSN(read_pfr0, "mrs x0, id_aa64pfr0_el1");
INSN(read_mmfr0, "mrs x0, id_aa64mmfr0_el1");
INSN(read_reserved_id, "mrs x0, s3_0_c0_c4_7");
INSN(read_midr, "mrs x0, midr_el1");
INSN(read_mpidr, "mrs x0, mpidr_el1");
INSN(read_actlr, "mrs x0, actlr_el1");
INSN(write_actlr, "msr actlr_el1, x0");
INSN(dc_isw, "dc isw, x0");
INSN(dc_cisw, "dc cisw, x0");
INSN(dc_civac, "dc civac, x0");
INSN(dc_ivac, "dc ivac, x0");
INSN(dc_cvau, "dc cvau, x0");
INSN(ic_ivau, "ic ivau, x0");
INSN(ic_iallu, "ic iallu");
INSN(tlbi_vmalle1, "tlbi vmalle1");
INSN(tlbi_vae1is, "tlbi vae1is, x0");
INSN(dc_zva, "dc zva, x0");
INSN(smc_55, "smc #0x55");
INSN(hvc_3, "hvc #3");
INSN(wfi, "wfi");
INSN(wfe_twice, "sevl\n wfe\n wfe"); /* the first WFE takes the event that SEVL sets */
INSN(read_impdef, "mrs x0, s3_0_c15_c0_0");
INSN(svc_9, "svc #9");
INSN(udf, ".inst 0");
INSN(brk_3, "brk #3");

#define TRAPPED(...)                                                                               \
    .run = check_trap_case, .arg = &(const struct trap_case)                                       \
    {                                                                                              \
        .control = CTL_HCR_EL2, __VA_ARGS__                                                        \
    }

/* TWE: ELR is at the second WFE. */
static void check_twe(const void *arg)
{
    (void)arg;
    hcr_write(HCR_RW | 1UL << 14);
    run_el1(wfe_twice, 0);
    expect_trap_at(2, VEC_LOWER64, 0x07e00001, (const uint8_t *)wfe_twice + 8);
}

/* TGE routes what EL0 would send to EL1 to EL2 (D13.2.46 HCR_EL2.TGE). */
struct tge_case {
    guest_fn insn;
    uint64_t esr;
    unsigned after;
};

static void check_tge(const void *arg)
{
    const struct tge_case *c = arg;

    hcr_write(HCR_RW | HCR_TGE);
    run_el0(c->insn, 0);
    expect_trap_at(2, VEC_LOWER64, c->esr, (const uint8_t *)c->insn + c->after);
}

#define TGE(...)                                                                                   \
    .run = check_tge, .arg = &(const struct tge_case)                                              \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

/* HCD = 1: HVC is UNDEFINED at EL1 and EL2. TSC serves to leave EL1 (see exit_from_el1). */
static void check_hcd(const void *arg)
{
    (void)arg;
    hcr_write(HCR_RW | HCR_HCD | HCR_TSC);
    this_cpu()->sync_hook = NULL;
    run_el1(hvc_3, 0);
    if (expect("exceptions", this_cpu()->trap_count,
               2)) { /* the check's HVC and that of the exit stub */
        expect("EL", this_cpu()->trap[0].el, 1);
        expect("ESR", this_cpu()->trap[0].esr, 0x02000000);
        expect("ELR", this_cpu()->trap[0].elr, (uint64_t)hvc_3);
    }
}

static void check_hcd_el2(const void *arg)
{
    (void)arg;
    hcr_write(HCR_RW | HCR_HCD);
    hvc_3(0);
    expect_trap_at(2, VEC_CUR_SPX, 0x02000000, (const void *)hvc_3);
}

/* VPIDR_EL2 and VMPIDR_EL2 are what EL1 reads as MIDR_EL1 and MPIDR_EL1 (D13.2.149, D13.2.150). */
static void check_vpidr(const void *arg)
{
    (void)arg;
    WR("vpidr_el2", 0x410fabc0);
    WR("vmpidr_el2", 0x80000203);
    expect("MIDR at EL1", run_el1(read_midr, 0), 0x410fabc0);
    expect("MPIDR at EL1", run_el1(read_mpidr, 0), 0x80000203);
    expect_true("MIDR at EL2", RD("midr_el1") != 0x410fabc0);
    expect("MPIDR at EL2", RD("mpidr_el1"), 0x80000000);
}

/* HCR_EL2.{VI,VF,VSE} make virtual exceptions pending at EL1 while {IMO,FMO,AMO} are set (D1.13.3).
 */
struct virtual_case {
    uint64_t bit, route;
    uint64_t offset;
};

static uint64_t unmask_all(uint64_t arg)
{
    OP("msr daifclr, #7\n isb\n nop\n nop\n nop\n nop\n msr daifset, #7");
    return arg;
}

static uint64_t unmask_none(uint64_t arg)
{
    OP("isb\n nop\n nop\n nop");
    return RD("isr_el1") + arg;
}

static void check_virtual_exception(const void *arg)
{
    const struct virtual_case *c = arg;

    hcr_write(HCR_RW | c->bit);
    run_el1(unmask_all, 0);
    expect("taken without routing", this_cpu()->trap_count, 0);
    hcr_write(HCR_RW | c->bit | c->route);
    run_el1(unmask_none, 0);
    expect("taken while masked", this_cpu()->trap_count, 0);
    run_el1(unmask_all, 0);
    expect("exceptions", this_cpu()->trap_count, 1);
    expect("EL", this_cpu()->trap[0].el, 1);
    expect("vector", this_cpu()->trap[0].offset, VEC_CUR_SPX + c->offset);
}

#define VIRTUAL(...)                                                                               \
    .run = check_virtual_exception, .arg = &(const struct virtual_case)                            \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

/* A virtual exception at EL0 goes to EL1's lower-EL vector; at EL2 it is never taken. */
static void check_virtual_irq_at_el0(const void *arg)
{
    (void)arg;
    hcr_write(HCR_RW | HCR_VI | HCR_IMO);
    run_spsr(unmask_none, 0,
             0x340); /* EL0t with I clear; ISR_EL1 is UNDEFINED there: a second exception */
    expect("EL", this_cpu()->trap[0].el, 1);
    expect("vector", this_cpu()->trap[0].offset, VEC_LOWER64 + VEC_IRQ);
}

static void check_virtual_irq_not_at_el2(const void *arg)
{
    (void)arg;
    hcr_write(HCR_RW | HCR_VI | HCR_IMO);
    unmask_all(0);
    expect("exceptions", this_cpu()->trap_count, 0);
}

/* Taking a virtual SError clears HCR_EL2.VSE (D13.2.46). VI stays until EL2 clears it. */
static void check_vse_clears(const void *arg)
{
    (void)arg;
    hcr_write(HCR_RW | HCR_VSE | HCR_AMO);
    run_el1(unmask_all, 0);
    expect("vector", this_cpu()->trap[0].offset, VEC_CUR_SPX + VEC_SERROR);
    expect("HCR_EL2.VSE", RD("hcr_el2") & HCR_VSE, 0);
    expect("ESR_EL1.EC", this_cpu()->trap[0].esr >> 26, 0x2f);
}

/* ISR_EL1 at EL1 shows the virtual state: A is bit 8, I bit 7, F bit 6 (D13.2.76). */
static void check_isr(const void *arg)
{
    (void)arg;
    hcr_write(HCR_RW | HCR_VI | HCR_IMO | HCR_VF | HCR_FMO);
    expect("ISR_EL1", run_el1(unmask_none, 0), 0xc0);
}

static uint64_t read_dczid(uint64_t arg)
{
    return RD("dczid_el0") + arg;
}

/* DCZID_EL0.DZP reads as 1 where DC ZVA is prohibited (D13.2.35). */
static void check_dzp(const void *arg)
{
    (void)arg;
    expect("DZP without TDZ", run_el1(read_dczid, 0) & 0x10, 0);
    hcr_write(HCR_RW | 1UL << 28);
    expect("DZP with TDZ", run_el1(read_dczid, 0) & 0x10, 0x10);
}

const struct check checks[] = {
    {.name = "tvm_traps_a_write_of_sctlr",
     TRAPPED(.insn = write_sctlr, .el = 1, .set = 1UL << 26, .esr = 0x62300400)},
    {.name = "tvm_traps_a_write_of_ttbr0",
     TRAPPED(.insn = write_ttbr0, .el = 1, .set = 1UL << 26, .esr = 0x62300800)},
    {.name = "tvm_traps_a_write_of_tcr",
     TRAPPED(.insn = write_tcr, .el = 1, .set = 1UL << 26, .esr = 0x62340800)},
    {.name = "tvm_traps_a_write_of_mair",
     TRAPPED(.insn = write_mair, .el = 1, .set = 1UL << 26, .esr = 0x62302804)},
    {.name = "tvm_traps_a_write_of_contextidr",
     TRAPPED(.insn = write_contextidr, .el = 1, .set = 1UL << 26, .esr = 0x62323400)},
    {.name = "tvm_traps_a_write_of_far",
     TRAPPED(.insn = write_far, .el = 1, .set = 1UL << 26, .esr = 0x62301800)},
    {.name = "tvm_traps_a_write_of_esr",
     TRAPPED(.insn = write_esr, .el = 1, .set = 1UL << 26, .esr = 0x62301404)},
    {.name = "trapped_write_names_xzr_as_31",
     TRAPPED(.insn = write_sctlr_xzr, .el = 1, .set = 1UL << 26, .esr = 0x623007e0)},
    {.name = "trapped_read_names_its_register",
     TRAPPED(.insn = read_sctlr_x17, .el = 1, .set = 1UL << 30, .esr = 0x62300621)},
    {.name = "tvm_does_not_trap_a_read",
     TRAPPED(.insn = read_sctlr, .el = 1, .set = 1UL << 26, .no_trap = true)},
    {.name = "trvm_traps_a_read_of_sctlr",
     TRAPPED(.insn = read_sctlr, .el = 1, .set = 1UL << 30, .esr = 0x62300401)},
    {.name = "trvm_traps_a_read_of_far",
     TRAPPED(.insn = read_far, .el = 1, .set = 1UL << 30, .esr = 0x62301801)},
    {.name = "trvm_traps_a_read_of_tcr",
     TRAPPED(.insn = read_tcr, .el = 1, .set = 1UL << 30, .esr = 0x62340801)},
    {.name = "trvm_does_not_trap_a_write",
     TRAPPED(.insn = write_far, .el = 1, .set = 1UL << 30, .no_trap = true)},
    {.name = "trvm_and_tvm_leave_vbar_alone",
     TRAPPED(.insn = read_vbar, .el = 1, .set = 1UL << 30 | 1UL << 26, .no_trap = true)},
    {.name = "trvm_does_not_trap_el2",
     TRAPPED(.insn = read_sctlr, .el = 2, .set = 1UL << 30, .no_trap = true)},
    {.name = "tid1_traps_revidr",
     TRAPPED(.insn = read_revidr, .el = 1, .set = 1UL << 16, .esr = 0x623c0001)},
    {.name = "tid1_traps_aidr",
     TRAPPED(.insn = read_aidr, .el = 1, .set = 1UL << 16, .esr = 0x623e4001)},
    {.name = "tid2_traps_ctr_at_el1",
     TRAPPED(.insn = read_ctr, .el = 1, .set = 1UL << 17, .esr = 0x6232c001)},
    {.name = "tid2_traps_ccsidr",
     TRAPPED(.insn = read_ccsidr, .el = 1, .set = 1UL << 17, .esr = 0x62304001)},
    {.name = "tid2_traps_clidr",
     TRAPPED(.insn = read_clidr, .el = 1, .set = 1UL << 17, .esr = 0x62324001)},
    {.name = "tid2_traps_a_write_of_csselr",
     TRAPPED(.insn = write_csselr, .el = 1, .set = 1UL << 17, .esr = 0x62308000)},
    {.name = "tid3_traps_id_aa64pfr0",
     TRAPPED(.insn = read_pfr0, .el = 1, .set = 1UL << 18, .esr = 0x62300009)},
    {.name = "tid3_traps_id_aa64mmfr0",
     TRAPPED(.insn = read_mmfr0, .el = 1, .set = 1UL << 18, .esr = 0x6230000f)},
    {.name = "tid3_traps_a_reserved_id_register",
     TRAPPED(.insn = read_reserved_id, .el = 1, .set = 1UL << 18, .esr = 0x623e0009)},
    {.name = "tid3_leaves_midr_alone",
     TRAPPED(.insn = read_midr, .el = 1, .set = 1UL << 18, .no_trap = true)},
    {.name = "tacr_traps_a_read_of_actlr",
     TRAPPED(.insn = read_actlr, .el = 1, .set = 1UL << 21, .esr = 0x62320401)},
    {.name = "tacr_traps_a_write_of_actlr",
     TRAPPED(.insn = write_actlr, .el = 1, .set = 1UL << 21, .esr = 0x62320400)},
    {.name = "tsw_traps_dc_isw",
     TRAPPED(.insn = dc_isw, .el = 1, .set = 1UL << 22, .esr = 0x62141c0c)},
    {.name = "tsw_traps_dc_cisw",
     TRAPPED(.insn = dc_cisw, .el = 1, .set = 1UL << 22, .esr = 0x62141c1c)},
    {.name = "tpc_traps_dc_civac",
     TRAPPED(.insn = dc_civac, .el = 1, .set = 1UL << 23, .esr = 0x6212dc1c, .only_trapped = true)},
    {.name = "tpc_traps_dc_ivac",
     TRAPPED(.insn = dc_ivac, .el = 1, .set = 1UL << 23, .esr = 0x62121c0c, .only_trapped = true)},
    {.name = "tpu_traps_ic_ivau",
     TRAPPED(.insn = ic_ivau, .el = 1, .set = 1UL << 24, .esr = 0x6212dc0a, .only_trapped = true)},
    {.name = "tpu_traps_ic_iallu",
     TRAPPED(.insn = ic_iallu, .el = 1, .set = 1UL << 24, .esr = 0x62101fea)},
    {.name = "tpu_traps_dc_cvau",
     TRAPPED(.insn = dc_cvau, .el = 1, .set = 1UL << 24, .esr = 0x6212dc16, .only_trapped = true)},
    {.name = "ttlb_traps_tlbi_vmalle1",
     TRAPPED(.insn = tlbi_vmalle1, .el = 1, .set = 1UL << 25, .esr = 0x621023ee)},
    {.name = "ttlb_traps_tlbi_vae1is",
     TRAPPED(.insn = tlbi_vae1is, .el = 1, .set = 1UL << 25, .esr = 0x62122006)},
    {.name = "ttlb_does_not_trap_el2",
     TRAPPED(.insn = tlbi_vmalle1, .el = 2, .set = 1UL << 25, .no_trap = true)},
    {.name = "tdz_traps_dc_zva",
     TRAPPED(.insn = dc_zva, .el = 1, .set = 1UL << 28, .esr = 0x6212dc08, .only_trapped = true)},
    {.name = "tdz_shows_in_dczid", .run = check_dzp},
    {.name = "tsc_traps_smc_with_its_number",
     TRAPPED(.insn = smc_55, .el = 1, .set = HCR_TSC, .esr = 0x5e000055, .only_trapped = true)},
    {.name = "twi_traps_wfi_at_el1",
     TRAPPED(.insn = wfi, .el = 1, .set = 1UL << 13, .esr = 0x07e00000, .only_trapped = true)},
    {.name = "twe_traps_wfe_at_el1", .run = check_twe},
    {.name = "tidcp_traps_an_implementation_defined_register",
     TRAPPED(.insn = read_impdef, .el = 1, .set = 1UL << 20, .esr = 0x62303c01,
             .only_trapped = true)},
    {.name = "hcd_makes_hvc_undefined_at_el1", .run = check_hcd},
    {.name = "hcd_makes_hvc_undefined_at_el2", .run = check_hcd_el2},
    {.name = "tge_routes_svc_to_el2", TGE(.insn = svc_9, .esr = 0x56000009, .after = 4)},
    {.name = "tge_routes_undefined_to_el2", TGE(.insn = udf, .esr = 0x02000000)},
    {.name = "tge_routes_brk_to_el2", TGE(.insn = brk_3, .esr = 0xf2000003)},
    {.name = "tge_routes_an_el1_register_at_el0_as_unknown",
     TGE(.insn = read_sctlr, .esr = 0x02000000)},
    {.name = "vpidr_and_vmpidr_are_what_el1_reads", .run = check_vpidr},
    {.name = "vi_is_a_virtual_irq_at_el1",
     VIRTUAL(.bit = HCR_VI, .route = HCR_IMO, .offset = VEC_IRQ)},
    {.name = "vf_is_a_virtual_fiq_at_el1",
     VIRTUAL(.bit = HCR_VF, .route = HCR_FMO, .offset = VEC_FIQ)},
    {.name = "vse_is_a_virtual_serror_at_el1",
     VIRTUAL(.bit = HCR_VSE, .route = HCR_AMO, .offset = VEC_SERROR)},
    {.name = "vse_is_cleared_when_taken", .run = check_vse_clears},
    {.name = "virtual_irq_at_el0_goes_to_el1", .run = check_virtual_irq_at_el0},
    {.name = "virtual_irq_is_not_taken_at_el2", .run = check_virtual_irq_not_at_el2},
    {.name = "isr_at_el1_shows_virtual_interrupts", .run = check_isr},
};
CHECK_TABLE_END;
