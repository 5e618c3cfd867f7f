/* Two CPUs take guest/lock.c's lock in every order of their accesses, and in some random ones.
 *
 *     lock_test IMAGE [SEEDS]     an ELF file made of guest/start.S and guest/lock.c
 */
#include "test.h"

static uint64_t variable(const char *name)
{
    uint64_t value = 0;
    el2_assert_done(el2sim_read_symbol(m, name, 4, &value));
    return value;
}

/* Nobody loads a vCPU while another CPU has one loaded; both switch in the end. */
static bool holds(void *ctx, struct el2sim_machine *machine, bool ended)
{
    (void)ctx;
    (void)machine;
    return variable("loads") <= 1 && (!ended || variable("switches") == 2);
}

static const struct el2sim_call calls[] = {
    {.function = "world_switch", .cpu = 0, .args = {0}, .max_cycles = 20000},
    {.function = "world_switch", .cpu = 1, .args = {1}, .max_cycles = 20000},
};

/* The model's own turns, varied by a seed. How many of them go wrong? */
static void try_seeds(unsigned seeds)
{
    struct el2sim_snapshot *fresh = el2sim_snapshot_take(m);
    unsigned failed = 0;
    for (unsigned seed = 1; seed <= seeds; seed++) {
        el2_assert_done(el2sim_snapshot_restore(m, fresh));
        el2sim_set_schedule_seed(m, seed);
        failed += !el2sim_call_together(m, calls, 2, NULL) || !holds(NULL, m, true);
    }
    el2_assert_done(el2sim_snapshot_restore(m, fresh));
    el2sim_snapshot_free(fresh);
    printf("%u of %u schedule seeds find something\n", failed, seeds);
}

static const char *name_of(enum el2sim_verdict verdict)
{
    static const char *const names[] = {[EL2SIM_HOLDS] = "holds",
                                        [EL2SIM_BROKEN] = "broken",
                                        [EL2SIM_STUCK] = "stuck",
                                        [EL2SIM_BOUND] = "too many states"};
    return names[verdict];
}

static void replay(const struct el2sim_exploration *what, const struct el2sim_finding *found)
{
    struct el2sim_finding again;
    printf("schedule: %s\n%s", found->schedule, found->story);
    el2_assert_done(el2sim_replay(m, what, found->schedule, &again));
    expect("the verdict of the replay", again.verdict, found->verdict);
    printf("replayed: %s; lock_held is %d, lock_owner %d\n", name_of(again.verdict),
           (int)variable("lock_held"), (int)variable("lock_owner"));
}

int main(int argc, char **argv)
{
    struct el2sim_exploration what = {.calls = {calls[0], calls[1]}, .holds = holds};
    struct el2sim_finding found;
    uint64_t end = 0;
    make(argc, argv, 2);
    if (argc > 2) {
        try_seeds((unsigned)strtoul(argv[2], NULL, 10));
    }
    el2_assert_done(el2sim_symbol(m, "shared_begin", &what.shared));
    el2_assert_done(el2sim_symbol(m, "shared_end", &end));
    what.shared_bytes = end - what.shared;
    el2_assert_done(el2sim_explore(m, &what, &found));
    printf("all interleavings: %s; %u states, %u runs from one access to the next\n",
           name_of(found.verdict), found.states, found.runs);
    if (found.schedule[0] != '\0') {
        replay(&what, &found);
    }
    el2sim_destroy(m);
    return found.verdict == EL2SIM_HOLDS ? 0 : 1;
}
