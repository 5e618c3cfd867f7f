/*
 * A remote stub for gdb over a run in hand (control.h): docs/gdb.md. One thread per CPU; software
 * and hardware breakpoints are the same; going back is by history.h; `monitor` commands say what
 * gdb has no words for.
 */
#ifndef EL2SIM_GDB_GDB_H
#define EL2SIM_GDB_GDB_H

#include "sim/board/control.h"
#include "sim/catalog/profile.h"

struct gdb_config {
    const char *where; /* "PORT", "unix:PATH", "-" (stdin and stdout) */
    const struct profile *profile;
    const char *cpu, *features, *profile_name; /* as given, for snapshots */
};

/* Whether such a place can be: before anything else is done. */
bool gdb_check_place(const char *where, struct err *e);

/* Waits for a debugger, and does what it says until the run has ended, it is killed, or the
 * debugger leaves: then the run goes on to its end. Then control_finish(). False with *e: nobody
 * could connect. */
bool gdb_serve(struct control *c, const struct gdb_config *config, struct err *e);

#endif
