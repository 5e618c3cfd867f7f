/*
 * Six operations that leave a VM, in batches, timed by the virtual counter. At EL1 with the MMU off.
 *
 *   x19 operations left   x20 counter at the start   x21 address or value for the operation
 *   x22 batches left      x25 where the next result goes   x26 GIC version   x28 parameter page
 */
#include "tests/real/userland/counts.h"

.equ TIMER_PPI, 27
.equ ICC_PMR_EL1_ALL, 0xff

/* One row: batches of `count` operations. */
.macro batches count
    ldr     x22, [x28, #COUNTS_AT_BATCHES]
0:  mov     x19, #\count
    isb
    mrs     x20, cntvct_el0
1:
.endm
.macro batches_end
    subs    x19, x19, #1
    b.ne    1b
    isb
    mrs     x1, cntvct_el0
    sub     x1, x1, x20
    str     x1, [x25], #8
    subs    x22, x22, #1
    b.ne    0b
.endm

    .text
    .globl  _start
_start:
    ldr     x28, =COUNTS_PARAMETER
    add     x25, x28, #COUNTS_AT_TICKS
    ldr     x26, [x28, #COUNTS_AT_GIC]
    adr     x0, vectors
    msr     vbar_el1, x0
    isb

    batches COUNTS_OPS              /* loop */
    mov     w0, #0x84000000
    batches_end

    batches COUNTS_OPS              /* hypercall: PSCI_VERSION */
    mov     w0, #0x84000000
    hvc     #0
    batches_end

    batches COUNTS_OPS              /* id-register: trapped by HCR_EL2.TID3 */
    mrs     x0, id_aa64pfr0_el1
    batches_end

    ldr     x21, =COUNTS_GICD
    batches COUNTS_OPS              /* gic-read: GICD_IIDR */
    ldr     w0, [x21, #8]
    batches_end

    ldr     x21, =COUNTS_FRESH
    batches COUNTS_OPS              /* stage2-fault */
    str     x19, [x21]
    add     x21, x21, #4096
    batches_end

    ldr     x21, =COUNTS_DEVICE
    batches COUNTS_OPS              /* mmio-user */
    str     w19, [x21]
    batches_end

    bl      gic_init
    mrs     x21, cntfrq_el0
    mov     x0, #1000
    udiv    x21, x21, x0
    batches COUNTS_TIMER_OPS        /* timer: a masked interrupt wakes WFI, a millisecond later */
    msr     cntv_tval_el0, x21
    mov     x0, #1
    msr     cntv_ctl_el0, x0
    isb
    wfi
    bl      gic_acknowledge
    batches_end

    mov     x0, #1
    str     x0, [x28, #COUNTS_AT_DONE]
power_off:
    ldr     w0, =0x84000008
    hvc     #0
    b       .

/* The timer's interrupt: enabled, in group 1 of a GICv3 and group 0 of a GICv2. */
gic_init:
    ldr     x0, =COUNTS_GICD
    mov     w1, #3
    str     w1, [x0]                /* GICD_CTLR: both groups */
    mov     w1, #1 << TIMER_PPI
    cmp     x26, #3
    b.eq    1f
    str     w1, [x0, #0x100]        /* GICD_ISENABLER0 */
    ldr     x0, =COUNTS_GICC
    mov     w1, #0xff
    str     w1, [x0, #4]            /* GICC_PMR */
    mov     w1, #1
    str     w1, [x0]                /* GICC_CTLR */
    ret
1:  ldr     x0, =COUNTS_GICR + 0x10000
    mov     w2, #-1
    str     w2, [x0, #0x80]         /* GICR_IGROUPR0 */
    str     w1, [x0, #0x100]        /* GICR_ISENABLER0 */
    mov     x0, #ICC_PMR_EL1_ALL
    msr     s3_0_c4_c6_0, x0        /* ICC_PMR_EL1 */
    mov     x0, #1
    msr     s3_0_c12_c12_7, x0      /* ICC_IGRPEN1_EL1 */
    isb
    ret

gic_acknowledge:
    cmp     x26, #3
    b.ne    1f
    mrs     x0, s3_0_c12_c12_0      /* ICC_IAR1_EL1 */
    msr     cntv_ctl_el0, xzr
    isb
    msr     s3_0_c12_c12_1, x0      /* ICC_EOIR1_EL1 */
    isb
    ret
1:  ldr     x1, =COUNTS_GICC
    ldr     w0, [x1, #0xc]          /* GICC_IAR */
    msr     cntv_ctl_el0, xzr
    isb
    str     w0, [x1, #0x10]         /* GICC_EOIR */
    ret

    .balign 2048
vectors:
    .rept   16
    mrs     x0, esr_el1
    str     x0, [x28, #COUNTS_AT_ERROR]
    b       power_off
    .balign 128
    .endr
    .ltorg
