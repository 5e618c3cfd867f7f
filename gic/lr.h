/* The fields of a list register, as ICH_LR<n>_EL2 has them (IHI 0069 12.4.6). GICH_LR<n> has the
 * same ones packed into 32 bits (IHI 0048B 5.3.9). */
#ifndef EL2SIM_GIC_LR_H
#define EL2SIM_GIC_LR_H

#include "sim/base/bits.h"

#define LR_VINTID_HI   23 /* ICH_VTR_EL2.IDbits: 24 bits */
#define LR_PINTID_LO   32
#define LR_PINTID_HI   44
#define LR_PRIORITY_LO 48
#define LR_PRIORITY_HI 55
#define LR_GROUP       60

#define LR_EOI     BIT(41) /* with HW = 0: the top of GICH_LR.PhysicalID's ten bits */
#define LR_HW      BIT(61)
#define LR_PENDING BIT(62)
#define LR_ACTIVE  BIT(63)
#define LR_STATE   (LR_PENDING | LR_ACTIVE)

/* All but the priority, whose low bits may not exist. */
#define LR_FIELDS                                                                                  \
    (LR_STATE | LR_HW | BIT(LR_GROUP) | MASK(LR_PINTID_HI, LR_PINTID_LO) | MASK(LR_VINTID_HI, 0))

#endif
