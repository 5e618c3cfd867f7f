/* Instructions of known classes, MMU off; exact_cycles.py counts them by hand. */
#include "tests/integration/guests/tiny.h"

    .global _start
_start:
    adr     x1, vectors         /* alu */
    msr     vbar_el2, x1        /* el2.write */
    mov     x2, #10             /* alu */
1:  subs    x2, x2, #1          /* alu, 10 times */
    b.ne    1b                  /* branch, 10 times */
    adr     x3, cell            /* alu */
    mov     x5, #7              /* alu */
    str     x5, [x3]            /* store */
    ldr     x4, [x3]            /* load */
    ldp     x6, x7, [x3]        /* load */
    mul     x5, x4, x5          /* mul */
    udiv    x5, x5, x4          /* div */
    ldxr    x6, [x3]            /* exclusive */
    clrex                       /* exclusive */
    nop                         /* hint */
    isb                         /* isb */
    dmb     sy                  /* dmb */
    mrs     x8, midr_el1        /* id.read */
    mrs     x8, currentel       /* pstate.read */
    mrs     x8, tpidr_el0       /* thread.read */
    msr     tpidr_el1, x8       /* thread.write */
    mrs     x8, sctlr_el1       /* el1.read */
    mrs     x8, hcr_el2         /* el2.read */
    mrs     x8, cntvct_el0      /* counter.read */
    svc     #0                  /* exception; entry el2-el2 */
    mov     w0, #(PSCI_SYSTEM_OFF & 0xffff)         /* alu */
    movk    w0, #(PSCI_SYSTEM_OFF >> 16), lsl #16   /* alu */
    smc     #0                  /* exception; firmware */
    b       .

    .balign 2048
vectors:
    .space  0x200               /* SVC at EL2 with SP_EL2: current EL, SPx, synchronous */
    eret                        /* exception; return el2-el2 */

    .data
    .balign 16
cell:
    .quad   0, 0
