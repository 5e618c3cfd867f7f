/* Lab 3: the MMU's first stage. lab() goes to EL1; the rest runs there. */
#include "lab.h"
#include "pt.h"

#define RAM    0x40000000UL
#define WINDOW 0x80000000UL /* a virtual address, at which `secret` shall appear */

#define LEVEL1(va) ((va) >> 30 & 511)
#define LEVEL2(va) ((va) >> 21 & 511)
#define LEVEL3(va) ((va) >> 12 & 511)

PAGE uint64_t level1[512];     /* an entry is 1 GiB */
PAGE uint64_t ram_level2[512]; /* of RAM; an entry is 2 MiB */
PAGE uint64_t win_level2[512]; /* of WINDOW */
PAGE uint64_t win_level3[512]; /* an entry is 4 KiB */
PAGE uint64_t secret[512] = {0x5ec2e7};

uint64_t seen; /* what was read through the window */

/* An address of ours as a number: as long as the MMU is off, it is physical. */
#define PA(object) ((uint64_t)(object))

void map(void)
{
    level1[LEVEL1(RAM)] = PA(ram_level2) | PT_TABLE;
    level1[LEVEL1(WINDOW)] = PA(win_level2) | PT_TABLE;
    /*
     * Your code: three descriptors.
     *   - ram_level2: the 2 MiB at 0x40200000, where this program is: a block at the same address
     * (VA = PA), Normal memory, inner shareable; 0x40400000, too
     *   - win_level2: leads to win_level3
     *   - win_level3: the page of `secret`, Normal, inner shareable, read-only, never executed
     */
}

__attribute__((noinline)) void mmu_on(void)
{
    WR("tcr_el1", TCR_39_BITS);
    /*
     * Your code:
     *   - MAIR_EL1: byte 0 Device, byte 1 Normal (S1_ATTR(1) then is Normal)
     *   - TTBR0_EL1: level1
     *   - the tables are written: DSB; the registers are: ISB
     *   - SCTLR_EL1: as it is, and M, C, I
     *   - the next instruction is to be fetched through the MMU: ISB
     */
}

void el1_main(void)
{
    map();
    mmu_on();
    seen = *(volatile uint64_t *)WINDOW;
    *(volatile uint64_t *)WINDOW = 0; /* a permission fault; it ends the program */
    power_off();
}

void lab(void)
{
    enter_el1(el1_main);
}
