/* The options of `run` about snapshots. */
#ifndef EL2SIM_CLI_RUN_SNAPSHOT_H
#define EL2SIM_CLI_RUN_SNAPSHOT_H

#include <argp.h>

#include "sim/catalog/profile.h"
#include "sim/board/snapshot.h"

struct run_snapshot {
    const char *file; /* --snapshot */
    const char *save; /* --snapshot-save, with --snapshot-at and --snapshot-exit in the plan */
    bool has_when;
    struct snapshot_plan plan;
    struct snapshot *from; /* `file`, open */
    struct err err;        /* of parsing */
};

/* A child parser; its input is a struct run_snapshot. */
extern const struct argp run_snapshot_argp;

/* Checks the options, and opens what is to be started from. False with *e. Free with
 * run_snapshot_close(). */
bool run_snapshot_open(struct run_snapshot *r, struct err *e);
void run_snapshot_close(struct run_snapshot *r);

/* Whether the devices' state is all ours to save. False with *e. */
bool run_snapshot_can_save(const struct device_list *devices, struct err *e);

/* Where the run starts from; NULL when it boots. */
const struct snapshot_origin *run_snapshot_origin(const struct run_snapshot *r);

/* The configuration is complete: whether the snapshot can go on under it. */
bool run_snapshot_fits(const struct run_snapshot *r, struct machine_config *config,
                       bool has_own_profile, struct err *e);

/* Has the machine save what was asked for; cpu, features and profile as the options have them. */
void run_snapshot_plan(struct run_snapshot *r, struct machine *m, const char *cpu,
                       const char *features, const char *profile);

/* After the run: its exit status, which is not 0 if a snapshot was asked for and is not there. */
int run_snapshot_status(const struct machine *m, int status);

#endif
