/* The parts of a machine beside its CPUs and RAM, and where it came from. */
#include "sim/board/snapshot_parts.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_MAX       65536
#define TREE_MAX_BYTES ((size_t)16 << 20)

/* Rates that a profile may have (profile.c). */
#define HZ_MAX UINT64_C(100000000000)

static void archive_limited(struct archive *a, uint64_t *value, uint64_t lowest, uint64_t highest)
{
    archive_u64(a, value);
    if (a->is_loading && (*value < lowest || *value > highest)) {
        archive_refuse(a, "a value is %llu where %llu to %llu can be", (unsigned long long)*value,
                       (unsigned long long)lowest, (unsigned long long)highest);
        *value = lowest;
    }
}

static void archive_model(struct snapshot_origin *o, struct archive *a)
{
    archive_string(a, &o->cpu, TEXT_MAX);
    archive_string(a, &o->features, TEXT_MAX);
    if (!a->is_loading || a->has_failed) {
        return;
    }
    const struct cpu_model *model = o->cpu ? cpu_model_by_name(o->cpu) : NULL;
    if (model == NULL) {
        archive_refuse(a, "there is no CPU model \"%.40s\"", o->cpu ? o->cpu : "");
        return;
    }
    o->config.cpu = *model;
    struct err e = {""};
    if (o->features && !cpu_model_apply(&o->config.cpu, o->features, &e)) {
        archive_refuse(a, "features: %s", e.text);
    }
}

static void archive_prices(struct machine_config *c, struct archive *a)
{
    unsigned level = c->level;
    archive_unsigned(a, &level, LEVEL_BLOCK);
    c->level = (enum machine_level)level;
    for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
        archive_limited(a, &c->prices[k], 0, UINT32_MAX * CYCLE);
    }
    archive_limited(a, &c->clock_hz, 1, HZ_MAX);
    archive_limited(a, &c->counter_hz, 1, HZ_MAX);
    archive_limited(a, &c->quantum, 1, UINT32_MAX * CYCLE);
    archive_u64(a, &c->schedule_seed);
    archive_unsigned(a, &c->store_drain_instructions, UINT32_MAX);
    archive_unsigned(a, &c->tlb_entries, UINT16_MAX);
    archive_unsigned(a, &c->tlb_ways, UINT16_MAX);
    archive_unsigned(a, &c->walk_cache_entries, UINT16_MAX);
}

static void archive_device(struct device_spec *spec, struct archive *a)
{
    unsigned type = spec->type, mode = spec->mode;
    archive_unsigned(a, &type, DEVICE_CONSOLE);
    archive_text(a, spec->path, sizeof spec->path);
    archive_unsigned(a, &mode, DISK_READ_ONLY); /* one that writes its file has no snapshots */
    archive_u64(a, &spec->latency_ns);
    archive_u64(a, &spec->service_ns);
    archive_unsigned(a, &spec->link_mbit, LINK_MBIT_MAX);
    archive_bool(a, &spec->has_latency);
    archive_bytes(a, spec->mac, sizeof spec->mac);
    archive_u64(a, &spec->seed);
    spec->type = (enum device_type)type;
    spec->mode = (enum disk_mode)mode;
    if (spec->type == DEVICE_NET && spec->link_mbit == 0) {
        archive_refuse(a, "a network of 0 Mbit/s");
        spec->link_mbit = 1;
    }
}

void snapshot_origin_archive(struct snapshot_origin *o, struct archive *a)
{
    struct machine_config *c = &o->config;
    archive_model(o, a);
    archive_string(a, &o->profile, TEXT_MAX);
    archive_unsigned(a, &c->cpu_count, EL2SIM_MAX_CPUS);
    archive_unsigned(a, &c->gic_version, 3);
    archive_u64(a, &c->ram_bytes);
    archive_unsigned(a, &c->entry_el, 2);
    asid_range_archive(&c->guest_asids, a);
    archive_bool(a, &c->strict);
    archive_bool(a, &c->semihosting);
    archive_prices(c, a);
    archive_unsigned(a, &c->devices.count, DEVICE_SPECS_MAX);
    for (unsigned i = 0; i < c->devices.count; i++) {
        archive_device(&c->devices.specs[i], a);
    }
    archive_u64(a, &o->at);
    if (a->is_loading && (c->cpu_count == 0 || c->entry_el == 0 || o->profile == NULL)) {
        archive_refuse(a, "a machine of %u CPUs at EL%u", c->cpu_count, c->entry_el);
    }
}

/* The device tree that was given to the guest: a record of inputs knows a run by it. */
static void archive_tree(struct fdt_tree *tree, struct archive *a)
{
    size_t size_bytes = tree->size_bytes;
    archive_count(a, &size_bytes, TREE_MAX_BYTES, 1);
    if (a->is_loading) {
        tree->data = malloc(size_bytes + 1);
        BUG_ON(tree->data == NULL);
        tree->size_bytes = size_bytes;
    }
    archive_bytes(a, tree->data, size_bytes);
}

void snapshot_images(struct machine *m, struct archive *a)
{
    struct image_list *list = &m->images;
    archive_tree(&m->dtb, a);
    archive_u64(a, &m->kernel_at.v);
    archive_count(a, &list->count, IMAGE_RECORDS_MAX, 2 * sizeof(uint64_t));
    for (size_t i = 0; i < list->count; i++) {
        archive_text(a, list->records[i].path, sizeof list->records[i].path);
        archive_text(a, list->records[i].sha256, sizeof list->records[i].sha256);
    }
}

static void archive_rate(struct counter_rate *rate, const struct counter_rate *before,
                         struct archive *a)
{
    archive_limited(a, &rate->clock_hz, 1, HZ_MAX);
    archive_limited(a, &rate->counter_hz, 1, HZ_MAX);
    archive_u64(a, &rate->since);
    archive_u64(a, &rate->since_ticks);
    bool follows = before ? rate->since > before->since && rate->since_ticks >= before->since_ticks
                          : rate->since == 0 && rate->since_ticks == 0;
    if (!follows) {
        archive_refuse(a, "rates of the clock are out of order");
        rate->since = 0;
    }
    rate->before = before;
}

void snapshot_notes(struct machine *m, struct archive *a)
{
    archive_count(a, &m->note_count, NOTES_MAX, sizeof(uint64_t));
    for (size_t i = 0; i < m->note_count; i++) {
        archive_text(a, m->notes[i], sizeof m->notes[i]);
    }
    const struct counter_rate *before = NULL;
    archive_count(a, &m->rate_count, RATES_MAX, 4 * sizeof(uint64_t));
    for (size_t i = 0; i < m->rate_count; i++) {
        archive_rate(&m->rates[i], before, a);
        before = &m->rates[i];
    }
    archive_rate(&m->counter, before, a);
}

void snapshot_symbols(struct machine *m, struct archive *a)
{
    symbols_archive(m->symbols, a);
}

void snapshot_ledger(struct machine *m, struct archive *a)
{
    ledger_archive(m->ledger, m->config.cpu_count, a);
}

void snapshot_gic(struct machine *m, struct archive *a)
{
    gic_archive(m->gic, a);
}

/* Of a disk, a snapshot has what differs from its file: the file must still be the same. */
static void archive_disks(struct machine *m, struct archive *a)
{
    for (unsigned i = 0; i < m->config.devices.count; i++) {
        const struct disk *disk = devices_disk(m->devices, i);
        const char *path = m->config.devices.specs[i].path;
        char now[IMAGE_HASH_TEXT] = "", then[IMAGE_HASH_TEXT] = "";
        struct err e = {""};
        if (disk == NULL) {
            continue;
        }
        for (size_t n = 0; n < m->images.count; n++) {
            if (strcmp(m->images.records[n].path, path) == 0) {
                memcpy(then, m->images.records[n].sha256, sizeof then);
            }
        }
        archive_text(a, then, sizeof then);
        if (a->is_loading && (!disk_hash(disk, now, &e) || strcmp(now, then) != 0)) {
            archive_refuse(a, "the disk %s is not what it was", path);
        }
    }
}

void snapshot_device_state(struct machine *m, struct archive *a)
{
    psci_archive(&m->psci, a);
    pl011_archive(&m->uart, a);
    pl031_archive(&m->rtc, a);
    devices_archive(m->devices, a);
}

void snapshot_devices(struct machine *m, struct archive *a)
{
    snapshot_device_state(m, a);
    archive_disks(m, a);
}

void snapshot_spans(struct machine *m, struct archive *a)
{
    span_archive(m, a);
}

void snapshot_events(struct machine *m, struct archive *a)
{
    event_stream_archive(m->events, a);
    unimp_archive(m->unimp, a);
    input_archive(m, a);
}
