/* Entry, vectors as short as they can be, and the loop of each row. */
#include "tests/bench/guest/bench.h"

    .section .text.start, "ax"
    .global _start
_start:
    msr daifset, #15
    ldr x1, =bss_start
    ldr x2, =bss_end
1:  cmp x1, x2
    b.hs 2f
    stp xzr, xzr, [x1], #16
    b 1b
2:  ldr x1, =stack_end
    mov sp, x1
    bl guest_main

    .text
    /* enter(operations, buffer, pc, spsr): goes down by ERET; the row returns to power_off. */
    .global enter
enter:
    msr elr_el2, x2
    msr spsr_el2, x3
    adr x30, power_off
    eret

    .global power_off
power_off:
    ldr w0, =0x84000008 /* PSCI SYSTEM_OFF */
    smc #0
    b power_off

/* A vector table whose synchronous entries (same EL, lower EL) go to `sync` and IRQs to `irq`. */
.macro vectors name, sync, irq=power_off
    .balign 2048
    .global \name
\name:
    .set entry, 0
    .rept 16
    .balign 128
    .if (entry % 4) == 0
    \sync
    .else
    b \irq
    .endif
    .set entry, entry + 1
    .endr
.endm

.macro skip_and_return el
    mrs x9, elr_el\el
    add x9, x9, #4
    msr elr_el\el, x9
    eret
.endm

/* The last SVC of a row comes with x0 = 0. */
.macro return_unless_done
    cbz x0, 1f
    eret
1:  b power_off
.endm

.macro plain_return
    eret
.endm

.macro skip_el1
    skip_and_return 1
.endm

/* As a hypervisor does it: the syndrome, the register's value, the next instruction. */
.macro emulate_sysreg
    mrs x9, esr_el2
    ubfx x10, x9, #26, #6
    cmp x10, #0x18
    b.ne 1f
    movz x2, #0x1122
    skip_and_return 2
1:  b power_off
.endm

.macro emulate_load
    mrs x9, esr_el2
    ubfx x10, x9, #26, #6
    cmp x10, #0x24
    b.ne 1f
    mrs x10, hpfar_el2
    mrs x11, far_el2
    ubfx x12, x9, #16, #5
    and x11, x11, #0xfff
    orr x11, x11, x10, lsl #8
    add x2, x12, x11
    skip_and_return 2
1:  b power_off
.endm

    vectors vectors_return, plain_return
    vectors vectors_skip, skip_el1
    vectors vectors_svc, return_unless_done
    vectors vectors_trap, emulate_sysreg
    vectors vectors_exit, emulate_load
    vectors vectors_irq2, plain_return, irq_gic2
    vectors vectors_irq3, plain_return, irq_gic3

irq_gic2:
    ldr x9, =GICC_BASE
    ldr w10, [x9, #0xc] /* IAR */
    msr cntv_ctl_el0, xzr
    str w10, [x9, #0x10] /* EOIR */
    eret

irq_gic3:
    mrs x10, s3_0_c12_c12_0 /* ICC_IAR1_EL1 */
    msr cntv_ctl_el0, xzr
    msr s3_0_c12_c12_1, x10 /* ICC_EOIR1_EL1 */
    eret

/* No row lies across the end of a 4 KiB page, the engine's: there it would cut the loop in two. */
.macro row name
    .balign 256
    .global row_\name
row_\name:
.endm

/* 16 instructions. */
row compute
    mov x2, #1
    mov x3, #3
    movz x4, #0x1234
    mov x5, #7
1:  add x6, x2, x3
    eor x7, x6, x4, lsl #3
    sub x8, x7, x5
    and x9, x8, #0xffff
    orr x10, x9, x6
    mul x11, x10, x3
    add x2, x2, x11, lsr #7
    ubfx x12, x2, #4, #20
    csel x4, x12, x4, ne
    ror x13, x4, #11
    madd x5, x13, x3, x12
    lsl x14, x5, #2
    bic x15, x14, x6
    add x3, x15, #5
    subs x0, x0, #1
    b.ne 1b
    ret

/* 12 instructions, of which 4 loads and 3 stores. */
row loadstore
    mov x2, #0
1:  and x3, x2, #0x3fff
    add x4, x1, x3
    ldr x5, [x4]
    ldr x6, [x4, #8]
    add x5, x5, x6
    str x5, [x4, #16]
    ldrb w7, [x4, #24]
    strh w5, [x4, #32]
    ldr w8, [x1, #64]
    str x7, [x4, #40]
    add x2, x2, #72
    subs x0, x0, #1
    b.ne 1b
    ret

/* 64 bytes copied per operation, in 10 instructions; 32 KiB to 32 KiB. */
row memcpy
1:  mov x2, x1
    add x3, x1, #32768
    mov x4, #512
2:  ldp x5, x6, [x2]
    ldp x7, x8, [x2, #16]
    ldp x9, x10, [x2, #32]
    ldp x11, x12, [x2, #48]
    stp x5, x6, [x3]
    stp x7, x8, [x3, #16]
    stp x9, x10, [x3, #32]
    stp x11, x12, [x3, #48]
    add x2, x2, #64
    add x3, x3, #64
    subs x0, x0, #1
    b.eq 3f
    subs x4, x4, #1
    b.ne 2b
    b 1b
3:  ret

/* Two calls and two returns per operation, one with a frame: 12 instructions. */
row call
    mov x19, x30
    add x2, x1, #4096
    mov sp, x2
1:  bl 2f
    subs x0, x0, #1
    b.ne 1b
    mov x30, x19
    ret
    .balign 64
2:  stp x29, x30, [sp, #-16]!
    mov x29, sp
    bl 3f
    add x3, x3, #1
    ldp x29, x30, [sp], #16
    ret
    .balign 64
3:  add x4, x4, #1
    eor x5, x4, x3
    ret

/* 10 instructions, of which 8 FP. */
row fp
    fmov d0, #1.0
    fmov d1, #0.5
    fmov d2, #2.0
    fmov d5, #1.5
1:  fadd d3, d0, d1
    fmul d4, d3, d1
    fmadd d0, d4, d1, d1
    fsub d6, d3, d4
    fdiv d7, d6, d2
    fmul d5, d5, d1
    fadd d5, d5, d7
    fabs d6, d5
    subs x0, x0, #1
    b.ne 1b
    ret

/* EL0 */
row svc
    sub x0, x0, #1
    svc #0
    b row_svc

row hvc
1:  hvc #0
    subs x0, x0, #1
    b.ne 1b
    ret

/* HCR_EL2.TID3 */
row trap
1:  mrs x2, id_aa64mmfr0_el1
    subs x0, x0, #1
    b.ne 1b
    ret

row sysreg
1:  msr tpidr_el1, x0
    mrs x2, tpidr_el1
    subs x0, x0, #1
    b.ne 1b
    ret

row dc
1:  dc civac, x1
    subs x0, x0, #1
    b.ne 1b
    ret

row mmio
    ldr x3, =UART_FR
1:  ldr w2, [x3]
    subs x0, x0, #1
    b.ne 1b
    ret

row fault
    ldr x3, =VA_ABSENT
1:  ldr w2, [x3]
    subs x0, x0, #1
    b.ne 1b
    ret

row tlbi
    ldr x3, =VA_PAGE
    lsr x4, x3, #12
1:  ldr w2, [x3]
    tlbi vae1, x4
    dsb nsh
    isb
    subs x0, x0, #1
    b.ne 1b
    ret

.macro wfi_loop
    mov x3, #WFI_TICKS
    mov x4, #1
1:  msr cntv_tval_el0, x3
    msr cntv_ctl_el0, x4
    isb
    wfi
    msr daifclr, #2
    isb
    msr daifset, #2
    subs x0, x0, #1
    b.ne 1b
    ret
.endm

row wfi2
    wfi_loop
row wfi3
    wfi_loop

/* An SGI to itself, acknowledged and ended with interrupts masked. */
row gic2
    ldr x3, =GICD_BASE
    ldr x4, =GICC_BASE
    ldr x5, =(2 << 24 | SGI_INTID) /* to this CPU */
1:  str w5, [x3, #0xf00] /* GICD_SGIR */
    ldr w6, [x4, #0xc]
    str w6, [x4, #0x10]
    subs x0, x0, #1
    b.ne 1b
    ret

row gic3
    ldr x5, =(SGI_INTID << 24 | 1) /* to Aff0 = 0 */
1:  msr s3_0_c12_c11_5, x5 /* ICC_SGI1R_EL1 */
    isb
    mrs x6, s3_0_c12_c12_0
    msr s3_0_c12_c12_1, x6
    subs x0, x0, #1
    b.ne 1b
    ret

row exit
    ldr x3, =VA_UNBACKED
1:  ldr w2, [x3, #24]
    subs x0, x0, #1
    b.ne 1b
    ret

    .bss
    .balign 16
    .skip 4096
stack_end:
