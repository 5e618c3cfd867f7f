/* The end of a unit test's main(). */
#ifndef EL2SIM_TESTS_SUPPORT_RUN_SUITE_H
#define EL2SIM_TESTS_SUPPORT_RUN_SUITE_H

#include <check.h>

/* Runs a suite as CK_VERBOSITY says and frees it: the program's exit status, 0 when all passed. */
static inline int run_suite(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}

#endif
