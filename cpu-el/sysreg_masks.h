/*
 * Reserved bits and reset values for sysreg.def, of an AArch64-only, little-endian PE without EL3,
 * SVE, PAuth and MTE (Arm ARM D13.2, by register). Bits that only some CPU models have are in
 * feature_bits of sysreg.c. A bit whose meaning E2H changes is plain storage.
 */
#ifndef EL2SIM_CPU_EL_SYSREG_MASKS_H
#define EL2SIM_CPU_EL_SYSREG_MASKS_H

#include "sim/base/bits.h"

#define ALL_BITS (~UINT64_C(0))

/* Absent: CP15BEN, EnRCTX, EnDA, EnDB, EnIA, EnIB, E0E, EE, BT, MTE's, TWED, TME's. */
#define SCTLR_RES0                                                                                 \
    (MASK(63, 45) | MASK(43, 37) | MASK(34, 30) | BIT(27) | MASK(25, 24) | BIT(17) | BIT(13) |     \
     BIT(10))
#define SCTLR_EL1_RES0 (SCTLR_RES0 | BIT(5))
#define SCTLR_EL2_RES0 SCTLR_RES0
/* LSMAOE, nTLSMD, EIS, EOS; ITD and SED of EL1 */
#define SCTLR_EL2_RES1 (BIT(29) | BIT(28) | BIT(22) | BIT(11))
#define SCTLR_EL1_RES1 (SCTLR_EL2_RES1 | MASK(8, 7))
#define SCTLR_EL1_RESET                                                                            \
    UINT64_C(0x30d50998)                     /* SPAN, TSCXT, nTWE, nTWI, SA0, SA beside the RES1   \
                                              */
#define SCTLR_EL2_RESET UINT64_C(0x30c50830) /* the RES1 bits of E2H = 0 */

#define TCR_EL1_RES0 (MASK(63, 43) | BIT(35) | BIT(6))
#define TCR_EL2_RES0 (MASK(63, 43) | BIT(35) | BIT(6)) /* in both layouts */
#define VTCR_RES0    (MASK(63, 32) | MASK(30, 23) | BIT(20))
#define ESR_RES0     MASK(63, 32)
#define HPFAR_RES0   (MASK(63, 40) | MASK(3, 0))
#define SPSR_RES0    (MASK(63, 32) | MASK(27, 25) | MASK(19, 13) | MASK(11, 10) | BIT(5))
#define FPCR_RES0    (~(MASK(26, 22) | BIT(19)))
#define FPSR_RES0    (~(BIT(27) | BIT(7) | MASK(4, 0)))
#define DISR_RES0    (~(BIT(31) | MASK(24, 0)))
#define VSESR_RES0   (~MASK(24, 0))
#define VMPIDR_RES0  (MASK(63, 40) | MASK(29, 25))
#define VNCR_RES0    MASK(11, 0)
#define HSTR_RES0    (~(MASK(15, 0) & ~(BIT(4) | BIT(14))))

/* VM..TRVM, CD, ID, TEA, MIOCNCE, and what feature_bits leaves */
#define HCR_RES0                                                                                   \
    (MASK(63, 56) | BIT(51) | BIT(48) | BIT(47) | BIT(41) | BIT(40) | BIT(39) | BIT(15))
#define MDCR_RES0  (MASK(63, 18) | MASK(16, 12))
#define CPTR_RES0  (MASK(63, 32) | MASK(30, 22) | MASK(19, 18) | MASK(15, 14) | BIT(11))
#define CPTR_RESET UINT64_C(0x33ff) /* the RES1 bits of E2H = 0 */

#define CNTKCTL_RES0  (~MASK(9, 0))
#define CNTHCTL_RES0  (~MASK(11, 0))
#define CNTHCTL_RESET (BIT(1) | BIT(0)) /* EL1PCEN, EL1PCTEN: EL1 has its timer */

#endif
