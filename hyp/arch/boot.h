/* Constants shared by the boot assembly and the page-table code. */
#ifndef EL2SIM_HYP_ARCH_BOOT_H
#define EL2SIM_HYP_ARCH_BOOT_H

#include "host_el.h" /* KERNEL_BASE */

#define STACK_SIZE  0x4000 /* and its alignment: the thread is found from SP */
#define STACK_ORDER 2

#define MAIR_DEVICE_nGnRE 0
#define MAIR_NORMAL       1
#define MAIR_VALUE        0xff04

/* Inner and outer write-back walks, inner shareable, 4 KiB granules, 39 bits in both halves. Arm
 * ARM TCR_EL1 */
#define TCR_WALK_WB_IS(shift) ((1 << (8 + (shift))) | (1 << (10 + (shift))) | (3 << (12 + (shift))))
#define TCR_T0SZ              25
#define TCR_EL1_VALUE                                                                              \
    (TCR_T0SZ | (TCR_T0SZ << 16) | TCR_WALK_WB_IS(0) | TCR_WALK_WB_IS(16) | (2 << 30))
#define TCR_IPS_SHIFT 32

/* TCR_EL2 with HCR_EL2.E2H = 0: one range; bits 31 and 23 are RES1. */
#define TCR_EL2_VALUE    ((1 << 31) | (1 << 23) | TCR_T0SZ | TCR_WALK_WB_IS(0))
#define TCR_EL2_PS_SHIFT 16

#define SCTLR_M        (1 << 0)
#define SCTLR_C        (1 << 2)
#define SCTLR_SA       (1 << 3)
#define SCTLR_SA0      (1 << 4)
#define SCTLR_I        (1 << 12)
#define SCTLR_EL1_RES1 0x30d00800 /* v8.0: bits 29, 28, 23, 22, 20, 11 */
#define SCTLR_EL2_RES1 0x30c50830 /* HCR_EL2.E2H = 0 */
#define SCTLR_ON       (SCTLR_M | SCTLR_C | SCTLR_SA | SCTLR_SA0 | SCTLR_I)

/* HCR_EL2 of a host at EL2 with E2H = 0: EL1 is A64, physical interrupts come to EL2. */
#define HCR_HOST_EL2 ((1 << 31) | (1 << 5) | (1 << 4) | (1 << 3))

#define SPSR_EL0T 0x0
#define SPSR_EL1H 0x3c5 /* D, A, I, F masked */

#endif
