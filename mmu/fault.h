#ifndef EL2SIM_MMU_FAULT_H
#define EL2SIM_MMU_FAULT_H

#include "mmu/mmu.h"

/* DFSC, IFSC and PAR_EL1.FST: 6 bits, level included. */
uint32_t fault_status(const struct mmu_fault *fault);

#endif
