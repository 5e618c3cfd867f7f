/* Translation tables for stage 1 and stage 2 (Arm ARM D5.3 VMSAv8-64 translation table format
 * descriptors). */
#ifndef EL2SIM_TESTS_GUEST_LIB_PT_H
#define EL2SIM_TESTS_GUEST_LIB_PT_H

#include "guest.h"

#define PT_VALID 1UL
#define PT_TABLE 3UL
#define PT_PAGE  3UL
#define PT_BLOCK 1UL
#define PT_ADDR  0x0000fffffffff000UL

/* Stage-1 leaf attributes; MAIR index 0 is Device-nGnRnE, 1 Normal write-back, 2 Normal
 * non-cacheable. */
#define PT_DEVICE   (0UL << 2)
#define PT_NORMAL   (1UL << 2)
#define PT_AP_EL0   (1UL << 6)
#define PT_AP_RO    (1UL << 7)
#define PT_INNER    (3UL << 8)
#define PT_AF       (1UL << 10)
#define PT_NG       (1UL << 11)
#define PT_DBM      (1UL << 51)
#define PT_CONTIG   (1UL << 52)
#define PT_PXN      (1UL << 53)
#define PT_UXN      (1UL << 54) /* XN where the regime has one EL */
#define PT_PXNTABLE (1UL << 59)
#define PT_UXNTABLE (1UL << 60)
#define PT_APTABLE0 (1UL << 61)
#define PT_APTABLE1 (1UL << 62)
#define PT_RAM      (PT_NORMAL | PT_INNER | PT_AF)

/* Stage-2 leaf attributes. */
#define S2_DEVICE (0UL << 2)
#define S2_NORMAL (15UL << 2)
#define S2_R      (1UL << 6)
#define S2_W      (2UL << 6)
#define S2_XN     (1UL << 54)
#define S2_RAM    (S2_NORMAL | S2_R | S2_W | PT_INNER | PT_AF)
#define S2_IO     (S2_DEVICE | S2_R | S2_W | PT_AF | S2_XN)

#define MAIR_VALUE 0x44ff00UL

/* Test pages: virtual (or intermediate physical) addresses with nothing mapped, and free RAM for
 * them. */
#define TEST_VA  0x80000000UL
#define TEST_VA2 0x80400000UL
#define TEST_PA  0x48000000UL
#define TEST_PA2 0x48200000UL
#define SIZE_2M  0x200000UL

struct pt {
    uint64_t *root;
    unsigned granule_bits; /* 12, 14, 16 */
    unsigned start_level, va_bits;
};

void pt_pool_reset(void);
struct pt pt_create(unsigned granule_bits, unsigned va_bits);
struct pt pt_create_from(unsigned granule_bits, unsigned va_bits,
                         unsigned start_level); /* concatenated where needed */
void pt_map(const struct pt *pt, uint64_t va, uint64_t pa, uint64_t size, uint64_t attributes);
void pt_map_leaf(const struct pt *pt, uint64_t va, uint64_t pa, unsigned level,
                 uint64_t attributes);
uint64_t *pt_descriptor(const struct pt *pt, uint64_t va, unsigned level);

/* Identity maps of the board for each regime, 39-bit addresses where the granule allows. */
struct pt
el1_map(unsigned granule_bits); /* code EL0+EL1, RAM EL1 only, .user EL0+EL1, devices EL1 only */
struct pt el2_map(void);        /* EL2, or EL2&0 with E2H = 1: then like el1_map() */
struct pt stage2_map(void);     /* devices and RAM */
void stage2_fill(const struct pt *pt); /* the same in tables of another shape */
void el1_mmu_on(const struct pt *pt);  /* TCR, TTBR0, MAIR, SCTLR.M of EL1&0; from EL2 */
void el2_mmu_on(const struct pt *pt);
void el2_mmu_off(void);
void stage2_on(const struct pt *pt,
               unsigned vmid); /* VTCR as the tables' shape needs, VTTBR, HCR.VM */
uint64_t tcr_el1_value(unsigned granule_bits, unsigned va_bits);
void tlb_flush_all(void); /* EL1&0, stage 2 and EL2 of this machine */

#endif
