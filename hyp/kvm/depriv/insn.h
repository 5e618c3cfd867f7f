/* Instructions of a guest that EL1's syndrome does not describe. */
#ifndef EL2SIM_HYP_KVM_DEPRIV_INSN_H
#define EL2SIM_HYP_KVM_DEPRIV_INSN_H

#include "types.h"

/* The part of a data abort's ISS (ISV, SAS, SSE, SRT, SF) that EL1 is not told: from the
 * instruction. 0: no plain load or store of one register. */
u64 insn_access_iss(u32 insn);

#endif
