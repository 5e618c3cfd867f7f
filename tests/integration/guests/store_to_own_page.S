/* Stage 1 of EL2 on, as in power_off_mmu_on.S, but the code may not be written where it runs: its own page is written
 * through another mapping, where it may not be executed. A DSB waits for that store as it does for one to a page of data. */
#include "tests/integration/guests/tiny.h"

#define BLOCK 0x781                 /* AF, inner shareable, read only, attribute 0, block */
#define PAGE  (0x703 + (1 << 54))   /* the same but writable, never executed, page */
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
    dsb     sy                  /* no store before it */
    isb
    mrs     x1, sctlr_el2
    orr     x1, x1, #1
    msr     sctlr_el2, x1
    isb
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
    .quad   _start + PAGE
    .quad   page + PAGE
    .balign 4096
page:
    .space  4096
