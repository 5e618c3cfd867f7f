/*
 * A run in hand: it stops where its user says and goes on from there. No stop changes what the run
 * does: digest, ledger and report are those of a run in one go, as long as the user only looks.
 *
 *     machine_create -> machine_load... -> control_create -> control_continue, control_step ... ->
 *     control_finish -> ledger, spans -> control_destroy -> machine_destroy
 *
 * A CPU stands between two instructions when the run is stopped. The others stand where the model's
 * turns have brought them: turns are never cut short or chosen anew for the user's sake. Registers
 * and memory: control_state.h. Going back: checkpoint.h, control_reverse.h.
 */
#ifndef EL2SIM_BOARD_CONTROL_H
#define EL2SIM_BOARD_CONTROL_H

#include "sim/board/machine.h"

struct control;

enum control_stop_kind {
    CONTROL_ENDED,       /* the run has come to its end: control_finish() */
    CONTROL_STEPPED,     /* the step is done */
    CONTROL_BREAKPOINT,  /* before the instruction at pc */
    CONTROL_WATCHPOINT,  /* before the load or store at pc that accesses `address` */
    CONTROL_EXCEPTION,   /* an exception to a watched EL was taken: pc is in its vector */
    CONTROL_EL,          /* the EL has changed */
    CONTROL_CONTEXT,     /* other code runs: host <-> VM, VM <-> VM (struct ledger_key's context) */
    CONTROL_MARK,        /* behind a mark that begins or ends a span */
    CONTROL_CYCLE,       /* `until` has come: before anything that is due then */
    CONTROL_INTERRUPTED, /* control_interrupt() */
    CONTROL_BEGIN        /* going back: there is no earlier state */
};

struct control_stop {
    enum control_stop_kind kind;
    unsigned cpu;     /* whose instruction is next, or 0 where all wait */
    uint64_t pc;      /* of that CPU */
    uint64_t address; /* CONTROL_WATCHPOINT: the first byte of the access that is watched */
    bool is_write;    /* CONTROL_WATCHPOINT: it writes (atomics do both) */
    int point;        /* number of the breakpoint or watchpoint; else 0 */
};

/* For a machine that is loaded, and no other way of running it. */
struct control *control_create(struct machine *m);
/* Before machine_destroy(). The machine is then as if it had never been there. */
void control_destroy(struct control *c);
struct machine *control_machine(struct control *c);
unsigned control_cpu_count(const struct control *c);

#define CONTROL_ANY_EL      7u /* el_mask: bit n is ELn */
#define CONTROL_ANY_CONTEXT (-1)

/* Stops before the instruction at this virtual address is carried out at one of these ELs, in this
 * context (struct ledger_key; CONTROL_ANY_CONTEXT). Any number; blocks without one do not slow
 * down. Returns its number, from 1. */
int control_break(struct control *c, va_t at, unsigned el_mask, int context);
/* Stops before a load or store accesses one of size_bytes bytes (at least 1) at this virtual
 * address, whatever the EL. Not seen: table walks, devices' DMA, instruction fetches. Accesses to
 * the 4 KiB around a watchpoint take some 20 us each. */
int control_watch(struct control *c, va_t at, uint64_t size_bytes, bool reads, bool writes);
/* False: there is none with this number. */
bool control_point_delete(struct control *c, int point);

/* What else stops a run. All off at first. */
struct control_catch {
    unsigned exceptions; /* mask of ELs: exceptions taken to them */
    bool el;             /* each change of EL */
    bool context;        /* each change of the context that runs */
    bool marks;          /* marks of spans (hyp/include/abi/mark.h) */
};
void control_catch(struct control *c, const struct control_catch *what);

/*
 * Runs all CPUs, by the model's turns, until something stops them. `until`: a stamp
 * (CYCLES_NEVER: none); the run stops when the CPU that runs has reached it, or when all wait
 * beyond it. A breakpoint or watchpoint that the run stands at does not stop it again. False when
 * it has ended (CONTROL_ENDED), or had before.
 */
bool control_continue(struct control *c, cycles_t until, struct control_stop *stop);

/*
 * Carries out one instruction of one CPU, or takes one exception on it (an interrupt that is due
 * comes first; what the instruction causes belongs to it, so a step of HVC ends in the vector).
 * Until its turn comes, the others run, and may stop the run first. Of a CPU that waits or is off,
 * the step is the first one after it goes on.
 */
bool control_step(struct control *c, unsigned cpu, struct control_stop *stop);

/* Stops the run soon: within CONTROL_LOOK cycles. From another thread or a signal handler. */
void control_interrupt(struct control *c);
/* Called that often while CPUs run (cycles of each one's clock), and between turns while all wait:
 * to look for what would interrupt. It may call control_interrupt(), and change nothing. */
#define CONTROL_LOOK (10000000 * CYCLE)
void control_on_look(struct control *c, void (*look)(void *ctx), void *ctx);

bool control_has_ended(const struct control *c);
/* struct machine_result's, of a run that has ended. */
int control_status(const struct control *c);
/* Ends the run, if it has not, as left by its user (END_QUIT), and completes it as machine_run()
 * does. Once. */
void control_finish(struct control *c, struct machine_result *result);

/* Something was changed by hand: the run is not that of its inputs any more, and says so
 * (struct input_account). control_state.h calls it. */
void control_note_change(struct control *c);

#endif
