#include "sim/board/host_input.h"

#include <inttypes.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/board/cpu.h"
#include "sim/board/input_log.h"
#include "sim/board/input_script.h"
#include "sim/board/net_link.h"
#include "sim/device/net_slirp.h"

#define NS_PER_MS  UINT64_C(1000000)
#define GIVE_UP_NS (10 * NS_PER_S)
#define LOOK_NS    1000000 /* so often somebody looks while CPUs run */
#define SLIRP_MS   5       /* the longest wait for its sockets at once */
#define PART_BYTES 64

struct host_input {
    struct machine *machine;
    struct host_source source;
    bool is_live, is_replay;
    struct net_slirp *slirp;
    struct virtio_net *slirp_net, *link_net; /* NULL: none */
    struct input_writer *writer;
    struct input_record record;
    size_t next; /* of the record's entries */
    struct input_account account;
    uint64_t entered; /* entries */
    cycles_t look_at[EL2SIM_MAX_CPUS];
    cycles_t latest; /* the furthest stamp that the loop has chosen to go on at */
    /* Where what comes now enters. */
    unsigned cpu;
    cycles_t at;
    bool came;
    bool has_quit;
    bool gave_up; /* nothing came from the network, and nothing else is due */
};

static cycles_t cycles_of(const struct machine *m, uint64_t ns)
{
    return cycles_of_ns(m->config.clock_hz, ns);
}

static uint64_t ns_of(const struct machine *m, cycles_t cycles)
{
    return ns_of_cycles(m->config.clock_hz, cycles);
}

/* Of a link with its way behind it, of the host's network before it. */
static void packet_enters(struct host_input *in, const struct input_entry *entry)
{
    bool is_link = entry->cpu == INPUT_LINK;
    struct virtio_net *net = is_link ? in->link_net : in->slirp_net;
    in->account.packets += !is_link;
    if (net) {
        cycles_t way = is_link ? 0 : cycles_of(in->machine, net->latency_ns);
        virtio_net_receive(net, entry->bytes, entry->size_bytes, entry->at + way);
    }
}

/* An input enters the machine, from wherever it comes. */
static void enter(struct host_input *in, const struct input_entry *entry)
{
    struct machine *m = in->machine;
    in->came = true;
    in->entered++;
    if (in->writer) {
        input_writer_add(in->writer, entry);
    }
    switch (entry->kind) {
    case INPUT_CONSOLE:
        in->account.console_bytes += entry->size_bytes;
        input_console_type(m, entry->bytes, entry->size_bytes, entry->at);
        break;
    case INPUT_NET:
        packet_enters(in, entry);
        break;
    case INPUT_DOWN:
        if (in->link_net) {
            virtio_net_link_down(in->link_net, entry->at);
        }
        break;
    case INPUT_QUIT:
    case INPUT_KIND_COUNT:
        in->has_quit = true;
        machine_end(m, END_QUIT, 1, "ended by its user (Ctrl-A X)");
        break;
    }
}

static void packet_came(void *ctx, const uint8_t *frame, size_t size_bytes)
{
    struct host_input *in = ctx;
    struct input_entry entry = {INPUT_NET, in->cpu, in->at, frame, size_bytes};
    enter(in, &entry);
}

/* Takes what is there now, for the stamp in->at. */
static void take_live(struct host_input *in)
{
    if (in->machine->is_rerun) {
        return;
    }
    uint8_t bytes[PART_BYTES];
    size_t room = input_console_room(in->machine);
    if (in->is_live) { /* also without room: to quit is always possible */
        room = room < sizeof bytes ? room : sizeof bytes;
        size_t got = in->source.read(in->source.ctx, bytes, room);
        struct input_entry entry = {INPUT_CONSOLE, in->cpu, in->at, bytes, got};
        if (got > 0) {
            enter(in, &entry);
        }
        if (in->source.wants_quit(in->source.ctx)) {
            struct input_entry quit = {INPUT_QUIT, in->cpu, in->at, NULL, 0};
            enter(in, &quit);
        }
    }
    if (in->slirp) {
        net_slirp_poll(in->slirp, 0, packet_came, in);
    }
}

/* The record's next entry, if it is for this place. */
static const struct input_entry *next_for(const struct host_input *in, unsigned cpu)
{
    const struct input_entry *entry = &in->record.entries[in->next];
    return in->next < in->record.count && entry->cpu == cpu ? entry : NULL;
}

static bool replay(struct host_input *in, unsigned cpu, cycles_t now)
{
    bool any = false;
    const struct input_entry *entry;
    while ((entry = next_for(in, cpu)) != NULL && entry->at <= now) {
        in->next++;
        enter(in, entry);
        any = true;
    }
    return any;
}

cycles_t input_look_at(const struct cpu *cpu)
{
    const struct host_input *in = cpu->machine->input;
    if (in == NULL) {
        return CYCLES_NEVER;
    }
    if (in->is_replay) {
        const struct input_entry *entry = next_for(in, cpu->pe.index);
        return entry ? entry->at : CYCLES_NEVER;
    }
    return in->look_at[cpu->pe.index];
}

void input_look(struct cpu *cpu)
{
    struct host_input *in = cpu->machine->input;
    if (cpu->clock.now < input_look_at(cpu)) {
        return;
    }
    if (in->is_replay) {
        replay(in, cpu->pe.index, cpu->clock.now);
        return;
    }
    in->cpu = cpu->pe.index;
    in->at = in->look_at[in->cpu]; /* the stamp that brought us here, not where we got to */
    in->look_at[in->cpu] = cpu->clock.now + cycles_of(cpu->machine, LOOK_NS);
    take_live(in);
}

/* Whoever an interrupt wakes goes on at the stamp of the input. */
static void wake_at(struct machine *m, cycles_t at)
{
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        struct cpu *cpu = m->cpus[i];
        if (cpu->pe.waiting && !cpu->wake_known && interrupt_wakes(&cpu->pe)) {
            cpu->wake_stamp = at;
            cpu->wake_known = true;
        }
    }
}

static bool can_come(const struct host_input *in)
{
    return !in->machine->is_rerun &&
           ((in->slirp && !in->gave_up) || (in->is_live && !in->source.has_ended(in->source.ctx)));
}

uint64_t input_count(const struct machine *m)
{
    const struct host_input *in = m->input;
    return in == NULL || in->is_replay ? 0 : m->input_past.entries + in->entered;
}

/* `waited` host time after the stamp `from`, before `limit`. */
static cycles_t stamp_after(const struct machine *m, cycles_t from, cycles_t limit, uint64_t waited)
{
    cycles_t cycles = cycles_of(m, waited);
    return cycles >= limit - from ? limit : cycles != 0 ? from + cycles : from + 1;
}

/* Both the terminal and the network may say something. */
static void wait_slirp(struct host_input *in, cycles_t from, cycles_t limit)
{
    struct machine *m = in->machine;
    uint64_t ns = limit == CYCLES_NEVER ? GIVE_UP_NS : ns_of(m, limit - from), waited = 0;
    while (waited < ns && !in->came && can_come(in)) {
        uint64_t left = ns - waited;
        uint32_t ms = left < SLIRP_MS * NS_PER_MS ? (uint32_t)(left / NS_PER_MS) : SLIRP_MS;
        in->at = stamp_after(m, from, limit, waited);
        uint64_t here = net_slirp_poll(in->slirp, ms, packet_came, in);
        waited += here != 0 ? here : 1;
        take_live(in);
    }
    in->gave_up = limit == CYCLES_NEVER && !in->came;
}

/* So long at once, where a debugger may want to stop the run. */
#define CONTROL_WAIT_NS (50 * NS_PER_MS)

/* Waits for the terminal in the host's time; says how long. */
static uint64_t wait_for_source(struct host_input *in, uint64_t ns)
{
    struct machine *m = in->machine;
    uint64_t waited = 0;
    if (m->control == NULL) {
        return in->source.wait(in->source.ctx, ns);
    }
    while (waited < ns && !control_is_wanted(m)) {
        uint64_t part = ns - waited < CONTROL_WAIT_NS ? ns - waited : CONTROL_WAIT_NS;
        uint64_t here = in->source.wait(in->source.ctx, part);
        waited += here;
        if (here < part) { /* something has come */
            break;
        }
    }
    return waited;
}

/* All CPUs wait, until `limit` if nothing comes. Takes what comes between `from` and then; where
 * simulated time would run ahead of somebody (nothing_due: of whoever is to come), waits in the
 * host's time. */
static void wait_live(struct host_input *in, cycles_t from, cycles_t limit, bool nothing_due)
{
    struct machine *m = in->machine;
    bool paced = in->source.is_interactive || nothing_due;
    in->cpu = INPUT_IDLE;
    in->came = false;
    if (in->slirp) {
        wait_slirp(in, from, limit);
        return;
    }
    uint64_t ns = limit == CYCLES_NEVER ? UINT64_MAX : ns_of(m, limit - from);
    uint64_t waited = paced ? wait_for_source(in, ns) : 0;
    in->at = stamp_after(m, from, limit, waited);
    take_live(in);
}

/* A replay enters an input when the loop first chooses a stamp not before it: later than all so
 * far. */
static cycles_t not_before(const struct host_input *in)
{
    cycles_t at = machine_furthest(in->machine);
    return at > in->latest ? at : in->latest;
}

cycles_t input_patience(const struct machine *m, bool is_idle, cycles_t at)
{
    if (!is_idle || !net_link_is_up(m)) {
        return at;
    }
    cycles_t look = not_before(m->input) + cycles_of(m, LOOK_NS);
    return look < at ? look : at;
}

/* A replay's turn: what came while all waited. */
static bool replay_while_idle(struct host_input *in, cycles_t at)
{
    const struct input_entry *entry = next_for(in, INPUT_IDLE);
    cycles_t stamp = entry ? entry->at : CYCLES_NEVER;
    bool any = entry && at >= stamp && replay(in, INPUT_IDLE, stamp);
    if (any) {
        in->latest = stamp;
        wake_at(in->machine, stamp);
    }
    return any;
}

bool input_while_idle(struct machine *m, bool is_idle, cycles_t at, cycles_t look)
{
    struct host_input *in = m->input;
    cycles_t from = not_before(in);
    bool asks = is_idle && look > from && can_come(in);
    if (look != CYCLES_NEVER && look > in->latest) {
        in->latest = look;
    }
    if (in->is_replay) {
        return replay_while_idle(in, look);
    }
    if (!asks) {
        return false;
    }
    wait_live(in, from, look, at == CYCLES_NEVER);
    if (in->came) {
        in->latest = in->at;
        wake_at(m, in->at);
    }
    bool is_stopped = m->control && control_is_wanted(m);
    return in->came || is_stopped || (look == CYCLES_NEVER && can_come(in));
}

cycles_t input_quiet_until(const struct machine *m, bool is_idle, cycles_t at, cycles_t look)
{
    return is_idle && can_come(m->input) ? look : at;
}

bool input_interrupts(struct machine *m, cycles_t at)
{
    struct host_input *in = m->input;
    uint8_t none;
    if (in->is_live) {
        in->source.read(in->source.ctx, &none, 0);
    }
    if (in->is_live && in->source.wants_quit(in->source.ctx)) {
        enter(in, &(struct input_entry){INPUT_QUIT, INPUT_LINK, at, NULL, 0});
        return true;
    }
    return m->control && control_is_wanted(m);
}

void input_from_link(struct machine *m, const struct input_entry *entry)
{
    enter(m->input, entry);
}

const struct input_entry *input_link_replayed(const struct machine *m, bool *is_last)
{
    const struct input_entry *entry = next_for(m->input, INPUT_LINK);
    *is_last = entry == NULL && next_for(m->input, INPUT_IDLE) == NULL;
    return entry;
}

void input_link_replay_next(struct machine *m)
{
    m->input->next++;
}

bool input_is_lost(const struct machine *m)
{
    const struct host_input *in = m->input;
    struct input_account a = machine_input_account(m);
    bool took = a.console_bytes != 0 || a.packets != 0 || a.debugger_changes != 0 || in->has_quit;
    return (took && !a.is_recorded && !a.is_replayed) || machine_link_account(m).is_outside;
}

/* The machine and its files, as far as they decide what it does with an input. */
static void hash_inputs(const struct machine *m, char out[IMAGE_HASH_TEXT])
{
    const struct machine_config *c = &m->config;
    char text[512];
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct sha256_ctx sha;
    sha256_init(&sha);
    for (size_t i = 0; i < m->images.count; i++) {
        sha256_update(&sha, IMAGE_HASH_TEXT, (const uint8_t *)m->images.records[i].sha256);
    }
    sha256_update(&sha, m->dtb.size_bytes, m->dtb.data);
    sha256_update(&sha, sizeof c->cpu.has, (const uint8_t *)c->cpu.has);
    sha256_update(&sha, sizeof m->prices, (const uint8_t *)m->prices);
    int length = snprintf(text, sizeof text,
                          "%s %u %u %" PRIu64 " %u %u %" PRIu64 " %" PRIu64 " %" PRIu64
                          " %u %u %u %u %d %d %" PRIu64,
                          c->cpu.name, c->cpu_count, c->gic_version, c->ram_bytes, c->entry_el,
                          c->cpu.list_register_count, c->clock_hz, c->counter_hz, c->quantum,
                          c->store_drain_instructions, c->tlb_entries, c->tlb_ways,
                          c->walk_cache_entries, c->strict, c->semihosting, c->schedule_seed);
    sha256_update(&sha, (size_t)length, (const uint8_t *)text);
    for (unsigned i = 0; i < c->devices.count; i++) {
        const struct device_spec *d = &c->devices.specs[i];
        length =
            snprintf(text, sizeof text, " %d %d %d %" PRIu64 " %" PRIu64 " %u %" PRIu64, d->type,
                     d->mode, d->far_end, d->latency_ns, d->service_ns, d->link_mbit, d->seed);
        sha256_update(&sha, (size_t)length, (const uint8_t *)text);
        sha256_update(&sha, sizeof d->mac, d->mac);
    }
    sha256_digest(&sha, sizeof digest, digest);
    image_hash_text(digest, out);
}

static bool start_script(struct machine *m, const struct host_input_config *from, struct err *e)
{
    struct input_script_config config = {.clock = &m->cpus[0]->clock,
                                         .clock_hz = m->config.clock_hz,
                                         .type = input_console_type_byte,
                                         .ctx = m};
    const char *text = from->script_text;
    m->script = text ? input_script_parse("input", text, strlen(text), &config, e)
                     : input_script_read(from->script, &config, e);
    if (m->script == NULL || (text == NULL && !machine_note_file(m, from->script, e))) {
        return false;
    }
    input_script_start(m->script);
    return true;
}

static bool start_slirp(struct host_input *in, struct virtio_net *net, struct err *e)
{
    if (in->slirp_net) {
        return err_set(e, "--net slirp: one card to the host's network is all there is");
    }
    in->slirp_net = net;
    if (in->is_replay) {
        return true;
    }
    in->slirp = net_slirp_create(e);
    virtio_net_connect(net, net_slirp_send, in->slirp);
    return in->slirp != NULL;
}

/* What is outside, or in a replay nothing: its packets are in the record. */
static bool start_networks(struct host_input *in, struct err *e)
{
    const struct device_list *list = &in->machine->config.devices;
    bool ok = true;
    for (unsigned i = 0; ok && i < list->count; i++) {
        const struct device_spec *spec = &list->specs[i];
        struct virtio_net *net = devices_net(in->machine->devices, i);
        if (net && spec->far_end == NET_SLIRP) {
            ok = start_slirp(in, net, e);
        } else if (net && spec->far_end == NET_LINK) {
            in->link_net = net;
            ok = net_link_create(in->machine, net, spec, in->is_replay, e);
        }
    }
    return ok;
}

/* From a snapshot, a replay goes on behind what had come in. */
static bool skip_past(struct host_input *in, const char *path, struct err *e)
{
    uint64_t entries = in->machine->input_past.entries;
    if (entries > in->record.count) {
        return err_set(e, "%s: before the snapshot more came in than it has", path);
    }
    in->next = (size_t)entries;
    return true;
}

static bool start_record(struct host_input *in, const struct host_input_config *config,
                         struct err *e)
{
    char inputs[IMAGE_HASH_TEXT];
    hash_inputs(in->machine, inputs);
    if (config->replay) {
        in->is_replay = in->account.is_replayed = true;
        return input_record_read(&in->record, config->replay, e) &&
               (strcmp(in->record.inputs, inputs) == 0 ||
                err_set(e, "%s: recorded with another machine or other files", config->replay)) &&
               skip_past(in, config->replay, e);
    }
    if (config->record && in->machine->input_past.entries != 0) {
        return err_set(e, "%s: the record would lack what came in before the snapshot",
                       config->record);
    }
    if (config->record) {
        in->account.is_recorded = true;
        in->writer = input_writer_open(config->record, inputs, e);
        return in->writer != NULL;
    }
    return true;
}

bool machine_take_input(struct machine *m, const struct host_input_config *config, struct err *e)
{
    struct host_input *in = calloc(1, sizeof *in);
    BUG_ON(in == NULL);
    m->input = in;
    in->machine = m;
    bool has_script = config->script != NULL || config->script_text != NULL;
    if (config->source && !config->replay && !has_script) {
        in->source = *config->source;
        in->is_live = true;
    }
    return (!has_script || start_script(m, config, e)) && start_record(in, config, e) &&
           start_networks(in, e);
}

bool machine_end_input(struct machine *m, const struct machine_result *result, struct err *e)
{
    struct host_input *in = m->input;
    struct input_writer *writer = in->writer;
    in->writer = NULL;
    if (!input_writer_close(writer, result->digest, e)) {
        return false;
    }
    if (in->is_replay && in->next < in->record.count) {
        return err_set(e, "the replay ended before %zu of the record's inputs",
                       in->record.count - in->next);
    }
    if (in->is_replay && in->record.digest[0] && strcmp(in->record.digest, result->digest) != 0) {
        return err_set(e, "the replay is not the recorded run: its digest is %s, the record's %s",
                       result->digest, in->record.digest);
    }
    unsigned line = m->script ? input_script_line(m->script) : 0;
    return line == 0 || err_set(e,
                                "the input script ended at its line %u: what it waits for did "
                                "not come",
                                line);
}

struct input_account machine_input_account(const struct machine *m)
{
    struct input_account account = m->input ? m->input->account : (struct input_account){0};
    account.console_bytes += m->input_past.console_bytes;
    account.packets += m->input_past.packets;
    account.debugger_changes = m->debugger_changes;
    return account;
}

void input_destroy(struct machine *m)
{
    struct host_input *in = m->input;
    input_script_free(m->script);
    if (in) {
        struct err e = {""};
        input_writer_close(in->writer, NULL, &e);
        net_slirp_destroy(in->slirp);
        input_record_free(&in->record);
        free(in);
    }
}

void input_archive(struct machine *m, struct archive *a)
{
    struct input_account account = machine_input_account(m);
    struct input_past past = {m->input_past.entries + (m->input ? m->input->entered : 0),
                              account.console_bytes, account.packets};
    archive_u64(a, &past.entries);
    archive_u64(a, &past.console_bytes);
    archive_u64(a, &past.packets);
    if (a->is_loading) {
        m->input_past = past;
    }
}

void input_archive_progress(struct machine *m, struct archive *a)
{
    struct host_input *in = m->input;
    bool has_script = m->script != NULL;
    archive_u64(a, &m->printed);
    archive_u64(a, &m->debugger_changes);
    archive_bool(a, &has_script);
    if (has_script != (m->script != NULL)) {
        archive_refuse(a, "there is an input script for one machine, not for the other");
    } else if (has_script) {
        input_script_archive(m->script, a);
    }
    if (a->is_loading && in) { /* input_past has it all */
        in->account.console_bytes = in->account.packets = in->entered = 0;
        in->next = in->is_replay ? (size_t)m->input_past.entries : in->next;
        in->latest = machine_furthest(m);
        for (unsigned i = 0; i < m->config.cpu_count; i++) {
            in->look_at[i] = m->cpus[i]->clock.now;
        }
    }
}
