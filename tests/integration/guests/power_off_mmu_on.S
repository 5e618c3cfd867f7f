/* Stage 1 of EL2 on, 4 KiB pages, 39 bits: three levels. The code is in a 2 MiB block (levels 1, 2), the two pages of data
 * are mapped by level 3. exact_cycles.py counts misses and descriptor reads by hand. */
#include "tests/integration/guests/tiny.h"

#define BLOCK 0x701  /* AF, inner shareable, attribute 0, block */
#define PAGE  0x703
#define TABLE 0x3

    .global _start
_start:
    ldr     x1, =0xff           /* attribute 0: Normal, write-back */
    msr     mair_el2, x1
    ldr     x1, =0x80803519     /* RES1; T0SZ 25, write-back, inner shareable, 4 KiB, PS 32 bits */
    msr     tcr_el2, x1
    adr     x1, level1
    msr     ttbr0_el2, x1
    tlbi    alle2
    dsb     sy
    isb
    mrs     x1, sctlr_el2
    orr     x1, x1, #1
    msr     sctlr_el2, x1
    isb
    mov     x2, #0x80000000     /* VA 2 GiB: page 0 */
    ldr     x3, [x2]            /* a miss, 3 descriptors */
    ldr     x3, [x2, #8]        /* a hit */
    add     x2, x2, #4096
    ldr     x3, [x2]            /* a miss, 1 descriptor: the walk cache has the level-3 table */
    tlbi    alle2
    dsb     sy
    isb                         /* the next fetch: a miss, 2 descriptors */
    ldr     x3, [x2]            /* a miss, 3 descriptors */
    mov     w0, #(PSCI_SYSTEM_OFF & 0xffff)
    movk    w0, #(PSCI_SYSTEM_OFF >> 16), lsl #16
    smc     #0
    b       .
    .ltorg

    .data
    .balign 4096
level1:                         /* 1 GiB each */
    .quad   0
    .quad   level2_code + TABLE
    .quad   level2_data + TABLE
    .balign 4096
level2_code:                    /* 2 MiB each, from 1 GiB */
    .quad   0x40000000 + BLOCK
    .balign 4096
level2_data:                    /* from 2 GiB */
    .quad   level3 + TABLE
    .balign 4096
level3:                         /* 4 KiB each */
    .quad   page + PAGE
    .quad   page + 4096 + PAGE
    .balign 4096
page:
    .space  8192
