/* Machines in several threads: each result is that of a machine alone. */
#include <check.h>
#include <threads.h>

#include "include/el2sim/el2sim.h"
#include "tests/support/run_suite.h"

#define THREADS 4
#define CODE    0x40080000
#define VECTORS 0x40081000

/* At EL1: hvc #0; mrs x0, currentel; ret. At EL2, in the vector for it: mrs x1, esr_el2; eret. */
static const uint32_t guest[] = {0xd4000002, 0xd5384240, 0xd65f03c0};
static const uint32_t vector[] = {0xd53c5201, 0xd69f03e0};

/* Cycles of that call on a machine of its own; 0: something was refused. */
static int cycles_of_a_call(void *unused)
{
    (void)unused;
    struct el2sim_config config = {EL2SIM_CONFIG, .cpu = "cortex-a76", .profile = "neoverse-n1"};
    struct el2sim_call call = {.address = CODE, .el = 1, .return_to = 0x40090000};
    struct el2sim_result result = {.cycles = 0};
    struct el2sim_machine *m = el2sim_create(&config);
    bool done = m && el2sim_write_memory(m, 0, EL2SIM_PA, CODE, guest, sizeof guest) &&
                el2sim_write_memory(m, 0, EL2SIM_PA, VECTORS + 0x400, vector, sizeof vector) &&
                el2sim_write_register(m, 0, "VBAR_EL2", VECTORS) &&
                el2sim_write_register(m, 0, "HCR_EL2", UINT64_C(1) << 31) &&
                el2sim_call(m, &call, &result) && result.x0 == 1 << 2;
    if (m) {
        el2sim_destroy(m);
    }
    return done ? (int)result.cycles : 0;
}

/* Before any other test of this program: what is made on first use is made by four at once. */
START_TEST(machines_of_several_threads_do_not_meet)
{
    thrd_t threads[THREADS];
    int cycles[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        ck_assert_int_eq(thrd_create(&threads[i], cycles_of_a_call, NULL), thrd_success);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        ck_assert_int_eq(thrd_join(threads[i], &cycles[i]), thrd_success);
    }
    int alone = cycles_of_a_call(NULL);
    ck_assert_int_gt(alone, 0);
    for (unsigned i = 0; i < THREADS; i++) {
        ck_assert_int_eq(cycles[i], alone);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("threads");
    TCase *tcase = tcase_create("threads");
    tcase_add_test(tcase, machines_of_several_threads_do_not_meet);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
