/* Starts the three other CPUs; all spin for ever. */
#include "tests/integration/guests/tiny.h"

    .global _start
_start:
    mov     x19, #1
1:  ldr     x0, =PSCI_CPU_ON
    mov     x1, x19
    adr     x2, spin
    mov     x3, #0
    smc     #0
    add     x19, x19, #1
    cmp     x19, #4
    b.ne    1b
spin:
    b       spin
