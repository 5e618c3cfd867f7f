/* What a snapshot is made of, and in which order. */
#include "sim/board/snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "sim/base/err.h"
#include "sim/board/cpu.h"
#include "sim/board/snapshot_file.h"
#include "sim/board/snapshot_parts.h"

struct snapshot {
    struct snapshot_in *in;
    struct snapshot_origin origin;
};

/* The parts of a machine beside its RAM. Later ones refer to earlier ones: to rows of the ledger,
 * to clocks, to PEs. */
static const struct part {
    const char *section;
    void (*archive)(struct machine *m, struct archive *a);
} parts[] = {
    {"images", snapshot_images},   {"notes", snapshot_notes}, {"symbols", snapshot_symbols},
    {"ledger", snapshot_ledger},   {"cpus", snapshot_cpus},   {"gic", snapshot_gic},
    {"devices", snapshot_devices}, {"spans", snapshot_spans}, {"events", snapshot_events},
};

#define PARTS (sizeof parts / sizeof parts[0])

/* Values are archived by their place in tables of ours: builds whose tables differ must not read
 * each other's snapshots. */
static uint64_t layout(void)
{
    XXH64_hash_t hash = XXH3_64bits(EL2SIM_VERSION, sizeof EL2SIM_VERSION);
    for (unsigned id = 0; id < SR_COUNT; id++) {
        const char *name = sysreg_name((enum sysreg_id)id);
        hash = XXH3_64bits_withSeed(name, strlen(name), hash);
    }
    for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
        const char *name = cost_class_info[k].name;
        hash = XXH3_64bits_withSeed(name, strlen(name), hash);
    }
    for (unsigned f = 0; f < FEATURE_COUNT; f++) {
        const char *name = cpu_feature_info[f].name;
        hash = XXH3_64bits_withSeed(name, strlen(name), hash);
    }
    return hash;
}

/* Saving. */

static bool write_part(struct snapshot_out *out, const char *section,
                       void (*archive)(void *ctx, struct archive *a), void *ctx, struct err *e)
{
    struct archive a;
    archive_save(&a, e);
    archive(ctx, &a);
    bool done = archive_is_done(&a) && snapshot_out_section(out, section, a.bytes, a.size_bytes, e);
    archive_free(&a);
    return done;
}

struct part_of_machine {
    const struct part *part;
    struct machine *machine;
};

static void archive_part(void *ctx, struct archive *a)
{
    const struct part_of_machine *p = ctx;
    p->part->archive(p->machine, a);
}

static void archive_origin(void *ctx, struct archive *a)
{
    snapshot_origin_archive(ctx, a);
}

static bool write_all(struct machine *m, struct snapshot_out *out, struct snapshot_origin *origin,
                      struct err *e)
{
    if (!write_part(out, "machine", archive_origin, origin, e)) {
        return false;
    }
    for (size_t i = 0; i < PARTS; i++) {
        struct part_of_machine p = {&parts[i], m};
        if (!write_part(out, parts[i].section, archive_part, &p, e)) {
            return false;
        }
    }
    return snapshot_write_ram(&m->ram, out, e);
}

bool snapshot_write(struct machine *m, const struct snapshot_plan *plan, struct err *e)
{
    /* Saving changes no string. */
    struct snapshot_origin origin = {.cpu = (char *)(uintptr_t)plan->cpu,
                                     .features = (char *)(uintptr_t)plan->features,
                                     .profile = (char *)(uintptr_t)plan->profile,
                                     .config = m->config};
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        struct cpu *cpu = m->cpus[i];
        cpu_save(cpu);
        blocks_fold(cpu);
        origin.at = cpu->clock.now > origin.at ? cpu->clock.now : origin.at;
    }
    struct snapshot_out *out = snapshot_out_open(plan->path, layout(), e);
    if (out == NULL) {
        return false;
    }
    if (!write_all(m, out, &origin, e)) {
        snapshot_out_abandon(out);
        return false;
    }
    return snapshot_out_commit(out, e);
}

/* Loading. */

static bool read_part(struct snapshot_in *in, const char *section,
                      void (*archive)(void *ctx, struct archive *a), void *ctx, struct err *e)
{
    const void *bytes;
    size_t size_bytes;
    if (!snapshot_in_section(in, section, &bytes, &size_bytes, e)) {
        return false;
    }
    struct archive a;
    archive_load(&a, bytes, size_bytes, e);
    archive(ctx, &a);
    return archive_is_done(&a) || snapshot_in_refuse(in, e);
}

struct snapshot *snapshot_open(const char *path, struct err *e)
{
    struct snapshot_in *in = snapshot_in_open(path, layout(), e);
    if (in == NULL) {
        return NULL;
    }
    struct snapshot *s = calloc(1, sizeof *s);
    BUG_ON(s == NULL);
    s->in = in;
    if (!read_part(in, "machine", archive_origin, &s->origin, e)) {
        snapshot_close(s);
        return NULL;
    }
    return s;
}

void snapshot_origin_free(struct snapshot_origin *origin)
{
    free(origin->cpu);
    free(origin->features);
    free(origin->profile);
}

void snapshot_close(struct snapshot *s)
{
    if (s) {
        snapshot_in_close(s->in);
        snapshot_origin_free(&s->origin);
        free(s);
    }
}

const char *snapshot_path(const struct snapshot *s)
{
    return snapshot_in_path(s->in);
}

const struct snapshot_origin *snapshot_origin(const struct snapshot *s)
{
    return &s->origin;
}

/* What only a whole machine shows. */
static bool check(const struct machine *m, struct err *e)
{
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        const struct cpu *cpu = m->cpus[i];
        if (ledger_total(m->ledger, i) != cpu->clock.now) {
            return err_set(e, "the ledger of CPU %u does not add up to its clock", i);
        }
    }
    return m->running == NULL || (m->running->pe.powered && !m->running->pe.waiting) ||
           err_set(e, "the CPU that was running did not run");
}

bool snapshot_restore(struct snapshot *s, struct machine *m, struct err *e)
{
    for (size_t i = 0; i < PARTS; i++) {
        struct part_of_machine p = {&parts[i], m};
        if (!read_part(s->in, parts[i].section, archive_part, &p, e)) {
            return false;
        }
    }
    if (!check(m, e)) {
        return snapshot_in_refuse(s->in, e);
    }
    const void *bytes;
    size_t size_bytes;
    if (!snapshot_read_ram(&m->ram, s->in, e) ||
        !snapshot_in_section(s->in, "end", &bytes, &size_bytes, e)) {
        return false;
    }
    return snapshot_go_on(m, &s->origin, e) || snapshot_in_refuse(s->in, e);
}
