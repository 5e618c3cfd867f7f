/* Stage 1 of EL2 on, 4 KiB pages, 39 bits: three levels. The code is in a 2 MiB block (levels 1, 2), the two pages of data
 * are mapped by level 3. exact_cycles.py counts misses and descriptor reads by hand. */
#include "tests/integration/guests/mmu_on.inc"
#include "tests/integration/guests/tiny.h"

#define BLOCK 0x701  /* AF, inner shareable, attribute 0, block */
#define PAGE  0x703

    .global _start
_start:
    mmu_on
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
    tables BLOCK
level3:                         /* 4 KiB each */
    .quad   page + PAGE
    .quad   page + 4096 + PAGE
    .balign 4096
page:
    .space  8192
