/* Runs the table of one image and prints one line for each check. */
#include "guest.h"

#define DTB_ADDRESS 0x40000000UL /* where QEMU's virt board puts it for an ELF kernel */

static const char *failure;
static const char *skipped; /* why */
static uint64_t failure_got, failure_want;
static unsigned have;

void guest_main(void);

static uint64_t field(uint64_t reg, unsigned low)
{
    return (reg >> low) & 0xf;
}

/* Fields: Arm ARM D13.2 (ID_AA64PFR0_EL1, ID_AA64MMFR0_EL1, ID_AA64MMFR1_EL1, ID_AA64MMFR2_EL1,
 * ID_AA64ISAR0_EL1, ID_AA64DFR0_EL1). */
static void find_features(void)
{
    uint64_t pfr0 = RD("id_aa64pfr0_el1"), mmfr0 = RD("id_aa64mmfr0_el1");
    uint64_t mmfr1 = RD("id_aa64mmfr1_el1"), mmfr2 = RD("s3_0_c0_c7_2");
    uint64_t isar0 = RD("id_aa64isar0_el1"), dfr0 = RD("id_aa64dfr0_el1");

    have = field(pfr0, 24) != 0 ? NEED_GIC3 : NEED_GIC2;
    have |= field(mmfr1, 8) != 0 ? NEED_VHE : 0;
    have |= field(mmfr1, 20) != 0 ? NEED_PAN : NEED_NO_PAN;
    have |= field(mmfr1, 0) != 0 ? NEED_AF : 0;
    have |= field(mmfr1, 0) >= 2 ? NEED_DBM : 0;
    have |= field(mmfr2, 4) != 0 ? NEED_UAO : NEED_NO_UAO;
    have |= field(isar0, 20) >= 2 ? NEED_LSE : NEED_NO_LSE;
    have |= field(dfr0, 8) != 0 && field(dfr0, 8) != 15 ? NEED_PMU : 0;
    have |= board.cpu_count >= 2 ? NEED_SMP2 : 0;
    have |= field(mmfr0, 20) != 0 ? NEED_G16K : 0;
    have |= field(mmfr0, 24) != 15 ? NEED_G64K : 0;
}

static const struct {
    unsigned need;
    const char *why;
} reasons[] = {
    {NEED_GIC2, "no GICv2"},
    {NEED_GIC3, "no GICv3"},
    {NEED_VHE, "no VHE"},
    {NEED_PAN, "no PAN"},
    {NEED_UAO, "no UAO"},
    {NEED_LSE, "no LSE"},
    {NEED_PMU, "no PMU"},
    {NEED_SMP2, "one CPU only"},
    {NEED_G16K, "no 16K granule"},
    {NEED_G64K, "no 64K granule"},
    {NEED_AF, "no hardware access flag"},
    {NEED_DBM, "no hardware dirty state"},
    {NEED_NO_LSE, "has LSE"},
    {NEED_NO_PAN, "has PAN"},
    {NEED_NO_UAO, "has UAO"},
};

static const char *missing(unsigned need)
{
    for (unsigned i = 0; i < ARRAY_SIZE(reasons); i++) {
        if ((need & ~have & reasons[i].need) != 0) {
            return reasons[i].why;
        }
    }
    return NULL;
}

static bool selected(const char *name)
{
    const char *only = board.only;
    if (only == NULL) {
        return true;
    }
    while (*name != '\0' && *name == *only) {
        name++;
        only++;
    }
    return *name == '\0' && (*only == '\0' || *only == ' ');
}

bool failed(void)
{
    return failure != NULL;
}

bool expect(const char *what, uint64_t got, uint64_t want)
{
    if (got == want) {
        return true;
    }
    if (failure == NULL) {
        failure = what;
        failure_got = got;
        failure_want = want;
    }
    return false;
}

bool expect_true(const char *what, bool condition)
{
    return expect(what, condition, true);
}

bool expect_no_trap(const char *what)
{
    struct percpu *cpu = this_cpu();
    if (cpu->trap_count == 0) {
        return true;
    }
    return expect(what, cpu->trap[0].esr, 0);
}

bool expect_trap(uint64_t el, uint64_t offset, uint64_t esr)
{
    struct percpu *cpu = this_cpu();
    return expect("exceptions", cpu->trap_count, 1) && expect("EL", cpu->trap[0].el, el) &&
           expect("ESR", cpu->trap[0].esr, esr) && expect("vector", cpu->trap[0].offset, offset);
}

bool expect_trap_at(uint64_t el, uint64_t offset, uint64_t esr, const void *elr)
{
    return expect_trap(el, offset, esr) && expect("ELR", this_cpu()->trap[0].elr, (uint64_t)elr);
}

#define CHANGE(reg, set, clear) WR(reg, (RD(reg) & ~(clear)) | (set))

void control_change(enum control control, uint64_t set, uint64_t clear)
{
    switch (control) {
    case CTL_HCR_EL2:
        CHANGE("hcr_el2", set, clear);
        break;
    case CTL_CPTR_EL2:
        CHANGE("cptr_el2", set, clear);
        break;
    case CTL_MDCR_EL2:
        CHANGE("mdcr_el2", set, clear);
        break;
    case CTL_CNTHCTL_EL2:
        CHANGE("cnthctl_el2", set, clear);
        break;
    case CTL_HSTR_EL2:
        CHANGE("hstr_el2", set, clear);
        break;
    case CTL_SCTLR_EL1:
        CHANGE("sctlr_el1", set, clear);
        break;
    case CTL_CPACR_EL1:
        CHANGE("cpacr_el1", set, clear);
        break;
    case CTL_CNTKCTL_EL1:
        CHANGE("cntkctl_el1", set, clear);
        break;
    case CTL_PMUSERENR_EL0:
        CHANGE("pmuserenr_el0", set, clear);
        break;
    case CTL_SCTLR_EL2:
        CHANGE("sctlr_el2", set, clear);
        break;
    }
    ISB();
}

void check_trap_case(const void *arg)
{
    const struct trap_case *c = arg;
    unsigned to_el = c->to_el != 0 ? c->to_el : 2;

    if (!c->only_trapped) {
        run_at_level(c->el, c->insn, 0);
        expect_no_trap("ESR without the control");
    }
    traps_reset();
    control_change(c->control, c->set, c->clear);
    run_at_level(c->el, c->insn, 0);
    if (c->no_trap) {
        expect_no_trap("ESR with the control");
    } else {
        expect_trap_at(to_el, c->el == to_el ? VEC_CUR_SPX : VEC_LOWER64, c->esr,
                       (const void *)c->insn);
    }
}

void skip(const char *why)
{
    skipped = why;
}

enum verdict { OK, BAD, SKIPPED, VERDICTS };

static enum verdict run_check(const struct check *check)
{
    failure = NULL;
    skipped = missing(check->need);
    if (skipped == NULL) {
        state_reset();
        check->run(check->arg);
    }
    print(failed() ? "FAIL " : skipped ? "skip " : "ok ");
    print(check->name);
    if (!failed()) {
        print(skipped ? ": " : "");
        print(skipped ? skipped : "");
        print("\n");
        return skipped ? SKIPPED : OK;
    }
    print(": ");
    print(failure);
    print(": got ");
    print_hex(failure_got);
    print(" expected ");
    print_hex(failure_want);
    print("\n");
    return BAD;
}

void guest_main(void)
{
    unsigned count[VERDICTS] = {0};

    board_init((const void *)DTB_ADDRESS);
    find_features();
    for (unsigned i = 0; i < check_count; i++) {
        if (selected(checks[i].name)) {
            count[run_check(&checks[i])]++;
        }
    }
    state_reset();
    print("CHECKS ");
    print_dec(count[OK]);
    print(" ok, ");
    print_dec(count[BAD]);
    print(" failed, ");
    print_dec(count[SKIPPED]);
    print(" skipped\n");
    power_off();
}
