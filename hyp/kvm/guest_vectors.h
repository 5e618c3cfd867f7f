/*
 * Vectors of a host while a guest may run: what comes from below is the guest's, by guest_enter.S.
 * For assembly only.
 */
#ifndef EL2SIM_HYP_KVM_GUEST_VECTORS_H
#define EL2SIM_HYP_KVM_GUEST_VECTORS_H

#include "arch/entry.h"
#include "kvm/context.h"

#ifdef __ASSEMBLER__
/* clang-format off */

    .macro guest_vector exit
    .balign 128
    stp     x0, x1, [sp, #-16]!
    mov     x0, #\exit
    b       guest_exit
    .endm

/* sync, irq: where exceptions of the host itself go */
    .macro guest_vector_table sync=guest_bad, irq=guest_bad
    .section .hyp.text, "ax"
    .balign 2048
    .global guest_vectors
guest_vectors:
    .rept   4                       /* current EL, SP_EL0 */
    vector  guest_bad
    .endr
    vector  \sync
    vector  \irq
    vector  guest_bad
    vector  guest_bad
    guest_vector WORLD_EXIT_TRAP    /* lower EL, A64: synchronous, IRQ */
    guest_vector WORLD_EXIT_IRQ
    .rept   6
    vector  guest_bad
    .endr

guest_bad:
    b       world_panic
    .endm

/* clang-format on */
#endif

#endif
