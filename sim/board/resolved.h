/*
 * What resolve_sysreg() said, remembered. A hypervisor changes what traps around each run of a
 * guest, and back: so outcomes are remembered for each set of controls that there was lately.
 */
#ifndef EL2SIM_BOARD_RESOLVED_H
#define EL2SIM_BOARD_RESOLVED_H

#include "cpu-el/resolve.h"
#include "cpu-el/resolve_rules.h"

#define RESOLVED_SETS    64
#define RESOLVED_ENTRIES 1024

struct resolved {
    uint64_t set; /* number of the set that holds now; 0: to be looked up */
    uint64_t last_set;
    struct control_set {
        uint64_t number; /* never another set's; 0: none */
        uint64_t values[RULE_CONTROLS_MAX];
    } sets[RESOLVED_SETS];
    struct resolved_entry {
        uint64_t key;
        struct outcome outcome;
    } entries[RESOLVED_ENTRIES];
};

/* A register of rules_controls() may have changed. */
static inline void resolved_controls_changed(struct resolved *r)
{
    r->set = 0;
}

/* resolve_sysreg() */
struct outcome resolved_sysreg(struct resolved *r, const struct pe *pe, uint16_t enc, bool write);

#endif
