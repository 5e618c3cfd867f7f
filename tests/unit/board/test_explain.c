/* Explanations agree with what resolve() decides, for every rule of trap.def. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu-el/resolve_rules.h"
#include "cpu-el/sysreg_table.h"
#include "sim/report/explain.h"
#include "tests/support/explain_subject.h"
#include "tests/support/run_suite.h"

static struct profile *profile;

static char *explain(const struct pe *pe, const struct explain_subject *s)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    ck_assert_ptr_nonnull(out);
    explain_insn(out, pe, profile, s);
    fclose(out);
    return text;
}

static struct outcome decide(const struct pe *pe, const struct explain_subject *s)
{
    return s->is_sysreg ? resolve_sysreg(pe, s->enc, s->write) : resolve_insn(pe, s->insn, 0);
}

static unsigned check_place(const struct trap_rule *rule, unsigned el, unsigned world, bool write)
{
    struct pe pe;
    struct explain_subject s;
    char line[160];
    if (!explain_subject_of(rule, write, 0, &s) || !explain_place(rule, el, world, &pe)) {
        return 0;
    }
    explain_flip(&pe, rule, true);
    struct outcome o = decide(&pe, &s);
    if (o.rule == NULL || strcmp(o.rule, rule->name) != 0) {
        return 0; /* another control comes first here */
    }
    char *text = explain(&pe, &s);
    if (o.kind == OUT_TRAP) {
        snprintf(line, sizeof line, ": traps to EL%u\n", o.target_el);
        ck_assert_msg(strstr(text, line) != NULL, "%s at EL%u: no \"%s\" in\n%s", rule->name, el,
                      line, text);
        snprintf(line, sizeof line, "exception to EL%u", o.target_el);
    } else {
        snprintf(line, sizeof line, "UNDEFINED");
    }
    ck_assert_msg(strstr(text, line) != NULL, "%s at EL%u: no \"%s\" in\n%s", rule->name, el, line,
                  text);
    ck_assert_msg(strstr(text, "it would not with ") != NULL, "%s at EL%u: no way out in\n%s",
                  rule->name, el, text);
    free(text);
    explain_flip(&pe, rule, false);
    text = explain(&pe, &s);
    snprintf(line, sizeof line, "%s", rule->name);
    ck_assert_msg(strstr(text, ": traps") == NULL || decide(&pe, &s).rule != NULL,
                  "%s at EL%u: still traps\n%s", rule->name, el, text);
    free(text);
    return 1;
}

START_TEST(each_rule_is_explained_where_it_decides)
{
    const struct trap_rule *rule = &trap_rules[_i];
    unsigned checked = 0;
    for (unsigned world = 0; world < 4; world++) {
        for (unsigned el = 0; el < 3; el++) {
            checked += check_place(rule, el, world, false);
            checked += check_place(rule, el, world, true);
        }
    }
    ck_assert_msg(checked != 0, "%s (rule %d) decides nowhere", rule->name, _i);
}
END_TEST

static void open_profile(void)
{
    struct err e = {.text = ""};
    profile = profile_load("unit", &e);
    ck_assert_msg(profile != NULL, "%s", e.text);
}

static void close_profile(void)
{
    profile_free(profile);
}

int main(void)
{
    TCase *tc = tcase_create("explain");
    tcase_add_unchecked_fixture(tc, open_profile, close_profile);
    tcase_add_loop_test(tc, each_rule_is_explained_where_it_decides, 0, (int)trap_rule_count);
    Suite *suite = suite_create("explain");
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
