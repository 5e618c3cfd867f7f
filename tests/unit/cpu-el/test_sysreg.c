/* The register table against itself, and against literals typed from the manual. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "cpu-el/core_sysreg.h"
#include "cpu-el/resolve_rules.h"
#include "cpu-el/sysreg_table.h"
#include "tests/support/run_suite.h"

/* Arm ARM D12.2 to D12.11, C5.1 and IHI 0069, 12.1: op0, op1, CRn, CRm, op2 in that order. */
static const struct {
    const char *name;
    unsigned op0, op1, crn, crm, op2;
} manual[] = {
    {"MIDR_EL1", 3, 0, 0, 0, 0},
    {"MPIDR_EL1", 3, 0, 0, 0, 5},
    {"REVIDR_EL1", 3, 0, 0, 0, 6},
    {"ID_PFR0_EL1", 3, 0, 0, 1, 0},
    {"ID_AA64PFR0_EL1", 3, 0, 0, 4, 0},
    {"ID_AA64DFR0_EL1", 3, 0, 0, 5, 0},
    {"ID_AA64ISAR1_EL1", 3, 0, 0, 6, 1},
    {"ID_AA64MMFR2_EL1", 3, 0, 0, 7, 2},
    {"SCTLR_EL1", 3, 0, 1, 0, 0},
    {"ACTLR_EL1", 3, 0, 1, 0, 1},
    {"CPACR_EL1", 3, 0, 1, 0, 2},
    {"TTBR0_EL1", 3, 0, 2, 0, 0},
    {"TTBR1_EL1", 3, 0, 2, 0, 1},
    {"TCR_EL1", 3, 0, 2, 0, 2},
    {"SPSR_EL1", 3, 0, 4, 0, 0},
    {"ELR_EL1", 3, 0, 4, 0, 1},
    {"SP_EL0", 3, 0, 4, 1, 0},
    {"SPSel", 3, 0, 4, 2, 0},
    {"CurrentEL", 3, 0, 4, 2, 2},
    {"PAN", 3, 0, 4, 2, 3},
    {"UAO", 3, 0, 4, 2, 4},
    {"ICC_PMR_EL1", 3, 0, 4, 6, 0},
    {"AFSR0_EL1", 3, 0, 5, 1, 0},
    {"ESR_EL1", 3, 0, 5, 2, 0},
    {"ERRIDR_EL1", 3, 0, 5, 3, 0},
    {"FAR_EL1", 3, 0, 6, 0, 0},
    {"PAR_EL1", 3, 0, 7, 4, 0},
    {"PMINTENSET_EL1", 3, 0, 9, 14, 1},
    {"MAIR_EL1", 3, 0, 10, 2, 0},
    {"AMAIR_EL1", 3, 0, 10, 3, 0},
    {"LORC_EL1", 3, 0, 10, 4, 3},
    {"VBAR_EL1", 3, 0, 12, 0, 0},
    {"ISR_EL1", 3, 0, 12, 1, 0},
    {"DISR_EL1", 3, 0, 12, 1, 1},
    {"ICC_IAR0_EL1", 3, 0, 12, 8, 0},
    {"ICC_DIR_EL1", 3, 0, 12, 11, 1},
    {"ICC_SGI1R_EL1", 3, 0, 12, 11, 5},
    {"ICC_IAR1_EL1", 3, 0, 12, 12, 0},
    {"ICC_EOIR1_EL1", 3, 0, 12, 12, 1},
    {"ICC_CTLR_EL1", 3, 0, 12, 12, 4},
    {"ICC_SRE_EL1", 3, 0, 12, 12, 5},
    {"ICC_IGRPEN1_EL1", 3, 0, 12, 12, 7},
    {"CONTEXTIDR_EL1", 3, 0, 13, 0, 1},
    {"TPIDR_EL1", 3, 0, 13, 0, 4},
    {"CNTKCTL_EL1", 3, 0, 14, 1, 0},
    {"CCSIDR_EL1", 3, 1, 0, 0, 0},
    {"CLIDR_EL1", 3, 1, 0, 0, 1},
    {"CSSELR_EL1", 3, 2, 0, 0, 0},
    {"CTR_EL0", 3, 3, 0, 0, 1},
    {"DCZID_EL0", 3, 3, 0, 0, 7},
    {"NZCV", 3, 3, 4, 2, 0},
    {"DAIF", 3, 3, 4, 2, 1},
    {"FPCR", 3, 3, 4, 4, 0},
    {"PMCR_EL0", 3, 3, 9, 12, 0},
    {"PMCCNTR_EL0", 3, 3, 9, 13, 0},
    {"PMUSERENR_EL0", 3, 3, 9, 14, 0},
    {"TPIDR_EL0", 3, 3, 13, 0, 2},
    {"TPIDRRO_EL0", 3, 3, 13, 0, 3},
    {"CNTFRQ_EL0", 3, 3, 14, 0, 0},
    {"CNTVCT_EL0", 3, 3, 14, 0, 2},
    {"CNTP_CVAL_EL0", 3, 3, 14, 2, 2},
    {"CNTV_CTL_EL0", 3, 3, 14, 3, 1},
    {"PMEVCNTR30_EL0", 3, 3, 14, 11, 6},
    {"PMEVTYPER8_EL0", 3, 3, 14, 13, 0},
    {"PMCCFILTR_EL0", 3, 3, 14, 15, 7},
    {"VPIDR_EL2", 3, 4, 0, 0, 0},
    {"VMPIDR_EL2", 3, 4, 0, 0, 5},
    {"SCTLR_EL2", 3, 4, 1, 0, 0},
    {"HCR_EL2", 3, 4, 1, 1, 0},
    {"MDCR_EL2", 3, 4, 1, 1, 1},
    {"CPTR_EL2", 3, 4, 1, 1, 2},
    {"HSTR_EL2", 3, 4, 1, 1, 3},
    {"TTBR0_EL2", 3, 4, 2, 0, 0},
    {"TCR_EL2", 3, 4, 2, 0, 2},
    {"VTTBR_EL2", 3, 4, 2, 1, 0},
    {"VTCR_EL2", 3, 4, 2, 1, 2},
    {"VNCR_EL2", 3, 4, 2, 2, 0},
    {"SPSR_EL2", 3, 4, 4, 0, 0},
    {"ELR_EL2", 3, 4, 4, 0, 1},
    {"SP_EL1", 3, 4, 4, 1, 0},
    {"ESR_EL2", 3, 4, 5, 2, 0},
    {"VSESR_EL2", 3, 4, 5, 2, 3},
    {"FAR_EL2", 3, 4, 6, 0, 0},
    {"HPFAR_EL2", 3, 4, 6, 0, 4},
    {"MAIR_EL2", 3, 4, 10, 2, 0},
    {"VBAR_EL2", 3, 4, 12, 0, 0},
    {"ICH_AP1R2_EL2", 3, 4, 12, 9, 2},
    {"ICC_SRE_EL2", 3, 4, 12, 9, 5},
    {"ICH_HCR_EL2", 3, 4, 12, 11, 0},
    {"ICH_VMCR_EL2", 3, 4, 12, 11, 7},
    {"ICH_LR7_EL2", 3, 4, 12, 12, 7},
    {"ICH_LR8_EL2", 3, 4, 12, 13, 0},
    {"CONTEXTIDR_EL2", 3, 4, 13, 0, 1},
    {"TPIDR_EL2", 3, 4, 13, 0, 2},
    {"CNTVOFF_EL2", 3, 4, 14, 0, 3},
    {"CNTHCTL_EL2", 3, 4, 14, 1, 0},
    {"CNTHP_CTL_EL2", 3, 4, 14, 2, 1},
    {"CNTHV_TVAL_EL2", 3, 4, 14, 3, 0},
    {"MDSCR_EL1", 2, 0, 0, 2, 2},
    {"DBGBVR5_EL1", 2, 0, 0, 5, 4},
    {"DBGWCR15_EL1", 2, 0, 0, 15, 7},
    {"OSLAR_EL1", 2, 0, 1, 0, 4},
    {"MDCCSR_EL0", 2, 3, 0, 1, 0},
    {"DBGAUTHSTATUS_EL1", 2, 0, 7, 14, 6},
    {"TLBI VMALLE1IS", 1, 0, 8, 3, 0},
    {"TLBI VAE1IS", 1, 0, 8, 3, 1},
    {"TLBI ASIDE1", 1, 0, 8, 7, 2},
    {"TLBI VAALE1IS", 1, 0, 8, 3, 7},
    {"TLBI IPAS2E1IS", 1, 4, 8, 0, 1},
    {"TLBI ALLE2", 1, 4, 8, 7, 0},
    {"TLBI VMALLS12E1IS", 1, 4, 8, 3, 6},
    {"AT S1E1R", 1, 0, 7, 8, 0},
    {"AT S12E1W", 1, 4, 7, 8, 5},
    {"DC IVAC", 1, 0, 7, 6, 1},
    {"DC CISW", 1, 0, 7, 14, 2},
    {"DC ZVA", 1, 3, 7, 4, 1},
    {"DC CIVAC", 1, 3, 7, 14, 1},
    {"IC IALLU", 1, 0, 7, 5, 0},
    {"IC IVAU", 1, 3, 7, 5, 1},
    {"PSTATE SPSEL", 0, 0, 4, 0, 5},
    {"PSTATE PAN", 0, 0, 4, 0, 4},
    {"PSTATE DAIFSET", 0, 3, 4, 0, 6},
    {"PSTATE DAIFCLR", 0, 3, 4, 0, 7},
};

START_TEST(a_row_has_the_encoding_of_the_manual)
{
    enum sysreg_id id = sysreg_by_name(manual[_i].name);
    ck_assert_msg(id != SR_NONE, "no %s", manual[_i].name);
    unsigned enc = sysreg_enc(id);
    ck_assert_msg(enc >> 14 == manual[_i].op0 && (enc >> 11 & 7) == manual[_i].op1 &&
                      (enc >> 7 & 15) == manual[_i].crn && (enc >> 3 & 15) == manual[_i].crm &&
                      (enc & 7) == manual[_i].op2,
                  "%s: %04x", manual[_i].name, enc);
}
END_TEST

/* Bit numbers of the controls (Arm ARM D13.2; IHI 0069, 12.4), not of this project. */
static const struct {
    const char *rule;
    uint64_t mask, value;
} controls[] = {
    {"SCTLR_EL1.UMA", 0x200, 0},
    {"SCTLR_EL2.UCT", 0x8000, 0},
    {"SCTLR_EL1.UCI", 0x4000000, 0},
    {"SCTLR_EL1.DZE", 0x4000, 0},
    {"SCTLR_EL1.nTWI", 0x10000, 0},
    {"SCTLR_EL1.nTWE", 0x40000, 0},
    {"SCTLR_EL1.TSCXT", 0x100000, 0x100000},
    {"CPTR_EL2.TFP", 0x400, 0x400},
    {"CPTR_EL2.TCPAC", 0x80000000, 0x80000000},
    {"CNTKCTL_EL1.EL0PCTEN", 0x1, 0},
    {"CNTKCTL_EL1.EL0VCTEN", 0x2, 0},
    {"CNTKCTL_EL1.EL0VTEN", 0x100, 0},
    {"CNTHCTL_EL2.EL0PTEN", 0x200, 0},
    {"CNTHCTL_EL2.EL1PCEN", 0x2, 0},
    {"CNTHCTL_EL2.EL1PTEN", 0x800, 0},
    {"MDCR_EL2.TPM", 0x40, 0x40},
    {"MDCR_EL2.TPMCR", 0x20, 0x20},
    {"MDCR_EL2.TDE", 0x100, 0x100},
    {"MDCR_EL2.TDA", 0x200, 0x200},
    {"MDCR_EL2.TDOSA", 0x400, 0x400},
    {"MDCR_EL2.TDRA", 0x800, 0x800},
    {"MDSCR_EL1.TDCC", 0x1000, 0x1000},
    {"ICC_SRE_EL2.Enable", 0x8, 0},
    {"ICC_SRE_EL1.SRE", 0x1, 0},
    {"ICH_HCR_EL2.TC", 0x400, 0x400},
    {"ICH_HCR_EL2.TALL0", 0x800, 0x800},
    {"ICH_HCR_EL2.TALL1", 0x1000, 0x1000},
    {"ICH_HCR_EL2.TDIR", 0x4000, 0x4000},
    {"HCR_EL2.FMO", 0x8, 0x8},
    {"HCR_EL2.IMO", 0x10, 0x10},
    {"HCR_EL2.TWI", 0x2000, 0x2000},
    {"HCR_EL2.TWE", 0x4000, 0x4000},
    {"HCR_EL2.TID1", 0x10000, 0x10000},
    {"HCR_EL2.TID2", 0x20000, 0x20000},
    {"HCR_EL2.TID3", 0x40000, 0x40000},
    {"HCR_EL2.TSC", 0x80000, 0x80000},
    {"HCR_EL2.TIDCP", 0x100000, 0x100000},
    {"HCR_EL2.TACR", 0x200000, 0x200000},
    {"HCR_EL2.TSW", 0x400000, 0x400000},
    {"HCR_EL2.TPC", 0x800000, 0x800000},
    {"HCR_EL2.TPU", 0x1000000, 0x1000000},
    {"HCR_EL2.TTLB", 0x2000000, 0x2000000},
    {"HCR_EL2.TVM", 0x4000000, 0x4000000},
    {"HCR_EL2.TGE", 0x8000000, 0x8000000},
    {"HCR_EL2.TDZ", 0x10000000, 0x10000000},
    {"HCR_EL2.HCD", 0x20000000, 0x20000000},
    {"HCR_EL2.TRVM", 0x40000000, 0x40000000},
    {"HCR_EL2.TLOR", 0x800000000, 0x800000000},
    {"HCR_EL2.TERR", 0x1000000000, 0x1000000000},
    {"HCR_EL2.NV", 0x40000000000, 0x40000000000},
    {"HCR_EL2.NV1", 0x2c0000000000, 0xc0000000000},
    {"HCR_EL2.AT", 0x100000000000, 0x100000000000},
    {"HCR_EL2.TID4", 0x2000000000000, 0x2000000000000},
    {"HCR_EL2.TICAB", 0x4000000000000, 0x4000000000000},
    {"HCR_EL2.TOCU", 0x10000000000000, 0x10000000000000},
    {"HCR_EL2.EnSCXT", 0x20000000000000, 0},
    {"HCR_EL2.TTLBIS", 0x40000000000000, 0x40000000000000},
    {"HCR_EL2.TTLBOS", 0x80000000000000, 0x80000000000000},
};

START_TEST(a_control_is_the_bit_of_the_manual)
{
    unsigned found = 0;
    for (size_t i = 0; i < trap_rule_count; i++) {
        const struct trap_rule *rule = &trap_rules[i];
        if (strcmp(rule->name, controls[_i].rule) == 0) {
            ck_assert_msg(rule->mask == controls[_i].mask && rule->value == controls[_i].value,
                          "%s", rule->name);
            size_t length = strlen(sysreg_name((enum sysreg_id)rule->control));
            ck_assert_int_eq(
                strncmp(rule->name, sysreg_name((enum sysreg_id)rule->control), length), 0);
            ck_assert_int_eq(rule->name[length], '.');
            found++;
        }
    }
    ck_assert_msg(found > 0, "no rule %s", controls[_i].rule);
}
END_TEST

/* VNCR_EL2 page: Arm ARM D8.11.8, Table "Register offsets", as published with FEAT_NV2. */
static const struct {
    const char *name;
    unsigned offset;
} deferred[] = {
    {"VTTBR_EL2", 0x020},     {"VTCR_EL2", 0x040},       {"VMPIDR_EL2", 0x050},
    {"CNTVOFF_EL2", 0x060},   {"HCR_EL2", 0x078},        {"HSTR_EL2", 0x080},
    {"VPIDR_EL2", 0x088},     {"TPIDR_EL2", 0x090},      {"VNCR_EL2", 0x0b0},
    {"CPACR_EL1", 0x100},     {"CONTEXTIDR_EL1", 0x108}, {"SCTLR_EL1", 0x110},
    {"ACTLR_EL1", 0x118},     {"TCR_EL1", 0x120},        {"AFSR0_EL1", 0x128},
    {"AFSR1_EL1", 0x130},     {"ESR_EL1", 0x138},        {"MAIR_EL1", 0x140},
    {"AMAIR_EL1", 0x148},     {"MDSCR_EL1", 0x158},      {"SPSR_EL1", 0x160},
    {"CNTV_CVAL_EL0", 0x168}, {"CNTV_CTL_EL0", 0x170},   {"CNTP_CVAL_EL0", 0x178},
    {"CNTP_CTL_EL0", 0x180},  {"SCXTNUM_EL1", 0x188},    {"TTBR0_EL1", 0x200},
    {"TTBR1_EL1", 0x210},     {"FAR_EL1", 0x220},        {"ELR_EL1", 0x230},
    {"SP_EL1", 0x240},        {"VBAR_EL1", 0x250},       {"ICH_LR0_EL2", 0x400},
    {"ICH_LR15_EL2", 0x478},  {"ICH_AP0R0_EL2", 0x480},  {"ICH_AP1R3_EL2", 0x4b8},
    {"ICH_HCR_EL2", 0x4c0},   {"ICH_VMCR_EL2", 0x4c8},   {"VDISR_EL2", 0x500},
    {"VSESR_EL2", 0x508},
};

START_TEST(a_deferred_register_has_the_offset_of_the_manual)
{
    enum sysreg_id id = sysreg_by_name(deferred[_i].name);
    ck_assert_msg(sysreg_rows[id].vncr == deferred[_i].offset, "%s: %x", deferred[_i].name,
                  sysreg_rows[id].vncr);
}
END_TEST

START_TEST(no_encoding_and_no_offset_is_used_twice)
{
    static uint16_t by_enc[1 << 16];
    static uint16_t by_offset[4096];
    for (uint16_t id = SR_NONE + 1; id < SR_COUNT; id++) {
        const struct sysreg_row *row = &sysreg_rows[id];
        ck_assert_msg(by_enc[row->enc] == 0, "%s and %s", row->name,
                      sysreg_rows[by_enc[row->enc]].name);
        by_enc[row->enc] = id;
        ck_assert_uint_eq(sysreg_find(row->enc), id);
        if (row->el12 != 0) {
            ck_assert_msg(by_enc[row->el12] == 0, "alias of %s", row->name);
            by_enc[row->el12] = id;
            ck_assert_uint_eq(sysreg_find(row->el12), id | SYSREG_ALIAS);
        }
        if (row->vncr != 0) {
            ck_assert_msg(row->vncr < 4096 && row->vncr % 8 == 0, "%s", row->name);
            ck_assert_msg(by_offset[row->vncr] == 0, "%s", row->name);
            by_offset[row->vncr] = id;
        }
    }
}
END_TEST

START_TEST(the_columns_of_a_row_agree)
{
    const struct sysreg_row *row = &sysreg_rows[_i];
    unsigned op1 = row->enc >> 11 & 7;
    bool in_memory = row->nv == NV_MEM || row->nv == NV_MEM_EL1 || row->nv == NV_MEM_IF_NV1;
    ck_assert_msg((row->res0 & row->res1) == 0, "%s", row->name);
    ck_assert_msg((row->reset & row->res0) == 0, "%s", row->name);
    ck_assert_msg((row->reset & row->res1) == row->res1, "%s", row->name);
    ck_assert_msg(in_memory == (row->vncr != 0), "%s", row->name);
    ck_assert_msg((row->nv == NV_REDIRECT) == (row->nv_el1 != SR_NONE), "%s", row->name);
    ck_assert_msg(op1 != 4 || row->nv != NV_NONE, "%s is an EL2 register without NV kind",
                  row->name);
    if (row->el12 != 0) {
        ck_assert_msg((row->el12 >> 11 & 7) == 5, "%s", row->name);
        ck_assert_msg((row->el12 & 0x7ff) == (row->enc & 0x7ff), "%s: alias", row->name);
        ck_assert_msg(op1 == 0 || op1 == 3, "%s", row->name);
    }
    if (row->e2h_el2 != SR_NONE) {
        ck_assert_msg((sysreg_rows[row->e2h_el2].enc >> 11 & 7) == 4, "%s", row->name);
        ck_assert_msg(row->el12 != 0, "%s", row->name);
    }
    ck_assert_msg(row->owner != OWNER_CORE || core_owns((enum sysreg_id)_i), "%s", row->name);
    /* Until the event the board keeps such a value beside pe->sr[]. */
    ck_assert_msg(row->sync == SYNC_NONE || row->owner == OWNER_STORE, "%s", row->name);
    ck_assert_msg((row->sync > SYNC_TRAPS) ==
                      ((row->effect & EFF_REGIME) && row->owner == OWNER_STORE),
                  "%s: what translates needs a context synchronization event", row->name);
}
END_TEST

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text);
    return length >= strlen(end) && strcmp(text + length - strlen(end), end) == 0;
}

START_TEST(a_register_costs_its_class_read_and_written)
{
    const struct sysreg_row *row = &sysreg_rows[_i];
    const char *read = cost_class_info[sysreg_cost(row->enc, false)].name;
    const char *write = cost_class_info[sysreg_cost(row->enc, true)].name;
    if (row->enc >> 14 == 1) {
        ck_assert_msg(strcmp(read, write) == 0 && !ends_with(read, ".read"), "%s", row->name);
    } else {
        ck_assert_msg(ends_with(read, ".read") && ends_with(write, ".write"), "%s: %s, %s",
                      row->name, read, write);
        ck_assert_int_eq(strncmp(read, write, strlen(read) - strlen("read")), 0);
    }
    if (row->el12 != 0) {
        ck_assert_uint_eq(sysreg_cost(row->el12, true), sysreg_cost(row->enc, true));
    }
}
END_TEST

START_TEST(no_rule_is_lost_when_a_row_lists_its_groups)
{
    const struct rule_list *list = rules_of_row((enum sysreg_id)_i);
    unsigned count = 0;
    for (size_t i = 0; i < trap_rule_count; i++) {
        count += sysreg_rows[_i].trap >> trap_rules[i].group & 1;
    }
    ck_assert_msg(list->count == count, "%s: %u of %u", sysreg_rows[_i].name, list->count, count);
}
END_TEST

START_TEST(a_name_leads_back_to_its_row)
{
    ck_assert_uint_eq(sysreg_by_name("SCTLR_EL1"), SR_SCTLR_EL1);
    ck_assert_uint_eq(sysreg_by_name("TLBI VAE1IS"), SR_TLBI_VAE1IS);
    ck_assert_uint_eq(sysreg_by_name("no such"), SR_NONE);
    ck_assert_uint_eq(sysreg_cost(SYSREG_ENC(3, 7, 1, 1, 1), false), COST_INSN_ALU);
    /* MSR DAIFSet, #15: CRm is the operand. */
    ck_assert_uint_eq(sysreg_cost(SYSREG_ENC(0, 3, 4, 15, 6), true), COST_SR_PSTATE_WRITE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sysreg");
    TCase *tcase = tcase_create("table");
    tcase_add_loop_test(tcase, a_row_has_the_encoding_of_the_manual, 0,
                        sizeof manual / sizeof manual[0]);
    tcase_add_loop_test(tcase, a_control_is_the_bit_of_the_manual, 0,
                        sizeof controls / sizeof controls[0]);
    tcase_add_loop_test(tcase, a_deferred_register_has_the_offset_of_the_manual, 0,
                        sizeof deferred / sizeof deferred[0]);
    tcase_add_test(tcase, no_encoding_and_no_offset_is_used_twice);
    tcase_add_loop_test(tcase, the_columns_of_a_row_agree, SR_NONE + 1, SR_COUNT);
    tcase_add_loop_test(tcase, a_register_costs_its_class_read_and_written, SR_NONE + 1, SR_COUNT);
    tcase_add_loop_test(tcase, no_rule_is_lost_when_a_row_lists_its_groups, SR_NONE + 1, SR_COUNT);
    tcase_add_test(tcase, a_name_leads_back_to_its_row);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
