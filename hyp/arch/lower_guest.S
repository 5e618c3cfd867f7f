/*
 * Exceptions from the guests of a hypervisor at EL2 that handles their traps in place: only the
 * general registers and EL1's return state go to the stack. All else of the guest stays in the
 * machine until the scheduler takes another VCPU.
 */
#include "arch/entry.h"
#include "xen/frame.h"

    .macro guest_push
    sub     sp, sp, #GUEST_FRAME_SIZE
    regs_push
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
    handlers_begin
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
    regs_pop
    add     sp, sp, #GUEST_FRAME_SIZE
    eret

/* void guest_start(struct guest_frame *frame): the stack of this thread begins at the frame now */
    .global guest_start
guest_start:
    mov     sp, x0
    b       guest_return
    handlers_end
