/* Between the files control*.c. */
#ifndef EL2SIM_BOARD_CONTROL_INTERNAL_H
#define EL2SIM_BOARD_CONTROL_INTERNAL_H

#include <stdatomic.h>

#include "sim/board/control.h"
#include "sim/board/cpu.h"

struct control_point {
    int number;
    bool is_watch, reads, writes;
    unsigned el_mask;
    int context;
    va_t at;
    uint64_t size_bytes;
};

/* Where a CPU stands: it is the same place until an instruction completes. */
struct control_place {
    bool is_set;
    uint64_t pc, instructions;
};

#define NO_CPU EL2SIM_MAX_CPUS

struct control {
    struct machine *m;
    struct control_point *points;
    size_t point_count, point_room;
    int last_number;
    bool has_watches;
    bool watch_granted; /* the access that was looked at is carried out */
    struct control_catch catch;
    struct event_observer observer;
    bool is_observing;
    uint16_t context[EL2SIM_MAX_CPUS]; /* that ran last */
    /* Of the present run. */
    cycles_t until;
    unsigned step_cpu; /* NO_CPU: none */
    uint64_t step_from;
    unsigned arriving; /* this CPU stops when it is about to carry out an instruction */
    bool is_silent;    /* points stop nothing */
    struct control_place passed[EL2SIM_MAX_CPUS]; /* points there do not stop */
    bool is_stopping;
    struct control_stop stop;
    atomic_bool interrupted;
    cycles_t look_at[EL2SIM_MAX_CPUS];
    void (*look)(void *ctx);
    void *look_ctx;
    bool is_finished;
};

/* Runs until this CPU is about to carry out an instruction, all that is due before it done; or,
 * where an exception comes first, that is taken. */
void control_arrive(struct control *c, unsigned cpu, struct control_stop *stop);
/* The machine is another one than it was: a checkpoint was restored. */
void control_restored(struct control *c);
/* The run stops before the next instruction of this CPU. */
void control_stop_at(struct cpu *cpu, enum control_stop_kind kind);
/* Whether points do not count for the instruction that this CPU stands at. */
bool control_is_passed(const struct cpu *cpu, uint64_t pc);

#endif
