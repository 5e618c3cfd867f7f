/* Stage 1 of EL2 on, as in power_off_mmu_on.S, but the code may not be written where it runs: its own page is written
 * through another mapping, where it may not be executed. A DSB waits for that store as it does for one to a page of data. */
#include "tests/integration/guests/mmu_on.inc"
#include "tests/integration/guests/tiny.h"

#define BLOCK 0x781                 /* AF, inner shareable, read only, attribute 0, block */
#define PAGE  (0x703 + (1 << 54))   /* the same but writable, never executed, page */

    .global _start
_start:
    mmu_on
    mov     x2, #0x80000000     /* VA 2 GiB: this page */
    add     x3, x2, #4096       /* and one of data */
    str     x1, [x2, #512]
    dsb     sy                  /* waits */
    str     x1, [x3]
    dsb     sy                  /* waits */
    mov     w0, #(PSCI_SYSTEM_OFF & 0xffff)
    movk    w0, #(PSCI_SYSTEM_OFF >> 16), lsl #16
    smc     #0
    b       .
    .ltorg

    .data
    tables BLOCK
level3:                         /* 4 KiB each */
    .quad   _start + PAGE
    .quad   page + PAGE
    .balign 4096
page:
    .space  4096
