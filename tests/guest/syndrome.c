/* Exception entry and syndromes: EC, ISS, IL, preferred return address, SPSR, vector offset. */
#include "guest.h"

/* ESR_ELx.EC values and ISS encodings: Arm ARM D13.2.37. IL (bit 25) is set for every 32-bit
 * instruction. */
#define ESR_UNKNOWN 0x02000000 /* EC 0x00, IL = 1 (always for EC 0) */

INSN(svc_7, "svc #7");
INSN(svc_ffff, "svc #0xffff");
INSN(hvc_1234, "hvc #0x1234");
INSN(smc_55, "smc #0x55");
INSN(brk_beef, "brk #0xbeef");
INSN(hlt_1, "hlt #1");
INSN(udf_0, ".inst 0x00000000");
INSN(udf_5, ".inst 0x00000005");
INSN(unallocated, ".inst 0x01c00000"); /* op0 = 0b0000: reserved (C4.1) */
INSN(eret_insn, "eret");
INSN(read_sctlr, "mrs x0, sctlr_el1");
INSN(read_vbar_el2, "mrs x0, vbar_el2");
INSN(write_midr, ".inst 0xd5180000"); /* MSR MIDR_EL1: read only */
INSN(read_unknown,
     "mrs x0, s3_0_c7_c15_7"); /* unallocated: CRn 7 of op0 = 3 has no ID or control register */
INSN(set_spsel, "msr spsel, #1");
INSN(read_currentel, "mrs x0, currentel");
INSN(tlbi_vmalle1, "tlbi vmalle1");
INSN(tlbi_alle2, "tlbi alle2");
INSN(at_s12e1r, "at s12e1r, x0");
INSN(read_sp_el1, "mrs x0, sp_el1");

/* A synchronous exception: which instruction at which EL goes where. `after`: ELR is behind the
 * instruction. */
struct sync_case {
    guest_fn insn;
    unsigned el, to_el;
    uint64_t offset, esr;
    bool after;
};

static void check_sync(const void *arg)
{
    const struct sync_case *c = arg;

    run_at_level(c->el, c->insn, 0);
    expect_trap_at(c->to_el, c->offset, c->esr, (const uint8_t *)c->insn + (c->after ? 4 : 0));
}

#define SYNC(...)                                                                                  \
    .run = check_sync, .arg = &(const struct sync_case)                                            \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

/* SPSR of an exception from EL1h with NZCV set and DAIF clear but F: D1.10.1 (SPSR_ELx holds PSTATE
 * before). */
static uint64_t flags_then_hvc(uint64_t arg)
{
    __asm__ volatile(
        "msr nzcv, %0\n msr daifclr, #15\n msr daifset, #1\n hvc #1\n msr daifset, #15" ::"r"(arg));
    return 0;
}

static void check_spsr(const void *arg)
{
    (void)arg;
    run_el1(flags_then_hvc, 0xa0000000);
    expect("SPSR_EL2", this_cpu()->trap[0].spsr & 0xf00003ff, 0xa0000045);
}

static uint64_t hvc_on_sp0(uint64_t arg)
{
    OP("msr spsel, #0\n hvc #2\n msr spsel, #1");
    return arg;
}

static void check_el2t(const void *arg)
{
    (void)arg;
    uint64_t sp = 0;
    __asm__ volatile("mov %0, sp" : "=r"(sp));
    WR("sp_el0", sp - 2048);
    OP("msr spsel, #0\n hvc #2\n msr spsel, #1");
    expect_trap(2, VEC_CUR_SP0, 0x5a000002);
    expect("SPSR.M", this_cpu()->trap[0].spsr & 0x1f, 8); /* EL2t: C5.2.19 */
}

static void check_el1t(const void *arg)
{
    (void)arg;
    run_el1(hvc_on_sp0, 0);
    expect_trap(2, VEC_LOWER64, 0x5a000002);
    expect("SPSR.M", this_cpu()->trap[0].spsr & 0x1f, 4); /* EL1t */
}

static uint64_t svc_on_sp0(uint64_t arg)
{
    OP("msr spsel, #0\n svc #3\n msr spsel, #1");
    return arg;
}

static void check_svc_el1t(const void *arg)
{
    (void)arg;
    run_el1(svc_on_sp0, 0);
    expect_trap(1, VEC_CUR_SP0, 0x56000003);
}

/* D1.10.1: exception entry sets PSTATE.{D,A,I,F} and SPSel. */
static uint64_t daif_seen, spsel_seen;
static void look_at_pstate(struct frame *frame)
{
    daif_seen = RD("daif");
    spsel_seen = RD("spsel");
    trap_frame_default(frame);
}

static uint64_t unmask_then_svc(uint64_t arg)
{
    OP("msr daifclr, #15\n svc #3\n msr daifset, #15");
    return arg;
}

static void check_entry_masks(const void *arg)
{
    (void)arg;
    this_cpu()->sync_hook = look_at_pstate;
    run_el1(unmask_then_svc, 0);
    expect("DAIF", daif_seen, 0x3c0);
    expect("SPSel", spsel_seen, 1);
    expect("SPSR", this_cpu()->trap[0].spsr & 0x3ff, 0x005);
}

/* D1.10.1: a second exception inside the handler of the first records the handler's state. */
static void svc_inside(struct frame *frame)
{
    if (this_cpu()->trap_count == 1) {
        OP("svc #0x22");
    }
    trap_frame_default(frame);
}

static void check_nested(const void *arg)
{
    (void)arg;
    this_cpu()->sync_hook = svc_inside;
    run_el0(svc_7, 0);
    expect("exceptions", this_cpu()->trap_count, 2);
    expect("first ESR", this_cpu()->trap[0].esr, 0x56000007);
    expect("first vector", this_cpu()->trap[0].offset, VEC_LOWER64);
    expect("second ESR", this_cpu()->trap[1].esr, 0x56000022);
    expect("second vector", this_cpu()->trap[1].offset, VEC_CUR_SPX);
    expect("second SPSR.M", this_cpu()->trap[1].spsr & 0x3df, 0x3c5);
}

/* D1.11.3 Illegal return events: the target state stays at the current EL, PSTATE.IL is set, EC
 * 0x0e, IL = 1. */
struct illegal_case {
    uint64_t spsr;
};

static uint64_t eret_with_spsr(uint64_t spsr)
{
    __asm__ volatile("adr x9, 1f\n msr elr_el1, x9\n msr spsr_el1, %0\n eret\n 1: nop" ::"r"(spsr)
                     : "x9", "memory");
    return 0;
}

static void check_illegal_return(const void *arg)
{
    const struct illegal_case *c = arg;

    run_el1(eret_with_spsr, c->spsr);
    if (expect_trap(1, VEC_CUR_SPX, 0x3a000000)) {
        expect("SPSR.IL and M", this_cpu()->trap[0].spsr & 0x1003cf, 0x1003c5);
    }
}

#define ILLEGAL(value)                                                                             \
    .run = check_illegal_return, .arg = &(const struct illegal_case)                               \
    {                                                                                              \
        .spsr = (value)                                                                            \
    }

/* ERET from EL2 to EL1 with HCR_EL2.TGE = 1 is illegal (D1.11.3). */
static void check_illegal_tge(const void *arg)
{
    (void)arg;
    hcr_write(HCR_RW | 1UL << 27);
    __asm__ volatile(
        "adr x9, 1f\n msr elr_el2, x9\n msr spsr_el2, %0\n eret\n 1: nop" ::"r"(0x3c5UL)
        : "x9", "memory");
    expect_trap(2, VEC_CUR_SPX, 0x3a000000);
}

/* D1.8.1 PC alignment checking: EC 0x22, ELR and FAR hold the misaligned address (D13.2.37,
 * D13.2.40 FAR_EL1). */
static uint64_t branch_to(uint64_t target)
{
    __asm__ volatile("blr %0" ::"r"(target) : "x30", "memory");
    return 0;
}

static void check_pc_alignment(const void *arg)
{
    uint64_t target = (uint64_t)svc_7 + 2;
    (void)arg;
    run_el1(branch_to, target);
    expect_trap(1, VEC_CUR_SPX, 0x8a000000);
    expect("ELR", this_cpu()->trap[0].elr, target);
    expect("FAR", this_cpu()->trap[0].far, target);
}

static void check_pc_alignment_el0(const void *arg)
{
    uint64_t target = (uint64_t)svc_7 + 1;
    (void)arg;
    run_el0(branch_to, target);
    expect_trap(1, VEC_LOWER64, 0x8a000000);
    expect("FAR", this_cpu()->trap[0].far, target);
}

/* SCTLR_ELx.SA, SA0: a load or store with a misaligned SP as base: EC 0x26 (D1.8.2 SP alignment
 * checking). */
LABELLED static uint64_t load_on_bad_sp(uint64_t arg)
{
    __asm__ volatile("mov x9, sp\n add x10, x9, #8\n mov sp, x10\n .global sp_load\n"
                     "sp_load: ldr x11, [sp]\n mov sp, x9" ::
                         : "x9", "x10", "x11", "memory");
    return arg;
}
extern uint8_t sp_load[];

static void check_sp_alignment(const void *arg)
{
    (void)arg;
    run_el1(load_on_bad_sp, 0);
    expect_no_trap("with SA = 0");
    WR("sctlr_el1", 0x30d00800 | 1UL << 3);
    run_el1(load_on_bad_sp, 0);
    expect_trap_at(1, VEC_CUR_SPX, 0x9a000000, sp_load);
}

static void check_sp_alignment_el0(const void *arg)
{
    (void)arg;
    WR("sctlr_el1", 0x30d00800 | 1UL << 3);
    run_el0(load_on_bad_sp, 0);
    expect_no_trap("with SA0 = 0");
    WR("sctlr_el1", 0x30d00800 | 1UL << 4);
    run_el0(load_on_bad_sp, 0);
    expect_trap_at(1, VEC_LOWER64, 0x9a000000, sp_load);
}

static void check_sp_alignment_el2(const void *arg)
{
    (void)arg;
    WR("sctlr_el2", 0x30c50830 | 1UL << 3);
    ISB();
    load_on_bad_sp(0);
    expect_trap_at(2, VEC_CUR_SPX, 0x9a000000, sp_load);
}

/* C5.2 PSTATE: CurrentEL[3:2]; SPSel and the banked SPs. */
static void check_currentel(const void *arg)
{
    (void)arg;
    expect("CurrentEL at EL2", RD("currentel"), 8);
    expect("CurrentEL at EL1", run_el1(read_currentel, 0), 4);
}

static void check_sp_banks(const void *arg)
{
    (void)arg;
    WR("sp_el1", 0x1230);
    expect("SP_EL1 read at EL2", RD("sp_el1"), 0x1230);
    WR("sp_el0", 0x4560);
    uint64_t sp = 0;
    __asm__ volatile("msr spsel, #0\n mov %0, sp\n msr spsel, #1" : "=r"(sp));
    expect("SP with SPSel = 0", sp, 0x4560);
}

/* MRS SP_EL0 with SPSel = 0 and SP_EL1 at EL1 are UNDEFINED (C5.2.17 SP_EL0, C5.2.18 SP_EL1). */
LABELLED static uint64_t sp_el0_with_spsel_0(uint64_t arg)
{
    __asm__ volatile("msr spsel, #0\n .global sp0_read\nsp0_read: mrs %0, sp_el0\n msr spsel, #1"
                     : "+r"(arg));
    return arg;
}
extern uint8_t sp0_read[];

static void check_sp_el0_undefined(const void *arg)
{
    (void)arg;
    run_el1(sp_el0_with_spsel_0, 0);
    expect_trap_at(1, VEC_CUR_SP0, ESR_UNKNOWN, sp0_read);
}

const struct check checks[] = {
    {.name = "svc_at_el0_goes_to_el1_with_its_number",
     SYNC(.insn = svc_7, .el = 0, .to_el = 1, .offset = 0x400, .esr = 0x56000007, .after = true)},
    {.name = "svc_at_el1_goes_to_el1_spx_vector",
     SYNC(.insn = svc_ffff, .el = 1, .to_el = 1, .offset = 0x200, .esr = 0x5600ffff,
          .after = true)},
    {.name = "svc_at_el2_goes_to_el2",
     SYNC(.insn = svc_7, .el = 2, .to_el = 2, .offset = 0x200, .esr = 0x56000007, .after = true)},
    {.name = "hvc_at_el1_goes_to_el2_with_its_number",
     SYNC(.insn = hvc_1234, .el = 1, .to_el = 2, .offset = 0x400, .esr = 0x5a001234,
          .after = true)},
    {.name = "hvc_at_el2_goes_to_el2",
     SYNC(.insn = hvc_1234, .el = 2, .to_el = 2, .offset = 0x200, .esr = 0x5a001234,
          .after = true)},
    {.name = "hvc_at_el0_is_undefined",
     SYNC(.insn = hvc_1234, .el = 0, .to_el = 1, .offset = 0x400, .esr = ESR_UNKNOWN)},
    {.name = "smc_at_el0_is_undefined",
     SYNC(.insn = smc_55, .el = 0, .to_el = 1, .offset = 0x400, .esr = ESR_UNKNOWN)},
    {.name = "brk_at_el0_goes_to_el1_with_its_comment",
     SYNC(.insn = brk_beef, .el = 0, .to_el = 1, .offset = 0x400, .esr = 0xf200beef)},
    {.name = "brk_at_el1_goes_to_el1",
     SYNC(.insn = brk_beef, .el = 1, .to_el = 1, .offset = 0x200, .esr = 0xf200beef)},
    {.name = "brk_at_el2_goes_to_el2",
     SYNC(.insn = brk_beef, .el = 2, .to_el = 2, .offset = 0x200, .esr = 0xf200beef)},
    {.name = "hlt_without_halting_debug_is_undefined",
     SYNC(.insn = hlt_1, .el = 1, .to_el = 1, .offset = 0x200, .esr = ESR_UNKNOWN)},
    {.name = "udf_is_undefined_at_el0",
     SYNC(.insn = udf_0, .el = 0, .to_el = 1, .offset = 0x400, .esr = ESR_UNKNOWN)},
    {.name = "udf_is_undefined_at_el1",
     SYNC(.insn = udf_5, .el = 1, .to_el = 1, .offset = 0x200, .esr = ESR_UNKNOWN)},
    {.name = "udf_is_undefined_at_el2",
     SYNC(.insn = udf_0, .el = 2, .to_el = 2, .offset = 0x200, .esr = ESR_UNKNOWN)},
    {.name = "unallocated_encoding_is_undefined",
     SYNC(.insn = unallocated, .el = 1, .to_el = 1, .offset = 0x200, .esr = ESR_UNKNOWN)},
    {.name = "eret_at_el0_is_undefined",
     SYNC(.insn = eret_insn, .el = 0, .to_el = 1, .offset = 0x400, .esr = ESR_UNKNOWN)},
    {.name = "el1_register_at_el0_is_undefined_not_trapped",
     SYNC(.insn = read_sctlr, .el = 0, .to_el = 1, .offset = 0x400, .esr = ESR_UNKNOWN)},
    {.name = "el2_register_at_el1_is_undefined_at_el1",
     SYNC(.insn = read_vbar_el2, .el = 1, .to_el = 1, .offset = 0x200, .esr = ESR_UNKNOWN)},
    {.name = "write_of_read_only_register_is_undefined",
     SYNC(.insn = write_midr, .el = 1, .to_el = 1, .offset = 0x200, .esr = ESR_UNKNOWN)},
    {.name = "unallocated_register_is_undefined",
     SYNC(.insn = read_unknown, .el = 1, .to_el = 1, .offset = 0x200, .esr = ESR_UNKNOWN)},
    {.name = "unallocated_register_at_el2_is_undefined",
     SYNC(.insn = read_unknown, .el = 2, .to_el = 2, .offset = 0x200, .esr = ESR_UNKNOWN)},
    {.name = "msr_spsel_at_el0_is_undefined",
     SYNC(.insn = set_spsel, .el = 0, .to_el = 1, .offset = 0x400, .esr = ESR_UNKNOWN)},
    {.name = "currentel_at_el0_is_undefined",
     SYNC(.insn = read_currentel, .el = 0, .to_el = 1, .offset = 0x400, .esr = ESR_UNKNOWN)},
    {.name = "tlbi_at_el0_is_undefined",
     SYNC(.insn = tlbi_vmalle1, .el = 0, .to_el = 1, .offset = 0x400, .esr = ESR_UNKNOWN)},
    {.name = "tlbi_alle2_at_el1_is_undefined",
     SYNC(.insn = tlbi_alle2, .el = 1, .to_el = 1, .offset = 0x200, .esr = ESR_UNKNOWN)},
    {.name = "at_s12e1r_at_el1_is_undefined",
     SYNC(.insn = at_s12e1r, .el = 1, .to_el = 1, .offset = 0x200, .esr = ESR_UNKNOWN)},
    {.name = "sp_el1_at_el1_is_undefined",
     SYNC(.insn = read_sp_el1, .el = 1, .to_el = 1, .offset = 0x200, .esr = ESR_UNKNOWN)},
    {.name = "spsr_holds_the_flags_masks_and_mode", .run = check_spsr},
    {.name = "exception_from_el2t_uses_the_sp0_vector", .run = check_el2t},
    {.name = "exception_from_el1t_to_el2_uses_the_lower_vector", .run = check_el1t},
    {.name = "exception_from_el1t_to_el1_uses_the_sp0_vector", .run = check_svc_el1t},
    {.name = "exception_entry_masks_daif_and_selects_spx", .run = check_entry_masks},
    {.name = "exception_in_a_handler_nests", .run = check_nested},
    {.name = "illegal_return_to_a_higher_el_sets_il", ILLEGAL(0x3c9)},
    {.name = "illegal_return_to_a_reserved_mode_sets_il", ILLEGAL(0x3c2)},
    {.name = "illegal_return_to_el0h_sets_il", ILLEGAL(0x3c1)},
    {.name = "illegal_return_to_el1_with_tge_sets_il", .run = check_illegal_tge},
    {.name = "misaligned_pc_faults_at_el1", .run = check_pc_alignment},
    {.name = "misaligned_pc_at_el0_faults_to_el1", .run = check_pc_alignment_el0},
    {.name = "misaligned_sp_faults_with_sa_at_el1", .run = check_sp_alignment},
    {.name = "misaligned_sp_faults_with_sa0_at_el0", .run = check_sp_alignment_el0},
    {.name = "misaligned_sp_faults_with_sa_at_el2", .run = check_sp_alignment_el2},
    {.name = "currentel_says_where_we_are", .run = check_currentel},
    {.name = "each_el_has_its_stack_pointer", .run = check_sp_banks},
    {.name = "sp_el0_read_with_spsel_0_is_undefined", .run = check_sp_el0_undefined},
};
CHECK_TABLE_END;
