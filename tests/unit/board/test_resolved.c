/* What is remembered of resolve_sysreg() is what it says, whatever changes in between. */
#include <check.h>

#include "sim/base/bits.h"
#include "sim/board/resolved.h"
#include "tests/support/run_suite.h"

static struct resolved resolved;
static struct pe pe;
static uint64_t seed;

static uint64_t next_random(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static void setup(void)
{
    const struct cpu_model *model = cpu_model_by_name("max");
    ck_assert_ptr_nonnull(model);
    pe = (struct pe){.model = *model};
    resolved = (struct resolved){.set = 0};
    seed = 1;
}

static void change_el(void)
{
    pe.ps.el = (uint8_t)(next_random() % 3);
    pe.ps.sp = next_random() % 2;
}

static void change_control(void)
{
    const struct rule_control *controls;
    unsigned count = rules_controls(&controls);
    const struct rule_control *c = &controls[next_random() % count];
    pe.sr[c->id] = next_random() % 2 ? next_random() : 0;
    ck_assert(rules_look_at(c->id));
    resolved_controls_changed(&resolved);
}

static bool is_same(struct outcome a, struct outcome b)
{
    return a.kind == b.kind && a.id == b.id && a.offset == b.offset && a.target_el == b.target_el &&
           a.esr == b.esr && a.rule == b.rule;
}

START_TEST(outcomes_are_those_of_resolve_sysreg)
{
    for (unsigned round = 0; round < 200000; round++) {
        if (next_random() % 32 == 0) {
            change_control();
        }
        change_el();
        uint16_t enc = sysreg_enc((enum sysreg_id)(1 + next_random() % (SR_COUNT - 1)));
        bool write = next_random() % 2;
        ck_assert_msg(
            is_same(resolved_sysreg(&resolved, &pe, enc, write), resolve_sysreg(&pe, enc, write)),
            "round %u: encoding 0x%x, write %d, EL%d", round, enc, write, pe.ps.el);
    }
}
END_TEST

/* Else an outcome would be remembered that is one no more. */
START_TEST(nothing_but_the_controls_decides)
{
    for (unsigned round = 0; round < 4; round++) {
        change_control();
        change_el();
        for (unsigned other = 1; other < SR_COUNT; other++) {
            if (rules_look_at((enum sysreg_id)other)) {
                continue;
            }
            for (unsigned id = 1; id < SR_COUNT; id++) {
                uint16_t enc = sysreg_enc((enum sysreg_id)id);
                struct outcome before = resolve_sysreg(&pe, enc, id % 2);
                pe.sr[other] ^= UINT64_MAX;
                ck_assert_msg(is_same(before, resolve_sysreg(&pe, enc, id % 2)),
                              "%s decides an access to %s", sysreg_name((enum sysreg_id)other),
                              sysreg_name((enum sysreg_id)id));
            }
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("resolved");
    TCase *tcase = tcase_create("resolved");
    tcase_set_timeout(tcase, 60); /* a busy machine */
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, outcomes_are_those_of_resolve_sysreg);
    tcase_add_test(tcase, nothing_but_the_controls_decides);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
