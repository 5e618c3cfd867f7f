/*
 * Exception vectors of the host kernel, at EL1 or, with HCR_EL2.{E2H,TGE} = {1,1}, at EL2 under
 * the same register names.
 */
#include "arch/frame.h"

    .macro frame_push from_el
    sub     sp, sp, #FRAME_SIZE
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
    .if \from_el == 0
    mrs     x21, sp_el0
    mov     x29, xzr
    .else
    add     x21, sp, #FRAME_SIZE
    .endif
    mrs     x22, elr_el1
    mrs     x23, spsr_el1
    stp     x30, x21, [sp, #240]
    stp     x22, x23, [sp, #FRAME_PC]
    mov     x0, sp
    .endm

    .macro frame_pop to_el
    ldp     x22, x23, [sp, #FRAME_PC]
    ldp     x30, x21, [sp, #240]
    msr     elr_el1, x22
    msr     spsr_el1, x23
    .if \to_el == 0
    msr     sp_el0, x21
    .endif
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
    add     sp, sp, #FRAME_SIZE
    eret
    .endm

    .macro vector label
    .balign 128
    b       \label
    .endm

    .text
    .balign 2048
    .global kernel_vectors
kernel_vectors:
    vector  bad_mode        /* current EL, SP_EL0: the kernel never runs on it */
    vector  bad_mode
    vector  bad_mode
    vector  bad_mode
    vector  kernel_sync     /* current EL, SP_ELx */
    vector  kernel_irq
    vector  bad_mode
    vector  bad_mode
    vector  user_sync       /* EL0, A64 */
    vector  user_irq
    vector  bad_mode
    vector  bad_mode
    vector  bad_mode        /* EL0, A32 */
    vector  bad_mode
    vector  bad_mode
    vector  bad_mode

bad_mode:
    frame_push 1
    b       exception_unexpected
kernel_sync:
    frame_push 1
    b       exception_kernel_sync
kernel_irq:
    frame_push 1
    bl      irq_dispatch
    frame_pop 1
user_sync:
    frame_push 0
    bl      exception_user_sync
    b       user_return
user_irq:
    frame_push 0
    bl      irq_dispatch

    .global user_return
user_return:
    bl      sched_user_return       /* reschedules if needed; returns with interrupts masked */
    frame_pop 0

/* void context_switch(struct context *prev, const struct context *next): what AAPCS64 preserves */
    .global context_switch
context_switch:
    mov     x9, sp
    stp     x19, x20, [x0]
    stp     x21, x22, [x0, #16]
    stp     x23, x24, [x0, #32]
    stp     x25, x26, [x0, #48]
    stp     x27, x28, [x0, #64]
    stp     x29, x30, [x0, #80]
    str     x9, [x0, #96]
    ldp     x19, x20, [x1]
    ldp     x21, x22, [x1, #16]
    ldp     x23, x24, [x1, #32]
    ldp     x25, x26, [x1, #48]
    ldp     x27, x28, [x1, #64]
    ldp     x29, x30, [x1, #80]
    ldr     x9, [x1, #96]
    mov     sp, x9
    ret

/*
 * First instructions of a kernel thread (x19: function, x20: argument) and of a user thread (its
 * frame on the stack).
 */
    .global thread_start_kernel
thread_start_kernel:
    bl      sched_switch_done
    msr     daifclr, #2
    mov     x0, x20
    blr     x19
    bl      thread_exit

    .global thread_start_user
thread_start_user:
    bl      sched_switch_done
    b       user_return
