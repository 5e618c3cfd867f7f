/*
 * Snapshots of random guest programs (program.c), and what is made of them by mistake or malice.
 *
 *     fuzz_snapshot [FIRST-SEED [COUNT]]
 *
 * For each seed: a run, a run that saves in its midst, and a run from there give the same digest.
 * Then values inside the snapshot are changed and the checksums made right again: loading refuses
 * it, or the machine runs on to its limit; nothing else. Each seed has a child process, so that a
 * crash names its seed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/board/cpu.h"
#include "sim/catalog/profile.h"
#include "sim/board/snapshot.h"
#include "sim/board/snapshot_file.h"
#include "tests/fuzz/program.h"

#define RAM_BYTES      (UINT64_C(2) << 20)
#define CHANGED_FILES  40 /* a seed */
#define SECONDS_A_SEED 120
#define SECTION_MAX    (2u << 20)

static char path[64], changed_path[64];
static struct profile *profile;

static struct machine_config configuration(struct rng *rng)
{
    struct machine_config c = {
        .cpu_count = 1 + (unsigned)rng_below(rng, 3),
        .gic_version = rng_chance(rng, 50) ? 2 : 3,
        .ram_bytes = RAM_BYTES,
        .entry_el = rng_chance(rng, 85) ? 2 : 1,
        .level = rng_chance(rng, 30) ? LEVEL_FUNCTIONAL : LEVEL_BLOCK,
        .clock_hz = profile->clock_hz,
        .counter_hz = profile->counter_hz,
        .quantum = profile->quantum,
        .store_drain_instructions = profile->store_drain_instructions,
        .tlb_entries = 16,
        .tlb_ways = rng_chance(rng, 50) ? 4 : 0,
        .walk_cache_entries = (unsigned)rng_below(rng, 8),
        .max_cycles = (1000 + rng_below(rng, 40000)) * CYCLE,
        .quiet = true,
    };
    for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
        c.prices[k] = profile->costs[k].price;
    }
    c.cpu = *cpu_model_by_name(rng_chance(rng, 50) ? "cortex-a57" : "max");
    return c;
}

/* A run from the start; with a plan, one that saves. */
static struct machine_result run_cold(uint64_t seed, const struct snapshot_plan *plan,
                                      enum snapshot_end *end)
{
    struct rng rng = {seed};
    struct machine_config config = configuration(&rng);
    struct err e = {""};
    struct machine_result result;
    struct machine *m = machine_create(&config, &e);
    BUG_ON(m == NULL);
    program_write(&rng, m->ram.host);
    cpu_start(m->cpus[0], PROGRAM_ENTRY, 0, 0);
    if (plan) {
        machine_plan_snapshot(m, plan);
    }
    machine_run(m, &result);
    *end = machine_snapshot_end(m, &e);
    machine_destroy(m);
    return result;
}

/* A run from a file. False: refused, *e says why. */
static bool run_from(const char *file, uint64_t seed, cycles_t limit, struct machine_result *result,
                     struct err *e)
{
    struct rng rng = {seed};
    struct machine_config config = configuration(&rng);
    config.max_cycles = limit ? limit : config.max_cycles;
    struct snapshot *s = snapshot_open(file, e);
    struct machine *m = NULL;
    bool done = s != NULL && snapshot_fits(s, &config, e);
    if (done) {
        m = machine_create(&config, e);
        BUG_ON(m == NULL);
        done = snapshot_restore(s, m, e);
    }
    if (done) {
        machine_run(m, result);
    }
    machine_destroy(m);
    snapshot_close(s);
    return done;
}

static uint64_t layout_of(const char *file)
{
    uint64_t head[4] = {0};
    FILE *f = fopen(file, "rb");
    BUG_ON(f == NULL || fread(head, sizeof head, 1, f) != 1);
    fclose(f);
    return head[2];
}

/* Values that find limits: bits, small numbers, ends of ranges, anything. */
static void change(struct rng *rng, unsigned char *bytes, size_t size)
{
    static const uint64_t edges[] = {
        0, 1, 2, 0x7f, 0xff, 0x100, 0xffff, UINT32_MAX, INT64_MAX, UINT64_MAX, UINT64_MAX - 1};
    size_t at = rng_below(rng, size);
    if (rng_chance(rng, 40)) {
        bytes[at] ^= (unsigned char)(1u << rng_below(rng, 8));
    } else if (rng_chance(rng, 50) && size >= 8) {
        at = rng_below(rng, size - 7);
        memcpy(bytes + at, &edges[rng_below(rng, sizeof edges / sizeof edges[0])], 8);
    } else {
        bytes[at] = (unsigned char)rng_below(rng, 256);
    }
}

/* A copy of the snapshot in which a section or two is other. */
static void write_changed(struct rng *rng)
{
    struct err e = {""};
    uint64_t layout = layout_of(path);
    struct snapshot_in *in = snapshot_in_open(path, layout, &e);
    struct snapshot_out *out = snapshot_out_open(changed_path, layout, &e);
    static unsigned char bytes[SECTION_MAX];
    BUG_ON(in == NULL || out == NULL);
    unsigned victim = (unsigned)rng_below(rng, 13), number = 0;
    while (strcmp(snapshot_in_next(in), "end") != 0) {
        char name[SECTION_NAME_MAX];
        const void *from;
        size_t size;
        strcpy(name, snapshot_in_next(in));
        bool read = snapshot_in_section(in, name, &from, &size, &e);
        BUG_ON(!read || size > sizeof bytes);
        memcpy(bytes, from, size);
        if (number++ == victim && size > 0) {
            for (uint64_t n = 1 + rng_below(rng, 4); n > 0; n--) {
                change(rng, bytes, size);
            }
            size -= rng_chance(rng, 10) ? rng_below(rng, size) : 0;
        }
        bool written = snapshot_out_section(out, name, bytes, size, &e);
        BUG_ON(!written);
    }
    snapshot_in_close(in);
    bool done = snapshot_out_commit(out, &e);
    BUG_ON(!done);
}

/* Returns the number of failures. */
static unsigned one(uint64_t seed)
{
    struct rng rng = {seed ^ UINT64_C(0x5eed)};
    enum snapshot_end end;
    struct machine_result cold = run_cold(seed, NULL, &end), loaded;
    struct err e = {""};
    struct snapshot_plan plan = {.path = path,
                                 .when = SNAPSHOT_AT_CYCLE,
                                 .at = rng_below(&rng, cold.cycles + 1),
                                 .profile = "xgene1"};
    struct rng first = {seed};
    plan.cpu = configuration(&first).cpu.name;
    struct machine_result saving = run_cold(seed, &plan, &end);
    if (strcmp(saving.digest, cold.digest) != 0) {
        fprintf(stderr, "seed %llu: saving changed the run\n", (unsigned long long)seed);
        return 1;
    }
    if (end != SNAPSHOT_TAKEN || cold.end == END_ENGINE) {
        return 0; /* nothing ran behind that cycle; or the engine gave up (docs/engine.md) */
    }
    if (!run_from(path, seed, 0, &loaded, &e)) {
        fprintf(stderr, "seed %llu: %s\n", (unsigned long long)seed, e.text);
        return 1;
    }
    if (strcmp(loaded.digest, cold.digest) != 0 || loaded.cycles != cold.cycles) {
        fprintf(stderr, "seed %llu: from the snapshot %s, %llu cycles; cold %s, %llu\n",
                (unsigned long long)seed, loaded.digest, (unsigned long long)loaded.cycles,
                cold.digest, (unsigned long long)cold.cycles);
        return 1;
    }
    for (unsigned i = 0; i < CHANGED_FILES; i++) {
        struct err reason = {""};
        write_changed(&rng);
        if (!run_from(changed_path, seed, saving.cycles + 10000 * CYCLE, &loaded, &reason) &&
            strstr(reason.text, changed_path) == NULL && strstr(reason.text, "--") == NULL) {
            fprintf(stderr, "seed %llu: refused without its name: %s\n", (unsigned long long)seed,
                    reason.text);
            return 1;
        }
    }
    return 0;
}

/* In a child of its own. */
static unsigned one_apart(uint64_t seed)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        alarm(SECONDS_A_SEED);
        _exit(one(seed) != 0);
    }
    if (child < 0 || waitpid(child, &status, 0) < 0) {
        perror("fuzz_snapshot");
        exit(2);
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        return 0;
    }
    fprintf(stderr, "seed %llu: %s %d\n", (unsigned long long)seed,
            WIFSIGNALED(status) ? "killed by signal" : "ended with status",
            WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    return 1;
}

int main(int argc, char **argv)
{
    struct err e = {""};
    uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 0) : 0;
    uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 0) : 40;
    char folder[] = "/tmp/el2sim-fuzz-XXXXXX";
    profile = profile_load("xgene1", &e);
    if (profile == NULL || mkdtemp(folder) == NULL) {
        fprintf(stderr, "fuzz_snapshot: %s\n", e.text);
        return 2;
    }
    snprintf(path, sizeof path, "%s/s", folder);
    snprintf(changed_path, sizeof changed_path, "%s/changed", folder);
    unsigned failures = 0;
    for (uint64_t seed = first; seed < first + count; seed++) {
        failures += one_apart(seed);
    }
    printf("%llu programs, %u files of each: %u failed\n", (unsigned long long)count, CHANGED_FILES,
           failures);
    unlink(path);
    unlink(changed_path);
    rmdir(folder);
    profile_free(profile);
    return failures != 0;
}
