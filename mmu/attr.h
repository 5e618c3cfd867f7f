/*
 * Memory attributes in the encoding of MAIR_ELx.Attr<n>, which PAR_EL1.ATTR reports as well, and
 * how the two stages combine (Arm ARM D5.5.5; CombineS1S2Desc).
 */
#ifndef EL2SIM_MMU_ATTR_H
#define EL2SIM_MMU_ATTR_H

#include "mmu/mmu.h"

#define ATTR_DEVICE_nGnRnE 0x00
#define ATTR_NORMAL_NC     0x44
#define ATTR_NORMAL_WT_RA  0xaa /* instruction fetch with stage 1 off and SCTLR_ELx.I = 1 */
#define ATTR_NORMAL_WB     0xff

#define SH_NONE  0
#define SH_OUTER 2
#define SH_INNER 3

/* Attr<n> of a MAIR_ELx image; encodings that are UNPREDICTABLE become their nearest defined one.
 */
uint8_t attr_of_mair(uint64_t mair, unsigned index);

/* MemAttr[3:0] of a stage-2 descriptor. */
uint8_t attr_of_stage2(unsigned mem_attr);

/* Normal memory with the caches of this kind of access off. */
uint8_t attr_uncached(uint8_t attr);

uint8_t attr_combine(uint8_t stage1, uint8_t stage2);

/* Device and fully non-cacheable memory are Outer Shareable whatever the descriptors say. */
uint8_t shareability_of(uint8_t attr, unsigned sh);
uint8_t shareability_combine(unsigned stage1, unsigned stage2);

enum mmu_memory attr_memory(uint8_t attr);

#endif
