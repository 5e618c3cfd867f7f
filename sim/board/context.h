/*
 * The ledger's context: whose code it is that runs. 0 is the host's. Code behind a stage 2 has VMID
 * + 1. Code at EL0 of a machine without EL2 has ASID + 1 if a design says that the ASID is a
 * guest's: an address space is what a deprivileged guest has, and two of them (or a guest and a
 * process of the host) may have the same addresses.
 */
#ifndef EL2SIM_BOARD_CONTEXT_H
#define EL2SIM_BOARD_CONTEXT_H

#include "cpu-el/pe.h"
#include "sim/base/archive.h"
#include "sim/base/err.h"

/* ASIDs of address spaces in which guests run at EL0, both ends included; last 0: there are none.
 */
struct asid_range {
    unsigned first, last;
};

#define GUEST_ASID_MAX (UINT16_MAX - 1)

/* False with *e: a range that cannot be, or on a machine with EL2. */
bool asid_range_check(const struct asid_range *guests, unsigned entry_el, struct err *e);
void asid_range_archive(struct asid_range *guests, struct archive *a);

/* It changes with exceptions, returns and EFF_CONTEXT only: EL0 cannot choose its ASID. */
uint16_t context_of(const struct pe *pe, const struct asid_range *guests);

/* Where exceptions of guests go that are exits. */
static inline unsigned hypervisor_el(const struct asid_range *guests)
{
    return guests->last ? 1 : 2;
}

#endif
