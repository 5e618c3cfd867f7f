#include <check.h>
#include <stdlib.h>

#include "cpu-el/core_sysreg.h"
#include "tests/support/run_suite.h"

/* core_read() and core_write() hold a guest's fate: a register of theirs that they do not know is
 * our mistake, found here. */
START_TEST(every_register_of_the_core_is_known_to_it)
{
    for (unsigned id = SR_NONE + 1; id < SR_COUNT; id++) {
        if (sysreg_owner((enum sysreg_id)id) == OWNER_CORE) {
            ck_assert_msg(core_owns((enum sysreg_id)id), "%s", sysreg_name((enum sysreg_id)id));
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core_sysreg");
    TCase *tc = tcase_create("ownership");
    tcase_add_test(tc, every_register_of_the_core_is_known_to_it);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
