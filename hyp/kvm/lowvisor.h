/*
 * The lowvisor that moves registers: world switch at EL2 for a host kernel at EL1, after
 * Linux 4.0's arch/arm64/kvm/hyp.S and hyp-init.S. The files world_split*.S
 * include it: they have the macros of interrupts, timer and FP (or include them: lowvisor_timer.h,
 * lowvisor_fp.h), which are the only difference. For assembly only.
 *
 * VTTBR_EL2 is 0 while the host runs: that tells its HVC from a guest's. Anything from a guest goes
 * all the way back to the host: every exit saves the guest and restores the host in full.
 */
#ifndef EL2SIM_HYP_KVM_LOWVISOR_H
#define EL2SIM_HYP_KVM_LOWVISOR_H

#ifdef __ASSEMBLER__
/* clang-format off */

    .macro cpu_init
    .endm

#include "kvm/lowvisor_common.h"

    .section .hyp.text, "ax"

    handlers_begin
lower_sync:
    push    x0, x1
    push    x2, x3
    mrs     x1, esr_el2
    lsr     x2, x1, #26
    cmp     x2, #0x16               /* HVC of A64 */
    b.ne    guest_trap
    mrs     x3, vttbr_el2
    cbnz    x3, guest_trap
    pop     x2, x3
    pop     x0, x1
    call_for_host

/* x1: ESR, x2: its class */
guest_trap:
    fp_trap
    mrs     x0, tpidr_el2
    str     x1, [x0, #VCPU_ESR]
    cmp     x2, #0x24               /* data or instruction abort of a lower EL */
    mov     x3, #0x20
    ccmp    x2, x3, #4, ne
    b.ne    2f
    and     x3, x1, #0x3c
    cmp     x3, #0x0c               /* permission: HPFAR_EL2 is UNKNOWN but for S1PTW */
    b.ne    1f
    tbnz    x1, #7, 1f
    mrs     x3, par_el1
    push    x3, xzr
    mrs     x3, far_el2
    at      s1e1r, x3
    isb
    mrs     x3, par_el1
    pop     x2, xzr
    msr     par_el1, x2
    tbnz    x3, #0, 3f              /* stage 1 changed meanwhile: let the guest try again */
    ubfx    x3, x3, #12, #36
    lsl     x3, x3, #4              /* the layout of HPFAR_EL2 */
    b       4f
1:  mrs     x3, hpfar_el2
4:  mrs     x2, far_el2
    str     x2, [x0, #VCPU_FAR]
    str     x3, [x0, #VCPU_HPFAR]
2:  mov     x1, #WORLD_EXIT_TRAP
    b       guest_exit
3:  pop     x2, x3
    pop     x0, x1
    eret

lower_irq:
    push    x0, x1
    push    x2, x3
    mrs     x0, tpidr_el2
    mov     x1, #WORLD_EXIT_IRQ
    b       guest_exit
    handlers_end

/* ---- general registers and what an exception banks; x0: context; x3 and x19-x24 are lost ---- */
    .macro save_common
    save_callee_saved x0
    mrs     x19, sp_el0
    mrs     x20, elr_el2
    mrs     x21, spsr_el2
    mrs     x22, sp_el1
    mrs     x23, elr_el1
    mrs     x24, spsr_el1
    stp     x19, x20, [x0, #CTX_SP_EL0]
    stp     x21, x22, [x0, #CTX_PSTATE]
    stp     x23, x24, [x0, #CTX_ELR_EL1]
    .endm

    .macro restore_common
    ldp     x19, x20, [x0, #CTX_SP_EL0]
    ldp     x21, x22, [x0, #CTX_PSTATE]
    ldp     x23, x24, [x0, #CTX_ELR_EL1]
    msr     sp_el0, x19
    msr     elr_el2, x20
    msr     spsr_el2, x21
    msr     sp_el1, x22
    msr     elr_el1, x23
    msr     spsr_el1, x24
    restore_callee_saved x0
    .endm

/* ---- registers of EL1, in the order of enum ctx_sys ---- */
    .macro sys_pairs pair
    \pair   0,  vmpidr_el2, csselr_el1
    \pair   1,  sctlr_el1, actlr_el1
    \pair   2,  cpacr_el1, ttbr0_el1
    \pair   3,  ttbr1_el1, tcr_el1
    \pair   4,  esr_el1, afsr0_el1
    \pair   5,  afsr1_el1, far_el1
    \pair   6,  mair_el1, vbar_el1
    \pair   7,  contextidr_el1, tpidr_el0
    \pair   8,  tpidrro_el0, tpidr_el1
    \pair   9,  amair_el1, cntkctl_el1
    \pair   10, par_el1, mdscr_el1
    .endm

    .macro sys_save n, a, b
    mrs     x4, \a
    mrs     x5, \b
    stp     x4, x5, [x3, #(16 * \n)]
    .endm

    .macro sys_restore n, a, b
    ldp     x4, x5, [x3, #(16 * \n)]
    msr     \a, x4
    msr     \b, x5
    .endm

sysregs_save:
    add     x3, x0, #CTX_SYS
    sys_pairs sys_save
    ret

sysregs_restore:
    add     x3, x0, #CTX_SYS
    sys_pairs sys_restore
    ret

/* ---- what EL2 controls; x28: VCPU ---- */
    .macro activate_traps
    ldr     x2, [x28, #VCPU_HCR]
    add_irq_lines x2, x3
    msr     hcr_el2, x2
    cptr_guest x2
    msr     cptr_el2, x2
    mov     x2, #HSTR_T15
    msr     hstr_el2, x2
    mrs     x2, mdcr_el2
    and     x2, x2, #MDCR_HPMN
    orr     x2, x2, #(MDCR_TPM | MDCR_TPMCR)
    orr     x2, x2, #(MDCR_TDRA | MDCR_TDOSA)
    ldr     x3, [x28, #VCPU_DEBUG]
    tbnz    x3, #VCPU_DEBUG_DIRTY_SHIFT, 1f
    orr     x2, x2, #MDCR_TDA
1:  msr     mdcr_el2, x2
    .endm

    .macro deactivate_traps
    mov     x2, #HCR_RW
    msr     hcr_el2, x2
    msr     hstr_el2, xzr
    mrs     x2, mdcr_el2
    and     x2, x2, #MDCR_HPMN
    msr     mdcr_el2, x2
    .endm

    .macro activate_vm
    ldr     x1, [x28, #VCPU_VM]
    ldr     x2, [x1, #VM_VTTBR]
    msr     vttbr_el2, x2
    .endm

    .macro deactivate_vm
    msr     vttbr_el2, xzr
    .endm

/*
 * The debug registers are switched only while the guest has them: sets the flag, or goes to
 * \clean.
 */
    .macro debug_compute clean
    ldr     x3, [x28, #(CTX_SYS + 8 * CTX_SYS_MDSCR)]
    mov     x4, #(MDSCR_KDE | MDSCR_MDE)
    tst     x3, x4
    b.eq    8f
    mov     x3, #(1 << VCPU_DEBUG_DIRTY_SHIFT)
    str     x3, [x28, #VCPU_DEBUG]
8:  debug_skip \clean
    .endm

/* ---- u64 hyp_vcpu_run(struct vcpu_arch *): x0 ---- */
    .global hyp_vcpu_run
hyp_vcpu_run:
    msr     tpidr_el2, x0
    mov     x1, x0
    ldr     x0, [x1, #VCPU_HOST_CTX]
    save_common
    mov     x28, x1
    fp_host_save
    bl      sysregs_save
    debug_compute 1f
    bl      debug_save
1:  activate_traps
    activate_vm
    gic_restore
    timer_restore
    mov     x0, x28                 /* the guest's context comes first in the VCPU */
    bl      sysregs_restore
    fp_guest_restore
    debug_skip 1f
    bl      debug_restore
1:  restore_common
    restore_caller_saved x0
    ldp     x2, x3, [x0, #CTX_X(2)]
    ldp     x0, x1, [x0, #CTX_X(0)]
    eret

/* x0: VCPU, x1: WORLD_EXIT_*; the guest's x0-x3 are on the stack */
guest_exit:
    save_caller_saved x0
    pop     x6, x7
    pop     x4, x5
    stp     x4, x5, [x0, #CTX_X(0)]
    stp     x6, x7, [x0, #CTX_X(2)]
    save_common
    mov     x28, x0
    mov     x27, x1
    fp_guest_save
    bl      sysregs_save
    debug_skip 1f
    bl      debug_save
1:  timer_save
    gic_save
    deactivate_traps
    deactivate_vm
    ldr     x0, [x28, #VCPU_HOST_CTX]
    bl      sysregs_restore
    fp_host_restore
    mov     x3, #CPTR_RES1_NVHE     /* no FP or trace traps for the host */
    msr     cptr_el2, x3
    debug_skip 1f
    str     xzr, [x28, #VCPU_DEBUG] /* trapped again, unless MDSCR_EL1 says otherwise */
    bl      debug_restore
1:  mov     x5, x27
    restore_common
    mov     x0, x5
    ret

/* ---- an exception at EL2 itself, or one it does not know: the host gets its registers back ---- */
hyp_panic:
    mrs     x25, esr_el2
    mrs     x26, elr_el2
    mrs     x27, far_el2
    deactivate_traps
    mrs     x2, vttbr_el2
    cbz     x2, 1f                  /* the registers of EL1 are the host's */
    deactivate_vm
    mrs     x28, tpidr_el2
    ldr     x0, [x28, #VCPU_HOST_CTX]
    bl      sysregs_restore
    mov     x5, x25
    mov     x6, x26
    mov     x7, x27
    restore_common
    mov     x25, x5
    mov     x26, x6
    mov     x27, x7
1:  mov     x0, x25
    mov     x1, x26
    mov     x2, x27
    ldr     x3, =world_panic
    msr     elr_el2, x3
    mov     x3, #SPSR_EL1H
    msr     spsr_el2, x3
    eret
    .ltorg

/* clang-format on */
#endif

#endif
