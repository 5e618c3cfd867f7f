/* Registers of GICH, the virtual interface control of GICv2. Arm IHI 0048 chapter 5 */
#ifndef EL2SIM_HYP_KVM_GICH_H
#define EL2SIM_HYP_KVM_GICH_H

#include "a64.h"

#define GICH_HCR    0x000
#define GICH_VTR    0x004
#define GICH_VMCR   0x008
#define GICH_MISR   0x010
#define GICH_EISR0  0x020
#define GICH_EISR1  0x024
#define GICH_ELRSR0 0x030
#define GICH_ELRSR1 0x034
#define GICH_APR    0x0f0
#define GICH_LR0    0x100

#define GICH_HCR_EN  BIT(0)
#define GICH_HCR_UIE BIT(1)

#endif
