/*
 * Snapshots: a whole machine in a file, to start any number of runs from (docs/snapshots.md).
 *
 * A run that goes on from a snapshot under the same prices ends as the run that made it, digest and
 * report byte for byte. What the engine derives (translations, translated code, decoded blocks) is
 * not saved, and no result depends on it.
 */
#ifndef EL2SIM_BOARD_SNAPSHOT_H
#define EL2SIM_BOARD_SNAPSHOT_H

#include "sim/board/machine.h"

/* What was asked for when the machine was made: a run from the snapshot starts with it. */
struct snapshot_origin {
    char *cpu, *features; /* --cpu, --feature (may be NULL) */
    char *profile;        /* --costs, as given */
    struct machine_config config;
    cycles_t at; /* the CPU that was furthest */
};

void snapshot_origin_free(struct snapshot_origin *origin);

struct snapshot;

/* Opens and checks a snapshot's head. NULL with *e: none, truncated, damaged, another version. */
struct snapshot *snapshot_open(const char *path, struct err *e);
void snapshot_close(struct snapshot *s);
const char *snapshot_path(const struct snapshot *s);
const struct snapshot_origin *snapshot_origin(const struct snapshot *s);

/* Whether a machine so configured can go on from the snapshot: it must have the same CPUs, GIC, RAM
 * and entry. Prices, level and limits may differ. False with *e, which names the option. */
bool snapshot_fits(const struct snapshot *s, const struct machine_config *config, struct err *e);

/* Loads the rest into a machine made with such a configuration, in place of machine_load(). False
 * with *e: the machine is then good for nothing. Closed or not, *s is done with. */
bool snapshot_restore(struct snapshot *s, struct machine *m, struct err *e);

/* When a snapshot is taken. */
enum snapshot_when {
    SNAPSHOT_AT_CYCLE,
    SNAPSHOT_AT_MARK,   /* hyp/include/abi/mark.h: a snapshot mark, or a span that begins; `text`
                           is its name, "" is any snapshot mark */
    SNAPSHOT_AT_CONSOLE /* `text` has been printed */
};

#define SNAPSHOT_TEXT_MAX 128

struct snapshot_plan {
    const char *path;
    enum snapshot_when when;
    char text[SNAPSHOT_TEXT_MAX];
    cycles_t at;
    bool ends_run;
    const char *cpu, *features, *profile; /* as struct snapshot_origin has them */
};

/* "mark", "mark:NAME", "console:TEXT", "cycles:N". */
bool snapshot_parse_when(const char *text, struct snapshot_plan *plan, struct err *e);

/* Has the machine take a snapshot while it runs, once. *plan stays the caller's, for its life. */
void machine_plan_snapshot(struct machine *m, const struct snapshot_plan *plan);

enum snapshot_end {
    SNAPSHOT_NOT_ASKED,
    SNAPSHOT_TAKEN,
    SNAPSHOT_FAILED,    /* said on stderr when it did */
    SNAPSHOT_NEVER_CAME /* what it waited for */
};

/* What became of the plan, after the run. *e says why there is no snapshot. */
enum snapshot_end machine_snapshot_end(const struct machine *m, struct err *e);

/* What makes a machine's results other than those of a run from the start under its configuration:
 * one line each, "up to cycle 81422: profile icount, ...". NULL past the last one. */
const char *machine_snapshot_note(const struct machine *m, size_t index);

#endif
