/* FP in a lowvisor that moves it at each entry and exit, as Linux 4.0 does. For assembly only. */
#ifndef EL2SIM_HYP_KVM_LOWVISOR_FP_H
#define EL2SIM_HYP_KVM_LOWVISOR_FP_H

#include "kvm/context.h"

#ifdef __ASSEMBLER__
/* clang-format off */

    .macro fp_host_save             /* x0: the host's context */
    bl      fpsimd_save
    .endm

    .macro fp_guest_restore         /* x0: the guest's */
    bl      fpsimd_restore
    .endm

    .macro fp_guest_save
    bl      fpsimd_save
    .endm

    .macro fp_host_restore
    bl      fpsimd_restore
    .endm

    .macro cptr_guest to
    ldr     \to, =(CPTR_RES1_NVHE | CPTR_TTA_NVHE)
    .endm

    .macro fp_trap                  /* nothing traps */
    .endm

/* clang-format on */
#endif

#endif
