/*
 * The parts of a machine as archives, between the files snapshot*.c: each function names a part
 * once, for saving and loading.
 */
#ifndef EL2SIM_BOARD_SNAPSHOT_PARTS_H
#define EL2SIM_BOARD_SNAPSHOT_PARTS_H

#include "sim/base/archive.h"
#include "sim/board/cpu.h"
#include "sim/board/snapshot.h"
#include "sim/board/snapshot_file.h"

/* Takes the snapshot: the machine stands between two instructions. */
bool snapshot_write(struct machine *m, const struct snapshot_plan *plan, struct err *e);

void snapshot_origin_archive(struct snapshot_origin *origin, struct archive *a);
void snapshot_images(struct machine *m, struct archive *a);
void snapshot_notes(struct machine *m, struct archive *a);
void snapshot_symbols(struct machine *m, struct archive *a);
void snapshot_ledger(struct machine *m, struct archive *a);
void snapshot_cpus(struct machine *m, struct archive *a);
void snapshot_gic(struct machine *m, struct archive *a);
void snapshot_device_state(struct machine *m, struct archive *a);
/* The same, and that disks are still the same files. */
void snapshot_devices(struct machine *m, struct archive *a);
void snapshot_spans(struct machine *m, struct archive *a);
void snapshot_events(struct machine *m, struct archive *a);

/* Pages that are not zero; the RAM that is loaded into must be new. */
bool snapshot_write_ram(const struct ram *ram, struct snapshot_out *out, struct err *e);
bool snapshot_read_ram(const struct ram *ram, struct snapshot_in *in, struct err *e);

/* What of the CPUs is derived from what was loaded. */
void snapshot_derive(struct machine *m);
/* Everything is loaded: derives the rest, and notes what is configured other than at the origin. */
bool snapshot_go_on(struct machine *m, const struct snapshot_origin *origin, struct err *e);

#endif
