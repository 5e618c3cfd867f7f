/*
 * What every lowvisor has: how a CPU gets its EL2, the vectors, stage-2 TLB maintenance. The file
 * that includes it has cpu_init (x2: the CPU's stack page, its end), and lower_sync, lower_irq,
 * hyp_panic, hyp_vcpu_run. Linked at its physical address, which is its address at EL2 (stage 1 of
 * EL2 is the identity). For assembly only.
 */
#ifndef EL2SIM_HYP_KVM_LOWVISOR_COMMON_H
#define EL2SIM_HYP_KVM_LOWVISOR_COMMON_H

#include "arch/boot.h"
#include "arch/unwind.h"
#include "kvm/context.h"
#include "kvm/general_regs.h"

#ifdef __ASSEMBLER__
/* clang-format off */

    .section .hyp.text, "ax"

    .macro push a, b
    stp     \a, \b, [sp, #-16]!
    .endm

    .macro pop a, b
    ldp     \a, \b, [sp], #16
    .endm

/* Goes to \clean unless the guest uses the debug registers. x28: VCPU */
    .macro debug_skip clean
    ldr     x3, [x28, #VCPU_DEBUG]
    tbz     x3, #VCPU_DEBUG_DIRTY_SHIFT, \clean
    .endm

/* An HVC of the host: the function in x0 at EL2 with x1, x2. */
    .macro call_for_host
    push    x30, xzr
    mov     x30, x0
    mov     x0, x1
    mov     x1, x2
    blr     x30
    pop     x30, xzr
    eret
    .endm

/* ---- from the stub, MMU off: x1 TTBR0_EL2, x2 stack, x3 TCR_EL2, x4 VTCR_EL2 ---- */
    .global hyp_init
hyp_init:
    msr     ttbr0_el2, x1
    msr     tcr_el2, x3
    msr     vtcr_el2, x4
    ldr     x5, =MAIR_VALUE
    msr     mair_el2, x5
    tlbi    alle2
    dsb     nsh
    isb
    ldr     x5, =(SCTLR_EL2_RES1 | SCTLR_M | SCTLR_C | SCTLR_SA | SCTLR_I)
    msr     sctlr_el2, x5
    isb
    mov     sp, x2
    adr     x5, hyp_vectors
    msr     vbar_el2, x5
    cpu_init
    isb
    eret
    .ltorg

/* ---- vectors ---- */
    .macro vector label
    .balign 128
    b       \label
    .endm

    .balign 2048
hyp_vectors:
    vector  hyp_panic
    vector  hyp_panic
    vector  hyp_panic
    vector  hyp_panic
    vector  hyp_panic
    vector  hyp_panic
    vector  hyp_panic
    vector  hyp_panic
    vector  lower_sync
    vector  lower_irq
    vector  hyp_panic               /* nothing is in group 0: no FIQ */
    vector  hyp_panic
    vector  hyp_panic               /* no A32 */
    vector  hyp_panic
    vector  hyp_panic
    vector  hyp_panic

/* ---- stage-2 TLB maintenance: x0 struct vm_arch, x1 IPA ---- */
    .global hyp_flush_ipa
hyp_flush_ipa:
    dsb     ishst
    ldr     x2, [x0, #VM_VTTBR]
    msr     vttbr_el2, x2
    isb
    lsr     x1, x1, #12
    tlbi    ipas2e1is, x1
    dsb     ish                     /* stage-2 entries first, then what was combined from them */
    tlbi    vmalle1is
    dsb     ish
    isb
    msr     vttbr_el2, xzr
    ret

    .global hyp_flush_vm
hyp_flush_vm:
    dsb     ishst
    ldr     x2, [x0, #VM_VTTBR]
    msr     vttbr_el2, x2
    isb
    tlbi    vmalls12e1is
    dsb     ish
    isb
    msr     vttbr_el2, xzr
    ret

    .global hyp_flush_all
hyp_flush_all:
    dsb     ishst
    tlbi    alle1is
    ic      ialluis
    dsb     ish
    ret

/* ---- u64 hyp_ich_vtr(): through the stub of host_split.S, before hyp_init, so it is the one that
 * returns by ERET ---- */
    .global hyp_ich_vtr
hyp_ich_vtr:
    mrs     x0, S3_4_C12_C11_1      /* ICH_VTR_EL2 */
    eret

/* Where the kernel finds the above: their addresses at EL2. */
    .section .rodata, "a"
    .balign 8
    .global hyp_symbols
hyp_symbols:
    .quad   hyp_init, hyp_vcpu_run, hyp_flush_ipa, hyp_flush_vm, hyp_flush_all, hyp_ich_vtr

/* clang-format on */
#endif

#endif
