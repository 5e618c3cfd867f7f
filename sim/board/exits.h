/*
 * Exits of VMs, by reason: how many, and how long until the CPU runs a VM again. An exit is an
 * exception to the hypervisor out of code of a VM (context.h); its cycles are all of that CPU's
 * from then until the return to such code, the waits of WFI not included. Whose VM it is does not
 * matter: where a hypervisor switches to another, the exit ends there.
 */
#ifndef EL2SIM_BOARD_EXITS_H
#define EL2SIM_BOARD_EXITS_H

#include "sim/base/archive.h"
#include "sim/base/types.h"

#define EXIT_KINDS 0x104 /* EC; 0x100 + type for interrupts */

struct exits {
    struct exit_tally {
        uint64_t count;
        cycles_t cycles;
        cycles_t least, most; /* of one exit; 0: there was none */
    } kinds[EXIT_KINDS];
    bool is_out;
    uint16_t kind;  /* of the exit that is not over */
    cycles_t since; /* its beginning, and the waits since then */
};

void exits_begin(struct exits *exits, unsigned kind, cycles_t at);
void exits_waited(struct exits *exits, cycles_t cycles);
void exits_end(struct exits *exits, cycles_t at);
void exits_archive(struct exits *exits, struct archive *a);

#endif
