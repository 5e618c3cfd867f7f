/* What the three tests share: one machine, functions that are called in it, and an end at the first
 * check that fails. A test framework does the same in its own way. */
#ifndef EL2SIM_EXAMPLES_TEST_H
#define EL2SIM_EXAMPLES_TEST_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <el2sim/el2sim_check.h>

static struct el2sim_machine *m;

static void end(void *ctx, const char *message)
{
    (void)ctx;
    fprintf(stderr, "FAILED %s\n", message);
    exit(1);
}

static inline void expect(const char *what, uint64_t found, uint64_t expected)
{
    if (found != expected) {
        fprintf(stderr, "FAILED %s is %#llx, expected %#llx\n", what, (unsigned long long)found,
                (unsigned long long)expected);
        exit(1);
    }
}

/* Calls a function on CPU 0 at an EL; returns what it returns. */
static inline uint64_t call(unsigned el, const char *function, uint64_t a, uint64_t b)
{
    struct el2sim_call call = {.function = function, .el = el, .args = {a, b}};
    struct el2sim_result result = {.x0 = 0};
    el2_assert_done(el2sim_call(m, &call, &result));
    return result.x0;
}

/* A machine with the image that the program was given, behind its start-up code. */
static inline void make(int argc, char **argv, unsigned cpus)
{
    struct el2sim_config config = {EL2SIM_CONFIG, .cpu = "cortex-a76", .features = "lrs=4",
                                   .cpus = cpus};
    el2sim_on_check_failure(end, NULL);
    if (argc < 2) {
        fprintf(stderr, "usage: %s IMAGE\n", argv[0]);
        exit(2);
    }
    m = el2sim_create(&config);
    el2_assert_done(m != NULL && el2sim_load(m, argv[1], NULL));
    el2_assert_done(el2sim_run_to_symbol(m, "wait", 1000, NULL));
}

/* Runs tests, each from the machine's state as it is now. */
static inline int run(const char *name, void (*const tests[])(void), size_t count)
{
    struct el2sim_snapshot *fresh = el2sim_snapshot_take(m);
    el2_assert_done(fresh != NULL);
    clock_t start = clock();
    for (size_t i = 0; i < count; i++) {
        el2_assert_done(el2sim_snapshot_restore(m, fresh));
        tests[i]();
    }
    double ms = 1000.0 * (double)(clock() - start) / CLOCKS_PER_SEC;
    printf("%s: %zu tests passed, %.1f ms each\n", name, count, ms / (double)count);
    el2sim_snapshot_free(fresh);
    el2sim_destroy(m);
    return 0;
}

#endif
