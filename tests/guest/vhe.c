/* The Virtualization Host Extensions: redirection with E2H = 1, the EL12 and EL02 names, CPTR and
 * CNTHCTL in the other layout, TGE, translation of EL2&0 (Arm ARM D5.6, D13.1.5, and each
 * register's page). */
#include "gic.h"
#include "pt.h"

#define HCR_E2H (1UL << 34)
#define HCR_TGE (1UL << 27)
#define ESR_FP  0x1fe00000
#define MARK    0x1122334455667788UL

INSN(fp_move, "fmov d0, xzr");
INSN(read_cntpct, "mrs x0, cntpct_el0");
INSN(read_cntvct, "mrs x0, cntvct_el0");
INSN(read_cntp_ctl, "mrs x0, cntp_ctl_el0");
INSN(read_daif, "mrs x0, daif");
INSN(read_ctr, "mrs x0, ctr_el0");
INSN(svc_4, "svc #4");
INSN(udf, ".inst 0");
INSN(read_sctlr, "mrs x0, sctlr_el1");
INSN(load, "ldr x0, [x0]");
INSN(store, "str xzr, [x0]");

/* One register under three names: at EL2 with E2H = 1 the EL1 name reaches the EL2 register and the
 * EL12 name the EL1 register. Values are ones that no check depends on and that have only storage
 * bits. */
struct alias {
    void (*write_el1)(uint64_t), (*write_el12)(uint64_t), (*write_el2)(uint64_t);
    uint64_t (*read_el1)(void), (*read_el12)(void), (*read_el2)(void);
    uint64_t el2, el1; /* values for the EL2 and the EL1 register */
};

#define ACCESSORS(name, el1, el12, el2)                                                            \
    static void name##_w1(uint64_t v)                                                              \
    {                                                                                              \
        WR(el1, v);                                                                                \
        ISB();                                                                                     \
    }                                                                                              \
    static void name##_w12(uint64_t v)                                                             \
    {                                                                                              \
        WR(el12, v);                                                                               \
        ISB();                                                                                     \
    }                                                                                              \
    static void name##_w2(uint64_t v)                                                              \
    {                                                                                              \
        WR(el2, v);                                                                                \
        ISB();                                                                                     \
    }                                                                                              \
    static uint64_t name##_r1(void)                                                                \
    {                                                                                              \
        return RD(el1);                                                                            \
    }                                                                                              \
    static uint64_t name##_r12(void)                                                               \
    {                                                                                              \
        return RD(el12);                                                                           \
    }                                                                                              \
    static uint64_t name##_r2(void)                                                                \
    {                                                                                              \
        return RD(el2);                                                                            \
    }

ACCESSORS(sctlr, "s3_0_c1_c0_0", "s3_5_c1_c0_0", "s3_4_c1_c0_0")
ACCESSORS(cpacr, "s3_0_c1_c0_2", "s3_5_c1_c0_2", "s3_4_c1_c1_2")
ACCESSORS(ttbr0, "s3_0_c2_c0_0", "s3_5_c2_c0_0", "s3_4_c2_c0_0")
ACCESSORS(ttbr1, "s3_0_c2_c0_1", "s3_5_c2_c0_1", "s3_4_c2_c0_1")
ACCESSORS(tcr, "s3_0_c2_c0_2", "s3_5_c2_c0_2", "s3_4_c2_c0_2")
ACCESSORS(esr, "s3_0_c5_c2_0", "s3_5_c5_c2_0", "s3_4_c5_c2_0")
ACCESSORS(far, "s3_0_c6_c0_0", "s3_5_c6_c0_0", "s3_4_c6_c0_0")
ACCESSORS(mair, "s3_0_c10_c2_0", "s3_5_c10_c2_0", "s3_4_c10_c2_0")
ACCESSORS(vbar, "s3_0_c12_c0_0", "s3_5_c12_c0_0", "s3_4_c12_c0_0")
ACCESSORS(contextidr, "s3_0_c13_c0_1", "s3_5_c13_c0_1", "s3_4_c13_c0_1")
ACCESSORS(cntkctl, "s3_0_c14_c1_0", "s3_5_c14_c1_0", "s3_4_c14_c1_0")
ACCESSORS(spsr, "s3_0_c4_c0_0", "s3_5_c4_c0_0", "s3_4_c4_c0_0")
ACCESSORS(elr, "s3_0_c4_c0_1", "s3_5_c4_c0_1", "s3_4_c4_c0_1")
ACCESSORS(cntp_cval, "s3_3_c14_c2_2", "s3_5_c14_c2_2", "s3_4_c14_c2_2")
ACCESSORS(cntv_cval, "s3_3_c14_c3_2", "s3_5_c14_c3_2", "s3_4_c14_c3_2")

/* SCTLR_ELx.{CP15BEN, ITD, SED} are RES0, RES1, RES1 where EL0 has no AArch32 (SCTLR_EL1). */
#define SCTLR_AARCH32 0x1a0UL

static void check_alias(const void *arg)
{
    const struct alias *a = arg;
    uint64_t vbar = RD("vbar_el2");
    uint64_t mask = a->write_el1 == sctlr_w1 ? ~SCTLR_AARCH32 : ~0UL;

    vhe_enter(0);
    a->write_el2(a->el2);
    a->write_el12(a->el1);
    uint64_t by_el1 = a->read_el1(), by_el12 = a->read_el12();
    a->write_el1(a->el1);
    uint64_t el2_after = a->read_el2(), el12_after = a->read_el12();
    a->write_el2(a->el2);
    a->write_el12(a->el2);
    uint64_t el2_last = a->read_el2(), el12_last = a->read_el12();
    WR("vbar_el2", vbar);
    expect("EL2 register by its EL1 name", by_el1 & mask, a->el2 & mask);
    expect("EL1 register by its EL12 name", by_el12 & mask, a->el1 & mask);
    expect("EL2 register after a write by the EL1 name", el2_after & mask, a->el1 & mask);
    expect("EL1 register then", el12_after & mask, a->el1 & mask);
    expect("EL2 register at last", el2_last & mask, a->el2 & mask);
    expect("EL1 register after a write by the EL12 name", el12_last & mask, a->el2 & mask);
    WR("s3_5_c12_c0_0", vbar);
}

#define ALIAS(reg, value2, value1)                                                                 \
    .need = NEED_VHE, .run = check_alias, .arg = &(const struct alias)                             \
    {                                                                                              \
        .write_el1 = reg##_w1, .write_el12 = reg##_w12, .write_el2 = reg##_w2,                     \
        .read_el1 = reg##_r1, .read_el12 = reg##_r12, .read_el2 = reg##_r2, .el2 = (value2),       \
        .el1 = (value1)                                                                            \
    }

/* EL12 and EL02 names are UNDEFINED at EL2 with E2H = 0 and at EL1 (D13.1.5). */
INSN(read_sctlr_el12, "mrs x0, s3_5_c1_c0_0");
INSN(read_tcr_el12, "mrs x0, s3_5_c2_c0_2");
INSN(read_spsr_el12, "mrs x0, s3_5_c4_c0_0");
INSN(read_cntkctl_el12, "mrs x0, s3_5_c14_c1_0");
INSN(read_cntp_ctl_el02, "mrs x0, s3_5_c14_c2_1");
INSN(read_cntv_cval_el02, "mrs x0, s3_5_c14_c3_2");
INSN(read_ttbr1_el2, "mrs x0, s3_4_c2_c0_1");

struct undef_case {
    guest_fn insn;
    unsigned el;
};

static void check_undef(const void *arg)
{
    const struct undef_case *c = arg;
    run_at_level(c->el, c->insn, 0);
    expect_trap_at(c->el, VEC_CUR_SPX, 0x02000000, (const void *)c->insn);
}

#define UNDEF(...)                                                                                 \
    .need = NEED_VHE, .run = check_undef, .arg = &(const struct undef_case)                        \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

/* CPTR_EL2 with E2H = 1: FPEN in [21:20]; 0b01 traps EL0 with TGE = 1 only, 0b00 and 0b10 EL2 as
 * well (CPTR_EL2). */
struct fpen_case {
    uint64_t cptr, hcr;
    unsigned el;
    bool trapped;
};

static void check_fpen(const void *arg)
{
    const struct fpen_case *c = arg;

    vhe_enter(c->hcr);
    WR("s3_4_c1_c1_2", c->cptr);
    ISB();
    run_at_level(c->el, fp_move, 0);
    if (c->trapped) {
        expect_trap_at(2, c->el == 2 ? VEC_CUR_SPX : VEC_LOWER64, ESR_FP, (const void *)fp_move);
    } else {
        expect_no_trap("ESR");
    }
}

#define FPEN(...)                                                                                  \
    .need = NEED_VHE, .run = check_fpen, .arg = &(const struct fpen_case)                          \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

/* CNTHCTL_EL2 with E2H = 1: EL0PCTEN 0, EL0VCTEN 1, EL0VTEN 8, EL0PTEN 9 for EL0 with TGE; EL1PCTEN
 * 10 and EL1PTEN 11 for EL1 (CNTHCTL_EL2). */
struct cnt_case {
    guest_fn insn;
    unsigned el;
    uint64_t cnthctl, hcr, esr;
};

static void check_cnt(const void *arg)
{
    const struct cnt_case *c = arg;

    vhe_enter(c->hcr);
    WR("cnthctl_el2", c->cnthctl);
    ISB();
    run_at_level(c->el, c->insn, 0);
    if (c->esr != 0) {
        expect_trap_at(2, VEC_LOWER64, c->esr, (const void *)c->insn);
    } else {
        expect_no_trap("ESR");
    }
}

#define CNT(...)                                                                                   \
    .need = NEED_VHE, .run = check_cnt, .arg = &(const struct cnt_case)                            \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

/* EL0 under TGE = 1: its exceptions go to EL2, SCTLR_EL2 has the controls of EL0. */
struct el0_case {
    guest_fn insn;
    uint64_t sctlr; /* ORed into SCTLR_EL2 */
    uint64_t esr;
    unsigned after;
};

static void check_el0(const void *arg)
{
    const struct el0_case *c = arg;

    vhe_enter(HCR_TGE);
    WR("s3_4_c1_c0_0", 0x30c50830 | c->sctlr);
    WR("s3_5_c1_c0_0",
       0x30d00800 | 1UL << 9 | 1UL << 15); /* EL1's would allow it: it must not count */
    ISB();
    run_el0(c->insn, 0);
    if (c->esr != 0) {
        expect_trap_at(2, VEC_LOWER64, c->esr, (const uint8_t *)c->insn + c->after);
    } else {
        expect_no_trap("ESR");
    }
}

#define EL0(...)                                                                                   \
    .need = NEED_VHE, .run = check_el0, .arg = &(const struct el0_case)                            \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

/* EL2&0: two tables, permissions with AP[1] as at EL1&0, faults of EL0 to EL2 with EC 0x24
 * (D5.1.1). */
struct el20_case {
    guest_fn access;
    unsigned el;
    uint64_t attributes; /* 0: no page */
    uint64_t esr;
    bool high;
};

static struct pt vhe_map(void)
{
    struct pt pt = el1_map(12);
    pt_map(&pt, 0x40400000, 0x40400000, SIZE_2M, PT_RAM | PT_PXN | PT_UXN);
    return pt;
}

static void check_el20(const void *arg)
{
    const struct el20_case *c = arg;
    struct pt pt = vhe_map(), high = pt_create(12, 39);
    uint64_t va = c->high ? 0xffffff8000000000 : TEST_VA;

    *(volatile uint64_t *)TEST_PA = MARK;
    vhe_enter(HCR_TGE);
    *pt_descriptor(c->high ? &high : &pt, TEST_VA & (c->high ? 0 : ~0UL), 3) =
        c->attributes != 0 ? TEST_PA | c->attributes | PT_PAGE : 0;
    WR("s3_4_c2_c0_1", high.root);
    WR("s3_4_c10_c2_0", MAIR_VALUE);
    WR("s3_4_c2_c0_0", pt.root);
    uint64_t tcr = tcr_el1_value(12, 39) & ~(1UL << 23);
    WR("s3_4_c2_c0_2", tcr | 2UL << 30 | 3UL << 28 | 1UL << 26 | 1UL << 24 | 25UL << 16);
    tlb_flush_all();
    WR("s3_4_c1_c0_0", 0x30c50830 | 0x1005 | 1UL << 23); /* SPAN */
    ISB();
    uint64_t value = run_at_level(c->el, c->access, va);
    el2_mmu_off();
    if (c->esr != 0) {
        this_cpu()->trap[0].esr &=
            ~0x01ffc000UL; /* ISV: see el2_abort_of_stage_1_has_no_instruction_syndrome */
        expect_trap(2, c->el == 0 ? VEC_LOWER64 : VEC_CUR_SPX, c->esr);
        expect("FAR", this_cpu()->trap[0].far, va);
    } else if (expect_no_trap("ESR") && c->access == load) {
        expect("value", value, MARK);
    }
}

#define EL20(...)                                                                                  \
    .need = NEED_VHE, .run = check_el20, .arg = &(const struct el20_case)                          \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
#define RW_EL2 (PT_RAM | PT_PXN | PT_UXN)
#define RW_EL0 (RW_EL2 | PT_AP_EL0)

/* CNTVCT at EL2 with E2H = 1, and at EL0 with TGE too, ignores CNTVOFF (CNTVCT_EL0). */
static void check_cntvct(const void *arg)
{
    (void)arg;
    vhe_enter(0);
    WR("cntvoff_el2", 0x123456789000);
    ISB();
    uint64_t before = RD("cntpct_el0");
    ISB();
    uint64_t count = RD("cntvct_el0");
    ISB();
    expect_true("CNTVCT", count >= before && count <= RD("cntpct_el0"));
}

/* At EL2 with E2H = 1, CNTP and CNTV names reach CNTHP and CNTHV; EL02 names reach CNTP and CNTV.
 */
static void check_el02(const void *arg)
{
    (void)arg;
    vhe_enter(0);
    WR("s3_5_c14_c2_2", 0x11111); /* CNTP_CVAL_EL02 */
    WR("s3_5_c14_c3_2", 0x22222); /* CNTV_CVAL_EL02 */
    WR("s3_3_c14_c2_2", 0x33333); /* CNTP_CVAL_EL0: CNTHP */
    WR("s3_3_c14_c3_2", 0x44444); /* CNTV_CVAL_EL0: CNTHV */
    ISB();
    expect("CNTHP_CVAL_EL2", RD("cnthp_cval_el2"), 0x33333);
    expect("CNTHV_CVAL_EL2", RD("s3_4_c14_c3_2"), 0x44444);
    hcr_write(HCR_RW);
    expect("CNTP_CVAL_EL0", RD("cntp_cval_el0"), 0x11111);
    expect("CNTV_CVAL_EL0", RD("cntv_cval_el0"), 0x22222);
}

/* EL1 keeps its own registers while E2H = 1. */
static void check_el1_own(const void *arg)
{
    (void)arg;
    vhe_enter(0);
    WR("s3_5_c6_c0_0", 0x5150);   /* FAR_EL12 */
    WR("s3_4_c6_c0_0", 0x2a2a2a); /* FAR_EL2 */
    ISB();
    static guest_fn const insn = read_sctlr;
    run_el1(insn, 0);
    expect_no_trap("ESR");
    expect("SCTLR_EL1 at EL1", run_el1(insn, 0) & ~SCTLR_AARCH32, 0x30d00800);
}

/* TPIDR_EL1, PAR_EL1, SP_EL1 are not redirected: no EL2 register stands behind their names. */
static void check_not_redirected(const void *arg)
{
    uint64_t cpu = RD("tpidr_el2");

    (void)arg;
    vhe_enter(0);
    WR("tpidr_el1", 0x1234);
    WR("par_el1", 0x800);
    WR("sp_el1", 0x5670);
    uint64_t el2 = RD("tpidr_el2"), el1 = RD("tpidr_el1"), par = RD("par_el1"), sp = RD("sp_el1");
    WR("tpidr_el1", cpu);
    expect("TPIDR_EL2", el2, cpu);
    expect("TPIDR_EL1", el1, 0x1234);
    expect("PAR_EL1", par, 0x800);
    expect("SP_EL1", sp, 0x5670);
}

/* TLBI VAE1 and VMALLE1 with E2H = TGE = 1 serve the EL2&0 regime (D5.10.2). */
struct tlbi_case {
    guest_fn tlbi;
};
INSN(tlbi_vae1, "tlbi vae1, x0\n dsb nsh\n isb");
INSN(tlbi_vae1is, "tlbi vae1is, x0\n dsb ish\n isb");
INSN(tlbi_vae2, "tlbi vae2, x0\n dsb nsh\n isb");
INSN(tlbi_vmalle1, "tlbi vmalle1\n dsb nsh\n isb");
INSN(tlbi_alle2, "tlbi alle2\n dsb nsh\n isb");

static void check_tlbi(const void *arg)
{
    const struct tlbi_case *c = arg;
    struct pt pt = vhe_map();

    *(volatile uint64_t *)TEST_PA = 1;
    *(volatile uint64_t *)TEST_PA2 = 2;
    pt_map_leaf(&pt, TEST_VA, TEST_PA, 3, RW_EL2);
    vhe_enter(HCR_TGE);
    el2_mmu_on(&pt);
    uint64_t before = load(TEST_VA);
    *pt_descriptor(&pt, TEST_VA, 3) = 0;
    DSB();
    c->tlbi(TEST_VA >> 12);
    pt_map_leaf(&pt, TEST_VA, TEST_PA2, 3, RW_EL2);
    OP("dsb sy\n isb");
    uint64_t after = load(TEST_VA);
    el2_mmu_off();
    expect_no_trap("ESR");
    expect("before", before, 1);
    expect("after", after, 2);
}

#define TLBI(function)                                                                             \
    .need = NEED_VHE, .run = check_tlbi, .arg = &(const struct tlbi_case)                          \
    {                                                                                              \
        .tlbi = (function)                                                                         \
    }

/* TGE = 1 with E2H = 1: physical interrupts go to EL2 whatever IMO says (D1.13.1). */
static uint64_t wait_a_bit(uint64_t arg)
{
    spin(200);
    return arg;
}

static void check_tge_irq(const void *arg)
{
    (void)arg;
    gic_cpu_on();
    gic_edge(TEST_SPI);
    gic_set(GICD_ISENABLER, TEST_SPI);
    gic_set(GICD_ISPENDR, TEST_SPI);
    vhe_enter(HCR_TGE);
    run_spsr(wait_a_bit, 0, 0x340);
    expect_true("taken", this_cpu()->trap_count >= 1);
    expect("EL", this_cpu()->trap[0].el, 2);
    expect("vector", this_cpu()->trap[0].offset, VEC_LOWER64 + VEC_IRQ);
    gic_eoi(gic_ack());
}

/* PAN at EL2: an exception to EL2 with E2H = TGE = 1 and SCTLR_EL2.SPAN = 0 sets it (D1.10.1). */
static uint64_t pan_seen;
static void look_at_pan(struct frame *frame)
{
    pan_seen = RD("s3_0_c4_c2_3");
    trap_frame_default(frame);
}

static void check_span(const void *arg)
{
    (void)arg;
    vhe_enter(HCR_TGE);
    WR("s3_4_c1_c0_0", 0x30450830); /* SPAN = 0 */
    ISB();
    this_cpu()->sync_hook = look_at_pan;
    run_el0(svc_4, 0);
    expect("PAN", pan_seen, 1UL << 22);
}

const struct check checks[] = {
    {.name = "vhe_redirects_sctlr", ALIAS(sctlr, 0x30d50830, 0x30d00800)},
    {.name = "vhe_redirects_cpacr_to_cptr", ALIAS(cpacr, 0x300000, 0x100000)},
    {.name = "vhe_redirects_ttbr0", ALIAS(ttbr0, 0x48001000, 0x48002000)},
    {.name = "vhe_redirects_ttbr1", ALIAS(ttbr1, 0x48003000, 0x48004000)},
    {.name = "vhe_redirects_tcr", ALIAS(tcr, 0x200803519, 0x20080351a)},
    {.name = "vhe_redirects_esr", ALIAS(esr, 0x5a000001, 0x56000002)},
    {.name = "vhe_redirects_far", ALIAS(far, 0x1111, 0x2222)},
    {.name = "vhe_redirects_mair", ALIAS(mair, 0x44ff04, 0xff0044)},
    {.name = "vhe_redirects_vbar", ALIAS(vbar, 0x40208000, 0x40209000)},
    {.name = "vhe_redirects_contextidr", ALIAS(contextidr, 0x12, 0x34)},
    {.name = "vhe_redirects_cntkctl_to_cnthctl", ALIAS(cntkctl, 0x3, 0x1)},
    {.name = "vhe_redirects_spsr", ALIAS(spsr, 0x3c9, 0x3c5)},
    {.name = "vhe_redirects_elr", ALIAS(elr, 0x40200000, 0x40200100)},
    {.name = "vhe_redirects_cntp_cval", ALIAS(cntp_cval, 0x123456, 0x654321)},
    {.name = "vhe_redirects_cntv_cval", ALIAS(cntv_cval, 0x123456, 0x654321)},
    {.name = "sctlr_el12_without_e2h_is_undefined", UNDEF(.insn = read_sctlr_el12, .el = 2)},
    {.name = "tcr_el12_without_e2h_is_undefined", UNDEF(.insn = read_tcr_el12, .el = 2)},
    {.name = "spsr_el12_without_e2h_is_undefined", UNDEF(.insn = read_spsr_el12, .el = 2)},
    {.name = "cntkctl_el12_without_e2h_is_undefined", UNDEF(.insn = read_cntkctl_el12, .el = 2)},
    {.name = "cntp_ctl_el02_without_e2h_is_undefined", UNDEF(.insn = read_cntp_ctl_el02, .el = 2)},
    {.name = "cntv_cval_el02_without_e2h_is_undefined",
     UNDEF(.insn = read_cntv_cval_el02, .el = 2)},
    {.name = "sctlr_el12_at_el1_is_undefined", UNDEF(.insn = read_sctlr_el12, .el = 1)},
    {.name = "ttbr1_el2_at_el1_is_undefined", UNDEF(.insn = read_ttbr1_el2, .el = 1)},
    {.name = "vhe_cptr_fpen_3_traps_nothing", FPEN(.cptr = 3UL << 20, .el = 2)},
    {.name = "vhe_cptr_fpen_0_traps_el2", FPEN(.cptr = 0, .el = 2, .trapped = true)},
    {.name = "vhe_cptr_fpen_2_traps_el2", FPEN(.cptr = 2UL << 20, .el = 2, .trapped = true)},
    {.name = "vhe_cptr_fpen_0_traps_el1", FPEN(.cptr = 0, .el = 1, .trapped = true)},
    {.name = "vhe_cptr_fpen_1_lets_el2_use_fp", FPEN(.cptr = 1UL << 20, .el = 2)},
    {.name = "vhe_cptr_fpen_1_lets_el1_use_fp", FPEN(.cptr = 1UL << 20, .el = 1)},
    {.name = "vhe_cptr_fpen_1_traps_el0_with_tge",
     FPEN(.cptr = 1UL << 20, .hcr = HCR_TGE, .el = 0, .trapped = true)},
    {.name = "vhe_cptr_fpen_3_lets_el0_use_fp", FPEN(.cptr = 3UL << 20, .hcr = HCR_TGE, .el = 0)},
    {.name = "vhe_el1pcten_0_traps_cntpct",
     CNT(.insn = read_cntpct, .el = 1, .cnthctl = 1UL << 11, .esr = 0x6232f801)},
    {.name = "vhe_el1pcten_1_lets_el1_read_cntpct",
     CNT(.insn = read_cntpct, .el = 1, .cnthctl = 1UL << 10)},
    {.name = "vhe_el1pten_0_traps_cntp",
     CNT(.insn = read_cntp_ctl, .el = 1, .cnthctl = 1UL << 10, .esr = 0x6232f805)},
    {.name = "vhe_el1pten_1_lets_el1_use_cntp",
     CNT(.insn = read_cntp_ctl, .el = 1, .cnthctl = 1UL << 11)},
    {.name = "vhe_el0pcten_0_traps_el0_to_el2",
     CNT(.insn = read_cntpct, .el = 0, .hcr = HCR_TGE, .cnthctl = 2, .esr = 0x6232f801)},
    {.name = "vhe_el0pcten_1_lets_el0_read_cntpct",
     CNT(.insn = read_cntpct, .el = 0, .hcr = HCR_TGE, .cnthctl = 1)},
    {.name = "vhe_el0vcten_0_traps_el0_to_el2",
     CNT(.insn = read_cntvct, .el = 0, .hcr = HCR_TGE, .cnthctl = 1, .esr = 0x6234f801)},
    {.name = "vhe_el0_svc_goes_to_el2", EL0(.insn = svc_4, .esr = 0x56000004, .after = 4)},
    {.name = "vhe_el0_undefined_goes_to_el2", EL0(.insn = udf, .esr = 0x02000000)},
    {.name = "vhe_el0_daif_is_under_sctlr_el2_uma", EL0(.insn = read_daif, .esr = 0x6232d005)},
    {.name = "vhe_el0_daif_is_allowed_by_sctlr_el2_uma", EL0(.insn = read_daif, .sctlr = 1UL << 9)},
    {.name = "vhe_el0_ctr_is_under_sctlr_el2_uct", EL0(.insn = read_ctr, .esr = 0x6232c001)},
    {.name = "vhe_el0_ctr_is_allowed_by_sctlr_el2_uct", EL0(.insn = read_ctr, .sctlr = 1UL << 15)},
    {.name = "vhe_el20_page_translates_at_el2",
     EL20(.access = load, .el = 2, .attributes = RW_EL2)},
    {.name = "vhe_el20_page_translates_at_el0",
     EL20(.access = load, .el = 0, .attributes = RW_EL0)},
    {.name = "vhe_el20_ttbr1_translates",
     EL20(.access = load, .el = 2, .attributes = RW_EL2, .high = true)},
    {.name = "vhe_el20_ttbr1_translates_at_el0",
     EL20(.access = load, .el = 0, .attributes = RW_EL0, .high = true)},
    {.name = "vhe_el20_kernel_page_refuses_el0",
     EL20(.access = load, .el = 0, .attributes = RW_EL2, .esr = 0x9200000f)},
    {.name = "vhe_el20_hole_faults_at_el2", EL20(.access = load, .el = 2, .esr = 0x96000007)},
    {.name = "vhe_el20_hole_faults_from_el0", EL20(.access = store, .el = 0, .esr = 0x92000047)},
    {.name = "vhe_el20_hole_of_ttbr1_faults",
     EL20(.access = load, .el = 2, .high = true, .esr = 0x96000007)},
    {.name = "vhe_el20_read_only_page_refuses_el2",
     EL20(.access = store, .el = 2, .attributes = RW_EL2 | PT_AP_RO, .esr = 0x9600004f)},
    {.name = "vhe_cntvct_ignores_cntvoff", .need = NEED_VHE, .run = check_cntvct},
    {.name = "vhe_el02_names_reach_the_timers_of_el1", .need = NEED_VHE, .run = check_el02},
    {.name = "vhe_leaves_el1_its_registers", .need = NEED_VHE, .run = check_el1_own},
    {.name = "vhe_does_not_redirect_tpidr_par_and_sp",
     .need = NEED_VHE,
     .run = check_not_redirected},
    {.name = "vhe_tlbi_vae1_serves_el20", TLBI(tlbi_vae1)},
    {.name = "vhe_tlbi_vae1is_serves_el20", TLBI(tlbi_vae1is)},
    {.name = "vhe_tlbi_vae2_serves_el20", TLBI(tlbi_vae2)},
    {.name = "vhe_tlbi_vmalle1_serves_el20", TLBI(tlbi_vmalle1)},
    {.name = "vhe_tlbi_alle2_serves_el20", TLBI(tlbi_alle2)},
    {.name = "vhe_tge_takes_irqs_of_el0", .need = NEED_VHE, .run = check_tge_irq},
    {.name = "vhe_span_0_sets_pan_on_entry_to_el2", .need = NEED_VHE | NEED_PAN, .run = check_span},
};
CHECK_TABLE_END;
