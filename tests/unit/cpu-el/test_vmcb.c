/* FEAT_VMCB: docs/vmcb.md, which is all the specification there is. Offsets and bits are typed from
 * there. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "cpu-el/resolve.h"
#include "cpu-el/vmcb.h"
#include "tests/support/run_suite.h"
#include "tests/unit/cpu-el/toy_pe.h"

#define BLOCK UINT64_C(0x40123000)
#define AREA  UINT64_C(0x40456000)

#define PC_AT       0x100
#define PSTATE_AT   0x108
#define REVISION_AT 0x128
#define SCTLR_AT    0x140
#define HCR_OFFSET  0x610
#define ESR_AT      0x618
#define FAR_AT      0x620
#define HPFAR_AT    0x628
#define ICH_HCR_AT  0x660
#define LR4_AT      0x6f8
#define EXIT_AT     0x790

#define EL0T 0x0
#define EL1H 0x5
#define EL2H 0x9

static const struct {
    unsigned offset;
    enum sysreg_id id;
    bool host;
} fields[] = {
#define VMCB(offset, id, host) {offset, SR_##id, host},
#include "cpu-el/vmcb.def"
#undef VMCB
};
#define FIELDS (sizeof fields / sizeof fields[0])

static struct toy_pe *toy;
static struct pe *pe;
static uint8_t *guest, *host;

static uint64_t get(const uint8_t *block, unsigned offset)
{
    uint64_t value;
    memcpy(&value, block + offset, sizeof value);
    return value;
}

static void put(uint8_t *block, unsigned offset, uint64_t value)
{
    memcpy(block + offset, &value, sizeof value);
}

/* A value of its own for each register and side. */
static uint64_t value_of(size_t i, uint64_t side)
{
    return (side << 8 | (i + 1)) * UINT64_C(0x0001000100010001);
}

static uint64_t legal(enum sysreg_id id, uint64_t value)
{
    return sysreg_legal_value(&pe->model, id, value);
}

static void setup(void)
{
    toy = toy_pe_create();
    pe = &toy->pe;
    pe_reset(pe, 2);
    guest = calloc(1, VMCB_BYTES);
    host = calloc(1, VMCB_BYTES);
    for (size_t i = 0; i < FIELDS; i++) {
        sysreg_write(pe, fields[i].id, value_of(i, 1));
        put(guest, fields[i].offset, value_of(i, 2));
    }
    put(guest, 0x1d8, 1u << 15); /* MDSCR_EL1, of which few bits can be written: MDE */
    sysreg_write(pe, SR_MDSCR_EL1, 1u << 13);
    put(guest, REVISION_AT, 1);
    put(guest, PSTATE_AT, EL1H);
    put(guest, HCR_OFFSET, 0x80000001);
    sysreg_write(pe, SR_HCR_EL2, 0x80000000);
    sysreg_write(pe, SR_VMHSR_EL2, AREA);
    sysreg_write(pe, SR_VMCBR_EL2, BLOCK | 1);
}

static void teardown(void)
{
    free(guest);
    free(host);
    toy_pe_destroy(toy);
}

static enum vmcb_entry enter(void)
{
    unsigned effects;
    return vmcb_enter(pe, guest, host, &effects);
}

/* The entry, the ERET, and an exception back. */
static unsigned run_and_leave(enum exception_type type)
{
    ck_assert_int_eq(enter(), VMCB_ENTERED);
    ck_assert_uint_eq(exception_return(pe), 1);
    pe->sr[SR_TTBR0_EL1] = 0x1234000;
    pe->pc = 0xabc0;
    struct exception exc = {.type = type,
                            .target_el = 2,
                            .return_address = 0xabc4,
                            .esr = 0x5a000000,
                            .far_valid = true,
                            .far = 0xdead,
                            .hpfar_valid = true,
                            .hpfar = 0xbee0};
    exception_take(pe, &exc);
    ck_assert(vmcb_is_active(pe));
    return vmcb_exit(pe, type, guest, host);
}

START_TEST(eret_is_an_entry_only_at_el2_with_en)
{
    ck_assert(vmcb_enters(pe));
    toy_pe_at(toy, 1, true, 0);
    ck_assert(!vmcb_enters(pe));
    toy_pe_at(toy, 2, true, 0);
    sysreg_write(pe, SR_VMCBR_EL2, BLOCK);
    ck_assert(!vmcb_enters(pe));
}
END_TEST

START_TEST(registers_keep_a_page_address_and_en)
{
    sysreg_write(pe, SR_VMCBR_EL2, UINT64_MAX);
    ck_assert_uint_eq(sysreg_read(pe, SR_VMCBR_EL2), UINT64_C(0x0000fffffffff001));
    sysreg_write(pe, SR_VMHSR_EL2, UINT64_MAX);
    ck_assert_uint_eq(sysreg_read(pe, SR_VMHSR_EL2), UINT64_C(0x0000fffffffff000));
    ck_assert_uint_eq(vmcb_guest_pa(pe).v, UINT64_C(0x0000fffffffff000));
    ck_assert_uint_eq(vmcb_host_pa(pe).v, UINT64_C(0x0000fffffffff000));
}
END_TEST

START_TEST(entry_saves_the_host_and_loads_the_guest)
{
    uint64_t before[FIELDS];
    for (size_t i = 0; i < FIELDS; i++) {
        before[i] = sysreg_read(pe, fields[i].id);
    }
    ck_assert_int_eq(enter(), VMCB_ENTERED);
    for (size_t i = 0; i < FIELDS; i++) {
        const char *name = sysreg_name(fields[i].id);
        if (!resolve_is_present(&pe->model, fields[i].id)) {
            continue;
        }
        uint64_t in_block = get(guest, fields[i].offset);
        ck_assert_msg(sysreg_read(pe, fields[i].id) == legal(fields[i].id, in_block), "%s", name);
        uint64_t saved = get(host, fields[i].offset);
        ck_assert_msg(saved == (fields[i].host ? before[i] : 0), "%s", name);
    }
    ck_assert(vmcb_is_active(pe));
    ck_assert(!vmcb_enters(pe));
    ck_assert_uint_eq(exception_return(pe), 1);
    ck_assert_uint_eq(pe->pc, get(guest, PC_AT));
    ck_assert(pe->ps.sp);
}
END_TEST

START_TEST(exit_saves_the_guest_and_loads_the_host)
{
    uint64_t before[FIELDS];
    for (size_t i = 0; i < FIELDS; i++) {
        before[i] = sysreg_read(pe, fields[i].id);
    }
    run_and_leave(EXC_SYNC);
    for (size_t i = 0; i < FIELDS; i++) {
        bool present = resolve_is_present(&pe->model, fields[i].id);
        if (present && fields[i].host) {
            ck_assert_msg(sysreg_read(pe, fields[i].id) == before[i], "%s",
                          sysreg_name(fields[i].id));
        }
    }
    ck_assert_uint_eq(get(guest, PC_AT), 0xabc4);
    ck_assert_uint_eq(get(guest, PSTATE_AT), EL1H);
    ck_assert_uint_eq(get(guest, 0x158), 0x1234000); /* TTBR0_EL1 */
    ck_assert_uint_eq(get(guest, SCTLR_AT), legal(SR_SCTLR_EL1, get(guest, SCTLR_AT)));
    ck_assert_uint_eq(get(guest, HCR_OFFSET), 0x80000001);
    ck_assert_uint_eq(pe->ps.el, 2);
    ck_assert(!vmcb_is_active(pe));
}
END_TEST

START_TEST(exit_says_why)
{
    run_and_leave((enum exception_type)_i);
    bool sync = _i == EXC_SYNC || _i == EXC_SERROR;
    ck_assert_uint_eq(get(guest, EXIT_AT), (unsigned)_i);
    ck_assert_uint_eq(get(guest, ESR_AT), sync ? 0x5a000000 : 0);
    ck_assert_uint_eq(get(guest, FAR_AT), 0xdead);
    ck_assert_uint_eq(get(guest, HPFAR_AT), 0xbee0);
    ck_assert_uint_eq(pe->sr[SR_FAR_EL2], 0xdead); /* the registers say it, too */
}
END_TEST

/* EXITED tells the handler, until it writes the register. */
START_TEST(exited_reads_as_one_until_the_register_is_written)
{
    ck_assert_uint_eq(sysreg_read(pe, SR_VMCBR_EL2), BLOCK | 1);
    run_and_leave(EXC_IRQ);
    ck_assert_uint_eq(sysreg_read(pe, SR_VMCBR_EL2), BLOCK | 4);
    sysreg_write(pe, SR_VMCBR_EL2, BLOCK | 6);
    ck_assert_uint_eq(sysreg_read(pe, SR_VMCBR_EL2), BLOCK);
}
END_TEST

static void refused(enum vmcb_entry why, const uint8_t *g, uint8_t *h)
{
    uint64_t before[FIELDS];
    unsigned effects = 1;
    for (size_t i = 0; i < FIELDS; i++) {
        before[i] = sysreg_read(pe, fields[i].id);
    }
    sysreg_write(pe, SR_VMCBR_EL2, BLOCK | 1);
    ck_assert_int_eq(vmcb_enter(pe, g, h, &effects), why);
    ck_assert_uint_eq(effects, 0);
    ck_assert_uint_eq(sysreg_read(pe, SR_VMCBR_EL2), BLOCK); /* no EN, not active */
    ck_assert(!vmcb_is_active(pe));
    for (size_t i = 0; i < FIELDS; i++) {
        ck_assert_uint_eq(sysreg_read(pe, fields[i].id), before[i]);
        ck_assert_uint_eq(get(host, fields[i].offset), 0);
    }
    ck_assert_uint_eq(toy_charged(toy, COST_VMCB_LOAD), 0);
}

START_TEST(entry_without_memory_is_an_external_abort)
{
    refused(VMCB_ABORT, NULL, host);
    refused(VMCB_ABORT, guest, NULL);
    refused(VMCB_ABORT, NULL, NULL);
    /* EC 0x25, IL, FnV, DFSC 0x10. Arm ARM ESR_ELx */
    ck_assert_uint_eq(vmcb_syndrome(VMCB_ABORT), 0x96000410);
}
END_TEST

START_TEST(entry_with_wrong_contents_is_illegal_state)
{
    put(guest, REVISION_AT, 2);
    refused(VMCB_ILLEGAL, guest, host);
    put(guest, REVISION_AT, 1);
    static const unsigned modes[] = {0x1 /* EL0h */, 0x2, 0x6, 0x8, EL2H, 0xd,
                                     0x10 /* A32 */, 0x13};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        put(guest, PSTATE_AT, modes[i]);
        refused(VMCB_ILLEGAL, guest, host);
    }
    put(guest, PSTATE_AT, EL1H);
    put(guest, HCR_OFFSET, UINT64_C(1) << 27 | 1); /* TGE: no EL1 */
    refused(VMCB_ILLEGAL, guest, host);
    ck_assert_uint_eq(vmcb_syndrome(VMCB_ILLEGAL), 0x3a000000); /* EC 0x0e, IL */
    put(guest, PSTATE_AT, EL0T);
    sysreg_write(pe, SR_VMCBR_EL2, BLOCK | 1);
    ck_assert_int_eq(enter(), VMCB_ENTERED);
}
END_TEST

START_TEST(each_step_is_charged_once)
{
    run_and_leave(EXC_SYNC);
    ck_assert_uint_eq(toy_charged(toy, COST_VMCB_LOAD), 2);
    ck_assert_uint_eq(toy_charged(toy, COST_VMCB_SAVE), 2);
}
END_TEST

/* The toy has four list registers. */
START_TEST(what_the_cpu_has_not_got_stays_as_it_is)
{
    put(guest, LR4_AT, 0x5555);
    run_and_leave(EXC_SYNC);
    ck_assert_uint_eq(get(guest, LR4_AT), 0x5555);
    ck_assert_uint_ne(pe->sr[SR_ICH_LR4_EL2], 0x5555);
    pe->model.has[FEAT_GICV3_SYSREGS] = false;
    put(guest, ICH_HCR_AT, 0x7777);
    sysreg_write(pe, SR_VMCBR_EL2, BLOCK | 1);
    run_and_leave(EXC_SYNC);
    ck_assert_uint_eq(get(guest, ICH_HCR_AT), 0x7777);
}
END_TEST

/* In the page, apart from each other and from what is no register. */
START_TEST(fields_do_not_overlap)
{
    static const unsigned others[] = {REVISION_AT, ESR_AT, FAR_AT, HPFAR_AT, EXIT_AT};
    for (size_t i = 0; i < FIELDS; i++) {
        ck_assert_uint_eq(fields[i].offset % 8, 0);
        ck_assert_uint_lt(fields[i].offset, VMCB_BYTES);
        for (size_t k = 0; k < i; k++) {
            ck_assert_msg(fields[i].offset != fields[k].offset && fields[i].id != fields[k].id,
                          "%s", sysreg_name(fields[i].id));
        }
        for (size_t k = 0; k < sizeof others / sizeof others[0]; k++) {
            ck_assert_uint_ne(fields[i].offset, others[k]);
        }
    }
}
END_TEST

#define VMCBR_ENC SYSREG_ENC(3, 4, 15, 0, 0)

/* Below EL2, and without the feature, the space is as IMPLEMENTATION DEFINED as before. */
START_TEST(registers_are_el2s_with_the_feature)
{
    ck_assert_int_eq(resolve_sysreg(pe, VMCBR_ENC, true).kind, OUT_ACCESS);
    ck_assert_int_eq(resolve_sysreg(pe, VMCBR_ENC + 1, false).kind, OUT_ACCESS);
    for (unsigned with = 0; with < 2; with++) {
        pe->model.has[FEAT_VMCB] = with;
        toy_pe_at(toy, 1, true, 0);
        sysreg_write(pe, SR_HCR_EL2, 0x80000000);
        ck_assert_int_eq(resolve_sysreg(pe, VMCBR_ENC, true).kind, OUT_UNDEF);
        sysreg_write(pe, SR_HCR_EL2, 0x80000000 | 1u << 20); /* TIDCP */
        ck_assert_int_eq(resolve_sysreg(pe, VMCBR_ENC, true).kind, OUT_TRAP);
        toy_pe_at(toy, 2, true, 0);
    }
    pe->model.has[FEAT_VMCB] = false;
    ck_assert_int_eq(resolve_sysreg(pe, VMCBR_ENC, true).kind, OUT_UNDEF);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("vmcb");
    TCase *t = tcase_create("vmcb");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, eret_is_an_entry_only_at_el2_with_en);
    tcase_add_test(t, registers_keep_a_page_address_and_en);
    tcase_add_test(t, entry_saves_the_host_and_loads_the_guest);
    tcase_add_test(t, exit_saves_the_guest_and_loads_the_host);
    tcase_add_loop_test(t, exit_says_why, EXC_SYNC, EXC_SERROR + 1);
    tcase_add_test(t, exited_reads_as_one_until_the_register_is_written);
    tcase_add_test(t, entry_without_memory_is_an_external_abort);
    tcase_add_test(t, entry_with_wrong_contents_is_illegal_state);
    tcase_add_test(t, each_step_is_charged_once);
    tcase_add_test(t, what_the_cpu_has_not_got_stays_as_it_is);
    tcase_add_test(t, fields_do_not_overlap);
    tcase_add_test(t, registers_are_el2s_with_the_feature);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return run_suite(suite());
}
