/*
 * How the machine of a design comes to its start: it boots, or goes on from a snapshot that an
 * earlier comparison left, and is told which rows to run, by its command line or at its console.
 * The result is the same.
 */
#ifndef EL2SIM_STUDY_DESIGN_START_H
#define EL2SIM_STUDY_DESIGN_START_H

#include "sim/catalog/data_files.h"
#include "sim/catalog/design.h"
#include "sim/board/snapshot.h"

#define DESIGN_OPS_MAX 1024 /* of a row: GUEST_OPS_MAX, hyp/include/abi/guest.h */

struct design_start {
    const char *rows;                  /* NULL: all */
    unsigned ops;                      /* 0: each row's own number; to DESIGN_OPS_MAX */
    const char *append;                /* NULL: the design's, with rows and ops */
    const char *snapshots;             /* a directory, or NULL: none are kept */
    const struct profile *boot_prices; /* of the snapshot to start from; NULL: the run's own */

    char path[DATA_PATH_MAX];
    bool is_asked;
    struct snapshot_plan plan;
};

/* Loads a machine made for the design, and sees to its input. False with *e. *s must live as long
 * as the machine; free with design_end(). */
bool design_start(struct design_start *s, const struct design *design,
                  const struct profile *profile, const struct machine_config *config,
                  struct machine *m, struct err *e);

/* A machine made for the design, configured, and started so. NULL with *e. */
struct machine *design_machine(struct design_start *s, const struct design *design,
                               const struct profile *profile, struct machine_config *config,
                               struct err *e);

/* With boot_prices: has the snapshot made under them, where there is none yet and the design can
 * have one. */
bool design_prepare(struct design_start *s, const struct design *design,
                    const struct machine_config *config, struct err *e);

/* After the run: false with *e if the guest did not ask, or no snapshot came about. */
bool design_end(struct design_start *s, struct machine *m, const struct machine_result *result,
                struct err *e);

#endif
