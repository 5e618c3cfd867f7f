/*
 * What comes from outside while a machine runs: bytes of a terminal, packets of the host's network.
 * The only thing that a run does not know from its start, so it enters at stamps that the machine
 * chooses and a record keeps; a replay enters it at the same ones, and the runs are the same.
 *
 * While CPUs run, somebody looks each simulated millisecond (a deadline without effect, like
 * progress). While all wait, the machine asks before it jumps to the next event; at a terminal it
 * then waits in the host's time, so that simulated time does not run away from who types.
 */
#ifndef EL2SIM_BOARD_HOST_INPUT_H
#define EL2SIM_BOARD_HOST_INPUT_H

#include "sim/board/machine.h"

struct host_source {
    /* Bytes that are there now, at most `room`; never waits. */
    size_t (*read)(void *ctx, uint8_t *to, size_t room);
    /* Waits for bytes, at most `ns` of the host's time (UINT64_MAX: for ever); says how long. */
    uint64_t (*wait)(void *ctx, uint64_t ns);
    bool (*has_ended)(void *ctx); /* nothing will come any more */
    bool (*wants_quit)(void *ctx);
    void *ctx;
    bool is_interactive; /* somebody sits there */
};

struct host_input_config {
    const struct host_source *source; /* NULL: none */
    const char *record, *replay;      /* paths, or NULL */
    const char *script;               /* input_script.h: a path */
    const char *script_text;          /* or the script itself */
};

/* After machine_load(), before machine_run(). */
bool machine_take_input(struct machine *m, const struct host_input_config *config, struct err *e);

/* After machine_run(): ends the record. False with *e where it could not be written, the replay was
 * not the same run, or the script did not come to its end. */
bool machine_end_input(struct machine *m, const struct machine_result *result, struct err *e);

struct input_account {
    uint64_t console_bytes, packets; /* from outside */
    uint64_t debugger_changes;       /* of registers and memory, by hand (control_state.h) */
    bool is_recorded, is_replayed;
};

struct input_account machine_input_account(const struct machine *m);

/* What came in before a snapshot: entries of a record, and of what. A replay of the whole run goes
 * on behind them. */
struct input_past {
    uint64_t entries, console_bytes, packets;
};

#endif
