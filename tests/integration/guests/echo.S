/*
 * Says "> ", then echoes what the UART receives until a "q" powers off. The second CPU, if there is
 * one, counts all the while, and each echo has a letter of its count behind it, so that the output
 * depends on when exactly the input came. Alone, the CPU waits in WFI: the UART's interrupt is
 * enabled in the GIC (version 2) and ends the wait, though nobody takes it.
 */
#include "tests/integration/guests/tiny.h"

#define UART       0x09000000
#define UART_FR    0x18
#define UART_IMSC  0x38
#define FR_RXFE    4            /* bit number */
#define RX_AND_RT  0x50
#define GICD       0x08000000
#define GICD_ISENABLER1  0x104
#define GICD_IPRIORITYR8 0x420
#define GICD_ITARGETSR8  0x820
#define GICC       0x08010000
#define GICC_PMR   4
#define UART_BIT   2            /* INTID 33 */

    .global _start
_start:
    ldr     x19, =UART
    ldr     x20, =cell
    ldr     x1, =GICD
    mov     w2, #1
    str     w2, [x1]
    mov     w2, #UART_BIT
    str     w2, [x1, #GICD_ISENABLER1]
    mov     w2, #0x100
    str     w2, [x1, #GICD_ITARGETSR8]
    ldr     x1, =GICC
    mov     w2, #0xff
    str     w2, [x1, #GICC_PMR]
    mov     w2, #1
    str     w2, [x1]
    mov     w2, #RX_AND_RT
    str     w2, [x19, #UART_IMSC]
    mov     x2, #(1 << 4)       /* HCR_EL2.IMO: interrupts are EL2's, and PSTATE.I masks them */
    msr     hcr_el2, x2
    ldr     x0, =PSCI_CPU_ON
    mov     x1, #1
    adr     x2, counter
    smc     #0
    mov     x21, x0             /* 0: somebody counts */
    mov     w2, #'>'
    str     w2, [x19]
    mov     w2, #' '
    str     w2, [x19]

1:  ldr     w2, [x19, #UART_FR]
    tbz     w2, #FR_RXFE, 2f
    cbz     x21, 1b
    wfi
    b       1b
2:  ldr     w2, [x19]
    and     w2, w2, #0xff
    cmp     w2, #'q'
    b.eq    3f
    str     w2, [x19]
    ldr     x3, [x20]
    and     w3, w3, #15
    add     w3, w3, #'a'
    str     w3, [x19]
    b       1b
3:  ldr     w0, =PSCI_SYSTEM_OFF
    smc     #0
    b       .

counter:
    ldr     x20, =cell
4:  ldr     x0, [x20]
    add     x0, x0, #1
    str     x0, [x20]
    b       4b

    .data
    .balign 16
cell:
    .quad   0
