/* LD4, 64 loads each, becomes 6 KB of the host's code: twice more than the engine's buffer holds, in one run. */
#include "tests/integration/guests/tiny.h"

    .global _start
_start:
    msr     cptr_el2, xzr
    isb
    adr     x0, data
    mov     x1, #2
1:
    .rept   45000
    ld4     {v0.16b, v1.16b, v2.16b, v3.16b}, [x0]
    .endr
    subs    x1, x1, #1
    b.ne    1b
    mov     w0, #(PSCI_SYSTEM_OFF & 0xffff)
    movk    w0, #(PSCI_SYSTEM_OFF >> 16), lsl #16
    smc     #0
    b       .

    .data
    .balign 64
data:
    .space  64
