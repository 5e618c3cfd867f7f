/* The firmware: PSCI 1.1, DEN 0022; results as signed values. */
#include <check.h>

#include "sim/board/psci.h"
#include "tests/support/run_suite.h"

#define CPUS 3

/* Literals of DEN 0022, not the header's names: chapter 5. */
#define SUCCESS            0
#define NOT_SUPPORTED      (-1)
#define INVALID_PARAMETERS (-2)
#define ALREADY_ON         (-4)
#define INVALID_ADDRESS    (-9)

static struct psci psci;
static struct psci_request request;
static bool known;

static void setup(void)
{
    static const uint64_t mpidr[CPUS] = {0x80000000, 0x80000001, 0x80000100};
    psci_init(&psci, CPUS, mpidr);
}

static int64_t call(unsigned cpu, uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
    uint64_t x[4] = {function, a, b, c};
    known = psci_call(&psci, cpu, x, &request);
    ck_assert_uint_eq(x[1], a);
    ck_assert_uint_eq(x[2], b);
    ck_assert_uint_eq(x[3], c);
    return (int64_t)x[0];
}

START_TEST(version_is_1_1)
{
    ck_assert_int_eq(call(0, 0x84000000, 0, 0, 0), 0x10001);
    ck_assert_int_eq(request.action, PSCI_GO_ON);
    ck_assert(known);
}
END_TEST

START_TEST(cpu_on_asks_for_a_start_and_makes_the_cpu_on)
{
    ck_assert_int_eq(call(0, 0xc4000003, 0x100, 0x40001000, 0xdead0000beef), SUCCESS);
    ck_assert_int_eq(request.action, PSCI_START);
    ck_assert_uint_eq(request.cpu, 2);
    ck_assert_uint_eq(request.entry.v, 0x40001000);
    ck_assert_uint_eq(request.context_id, 0xdead0000beef);
    ck_assert_int_eq(call(0, 0xc4000004, 0x100, 0, 0), 0);
    ck_assert_int_eq(call(0, 0xc4000004, 1, 0, 0), 1);
    ck_assert_int_eq(call(1, 0xc4000003, 0x100, 0x40001000, 0), ALREADY_ON);
    ck_assert_int_eq(request.action, PSCI_GO_ON);
}
END_TEST

START_TEST(cpu_on_of_the_caller_is_already_on)
{
    ck_assert_int_eq(call(0, 0xc4000003, 0, 0x40001000, 0), ALREADY_ON);
}
END_TEST

START_TEST(cpu_on_refuses_unknown_cpus_and_impossible_entries)
{
    ck_assert_int_eq(call(0, 0xc4000003, 7, 0x40001000, 0), INVALID_PARAMETERS);
    ck_assert_int_eq(call(0, 0xc4000003, UINT64_C(1) << 32, 0x40001000, 0), INVALID_PARAMETERS);
    ck_assert_int_eq(call(0, 0xc4000003, 1, 0x40001002, 0), INVALID_ADDRESS);
    ck_assert_int_eq(request.action, PSCI_GO_ON);
    ck_assert_int_eq(call(0, 0xc4000004, 1, 0, 0), 1);
}
END_TEST

START_TEST(call_of_the_32_bit_convention_passes_w_registers)
{
    ck_assert_int_eq(
        call(0, 0x84000003, 0xffffffff00000001, 0xffffffff40001000, 0xffffffff12345678), SUCCESS);
    ck_assert_uint_eq(request.cpu, 1);
    ck_assert_uint_eq(request.entry.v, 0x40001000);
    ck_assert_uint_eq(request.context_id, 0x12345678);
}
END_TEST

START_TEST(function_is_in_w0_alone)
{
    ck_assert_int_eq(call(0, 0xffffffff84000000, 0, 0, 0), 0x10001);
}
END_TEST

START_TEST(cpu_off_stops_the_caller_which_can_be_started_again)
{
    call(0, 0xc4000003, 1, 0x40001000, 0);
    call(1, 0x84000002, 0, 0, 0);
    ck_assert_int_eq(request.action, PSCI_STOP);
    ck_assert_int_eq(call(0, 0x84000004, 1, 0, 0), 1);
    ck_assert_int_eq(call(0, 0xc4000003, 1, 0x40002000, 0), SUCCESS);
    ck_assert_uint_eq(request.entry.v, 0x40002000);
}
END_TEST

START_TEST(affinity_info_of_a_cluster_is_on)
{
    ck_assert_int_eq(call(0, 0xc4000004, 0x100, 1, 0), 0);
    ck_assert_int_eq(call(0, 0xc4000004, 0x100, 4, 0), INVALID_PARAMETERS);
    ck_assert_int_eq(call(0, 0xc4000004, 0x55, 0, 0), INVALID_PARAMETERS);
}
END_TEST

START_TEST(cpu_suspend_is_standby)
{
    ck_assert_int_eq(call(0, 0xc4000001, 0, 0x40001000, 0), SUCCESS);
    ck_assert_int_eq(request.action, PSCI_STANDBY);
    ck_assert_int_eq(call(0, 0x84000001, 0x10000, 0x40001000, 0), SUCCESS);
    ck_assert_int_eq(request.action, PSCI_STANDBY);
    ck_assert_int_eq(call(0, 0xc4000001, 0x01000000, 0, 0), INVALID_PARAMETERS);
    ck_assert_int_eq(request.action, PSCI_GO_ON);
}
END_TEST

START_TEST(system_off_and_reset_are_requests)
{
    call(0, 0x84000008, 0, 0, 0);
    ck_assert_int_eq(request.action, PSCI_POWEROFF);
    call(0, 0x84000009, 0, 0, 0);
    ck_assert_int_eq(request.action, PSCI_RESET);
}
END_TEST

START_TEST(there_is_no_trusted_os_to_migrate)
{
    ck_assert_int_eq(call(0, 0x84000006, 0, 0, 0), 2);
}
END_TEST

/* PSCI_FEATURES: 0 for what there is. */
static const struct {
    uint32_t function;
    int64_t answer;
} feature_answers[] = {
    {0x84000000, 0},  {0x84000001, 0},  {0xc4000001, 0},  {0x84000002, 0},  {0xc4000002, -1},
    {0x84000003, 0},  {0xc4000003, 0},  {0x84000004, 0},  {0xc4000004, 0},  {0x84000005, -1},
    {0xc4000005, -1}, {0x84000006, 0},  {0x84000008, 0},  {0x84000009, 0},  {0x8400000a, 0},
    {0x8400000e, -1}, {0xc400000e, -1}, {0xc4000012, -1}, {0x80000000, -1}, {0, -1},
};

START_TEST(features_tells_which_functions_there_are)
{
    ck_assert_msg(call(0, 0x8400000a, feature_answers[_i].function, 0, 0) ==
                      feature_answers[_i].answer,
                  "PSCI_FEATURES of 0x%x", feature_answers[_i].function);
}
END_TEST

START_TEST(unknown_function_is_not_supported)
{
    static const uint64_t functions[] = {0x84000005, 0xc4000005, 0x80000000, 0x80000001,
                                         0x86000000, 0,          0x95c1ba60, 0xffffffff};
    ck_assert_int_eq(call(0, functions[_i], 0, 0, 0), NOT_SUPPORTED);
    ck_assert(!known);
    ck_assert_int_eq(request.action, PSCI_GO_ON);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("psci");
    TCase *tc = tcase_create("psci");
    tcase_add_checked_fixture(tc, setup, NULL);
    tcase_add_test(tc, version_is_1_1);
    tcase_add_test(tc, cpu_on_asks_for_a_start_and_makes_the_cpu_on);
    tcase_add_test(tc, cpu_on_of_the_caller_is_already_on);
    tcase_add_test(tc, cpu_on_refuses_unknown_cpus_and_impossible_entries);
    tcase_add_test(tc, call_of_the_32_bit_convention_passes_w_registers);
    tcase_add_test(tc, function_is_in_w0_alone);
    tcase_add_test(tc, cpu_off_stops_the_caller_which_can_be_started_again);
    tcase_add_test(tc, affinity_info_of_a_cluster_is_on);
    tcase_add_test(tc, cpu_suspend_is_standby);
    tcase_add_test(tc, system_off_and_reset_are_requests);
    tcase_add_test(tc, there_is_no_trusted_os_to_migrate);
    tcase_add_loop_test(tc, features_tells_which_functions_there_are, 0,
                        sizeof feature_answers / sizeof feature_answers[0]);
    tcase_add_loop_test(tc, unknown_function_is_not_supported, 0, 8);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
