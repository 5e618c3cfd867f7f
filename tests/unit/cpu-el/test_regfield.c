/* Fields of registers: they cover what a guest may write, once, and are where the model's own masks
 * say. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "cpu-el/regfield.h"
#include "cpu-el/sysreg_table.h"
#include "tests/support/run_suite.h"

/* Registers that are one value; PAR_EL1 has two layouts, by its bit F. */
static const enum sysreg_id whole[] = {
    SR_FAR_EL1,       SR_FAR_EL2,        SR_ELR_EL1,        SR_ELR_EL2,        SR_VBAR_EL1,
    SR_VBAR_EL2,      SR_CONTEXTIDR_EL1, SR_CONTEXTIDR_EL2, SR_TPIDR_EL0,      SR_TPIDR_EL1,
    SR_TPIDR_EL2,     SR_TPIDRRO_EL0,    SR_SP_EL0,         SR_SP_EL1,         SR_SP_EL2,
    SR_SCXTNUM_EL0,   SR_SCXTNUM_EL1,    SR_SCXTNUM_EL2,    SR_CNTFRQ_EL0,     SR_CNTPCT_EL0,
    SR_CNTVCT_EL0,    SR_CNTVOFF_EL2,    SR_CNTP_TVAL_EL0,  SR_CNTP_CVAL_EL0,  SR_CNTV_TVAL_EL0,
    SR_CNTV_CVAL_EL0, SR_CNTHP_TVAL_EL2, SR_CNTHP_CVAL_EL2, SR_CNTHV_TVAL_EL2, SR_CNTHV_CVAL_EL2,
    SR_RVBAR_EL1,     SR_RVBAR_EL2,      SR_PAR_EL1};

static bool is_whole(unsigned id)
{
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) {
        if (whole[i] == id) {
            return true;
        }
    }
    return false;
}

static uint64_t named(enum sysreg_id id, bool e2h)
{
    uint64_t mask = 0;
    for (const struct regfield *f = regfield_next(id, e2h, NULL); f;
         f = regfield_next(id, e2h, f)) {
        mask |= regfield_mask(f);
    }
    return mask;
}

START_TEST(fields_do_not_overlap)
{
    for (int e2h = 0; e2h < 2; e2h++) {
        for (unsigned id = SR_NONE + 1; id < SR_COUNT; id++) {
            uint64_t seen = 0;
            const struct regfield *f = NULL;
            while ((f = regfield_next((enum sysreg_id)id, e2h, f)) != NULL) {
                ck_assert_msg(f->high >= f->low && f->high < 64, "%s.%s",
                              sysreg_name((enum sysreg_id)id), f->name);
                ck_assert_msg((seen & regfield_mask(f)) == 0, "%s.%s overlaps",
                              sysreg_name((enum sysreg_id)id), f->name);
                seen |= regfield_mask(f);
            }
        }
    }
}
END_TEST

/* Of the registers that we store: the others' owners know what is writable. */
START_TEST(what_can_be_written_has_a_name)
{
    for (unsigned id = SR_NONE + 1; id < SR_COUNT; id++) {
        const struct sysreg_row *row = &sysreg_rows[id];
        bool is_system = row->enc >> 14 == 3 && row->owner == OWNER_STORE;
        bool is_there =
            row->need != NEED_NEVER && row->access != NO_ACCESS && row->access != RO_EL1;
        if (!is_system || !is_there || is_whole(id)) {
            continue;
        }
        uint64_t either = named((enum sysreg_id)id, false) | named((enum sysreg_id)id, true);
        uint64_t writable = ~row->res0 & ~row->res1;
        ck_assert_msg((writable & ~either) == 0, "%s: bits %#llx have no field", row->name,
                      (unsigned long long)(writable & ~either));
    }
}
END_TEST

/* What trap.def calls "HCR_EL2.TVM" is the field TVM of HCR_EL2. */
START_TEST(trap_rules_call_fields_by_their_names)
{
    for (size_t i = 0; i < trap_rule_count; i++) {
        const struct trap_rule *rule = &trap_rules[i];
        bool e2h = (rule->when & WHEN_E2H0) == 0;
        char name[64], bits[64];
        unsigned low = (unsigned)__builtin_ctzll(rule->mask);
        unsigned high = 63 - (unsigned)__builtin_clzll(rule->mask);
        const struct regfield *f = regfield_at((enum sysreg_id)rule->control, e2h, low);
        ck_assert_msg(f != NULL, "%s: bit %u has no field", rule->name, low);
        snprintf(name, sizeof name, "%s.%s", sysreg_name((enum sysreg_id)rule->control), f->name);
        snprintf(bits, sizeof bits, "%s", rule->name);
        bool is_one_field = high <= f->high;
        /* Rules of several fields are named after the one that makes the difference. */
        ck_assert_msg(!is_one_field || strcmp(name, bits) == 0, "%s is %s", rule->name, name);
    }
}
END_TEST

START_TEST(values_are_taken_apart)
{
    const struct regfield *f = regfield_at(SR_VTCR_EL2, false, 6);
    ck_assert_str_eq(f->name, "SL0");
    ck_assert_uint_eq(regfield_value(f, 0x80023558), 1);
    ck_assert_ptr_null(regfield_at(SR_CPTR_EL2, false, 21));
    ck_assert_str_eq(regfield_at(SR_CPTR_EL2, true, 21)->name, "FPEN");
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("regfield");
    tcase_add_test(tc, fields_do_not_overlap);
    tcase_add_test(tc, what_can_be_written_has_a_name);
    tcase_add_test(tc, trap_rules_call_fields_by_their_names);
    tcase_add_test(tc, values_are_taken_apart);
    Suite *suite = suite_create("regfield");
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
