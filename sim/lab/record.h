/*
 * A run of a student's program, kept as moments: each architectural event with the registers that
 * the CPU had just after it. Goals look at these, and at the machine as it was left.
 */
#ifndef EL2SIM_LAB_RECORD_H
#define EL2SIM_LAB_RECORD_H

#include "sim/board/look.h"
#include "sim/lab/elf_labels.h"
#include "sim/lab/expr.h"

#define MOMENTS_MAX 4096 /* what comes later is not kept, and said so */

struct moment {
    int kind; /* enum arch_event_kind, or MOMENT_END */
    struct arch_event event;
    struct cpu_look cpu;
    uint64_t pc; /* where it happened: of an exception, ELR; of an ERET, where it went */
    uint64_t watches[WATCHES_MAX];
    uint64_t far; /* of the EL that took the exception */
    size_t entry; /* an ERET: the moment of the exception it answers; else its own number */
};

struct lab_run {
    struct machine *machine;
    struct machine_result result;
    struct labels labels;
    struct watch_list watches;
    struct moment *moments; /* the last one is the end */
    size_t count;
    bool is_cut;       /* more happened than is kept */
    size_t entries[3]; /* by EL: the last exception to it + 1; 0: none */
};

/* Runs the machine, which is loaded, to its end, and keeps what happens. */
void lab_record(struct lab_run *run);

void lab_run_free(struct lab_run *run);

#endif
