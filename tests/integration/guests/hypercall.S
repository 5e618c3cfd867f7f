/*
 * The smallest hypervisor: stage 2 with one block, a guest at EL1 that asks for a sum by HVC, says a
 * letter on the UART through stage 2, and asks to be switched off.
 */
#include "tests/integration/guests/tiny.h"

#define UART      0x09000000
#define HCR_VM_RW 0x80000001
#define VTCR      0x80023559    /* 39 bits of IPA from level 1, 4 KiB, write-back, 40 bits of PA */
#define VMID      5
#define EL1H      0x3c5         /* SPSR: EL1 with its own SP, DAIF masked */
#define ADD       0             /* numbers of HVC */
#define OFF       1

    .global _start
    .type _start, %function
_start:
    ldr     x0, =vectors
    msr     vbar_el2, x0
    ldr     x0, =stage2_table
    mov     x1, #VMID
    orr     x0, x0, x1, lsl #48
    msr     vttbr_el2, x0
    ldr     x0, =VTCR
    msr     vtcr_el2, x0
    ldr     x0, =HCR_VM_RW
    msr     hcr_el2, x0
    mov     x0, #EL1H
    msr     spsr_el2, x0
    adr     x0, guest
    msr     elr_el2, x0
    isb
    eret
    .size _start, . - _start

    .type guest, %function
guest:
    mov     x0, #40
    mov     x1, #2
    hvc     #ADD
    ldr     x2, =UART
    mov     w3, #'!'
    str     w3, [x2]
    bl      leave
    .size guest, . - guest

    .type leave, %function
leave:
    hvc     #OFF
    ret
    .size leave, . - leave

    .type lower_sync, %function
lower_sync:
    mrs     x9, esr_el2
    and     x9, x9, #0xffff     /* the number of the HVC */
    cbnz    x9, 1f
    add     x0, x0, x1
    eret
1:  ldr     x0, =PSCI_SYSTEM_OFF
    smc     #0
    b       .
    .size lower_sync, . - lower_sync

    .balign 2048
    .type vectors, %function
vectors:
    .space  0x400
    b       lower_sync          /* from a lower EL: synchronous */
    .balign 2048
    .size vectors, . - vectors

    .data
    .balign 4096
stage2_table:                   /* blocks of 1 GiB: devices (read, write), RAM (all) */
    .quad   0x00000000000004c1
    .quad   0x00000000400007fd
    .balign 4096
