/* Traps by the other controls: CPTR_EL2, CPACR_EL1, CNTHCTL_EL2, CNTKCTL_EL1, MDCR_EL2, SCTLR_EL1,
 * PMUSERENR_EL0. ISS of EC 0x18 as in hcr.c; of EC 0x07 and EC 0x01: CV = 1, COND = 0b1110 (Arm ARM
 * D13.2.37). */
#include "guest.h"

#define ESR_FP 0x1fe00000

INSN(fp_move, "fmov d0, xzr");
INSN(read_fpcr, "mrs x0, fpcr");
INSN(read_cpacr, "mrs x0, cpacr_el1");
INSN(read_cntpct, "mrs x0, cntpct_el0");
INSN(read_cntvct, "mrs x0, cntvct_el0");
INSN(read_cntfrq, "mrs x0, cntfrq_el0");
INSN(read_cntp_ctl, "mrs x0, cntp_ctl_el0");
INSN(write_cntp_ctl, "msr cntp_ctl_el0, x0");
INSN(read_cntp_cval, "mrs x0, cntp_cval_el0");
INSN(write_cntp_tval, "msr cntp_tval_el0, x0");
INSN(read_cntv_ctl, "mrs x0, cntv_ctl_el0");
INSN(read_cntv_cval, "mrs x0, cntv_cval_el0");
INSN(read_mdscr, "mrs x0, mdscr_el1");
INSN(read_dbgbvr0, "mrs x0, dbgbvr0_el1");
INSN(write_dbgbvr0, "msr dbgbvr0_el1, x0");
INSN(write_oslar, "msr oslar_el1, x0");
INSN(read_oslsr, "mrs x0, oslsr_el1");
INSN(read_osdlr, "mrs x0, osdlr_el1");
INSN(read_mdrar, "mrs x0, mdrar_el1");
INSN(read_pmcr, "mrs x0, pmcr_el0");
INSN(read_pmccntr, "mrs x0, pmccntr_el0");
INSN(read_pmcntenset, "mrs x0, pmcntenset_el0");
INSN(read_pmintenset, "mrs x0, pmintenset_el1");
INSN(read_pmuserenr, "mrs x0, pmuserenr_el0");
INSN(write_pmswinc, "msr pmswinc_el0, x0");
INSN(read_pmxevcntr, "mrs x0, pmxevcntr_el0");
INSN(read_daif, "mrs x0, daif");
INSN(write_daif, "msr daif, x0");
INSN(set_daif, "msr daifset, #15");
INSN(read_ctr, "mrs x0, ctr_el0");
INSN(read_dczid, "mrs x0, dczid_el0");
INSN(dc_cvau, "dc cvau, x0");
INSN(dc_civac, "dc civac, x0");
INSN(ic_ivau, "ic ivau, x0");
INSN(dc_zva, "dc zva, x0");
INSN(wfi, "wfi");
INSN(wfe_twice, "sevl\n wfe\n wfe");
INSN(read_sctlr, "mrs x0, sctlr_el1");
INSN(tpidrs, "msr tpidrro_el0, x0");
INSN(read_tpidrro, "mrs x0, tpidrro_el0");

#define TRAPPED(...)                                                                               \
    .run = check_trap_case, .arg = &(const struct trap_case)                                       \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
#define CPTR(...)    TRAPPED(.control = CTL_CPTR_EL2, __VA_ARGS__)
#define CPACR(...)   TRAPPED(.control = CTL_CPACR_EL1, .to_el = 1, __VA_ARGS__)
#define CNTHCTL(...) TRAPPED(.control = CTL_CNTHCTL_EL2, __VA_ARGS__)
#define CNTKCTL(...)                                                                               \
    TRAPPED(.control = CTL_CNTKCTL_EL1, .to_el = 1, .only_trapped = true, __VA_ARGS__)
#define MDCR(...)  TRAPPED(.control = CTL_MDCR_EL2, __VA_ARGS__)
#define SCTLR(...) TRAPPED(.control = CTL_SCTLR_EL1, .to_el = 1, .only_trapped = true, __VA_ARGS__)
#define USEREN(...)                                                                                \
    .need = NEED_PMU,                                                                              \
    TRAPPED(.control = CTL_PMUSERENR_EL0, .to_el = 1, .only_trapped = true, .el = 0, __VA_ARGS__)

/* A trap of FP by CPACR_EL1 that TGE sends to EL2 is reported with EC 0 (D13.2.37, EC 0x07). */
static void check_fpen_tge(const void *arg)
{
    (void)arg;
    WR("cpacr_el1", 0);
    hcr_write(HCR_RW | 1UL << 27);
    run_el0(fp_move, 0);
    expect_trap_at(2, VEC_LOWER64, 0x02000000, (const void *)fp_move);
}

/* CPACR_EL1.FPEN and CPTR_EL2.TFP both set: EL1's trap comes first (D13.2.30 CPACR_EL1: from EL0
 * and EL1 to EL1). */
static void check_fp_priority(const void *arg)
{
    (void)arg;
    WR("cpacr_el1", 0);
    WR("cptr_el2", 0x33ff | 1UL << 10);
    ISB();
    run_el1(fp_move, 0);
    expect_trap_at(1, VEC_CUR_SPX, ESR_FP, (const void *)fp_move);
}

/* nTWE: ELR is at the second WFE. */
static void check_ntwe(const void *arg)
{
    (void)arg;
    run_el0(wfe_twice, 0);
    expect_trap_at(1, VEC_LOWER64, 0x07e00001, (const uint8_t *)wfe_twice + 8);
}

/* HSTR_EL2.Tn trap AArch32 accesses only (D13.2.58). */
static void check_hstr(const void *arg)
{
    (void)arg;
    WR("hstr_el2", 0xbfef);
    ISB();
    run_el1(read_sctlr, 0);
    run_el1(read_cpacr, 0);
    run_el1(read_cntv_ctl, 0);
    expect_no_trap("ESR");
}

/* DC ZVA at EL0 without DZE; DCZID_EL0.DZP = 1 there (D13.2.35, D13.2.118 SCTLR_EL1.DZE). */
static void check_dzp_el0(const void *arg)
{
    (void)arg;
    expect("DZP with DZE = 0", run_el0(read_dczid, 0) & 0x10, 0x10);
    WR("sctlr_el1", 0x30d00800 | 1UL << 14);
    expect("DZP with DZE = 1", run_el0(read_dczid, 0) & 0x10, 0);
}

static void check_tpidrro(const void *arg)
{
    (void)arg;
    run_el0(tpidrs, 5);
    expect_trap_at(1, VEC_LOWER64, 0x02000000, (const void *)tpidrs);
    traps_reset();
    run_el0(read_tpidrro, 0);
    expect_no_trap("ESR of a read");
}

/* CNTHCTL_EL2: its traps apply after CNTKCTL_EL1 allowed the access from EL0. */
static void check_cnt_el0_to_el2(const void *arg)
{
    (void)arg;
    WR("cntkctl_el1", 1);
    WR("cnthctl_el2", 0);
    ISB();
    run_el0(read_cntpct, 0);
    expect_trap_at(2, VEC_LOWER64, 0x6232f801, (const void *)read_cntpct);
}

/* MDCR_EL2.TPM also traps EL0, when PMUSERENR_EL0 lets EL0 in. */
static void check_tpm_el0(const void *arg)
{
    (void)arg;
    WR("pmuserenr_el0", 1);
    WR("mdcr_el2", RD("mdcr_el2") | 1UL << 6);
    ISB();
    run_el0(read_pmccntr, 0);
    expect_trap_at(2, VEC_LOWER64, 0x6230e41b, (const void *)read_pmccntr);
    WR("pmuserenr_el0", 0);
}

const struct check checks[] = {
    {.name = "tfp_traps_fp_at_el0",
     CPTR(.insn = fp_move, .el = 0, .set = 1UL << 10, .esr = ESR_FP)},
    {.name = "tfp_traps_fp_at_el1",
     CPTR(.insn = fp_move, .el = 1, .set = 1UL << 10, .esr = ESR_FP)},
    {.name = "tfp_traps_fp_at_el2",
     CPTR(.insn = fp_move, .el = 2, .set = 1UL << 10, .esr = ESR_FP)},
    {.name = "tfp_traps_fpcr", CPTR(.insn = read_fpcr, .el = 1, .set = 1UL << 10, .esr = ESR_FP)},
    {.name = "tcpac_traps_cpacr",
     CPTR(.insn = read_cpacr, .el = 1, .set = 1UL << 31, .esr = 0x62340401)},
    {.name = "tcpac_does_not_trap_el2",
     CPTR(.insn = read_cpacr, .el = 2, .set = 1UL << 31, .no_trap = true)},
    {.name = "fpen_0_traps_fp_at_el0",
     CPACR(.insn = fp_move, .el = 0, .clear = 3UL << 20, .esr = ESR_FP)},
    {.name = "fpen_0_traps_fp_at_el1",
     CPACR(.insn = fp_move, .el = 1, .clear = 3UL << 20, .esr = ESR_FP)},
    {.name = "fpen_1_traps_fp_at_el0",
     CPACR(.insn = fp_move, .el = 0, .clear = 2UL << 20, .esr = ESR_FP)},
    {.name = "fpen_1_lets_el1_use_fp",
     CPACR(.insn = fp_move, .el = 1, .clear = 2UL << 20, .no_trap = true)},
    {.name = "fpen_2_traps_fp_at_el1",
     CPACR(.insn = fp_move, .el = 1, .clear = 1UL << 20, .esr = ESR_FP)},
    {.name = "fpen_does_not_trap_el2",
     CPACR(.insn = fp_move, .el = 2, .clear = 3UL << 20, .no_trap = true)},
    {.name = "fpen_trap_with_tge_goes_to_el2_as_unknown", .run = check_fpen_tge},
    {.name = "fpen_comes_before_tfp", .run = check_fp_priority},
    {.name = "el1pcten_0_traps_cntpct_at_el1",
     CNTHCTL(.insn = read_cntpct, .el = 1, .clear = 1, .esr = 0x6232f801)},
    {.name = "el1pcen_0_traps_a_read_of_cntp_ctl",
     CNTHCTL(.insn = read_cntp_ctl, .el = 1, .clear = 2, .esr = 0x6232f805)},
    {.name = "el1pcen_0_traps_a_write_of_cntp_ctl",
     CNTHCTL(.insn = write_cntp_ctl, .el = 1, .clear = 2, .esr = 0x6232f804)},
    {.name = "el1pcen_0_traps_cntp_cval",
     CNTHCTL(.insn = read_cntp_cval, .el = 1, .clear = 2, .esr = 0x6234f805)},
    {.name = "el1pcen_0_traps_a_write_of_cntp_tval",
     CNTHCTL(.insn = write_cntp_tval, .el = 1, .clear = 2, .esr = 0x6230f804)},
    {.name = "cnthctl_leaves_the_virtual_timer_alone",
     CNTHCTL(.insn = read_cntv_ctl, .el = 1, .clear = 3, .no_trap = true)},
    {.name = "cnthctl_does_not_trap_el2",
     CNTHCTL(.insn = read_cntp_ctl, .el = 2, .clear = 3, .no_trap = true)},
    {.name = "el0_counter_trap_goes_to_el2_when_el1_allows_it", .run = check_cnt_el0_to_el2},
    {.name = "el0pcten_0_traps_cntpct_to_el1",
     CNTKCTL(.insn = read_cntpct, .el = 0, .esr = 0x6232f801)},
    {.name = "el0pcten_1_lets_el0_read_cntpct",
     CNTKCTL(.insn = read_cntpct, .el = 0, .set = 1, .no_trap = true)},
    {.name = "el0vcten_0_traps_cntvct_to_el1",
     CNTKCTL(.insn = read_cntvct, .el = 0, .esr = 0x6234f801)},
    {.name = "el0vcten_1_lets_el0_read_cntvct",
     CNTKCTL(.insn = read_cntvct, .el = 0, .set = 2, .no_trap = true)},
    {.name = "cntfrq_at_el0_needs_a_counter_enable",
     CNTKCTL(.insn = read_cntfrq, .el = 0, .esr = 0x6230f801)},
    {.name = "cntfrq_at_el0_is_enabled_with_cntvct",
     CNTKCTL(.insn = read_cntfrq, .el = 0, .set = 2, .no_trap = true)},
    {.name = "el0pten_0_traps_cntp_ctl_to_el1",
     CNTKCTL(.insn = read_cntp_ctl, .el = 0, .esr = 0x6232f805)},
    {.name = "el0pten_1_lets_el0_use_cntp",
     CNTKCTL(.insn = read_cntp_ctl, .el = 0, .set = 1UL << 9, .no_trap = true)},
    {.name = "el0vten_0_traps_cntv_cval_to_el1",
     CNTKCTL(.insn = read_cntv_cval, .el = 0, .esr = 0x6234f807)},
    {.name = "el0vten_1_lets_el0_use_cntv",
     CNTKCTL(.insn = read_cntv_cval, .el = 0, .set = 1UL << 8, .no_trap = true)},
    {.name = "tda_traps_mdscr", MDCR(.insn = read_mdscr, .el = 1, .set = 0xe00, .esr = 0x62240005)},
    {.name = "tda_traps_a_read_of_dbgbvr",
     MDCR(.insn = read_dbgbvr0, .el = 1, .set = 0xe00, .esr = 0x62280001)},
    {.name = "tda_traps_a_write_of_dbgbvr",
     MDCR(.insn = write_dbgbvr0, .el = 1, .set = 0xe00, .esr = 0x62280000)},
    {.name = "tda_does_not_trap_el2",
     MDCR(.insn = read_mdscr, .el = 2, .set = 0xe00, .no_trap = true)},
    {.name = "tdosa_traps_oslar",
     MDCR(.insn = write_oslar, .el = 1, .set = 1UL << 10, .esr = 0x62280400)},
    {.name = "tdosa_traps_oslsr",
     MDCR(.insn = read_oslsr, .el = 1, .set = 1UL << 10, .esr = 0x62280403)},
    {.name = "tdosa_traps_osdlr",
     MDCR(.insn = read_osdlr, .el = 1, .set = 1UL << 10, .esr = 0x62280407)},
    {.name = "tdra_traps_mdrar",
     MDCR(.insn = read_mdrar, .el = 1, .set = 1UL << 11, .esr = 0x62200401)},
    {.name = "tpm_traps_pmccntr_at_el1",
     .need = NEED_PMU,
     MDCR(.insn = read_pmccntr, .el = 1, .set = 1UL << 6, .esr = 0x6230e41b)},
    {.name = "tpm_traps_pmintenset_at_el1",
     .need = NEED_PMU,
     MDCR(.insn = read_pmintenset, .el = 1, .set = 1UL << 6, .esr = 0x6232241d)},
    {.name = "tpm_traps_pmuserenr_at_el1",
     .need = NEED_PMU,
     MDCR(.insn = read_pmuserenr, .el = 1, .set = 1UL << 6, .esr = 0x6230e41d)},
    {.name = "tpm_traps_el0_when_el1_allows_it", .need = NEED_PMU, .run = check_tpm_el0},
    {.name = "tpmcr_traps_pmcr",
     .need = NEED_PMU,
     MDCR(.insn = read_pmcr, .el = 1, .set = 1UL << 5, .esr = 0x6230e419)},
    {.name = "tpmcr_leaves_other_pmu_registers_alone",
     .need = NEED_PMU,
     MDCR(.insn = read_pmccntr, .el = 1, .set = 1UL << 5, .no_trap = true)},
    {.name = "hstr_does_not_trap_aarch64", .run = check_hstr},
    {.name = "uma_0_traps_a_read_of_daif_at_el0",
     SCTLR(.insn = read_daif, .el = 0, .esr = 0x6232d005)},
    {.name = "uma_0_traps_a_write_of_daif_at_el0",
     SCTLR(.insn = write_daif, .el = 0, .esr = 0x6232d004)},
    {.name = "uma_0_traps_daifset_at_el0", SCTLR(.insn = set_daif, .el = 0, .esr = 0x620cd3fe)},
    {.name = "uma_1_lets_el0_use_daif",
     SCTLR(.insn = set_daif, .el = 0, .set = 1UL << 9, .no_trap = true)},
    {.name = "uct_0_traps_ctr_at_el0", SCTLR(.insn = read_ctr, .el = 0, .esr = 0x6232c001)},
    {.name = "uct_1_lets_el0_read_ctr",
     SCTLR(.insn = read_ctr, .el = 0, .set = 1UL << 15, .no_trap = true)},
    {.name = "uci_0_traps_dc_cvau_at_el0", SCTLR(.insn = dc_cvau, .el = 0, .esr = 0x6212dc16)},
    {.name = "uci_0_traps_dc_civac_at_el0", SCTLR(.insn = dc_civac, .el = 0, .esr = 0x6212dc1c)},
    {.name = "uci_0_traps_ic_ivau_at_el0", SCTLR(.insn = ic_ivau, .el = 0, .esr = 0x6212dc0a)},
    {.name = "uci_1_lets_el0_clean_the_cache",
     SCTLR(.insn = dc_cvau, .el = 0, .set = 1UL << 26, .no_trap = true)},
    {.name = "dze_0_traps_dc_zva_at_el0", SCTLR(.insn = dc_zva, .el = 0, .esr = 0x6212dc08)},
    {.name = "dze_shows_in_dczid_at_el0", .run = check_dzp_el0},
    {.name = "ntwi_0_traps_wfi_at_el0", SCTLR(.insn = wfi, .el = 0, .esr = 0x07e00000)},
    {.name = "ntwe_0_traps_wfe_at_el0", .run = check_ntwe},
    {.name = "pmuserenr_0_traps_pmccntr_at_el0", USEREN(.insn = read_pmccntr, .esr = 0x6230e41b)},
    {.name = "pmuserenr_0_traps_pmcr_at_el0", USEREN(.insn = read_pmcr, .esr = 0x6230e419)},
    {.name = "pmuserenr_0_lets_el0_read_pmuserenr",
     USEREN(.insn = read_pmuserenr, .no_trap = true)},
    {.name = "pmuserenr_en_lets_el0_use_the_pmu",
     USEREN(.insn = read_pmcntenset, .set = 1, .no_trap = true)},
    {.name = "pmuserenr_cr_lets_el0_read_pmccntr",
     USEREN(.insn = read_pmccntr, .set = 4, .no_trap = true)},
    {.name = "pmuserenr_sw_lets_el0_write_pmswinc",
     USEREN(.insn = write_pmswinc, .set = 2, .no_trap = true)},
    {.name = "pmuserenr_er_lets_el0_read_pmxevcntr",
     USEREN(.insn = read_pmxevcntr, .set = 8, .no_trap = true)},
    {.name = "tpidrro_is_read_only_at_el0", .run = check_tpidrro},
};
CHECK_TABLE_END;
