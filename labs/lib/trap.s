/*
 * EL2's way in and out for the labs in C: exceptions from EL1 save all registers into a struct frame on the stack, call
 * el2_sync(frame) or el2_irq(frame), and go back with what the frame then says. Lab 2 is about this.
 */
    .macro save
    sub sp, sp, #272
    stp x0, x1, [sp]
    stp x2, x3, [sp, #16]
    stp x4, x5, [sp, #32]
    stp x6, x7, [sp, #48]
    stp x8, x9, [sp, #64]
    stp x10, x11, [sp, #80]
    stp x12, x13, [sp, #96]
    stp x14, x15, [sp, #112]
    stp x16, x17, [sp, #128]
    stp x18, x19, [sp, #144]
    stp x20, x21, [sp, #160]
    stp x22, x23, [sp, #176]
    stp x24, x25, [sp, #192]
    stp x26, x27, [sp, #208]
    stp x28, x29, [sp, #224]
    mrs x0, elr_el2
    stp x30, x0, [sp, #240]
    mrs x0, spsr_el2
    mrs x1, esr_el2
    stp x0, x1, [sp, #256]
    mov x0, sp
    .endm

    .text
    .balign 2048
    .global el2_vectors
el2_vectors:
    .rept 8                     /* from EL2 itself: a mistake */
    .balign 128
    b power_off
    .endr
    .balign 128
    b sync
    .balign 128
    b irq
    .rept 6
    .balign 128
    b power_off
    .endr

    .balign 128
    .cfi_sections .debug_frame  /* nothing of it is loaded */
    .cfi_startproc              /* backtraces end here: LR is that of whoever was interrupted */
    .cfi_undefined x30
sync:
    save
    bl el2_sync
    b restore
irq:
    save
    bl el2_irq
restore:
    ldp x30, x0, [sp, #240]
    msr elr_el2, x0
    ldr x0, [sp, #256]
    msr spsr_el2, x0
    ldp x0, x1, [sp]
    ldp x2, x3, [sp, #16]
    ldp x4, x5, [sp, #32]
    ldp x6, x7, [sp, #48]
    ldp x8, x9, [sp, #64]
    ldp x10, x11, [sp, #80]
    ldp x12, x13, [sp, #96]
    ldp x14, x15, [sp, #112]
    ldp x16, x17, [sp, #128]
    ldp x18, x19, [sp, #144]
    ldp x20, x21, [sp, #160]
    ldp x22, x23, [sp, #176]
    ldp x24, x25, [sp, #192]
    ldp x26, x27, [sp, #208]
    ldp x28, x29, [sp, #224]
    add sp, sp, #272
    eret
    .cfi_endproc

    .weak el2_irq               /* of labs without interrupts */
el2_irq:
    b power_off
