#include "sim/board/checkpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "sim/board/blocks.h"
#include "sim/board/checkpoint_ram.h"
#include "sim/board/control_state.h"
#include "sim/board/control_internal.h"
#include "sim/board/snapshot_parts.h"

/* The parts of a machine, later ones refer to earlier ones. Some are for a new machine only: they
 * do not change while it runs. */
static const struct part {
    void (*archive)(struct machine *m, struct archive *a);
    bool is_for_new, is_of_digest;
} parts[] = {
    {snapshot_images, true, false},       {snapshot_notes, true, false},
    {snapshot_symbols, true, false},      {snapshot_ledger, false, false},
    {snapshot_cpus, false, true},         {snapshot_gic, false, true},
    {snapshot_device_state, false, true}, {snapshot_spans, false, false},
    {snapshot_events, false, true},       {input_archive_progress, false, false},
};

#define PARTS (sizeof parts / sizeof parts[0])

/* The bytes of a part, shared by the checkpoints that have the same. */
struct blob {
    unsigned users;
    size_t size_bytes;
    unsigned char bytes[];
};

struct checkpoint {
    struct machine *m; /* it was taken of; not to be used but for that */
    cycles_t at;
    struct blob *parts[PARTS];
    struct ram_image *ram;
    size_t size_bytes;
};

bool checkpoint_is_possible(const struct machine *m, struct err *e)
{
    const struct device_list *devices = &m->config.devices;
    for (unsigned i = 0; i < devices->count; i++) {
        const struct device_spec *spec = &devices->specs[i];
        if (spec->type == DEVICE_DISK && spec->mode == DISK_WRITE_THROUGH) {
            return err_set(e, "--drive %s,write-through: what went into the file stays there",
                           spec->path);
        }
        if (spec->type == DEVICE_NET && spec->far_end == NET_SLIRP) {
            return err_set(e, "--net slirp: the host's connections cannot be taken back");
        }
        if (spec->type == DEVICE_NET && spec->far_end == NET_LINK) {
            return err_set(e, "--net link: the machine at its other end does not go back");
        }
    }
    return true;
}

static void prepare(struct machine *m)
{
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        cpu_save(m->cpus[i]);
        blocks_fold(m->cpus[i]);
    }
}

static struct blob *take_part(const struct part *part, struct machine *m, struct blob *before,
                              size_t *new_bytes, struct err *e)
{
    struct archive a;
    struct blob *blob = NULL;
    archive_save(&a, e);
    part->archive(m, &a);
    if (!archive_is_done(&a)) {
        blob = NULL;
    } else if (before && before->size_bytes == a.size_bytes &&
               memcmp(before->bytes, a.bytes, a.size_bytes) == 0) {
        before->users++;
        blob = before;
    } else {
        blob = malloc(sizeof *blob + a.size_bytes);
        BUG_ON(blob == NULL);
        blob->users = 1;
        blob->size_bytes = a.size_bytes;
        memcpy(blob->bytes, a.bytes, a.size_bytes);
        *new_bytes += sizeof *blob + a.size_bytes;
    }
    archive_free(&a);
    return blob;
}

struct checkpoint *checkpoint_take(struct machine *m, const struct checkpoint *before,
                                   struct err *e)
{
    if (!checkpoint_is_possible(m, e)) {
        return NULL;
    }
    struct checkpoint *k = calloc(1, sizeof *k);
    BUG_ON(k == NULL);
    k->m = m;
    prepare(m);
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        k->at = m->cpus[i]->clock.now > k->at ? m->cpus[i]->clock.now : k->at;
    }
    bool done = true;
    for (size_t i = 0; done && i < PARTS; i++) {
        k->parts[i] = take_part(&parts[i], m, before ? before->parts[i] : NULL, &k->size_bytes, e);
        done = k->parts[i] != NULL;
    }
    if (!done) {
        checkpoint_free(k);
        return NULL;
    }
    k->ram = ram_image_take(m);
    k->size_bytes += sizeof *k + ram_image_size(k->ram);
    return k;
}

void checkpoint_free(struct checkpoint *k)
{
    if (k) {
        for (size_t i = 0; i < PARTS; i++) {
            if (k->parts[i] && --k->parts[i]->users == 0) {
                free(k->parts[i]);
            }
        }
        ram_image_free(k->ram);
        free(k);
    }
}

/* What a CPU has beside what is archived, as in a new one. The engine's views are emptied. */
static void forget(struct cpu *cpu)
{
    blocks_fold(cpu);
    blocks_unmake(cpu);
    booked_tracker_destroy(&cpu->tracker);
    cpu->tracker = (struct booked_tracker){.is_known = false};
    mmu_reset(cpu->mmu);
    memset(cpu->view_tag, 0, sizeof cpu->view_tag);
    view_renew_code(cpu);
    cpu->trap_waits = cpu->stops_next = cpu->leave = cpu->pc_misaligned = false;
    cpu->trap_misaligned = cpu->refusal_open = cpu->held = false;
    cpu->stopped_insns = 0;
    cpu->progress_at = 0;
}

static void forget_run(struct machine *m)
{
    m->ended = false;
    m->result = (struct machine_result){.status = 0};
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        forget(m->cpus[i]);
    }
    code_empty_views(m);
}

bool checkpoint_restore(const struct checkpoint *k, struct machine *m, struct err *e)
{
    bool is_new = m != k->m;
    if (!is_new) {
        forget_run(m);
    } else if (m->config.ram_bytes != k->m->config.ram_bytes ||
               m->config.cpu_count != k->m->config.cpu_count) {
        return err_set(e, "a checkpoint is for a machine with the same CPUs and RAM");
    }
    for (size_t i = 0; i < PARTS; i++) {
        struct archive a;
        if (parts[i].is_for_new && !is_new) {
            continue;
        }
        archive_load(&a, k->parts[i]->bytes, k->parts[i]->size_bytes, e);
        parts[i].archive(m, &a);
        if (!archive_is_done(&a)) {
            return false;
        }
    }
    ram_image_restore(k->ram, m);
    snapshot_derive(m);
    if (m->control) {
        control_restored(m->control);
    }
    return true;
}

cycles_t checkpoint_at(const struct checkpoint *k)
{
    return k->at;
}

size_t checkpoint_size(const struct checkpoint *k)
{
    return k->size_bytes;
}

uint64_t checkpoint_state_hash(struct machine *m, const struct checkpoint *base)
{
    struct archive a;
    struct err e = {""};
    archive_save(&a, &e);
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        struct cpu *cpu = m->cpus[i];
        cpu_save(cpu);
        lend_leave_el(cpu);
        pe_archive(&cpu->pe, &a);
        engine_archive(cpu->engine, &a);
        mmu_archive(cpu->mmu, &a);
        archive_bool(&a, &cpu->in_wfe);
        archive_bool(&a, &cpu->exclusive_open);
    }
    gic_archive(m->gic, &a);
    uint64_t hash = XXH3_64bits_withSeed(a.bytes, a.size_bytes, ram_image_hash(base->ram, m));
    archive_free(&a);
    return hash;
}

/* The digest. */

/* What depends on how the engine came there, not on where the run is. */
struct passing {
    struct mmu_access refused;
    bool sp_moved, sp_misaligned;
};

static void set_aside(struct cpu *cpu, struct passing *p)
{
    *p = (struct passing){cpu->refused_access, cpu->sp_moved, cpu->sp_misaligned};
    if (!cpu->grant_refused) {
        cpu->refused_access = (struct mmu_access){.el = 0};
    }
    cpu->sp_moved = cpu->sp_misaligned = false;
}

static void put_back(struct cpu *cpu, const struct passing *p)
{
    cpu->refused_access = p->refused;
    cpu->sp_moved = p->sp_moved;
    cpu->sp_misaligned = p->sp_misaligned;
}

static void add_parts(struct machine *m, XXH3_state_t *hash)
{
    for (size_t i = 0; i < PARTS; i++) {
        struct archive a;
        struct err e = {""};
        if (parts[i].is_of_digest) {
            archive_save(&a, &e);
            parts[i].archive(m, &a);
            XXH3_128bits_update(hash, a.bytes, a.size_bytes);
            archive_free(&a);
        }
    }
}

/* Whatever the order in which its rows came to be. */
static uint64_t ledger_sum(struct ledger *ledger)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < ledger_row_count(ledger); i++) {
        const struct ledger_row *row = ledger_row_at(ledger, i);
        const uint64_t key[] = {row->key.cpu, row->key.el, row->key.context, row->key.symbol};
        uint64_t own = XXH3_64bits(key, sizeof key);
        for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
            const uint64_t cell[] = {own, k, row->cells[k].count, row->cells[k].cycles};
            sum += row->cells[k].count ? XXH3_64bits(cell, sizeof cell) : 0;
        }
    }
    return sum;
}

void control_digest(struct control *c, char out[33])
{
    struct machine *m = c->m;
    struct passing passing[EL2SIM_MAX_CPUS];
    XXH3_state_t *hash = XXH3_createState();
    BUG_ON(hash == NULL);
    XXH3_128bits_reset(hash);
    prepare(m);
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        set_aside(m->cpus[i], &passing[i]);
    }
    add_parts(m, hash);
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        put_back(m->cpus[i], &passing[i]);
    }
    uint64_t booked = ledger_sum(m->ledger);
    XXH3_128bits_update(hash, &booked, sizeof booked);
    XXH3_128bits_update(hash, m->ram.host, (size_t)m->ram.size_bytes);
    XXH128_hash_t now = XXH3_128bits_digest(hash);
    snprintf(out, 33, "%016llx%016llx", (unsigned long long)now.high64,
             (unsigned long long)now.low64);
    XXH3_freeState(hash);
}
