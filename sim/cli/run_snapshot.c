#include "sim/cli/run_snapshot.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "sim/board/snapshot_file.h"
#include "sim/cli/commands.h"

enum { OPT_SNAPSHOT_SAVE = 640, OPT_SNAPSHOT_AT, OPT_SNAPSHOT_EXIT };

static const struct argp_option options[] = {
    {"snapshot-save", OPT_SNAPSHOT_SAVE, "FILE", 0, "save a snapshot of the machine", 3},
    {"snapshot-at", OPT_SNAPSHOT_AT, "WHERE", 0,
     "when: mark:NAME (a mark of the guest), mark (its first snapshot mark), console:TEXT (once "
     "that is printed), cycles:N",
     3},
    {"snapshot-exit", OPT_SNAPSHOT_EXIT, 0, 0, "end the run when the snapshot is saved", 3},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct run_snapshot *r = state->input;
    switch (key) {
    case OPT_SNAPSHOT_SAVE:
        r->save = arg;
        return 0;
    case OPT_SNAPSHOT_AT:
        r->has_when = true;
        snapshot_parse_when(arg, &r->plan, &r->err);
        return 0;
    case OPT_SNAPSHOT_EXIT:
        r->plan.ends_run = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp run_snapshot_argp = {options, parse, NULL, NULL, NULL, NULL, NULL};

bool run_snapshot_open(struct run_snapshot *r, struct err *e)
{
    if (r->err.text[0] != '\0') {
        return err_set(e, "%s", r->err.text);
    }
    if ((r->save != NULL) != r->has_when) {
        return err_set(e, "--snapshot-save FILE and --snapshot-at WHERE need each other");
    }
    if (r->plan.ends_run && r->save == NULL) {
        return err_set(e, "--snapshot-exit: --snapshot-save FILE is missing");
    }
    if (r->save != NULL) {
        signal(SIGXFSZ, SIG_IGN); /* a file size limit is an error like a full disk */
        if (!snapshot_out_check(r->save, e)) {
            return false;
        }
    }
    r->from = r->file ? snapshot_open(r->file, e) : NULL;
    return r->file == NULL || r->from != NULL;
}

void run_snapshot_close(struct run_snapshot *r)
{
    snapshot_close(r->from);
    r->from = NULL;
}

bool run_snapshot_can_save(const struct device_list *devices, struct err *e)
{
    for (unsigned i = 0; i < devices->count; i++) {
        const struct device_spec *spec = &devices->specs[i];
        if (spec->type == DEVICE_DISK && spec->mode == DISK_WRITE_THROUGH) {
            return err_set(e,
                           "--drive %s,write-through: a snapshot cannot hold what goes into the "
                           "file: leave out --snapshot-save or write-through",
                           spec->path);
        }
        if (spec->type == DEVICE_NET && spec->far_end == NET_LINK) {
            return err_set(e,
                           "--net link:%s: a snapshot cannot hold the machine at its other end: "
                           "leave out --snapshot-save or take --net peer",
                           spec->path);
        }
        if (spec->type == DEVICE_NET && spec->far_end == NET_SLIRP) {
            return err_set(e, "--net slirp: a snapshot cannot hold the host's connections: leave "
                              "out --snapshot-save or take --net peer");
        }
    }
    return true;
}

const struct snapshot_origin *run_snapshot_origin(const struct run_snapshot *r)
{
    return r->from ? snapshot_origin(r->from) : NULL;
}

/* Whether the profile of that name is still what it was when the snapshot was taken. */
static bool is_same_profile(const struct machine_config *now, const struct machine_config *then)
{
    return memcmp(now->prices, then->prices, sizeof now->prices) == 0 &&
           now->clock_hz == then->clock_hz && now->counter_hz == then->counter_hz &&
           now->quantum == then->quantum &&
           now->store_drain_instructions == then->store_drain_instructions &&
           now->tlb_entries == then->tlb_entries && now->tlb_ways == then->tlb_ways &&
           now->walk_cache_entries == then->walk_cache_entries;
}

bool run_snapshot_fits(const struct run_snapshot *r, struct machine_config *config,
                       bool has_own_profile, struct err *e)
{
    const struct snapshot_origin *from = run_snapshot_origin(r);
    if (from == NULL) {
        return true;
    }
    if (!has_own_profile && !is_same_profile(config, &from->config)) {
        return err_set(e,
                       "snapshot %s: profile %s has changed since: --costs says which prices to "
                       "go on with",
                       r->file, from->profile);
    }
    config->counter_hz = from->config.counter_hz; /* the guest has read CNTFRQ_EL0 */
    return snapshot_fits(r->from, config, e) || err_prefix(e, "snapshot %s: ", r->file);
}

void run_snapshot_plan(struct run_snapshot *r, struct machine *m, const char *cpu,
                       const char *features, const char *profile)
{
    if (r->save != NULL) {
        r->plan.path = r->save;
        r->plan.cpu = cpu;
        r->plan.features = features;
        r->plan.profile = profile;
        machine_plan_snapshot(m, &r->plan);
    }
}

int run_snapshot_status(const struct machine *m, int status)
{
    struct err e = {""};
    switch (machine_snapshot_end(m, &e)) {
    case SNAPSHOT_FAILED:
        return EXIT_USAGE;
    case SNAPSHOT_NEVER_CAME:
        fprintf(stderr, "el2sim: %s\n", e.text);
        return status == 0 ? 1 : status;
    case SNAPSHOT_NOT_ASKED:
    case SNAPSHOT_TAKEN:
        break;
    }
    return status;
}
