/*
 * Runs random guest programs (program.c) and checks what must hold whatever a guest does: the run
 * ends, by its own power-off or by the cycle limit, in bounded host time; the ledger adds up
 * (machine_run() checks); the same seed gives the same digest, twice and with every engine shortcut
 * off.
 *
 *     fuzz_guest [--first SEED] [--count N] [--repeat-every N] [--shortcuts-every N] [--say]
 *
 * Programs run in child processes, so that a crash names its seed and the others still run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/board/cpu.h"
#include "sim/catalog/profile.h"
#include "tests/fuzz/program.h"

#define RAM_BYTES        (UINT64_C(2) << 20)
#define PROGRAMS_A_CHILD 50
#define SECONDS_A_RUN    60 /* of host time; a sanitizer on a busy machine included */

static const char *const profile_names[] = {"icount", "unit", "xgene1", "seattle", "neoverse-n1"};
#define PROFILES (sizeof profile_names / sizeof profile_names[0])

static const unsigned shortcuts[] = {SHORTCUT_BLOCK_TABLE,  SHORTCUT_VIEWS,   SHORTCUT_RANGE_FLUSH,
                                     SHORTCUT_TRAP_IN_HOOK, SHORTCUT_DC_ZVA,  SHORTCUT_LEND,
                                     SHORTCUT_TLBS,         SHORTCUT_RESOLVED};
#define SHORTCUTS (sizeof shortcuts / sizeof shortcuts[0])

struct options {
    uint64_t first, count;
    uint64_t repeat_every, shortcuts_every;
    bool say;
};

/* What a child tells its parent, in shared memory. */
struct progress {
    uint64_t seed;
    uint64_t failures;
    uint64_t ends[END_ENGINE + 1];
};

static struct profile *profiles[PROFILES];

static void random_model(struct rng *rng, struct cpu_model *model)
{
    size_t models = 0;
    while (cpu_model_at(models)) {
        models++;
    }
    *model = *cpu_model_at(rng_below(rng, models));
    for (unsigned changes = (unsigned)rng_below(rng, 4); changes > 0; changes--) {
        struct err e = {""};
        char setting[64];
        const char *name = cpu_feature_info[rng_below(rng, FEATURE_COUNT)].name;
        bool on = rng_chance(rng, 50);
        if (rng_chance(rng, 30)) {
            snprintf(setting, sizeof setting, "lrs=%u", 1 + (unsigned)rng_below(rng, 16));
        } else {
            snprintf(setting, sizeof setting, "%s=%s", name, on ? "on" : "off");
        }
        cpu_model_apply(model, setting, &e); /* an impossible set is refused: no change */
    }
}

static void configure(struct rng *rng, struct machine_config *config)
{
    const struct profile *profile = profiles[rng_below(rng, PROFILES)];
    *config = (struct machine_config){
        .cpu_count = rng_chance(rng, 70) ? 1 : 1 + (unsigned)rng_below(rng, 4),
        .gic_version = rng_chance(rng, 50) ? 2 : 3,
        .ram_bytes = RAM_BYTES,
        .entry_el = rng_chance(rng, 85) ? 2 : 1,
        .level = rng_chance(rng, 30) ? LEVEL_FUNCTIONAL : LEVEL_BLOCK,
        .clock_hz = profile->clock_hz,
        .counter_hz = profile->counter_hz,
        .quantum = profile->quantum,
        .store_drain_instructions = profile->store_drain_instructions,
        .max_cycles = (1000 + rng_below(rng, 40000)) * CYCLE,
        .quiet = true,
    };
    if (rng_chance(rng, 50)) { /* a TLB that overflows */
        config->tlb_entries = 16;
        config->tlb_ways = rng_chance(rng, 50) ? 4 : 0;
        config->walk_cache_entries = (unsigned)rng_below(rng, 8);
    }
    for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
        config->prices[k] = profile->costs[k].price;
    }
    random_model(rng, &config->cpu);
    if (!config->cpu.has[FEAT_EL2]) {
        config->entry_el = 1;
    }
    if (!config->cpu.has[FEAT_GICV3_SYSREGS]) {
        config->gic_version = 2;
    }
    struct err e = {""};
    device_spec_rng(&config->devices, 1, &e); /* slots 31 and 30 */
    device_spec_console(&config->devices, &e);
}

static bool run(uint64_t seed, unsigned engine_off, struct machine_result *result)
{
    struct rng rng = {seed};
    struct machine_config config;
    struct err e = {""};
    configure(&rng, &config);
    config.engine_off = engine_off;
    struct machine *m = machine_create(&config, &e);
    if (m == NULL) {
        fprintf(stderr, "seed %llu: %s\n", (unsigned long long)seed, e.text);
        return false;
    }
    program_write(&rng, m->ram.host);
    cpu_start(m->cpus[0], PROGRAM_ENTRY, 0, 0);
    alarm(SECONDS_A_RUN);
    machine_run(m, result);
    alarm(0);
    machine_destroy(m);
    return true;
}

static bool same(uint64_t seed, const char *what, const struct machine_result *a,
                 const struct machine_result *b)
{
    if (strcmp(a->digest, b->digest) == 0 && a->cycles == b->cycles &&
        a->instructions == b->instructions && a->end == b->end) {
        return true;
    }
    fprintf(stderr, "seed %llu, %s: %s %llu cycles, %llu instructions; was %s %llu, %llu\n",
            (unsigned long long)seed, what, b->digest, (unsigned long long)b->cycles,
            (unsigned long long)b->instructions, a->digest, (unsigned long long)a->cycles,
            (unsigned long long)a->instructions);
    return false;
}

static bool one(uint64_t seed, const struct options *o, struct progress *p)
{
    struct machine_result first, again;
    if (!run(seed, 0, &first)) {
        return false;
    }
    p->ends[first.end]++;
    if (o->say) {
        printf("seed %llu: %s %llu cycles, %llu instructions: %s\n", (unsigned long long)seed,
               first.digest, (unsigned long long)first.cycles,
               (unsigned long long)first.instructions, first.text);
    }
    /* The one known way (docs/engine.md): an odd PC on a CPU whose engine is MAX. The run ended
     * with its report; there is nothing more to compare. */
    if (first.end == END_ENGINE && strstr(first.text, "at a misaligned PC")) {
        return true;
    }
    if (first.end == END_ENGINE) {
        fprintf(stderr, "seed %llu: %s\n", (unsigned long long)seed, first.text);
        return false;
    }
    bool good = true;
    if (o->repeat_every && seed % o->repeat_every == 0) {
        good = run(seed, 0, &again) && same(seed, "again", &first, &again);
    }
    for (size_t i = 0; o->shortcuts_every && seed % o->shortcuts_every == 0 && i < SHORTCUTS; i++) {
        char what[40];
        snprintf(what, sizeof what, "shortcuts 0x%x off", shortcuts[i]);
        good = run(seed, shortcuts[i], &again) && same(seed, what, &first, &again) && good;
    }
    return good;
}

/* Runs [from, to) in a child. Returns the seed to go on with. */
static uint64_t run_child(uint64_t from, uint64_t to, const struct options *o, struct progress *p)
{
    p->seed = from;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        for (; p->seed < to; p->seed++) {
            p->failures += !one(p->seed, o, p);
        }
        fflush(stdout);
        _exit(0);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) < 0) {
        perror("fuzz_guest");
        exit(2);
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        return to;
    }
    fprintf(stderr, "seed %llu: %s %d\n", (unsigned long long)p->seed,
            WIFSIGNALED(status) ? "killed by signal" : "ended with status",
            WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    p->failures++;
    return p->seed + 1;
}

static uint64_t number(const char *text)
{
    char *end;
    uint64_t n = strtoull(text ? text : "", &end, 0);
    if (text == NULL || *end != '\0' || end == text) {
        fprintf(stderr, "fuzz_guest: a number is expected\n");
        exit(2);
    }
    return n;
}

static struct options parse(char **argv)
{
    struct options o = {.count = 300, .repeat_every = 1, .shortcuts_every = 20};
    for (; *argv; argv++) {
        if (strcmp(*argv, "--say") == 0) {
            o.say = true;
        } else if (strcmp(*argv, "--first") == 0) {
            o.first = number(*++argv);
        } else if (strcmp(*argv, "--count") == 0) {
            o.count = number(*++argv);
        } else if (strcmp(*argv, "--repeat-every") == 0) {
            o.repeat_every = number(*++argv);
        } else if (strcmp(*argv, "--shortcuts-every") == 0) {
            o.shortcuts_every = number(*++argv);
        } else {
            fprintf(stderr, "fuzz_guest: %s: no such option\n", *argv);
            exit(2);
        }
    }
    return o;
}

int main(int argc, char **argv)
{
    (void)argc;
    struct options o = parse(argv + 1);
    for (size_t i = 0; i < PROFILES; i++) {
        struct err e = {""};
        profiles[i] = profile_load(profile_names[i], &e);
        if (profiles[i] == NULL) {
            fprintf(stderr, "fuzz_guest: %s\n", e.text);
            return 2;
        }
    }
    struct progress *p =
        mmap(NULL, sizeof *p, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) {
        perror("fuzz_guest");
        return 2;
    }
    uint64_t end = o.first + o.count;
    for (uint64_t seed = o.first; seed < end;) {
        uint64_t to = seed + PROGRAMS_A_CHILD < end ? seed + PROGRAMS_A_CHILD : end;
        seed = run_child(seed, to, &o, p);
    }
    printf("%llu programs: %llu ended at the limit, %llu powered off or reset, %llu deadlocked; "
           "%llu failed\n",
           (unsigned long long)o.count, (unsigned long long)p->ends[END_LIMIT],
           (unsigned long long)(p->ends[END_POWER_OFF] + p->ends[END_RESET]),
           (unsigned long long)p->ends[END_DEADLOCK], (unsigned long long)p->failures);
    for (size_t i = 0; i < PROFILES; i++) {
        profile_free(profiles[i]);
    }
    return p->failures != 0;
}
