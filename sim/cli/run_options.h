/*
 * The options that say what machine there is and what it boots, for commands that run one: `run`
 * and `step`. What a command does with the machine is its own.
 */
#ifndef EL2SIM_CLI_RUN_OPTIONS_H
#define EL2SIM_CLI_RUN_OPTIONS_H

#include <argp.h>

#include "sim/base/err.h"
#include "sim/board/machine.h"
#include "sim/catalog/profile.h"
#include "sim/cli/device_options.h"
#include "sim/cli/run_snapshot.h"

#define RUN_SYMBOLS_MAX 8

/* All 0 at first, but for what the command has its own way with (config.console, config.quiet). */
struct run_options {
    struct machine_config config; /* complete once there is a machine */
    struct machine_images images;
    const char *cpu, *features, *profile; /* as given */
    const char *symbols[RUN_SYMBOLS_MAX];
    unsigned symbols_count;
    struct device_options devices;
    bool has_level;
    bool is_given; /* some option of these */
    struct run_snapshot snapshot;
    struct profile *loaded;
    struct err err; /* the first mistake */
};

/* A child parser; its input is a struct run_options. */
extern const struct argp run_options_argp;

/* What was parsed is complete, the machine made, nothing loaded. NULL with o->err. */
struct machine *run_options_machine(struct run_options *o);
/* Boots, or restores the snapshot; symbols. False with o->err. */
bool run_options_load(struct run_options *o, struct machine *m);
/* Frees what the options hold; the machine is not theirs. */
void run_options_close(struct run_options *o);

/* --costs, or what stands for it. */
const char *run_options_profile(const struct run_options *o);

#endif
