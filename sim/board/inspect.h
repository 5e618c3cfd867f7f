/*
 * A CPU of a machine that stands between two instructions, as one value: what it holds, and what
 * its next instruction is about to do. Inspecting changes nothing and charges nothing.
 */
#ifndef EL2SIM_BOARD_INSPECT_H
#define EL2SIM_BOARD_INSPECT_H

#include "cpu-el/exception.h"
#include "cpu-el/insn.h"
#include "gic/look.h"
#include "mmu/mmu.h"
#include "sim/board/machine.h"
#include "timer/timer.h"

/* Where an access of the next instruction leads. */
struct inspect_access {
    struct mmu_access access;
    unsigned size_bytes;
    bool translates; /* by the tables: `page`, else `fault` */
    struct mmu_page page;
    struct mmu_fault fault;
    struct mmu_steps steps;
    bool is_held; /* the TLB answers, whatever the tables say by now */
    bool held_translates;
    pa_t held_pa;
    const char *device; /* what is there, "RAM" included; NULL: nothing */
    uint64_t device_offset;
};

struct inspect_timer {
    unsigned intid;
    bool exists, enabled, masked, fires; /* fires: ISTATUS */
    ticks_t compare;
    ticks_t count; /* of its counter, offset included */
};

struct inspect {
    unsigned cpu;
    struct pe pe;     /* a copy, with pc, nzcv, every SP, and timers and ICH registers as read */
    uint64_t x[32];   /* 31: the SP of the code that runs */
    uint16_t context; /* context.h */
    bool in_vm;
    unsigned vmid;
    cycles_t now;
    uint64_t instructions;
    struct ledger_cell cells[COST_CLASS_COUNT]; /* of this CPU, over all it has run */

    bool fetched; /* the next instruction is in RAM: `insn`, else `fetch` says why not */
    struct insn insn;
    struct inspect_access fetch;
    bool has_data;
    struct ldst data;
    struct inspect_access access;
    bool interrupt_is_due; /* and is taken before the next instruction */
    struct exception interrupt;

    struct inspect_timer timers[TIMER_COUNT];
    ticks_t counter;
    uint64_t counter_hz, clock_hz;
    struct gic_look gic;
};

void machine_inspect(struct machine *m, unsigned cpu, struct inspect *out);

/* The same without cells, timers, counter, GIC, and where accesses lead: for each step of many. */
void machine_inspect_next(struct machine *m, unsigned cpu, struct inspect *out);

/* Xn of the code that runs, 31: SP; exceptions taken so far. */
uint64_t machine_inspect_x(const struct machine *m, unsigned cpu, unsigned n);
uint64_t machine_inspect_exceptions(const struct machine *m, unsigned cpu);

/* The word at va as the CPU would fetch it now; false: no RAM there. */
bool machine_inspect_code(struct machine *m, unsigned cpu, va_t at, uint32_t *word);

/* Function of the code at va in the CPU's present EL and context, and how far into it; NULL: none
 * is known. */
const char *machine_inspect_symbol(struct machine *m, unsigned cpu, va_t at, uint64_t *offset);

/* The code that a user means: an address (0x...), or a function's name, of the first file that has
 * it. `el_mask`: at which ELs it runs. False: no such name, or one that is known by physical
 * address alone (a kernel's Image). */
bool machine_find_code(const struct machine *m, const char *text, va_t *at, unsigned *el_mask);

#endif
