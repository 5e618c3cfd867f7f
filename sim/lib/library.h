/* Inside libel2sim: what a handle is, and how a function says that it was not done. */
#ifndef EL2SIM_LIB_LIBRARY_H
#define EL2SIM_LIB_LIBRARY_H

#include <el2sim/el2sim.h>

#include "cpu-el/sysreg.h"
#include "sim/base/err.h"
#include "sim/base/event.h"
#include "sim/board/control.h"
#include "sim/catalog/design.h"
#include "sim/board/machine.h"
#include "sim/catalog/profile.h"
#include "sim/lib/names.h"

/* Text that a run waits for (console.h). */
struct console_wait {
    struct event_observer observer;
    char text[256], last[256];
    bool is_on, has_come;
};

/* A call that is under way on its CPU, and what the CPU was before. */
struct call {
    unsigned cpu;
    uint64_t function, return_to;
    cycles_t began;
    uint64_t instructions, exceptions, sp;
    uint64_t x[31], pc, pstate, sp_before;
    bool was_on, was_waiting, has_returned;
};

/* Calls that are under way together. */
struct calls {
    struct call calls[EL2SIM_MAX_CPUS];
    unsigned count, parked; /* parked: CPUs that stand still meanwhile, bit n is CPU n */
    uint64_t max_cycles;
};

struct el2sim_machine {
    struct machine *machine;
    struct control *control;
    struct machine_config config;
    struct design *design; /* NULL: made from parts */
    struct profile *profile;
    struct names *names;
    struct counts *counts;
    struct console_wait wait;
    struct calls open; /* el2sim_call_begin(); count 0: none */
    void (*console)(void *ctx, const char *text, size_t length); /* the user's */
    void *console_ctx;
    char *schedule, *story; /* of the last exploration; NULL: none */
    bool is_loaded;
};

/* Where the reason goes that el2sim_error() gives: empty, to be filled. */
struct err *library_error(void);

/* Another one as this, with a new machine in it; NULL with *e. */
struct el2sim_machine *library_copy(const struct el2sim_machine *from, struct err *e);

/* The CPU is there; false with the reason. */
bool library_has_cpu(const struct el2sim_machine *m, unsigned cpu);

/* The system register of that name; SR_NONE: another register, or none. */
enum sysreg_id library_sysreg(const char *name);

/* Whether it is an element of a vector register: V3.D[1]. */
bool library_is_element(const char *name);

/* Where a CPU stands, for people: "EL2 vgic_flush+0x1c (0x4008001c)". */
#define LIBRARY_PLACE_MAX 128
void library_place(const struct el2sim_machine *m, unsigned cpu, char place[LIBRARY_PLACE_MAX]);

#endif
