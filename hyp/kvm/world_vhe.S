/* Vectors while a guest may run: the host never does with these. */
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
    vector  guest_bad
    vector  guest_bad
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
