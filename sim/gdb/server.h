/* Between the files of the stub. */
#ifndef EL2SIM_GDB_SERVER_H
#define EL2SIM_GDB_SERVER_H

#include <limits.h>

#include "sim/board/control_state.h"
#include "sim/board/history.h"
#include "sim/gdb/gdb.h"
#include "sim/gdb/link.h"
#include "sim/gdb/packet.h"
#include "sim/report/disasm.h"

#define GDB_POINTS 256
#define NO_THREAD  UINT_MAX

/* What gdb has set, by its words. */
struct gdb_point {
    unsigned type; /* of Z packets: 0, 1: breakpoints, 2 to 4: watchpoints */
    uint64_t at, size_bytes;
    int number; /* control.h; 0: free */
};

struct gdb {
    struct control *c;
    struct history *history; /* NULL: the machine cannot go back: why */
    struct err no_history;
    const struct gdb_config *config;
    struct gdb_link link;
    struct gdb_reader reader;
    struct gdb_text reply, sent, xml;
    char input[4096]; /* bytes that came and are not read yet */
    size_t input_at, input_length;
    bool no_ack, is_over, is_killed;
    bool steps_through; /* exceptions: `monitor step over` */
    unsigned cpu;       /* of registers and memory: what gdb asks for at the time (Hg) */
    unsigned chosen;    /* by the user's `thread N`, or where the run stopped */
    unsigned moves;     /* steps by s and bs (Hc); NO_THREAD: the chosen one */
    struct control_stop stop;
    enum control_space space; /* of m and M */
    struct control_catch catch;
    struct gdb_point points[GDB_POINTS];
    struct disasm *disasm; /* NULL until it is asked for */
    cycles_t *costs;       /* by class, when it was last told */
};

unsigned gdb_cpu_count(const struct gdb *g);
/* Reads a thread's number: CPU n is thread n + 1; 0 and -1 are any (NO_THREAD), as is none at all.
 * False: there is no such thread. */
bool gdb_take_thread(const struct gdb *g, const char **text, unsigned *cpu);

/* commands.c: carries out one packet; g->reply is the answer. */
void gdb_command(struct gdb *g, const char *packet, size_t length);
/* Registers or memory were written: what came after is not to come again. */
void gdb_changed(struct gdb *g);
/* resume.c: those that make it run. g->reply is then a stop reply. */
bool gdb_resume(struct gdb *g, const char *packet);
void gdb_stop_reply(struct gdb *g);
void gdb_set_point(struct gdb *g, const char *packet);
/* Text for gdb's console, at once; only while it waits for a reply of monitor or of a run. */
void gdb_say(struct gdb *g, const char *text, size_t length);
/* monitor.c: a command line and what it prints. */
void gdb_monitor(struct gdb *g, char *line, struct gdb_text *out);
void gdb_monitor_free(struct gdb *g);

#endif
