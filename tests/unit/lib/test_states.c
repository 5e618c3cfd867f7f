/* The graph that an exploration makes: known states, ways with few changes of CPU, stuck states. */
#include <check.h>

#include "sim/lib/explore.h"
#include "tests/support/run_suite.h"

static struct states states;

static void setup(void)
{
    states_init(&states);
}

static void teardown(void)
{
    states_free(&states);
}

static uint32_t state(uint64_t hash)
{
    bool is_new;
    return states_find(&states, hash, &is_new);
}

/* A CPU runs from one state to another. */
static void edge(uint64_t from, unsigned cpu, uint64_t to, uint32_t instructions)
{
    uint32_t a = state(from), b = state(to);
    states.states[a].next[cpu].to = b;
    states.states[a].next[cpu].instructions = instructions;
}

START_TEST(a_state_is_known_by_its_hash_however_many_there_are)
{
    bool is_new;
    for (uint64_t n = 0; n < 20000; n++) {
        ck_assert_uint_eq(states_find(&states, n * UINT64_C(0x9e3779b97f4a7c15), &is_new), n);
        ck_assert(is_new);
    }
    for (uint64_t n = 0; n < 20000; n++) {
        ck_assert_uint_eq(states_find(&states, n * UINT64_C(0x9e3779b97f4a7c15), &is_new), n);
        ck_assert(!is_new);
    }
}
END_TEST

/* 1 -0-> 2 -1-> 3 -0-> 9 is short; 1 -0-> 2 -0-> 4 -0-> 5 -1-> 9 changes the CPU less often. */
START_TEST(the_way_has_the_fewest_changes_of_cpu)
{
    struct way way;
    edge(1, 0, 2, 10);
    edge(2, 1, 3, 20);
    edge(3, 0, 9, 30);
    edge(2, 0, 4, 40);
    edge(4, 0, 5, 50);
    edge(5, 1, 9, 60);
    states.states[state(9)].is_broken = true;
    states_way(&states, &way);
    ck_assert_uint_eq(way.length, 4);
    static const unsigned cpus[] = {0, 0, 0, 1}, instructions[] = {10, 40, 50, 60};
    for (size_t i = 0; i < way.length; i++) {
        ck_assert_uint_eq(way.cpus[i], cpus[i]);
        ck_assert_uint_eq(way.instructions[i], instructions[i]);
    }
    way_free(&way);
}
END_TEST

START_TEST(a_state_that_is_wanted_at_once_needs_no_way)
{
    struct way way;
    uint32_t first = state(1);
    states.states[first].is_broken = true;
    states_way(&states, &way);
    ck_assert_uint_eq(way.length, 0);
    way_free(&way);
}
END_TEST

/* 1 -> 2 -> end; 1 -> 3 <-> 4: there is no way out of 3 and 4. */
START_TEST(a_circle_without_a_way_out_is_stuck)
{
    edge(1, 0, 2, 1);
    edge(2, 1, 8, 1);
    states.states[state(8)].is_end = true;
    ck_assert(!states_find_stuck(&states));
    edge(1, 1, 3, 1);
    edge(3, 0, 4, 1);
    edge(4, 0, 3, 1);
    ck_assert(states_find_stuck(&states));
    ck_assert(states.states[state(3)].is_stuck && states.states[state(4)].is_stuck);
    ck_assert(!states.states[state(1)].is_stuck && !states.states[state(2)].is_stuck);
    edge(4, 1, 2, 1);
    ck_assert(!states_find_stuck(&states));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("states");
    TCase *tcase = tcase_create("states");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, a_state_is_known_by_its_hash_however_many_there_are);
    tcase_add_test(tcase, the_way_has_the_fewest_changes_of_cpu);
    tcase_add_test(tcase, a_state_that_is_wanted_at_once_needs_no_way);
    tcase_add_test(tcase, a_circle_without_a_way_out_is_stuck);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
