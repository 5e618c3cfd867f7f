/*
 * FEAT_VMCB, hardware that nobody has built: a control block in memory for each virtual CPU, which
 * ERET at EL2 loads in one step and an exception to EL2 saves (docs/vmcb.md).
 */
#ifndef EL2SIM_CPU_EL_VMCB_H
#define EL2SIM_CPU_EL_VMCB_H

#include "cpu-el/exception.h"

#define VMCB_BYTES 4096

/* Whether an ERET now is an entry into a virtual machine: EL2, VMCBR_EL2.EN. */
bool vmcb_enters(const struct pe *pe);

/* Whether an exception to EL2 now is an exit. */
bool vmcb_is_active(const struct pe *pe);

/* Physical addresses of the control block and of the host save area. */
pa_t vmcb_guest_pa(const struct pe *pe);
pa_t vmcb_host_pa(const struct pe *pe);

enum vmcb_entry {
    VMCB_ENTERED, /* registers are the guest's; exception_return() does the rest */
    VMCB_ABORT,   /* one of the two is not memory: synchronous external abort */
    VMCB_ILLEGAL  /* revision, or a PSTATE that cannot be: Illegal Execution state */
};

/*
 * The step at an ERET: saves the host, loads the guest. guest and host are the VMCB_BYTES at the
 * two addresses, NULL where there is no memory. An entry that fails changes nothing but EN. Charges
 * COST_VMCB_SAVE and COST_VMCB_LOAD; *effects gets what the writes affect (enum sysreg_effect).
 */
enum vmcb_entry vmcb_enter(struct pe *pe, const uint8_t *guest, uint8_t *host, unsigned *effects);

/* The step behind exception_take() to EL2: saves the guest and why it left, loads the host. Returns
 * effects. */
unsigned vmcb_exit(struct pe *pe, enum exception_type type, uint8_t *guest, const uint8_t *host);

/* ESR_EL2 of an entry that failed. */
uint32_t vmcb_syndrome(enum vmcb_entry failure);

#endif
