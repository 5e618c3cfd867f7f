/* Descriptors of 4 KiB tables, and the registers that say how to walk them (Arm ARM D5.3, D5.2). */
#ifndef EL2SIM_LABS_LIB_PT_H
#define EL2SIM_LABS_LIB_PT_H

#define PT_BLOCK 1UL /* levels 1 and 2: 1 GiB, 2 MiB */
#define PT_TABLE 3UL /* levels 0 to 2: the next level */
#define PT_PAGE  3UL /* level 3: 4 KiB */

/* Stage 1, bits of blocks and pages. */
#define S1_ATTR(n)  ((uint64_t)(n) << 2) /* which byte of MAIR_ELx */
#define S1_READONLY (1UL << 7)           /* AP[2] */
#define S1_INNER    (3UL << 8)           /* SH: inner shareable */
#define S1_AF       (1UL << 10)          /* access flag */
#define S1_PXN      (1UL << 53)          /* never executed at EL1 */
#define S1_UXN      (1UL << 54)          /* ... at EL0 */

#define MAIR_DEVICE 0x00UL /* Device-nGnRnE */
#define MAIR_NORMAL 0xffUL /* Normal, write-back */

/* TCR_EL1: VAs of 39 bits by TTBR0 (walks begin at level 1), 4 KiB, write-back walks, none by
 * TTBR1, PAs of 40 bits. */
#define TCR_39_BITS ((64UL - 39) | 1UL << 8 | 1UL << 10 | 3UL << 12 | 1UL << 23 | 2UL << 32)

#define SCTLR_M (1UL << 0) /* stage 1 is on */
#define SCTLR_C (1UL << 2)
#define SCTLR_I (1UL << 12)

/* Stage 2, bits of blocks and pages. */
#define S2_DEVICE (0UL << 2)
#define S2_NORMAL (15UL << 2)
#define S2_READ   (1UL << 6)
#define S2_WRITE  (2UL << 6)
#define S2_INNER  (3UL << 8)
#define S2_AF     (1UL << 10)
#define S2_XN     (2UL << 53)

#define HCR_VM  (1UL << 0)
#define HCR_IMO (1UL << 4)
#define HCR_RW  (1UL << 31)

#endif
