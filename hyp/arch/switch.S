/* From one thread to another. */
#include "arch/unwind.h"

    .text

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

/* First instructions of a kernel thread. x19: function, x20: argument */
    handlers_begin
    .global thread_start_kernel
thread_start_kernel:
    bl      sched_switch_done
    msr     daifclr, #2
    mov     x0, x20
    blr     x19
    bl      thread_exit
    handlers_end
