/* Runs a design over benchmark rows, in this process, to the report of its rows. */
#ifndef EL2SIM_STUDY_DESIGN_RUN_H
#define EL2SIM_STUDY_DESIGN_RUN_H

#include "sim/report/report.h"

#define DESIGN_MAX_CYCLES (20000000000 * CYCLE) /* a guest that hangs ends here */

struct design_run {
    const char *rows, *append;         /* NULL: all rows; the design's own command line */
    unsigned ops;                      /* 0: each row's own number */
    const char *snapshots;             /* a directory to keep snapshots in, or NULL */
    const struct profile *boot_prices; /* start from a snapshot made under these; NULL: from the
                                          beginning, or one made under the run's own */
    enum machine_level level;
    cycles_t max_cycles;
    unsigned smp, engine_off; /* smp 0: the design's */
    bool quiet;
    void (*progress)(void *ctx, cycles_t now); /* NULL: none */
    void *progress_ctx;
    /* A machine is loaded and about to run, and has run; NULL: nobody wants to know. */
    void (*starts)(void *ctx, struct machine *m, const struct design *design, uint64_t clock_hz);
    void (*ended)(void *ctx);
    void *machine_ctx;
};

/* False with *e when the machine cannot be made, or the guest does not end with RESULT PASS (its
 * last lines are then on stderr). Free *out with report_design_free(), either way. */
bool design_run(const struct design_run *how, const struct design *design,
                const struct profile *profile, struct design_report *out, struct err *e);

#endif
