/*
 * Vectors from vcpu_load() to vcpu_put(): the host runs with them too, so what is taken from EL2 is
 * its own; what comes from below is a guest's.
 */
#include "kvm/context.h"

    .section .hyp.text, "ax"

    .macro vector label
    .balign 128
    b       \label
    .endm

    .balign 2048
    .global guest_vectors
guest_vectors:
    vector  guest_bad
    vector  guest_bad
    vector  guest_bad
    vector  guest_bad
    vector  kernel_sync             /* vectors.S */
    vector  kernel_irq
    vector  guest_bad
    vector  guest_bad
    .balign 128                     /* lower EL, A64: synchronous, IRQ */
    stp     x0, x1, [sp, #-16]!
    mov     x0, #WORLD_EXIT_TRAP
    b       guest_exit
    .balign 128
    stp     x0, x1, [sp, #-16]!
    mov     x0, #WORLD_EXIT_IRQ
    b       guest_exit
    vector  guest_bad
    vector  guest_bad
    vector  guest_bad
    vector  guest_bad
    vector  guest_bad
    vector  guest_bad

guest_bad:
    b       world_panic
