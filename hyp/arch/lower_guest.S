/*
 * Exceptions from the guests of a hypervisor at EL2 that handles their traps in place: only the
 * general registers and EL1's return state go to the stack. All else of the guest stays in the
 * machine until the scheduler takes another VCPU.
 */
#include "arch/entry.h"
#include "xen/frame.h"

    .macro guest_push
    sub     sp, sp, #GUEST_FRAME_SIZE
    stp     x0, x1, [sp]
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x19, [sp, #144]
    stp     x20, x21, [sp, #160]
    stp     x22, x23, [sp, #176]
    stp     x24, x25, [sp, #192]
    stp     x26, x27, [sp, #208]
    stp     x28, x29, [sp, #224]
    mrs     x21, sp_el0
    stp     x30, x21, [sp, #240]
    mrs     x22, elr_el2
    mrs     x23, spsr_el2
    stp     x22, x23, [sp, #FRAME_PC]
    mrs     x22, sp_el1
    mrs     x23, elr_el1
    stp     x22, x23, [sp, #GUEST_FRAME_SP_EL1]
    mrs     x22, spsr_el1
    str     x22, [sp, #GUEST_FRAME_SPSR_EL1]
    mov     x29, xzr
    .endm

    .text
    .global lower_sync
lower_sync:
    guest_push
    msr     daifclr, #2     /* a trap is handled with interrupts on */
    mov     x0, sp
    bl      guest_trap
    b       guest_return
    .global lower_irq
lower_irq:
    guest_push
    mov     x0, sp
    bl      guest_interrupt

guest_return:
    mov     x0, sp
    bl      guest_leave     /* returns with interrupts masked */
    ldr     x23, [sp, #GUEST_FRAME_SPSR_EL1]
    ldp     x21, x22, [sp, #GUEST_FRAME_SP_EL1]
    msr     spsr_el1, x23
    msr     sp_el1, x21
    msr     elr_el1, x22
    ldp     x30, x21, [sp, #240]
    msr     sp_el0, x21
    ldp     x22, x23, [sp, #FRAME_PC]
    msr     elr_el2, x22
    msr     spsr_el2, x23
    ldp     x0, x1, [sp]
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x19, [sp, #144]
    ldp     x20, x21, [sp, #160]
    ldp     x22, x23, [sp, #176]
    ldp     x24, x25, [sp, #192]
    ldp     x26, x27, [sp, #208]
    ldp     x28, x29, [sp, #224]
    add     sp, sp, #GUEST_FRAME_SIZE
    eret

/* void guest_start(struct guest_frame *frame): the stack of this thread begins at the frame now */
    .global guest_start
guest_start:
    mov     sp, x0
    b       guest_return
