/* Control blocks (docs/vmcb.md) that cannot be, then one that can: robustness.py counts what is taken. */
#include "tests/integration/guests/tiny.h"

#define VMCBR_EL2 S3_4_C15_C0_0
#define VMHSR_EL2 S3_4_C15_C0_1

#define EL1H   0x3c5
#define EL2H   0x3c9
#define A32    0x10
#define NO_RAM 0x08000000

    .global _start
_start:
    adr     x0, vectors
    msr     vbar_el2, x0
    adr     x19, cases
    adrp    x20, block
    adrp    x21, area
    adr     x0, guest
    str     x0, [x20, #0x100]       /* PC */
    mov     x0, #0x80000000         /* HCR_EL2.RW */
    str     x0, [x20, #0x610]
    isb
next:
    ldp     x0, x1, [x19], #16
    ldp     x2, x3, [x19], #16
    cmp     x0, xzr
    csel    x0, x20, x0, eq
    cmp     x1, xzr
    csel    x1, x21, x1, eq
    str     x2, [x20, #0x128]       /* revision */
    str     x3, [x20, #0x108]       /* PSTATE */
    orr     x0, x0, #1
    msr     VMHSR_EL2, x1
    msr     VMCBR_EL2, x0
    eret

/* At EL1, MMU off. */
guest:
    hvc     #0
    b       .

    .balign 2048
vectors:
    .space  0x200
    b       next                    /* a refused entry */
    .balign 0x200
    mrs     x0, VMCBR_EL2           /* the HVC */
    tbz     x0, #2, .               /* EXITED */
    mov     w0, #(PSCI_SYSTEM_OFF & 0xffff)
    movk    w0, #(PSCI_SYSTEM_OFF >> 16), lsl #16
    smc     #0
    b       .

/* block, host save area (0: the good ones), revision, PSTATE */
    .balign 16
cases:
    .quad   NO_RAM, 0, 1, EL1H
    .quad   0x0000fffffffff000, 0, 1, EL1H
    .quad   0, NO_RAM, 1, EL1H
    .quad   0x50000000, 0, 1, EL1H  /* just behind 256 MiB */
    .quad   0, 0, 0, EL1H
    .quad   0, 0, 1, EL2H
    .quad   0, 0, 1, A32
    .quad   0, 0, 1, EL1H

    .data
    .balign 4096
block:
    .space  4096
area:
    .space  4096
