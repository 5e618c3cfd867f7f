/*
 * The state that a world switch moves, as both assembly and C see it: struct cpu_context (a guest's
 * or the host's), struct vcpu_arch and struct vm_arch (what the code at EL2 needs of a VCPU and of
 * its VM).
 */
#ifndef EL2SIM_HYP_KVM_CONTEXT_H
#define EL2SIM_HYP_KVM_CONTEXT_H

#define CTX_X(n)     (8 * (n))
#define CTX_SP_EL0   248
#define CTX_PC       256
#define CTX_PSTATE   264
#define CTX_SP_EL1   272
#define CTX_ELR_EL1  280
#define CTX_SPSR_EL1 288
#define CTX_SYS      304 /* registers of EL1, in the order of enum ctx_sys */
#define CTX_FP       480 /* q0-q31 */
#define CTX_FPSR     992
#define CTX_FPCR     1000
#define CTX_DBGBCR   1008
#define CTX_DBGBVR   1136
#define CTX_DBGWCR   1264
#define CTX_DBGWVR   1392
#define CTX_MDCCINT  1520
#define CTX_SIZE     1536

#define CTX_SYS_MDSCR 21

#define VCPU_HOST_CTX  (CTX_SIZE + 0)
#define VCPU_VM        (CTX_SIZE + 8)
#define VCPU_HCR       (CTX_SIZE + 16)
#define VCPU_ESR       (CTX_SIZE + 24)
#define VCPU_FAR       (CTX_SIZE + 32)
#define VCPU_HPFAR     (CTX_SIZE + 40)
#define VCPU_DEBUG     (CTX_SIZE + 48)
#define VCPU_CNTV_CTL  (CTX_SIZE + 56)
#define VCPU_CNTV_CVAL (CTX_SIZE + 64)
#define VCPU_IRQ_LINES (CTX_SIZE + 72)
#define VCPU_VGIC      (CTX_SIZE + 80)
#define VCPU_LAZY      (CTX_SIZE + 408)
#define VCPU_FP        (CTX_SIZE + 416)

#define VM_VTTBR   0
#define VM_CNTVOFF 8

#define VCPU_DEBUG_DIRTY_SHIFT                                                                     \
    0 /* the guest uses the debug registers: they are switched, and no longer trapped */

/* What a lazy lowvisor does: FP at its first use, list registers while some are used. */
#define LAZY_FP_SHIFT   0
#define LAZY_VGIC_SHIFT 1

/* Why a world switch came back. */
#define WORLD_EXIT_IRQ  0
#define WORLD_EXIT_TRAP 1

#define HCR_VM     (1 << 0)
#define HCR_SWIO   (1 << 1)
#define HCR_FMO    (1 << 3)
#define HCR_IMO    (1 << 4)
#define HCR_AMO    (1 << 5)
#define HCR_VI     (1 << 7)
#define HCR_FB     (1 << 9)
#define HCR_BSU_IS (1 << 10)
#define HCR_TWI    (1 << 13)
#define HCR_TWE    (1 << 14)
#define HCR_TSC    (1 << 19)
#define HCR_TIDCP  (1 << 20)
#define HCR_TAC    (1 << 21)
#define HCR_TSW    (1 << 22)
#define HCR_TVM    (1 << 26)
#define HCR_TGE    (1 << 27)
#define HCR_RW     (1 << 31)
#define HCR_E2H    (1 << 34)

/* Linux 4.0's HCR_GUEST_FLAGS and HCR_INT_OVERRIDE. */
#define HCR_GUEST_LOW                                                                              \
    (HCR_TSC | HCR_TSW | HCR_TWE | HCR_TWI | HCR_VM | HCR_TVM | HCR_BSU_IS | HCR_FB | HCR_TAC |    \
     HCR_AMO | HCR_SWIO | HCR_TIDCP | HCR_IMO | HCR_FMO)

#define CPTR_TTA_NVHE  (1 << 20)
#define CPTR_TFP_NVHE  (1 << 10)
#define CPTR_RES1_NVHE 0x33ff
#define HSTR_T15       (1 << 15)
#define MDCR_HPMN      0x1f
#define MDCR_TPMCR     (1 << 5)
#define MDCR_TPM       (1 << 6)
#define MDCR_TDA       (1 << 9)
#define MDCR_TDOSA     (1 << 10)
#define MDCR_TDRA      (1 << 11)
#define MDSCR_KDE      (1 << 13)
#define MDSCR_MDE      (1 << 15)

#ifndef __ASSEMBLER__
#include "kvm/vgic_hw.h"

enum ctx_sys {
    SYS_VMPIDR,
    SYS_CSSELR,
    SYS_SCTLR,
    SYS_ACTLR,
    SYS_CPACR,
    SYS_TTBR0,
    SYS_TTBR1,
    SYS_TCR,
    SYS_ESR,
    SYS_AFSR0,
    SYS_AFSR1,
    SYS_FAR,
    SYS_MAIR,
    SYS_VBAR,
    SYS_CONTEXTIDR,
    SYS_TPIDR_EL0,
    SYS_TPIDRRO_EL0,
    SYS_TPIDR_EL1,
    SYS_AMAIR,
    SYS_CNTKCTL,
    SYS_PAR,
    SYS_MDSCR,
    SYS_COUNT
};

struct cpu_context {
    u64 x[31];
    u64 sp_el0;
    u64 pc;
    u64 pstate;
    u64 sp_el1;
    u64 elr_el1;
    u64 spsr_el1;
    u64 revision; /* of a control block (docs/vmcb.md), else 0 */
    u64 sys[SYS_COUNT];
    u64 fp[64];
    u64 fpsr, fpcr;
    u64 dbgbcr[16], dbgbvr[16], dbgwcr[16], dbgwvr[16];
    u64 mdccint, pad2;
};

struct vm_arch {
    u64 vttbr;
    u64 cntvoff;
};

/* Pointers are addresses of the world switch's exception level. */
struct vcpu_arch {
    struct cpu_context ctx;
    u64 host_ctx; /* struct cpu_context of the CPU */
    u64 vm;       /* struct vm_arch */
    u64 hcr;
    u64 esr, far, hpfar;
    u64 debug_flags;
    u64 cntv_ctl, cntv_cval;
    u64 irq_lines; /* without a virtual GIC: HCR_VI while an interrupt is to be taken */
    struct vgic_hw_state vgic;
    struct { /* the rest of a control block: state_vmcb.c */
        u64 vttbr, cntvoff, cptr, hstr, mdcr, cnthctl, icc_sre, exit;
    } control;

    u64 lazy;      /* world_split_lazy.S: LAZY_* */
    u64 fp_on_cpu; /* FP registers are the guest's, and open to it */

    /* state_loaded.c, world_loaded.c: */
    u64 on_cpu;                   /* STATE_*: what this CPU's registers have */
    u64 hcr_on_cpu, vttbr_on_cpu; /* what HCR_EL2 and VTTBR_EL2 have */
    u64 ttbr0;                    /* depriv/: of the shadow address space, with its ASID */
};

#define CTX_CHECK(offset, field)                                                                   \
    _Static_assert((offset) == offsetof(struct cpu_context, field), #field)
#define VCPU_CHECK(offset, field)                                                                  \
    _Static_assert((offset) == offsetof(struct vcpu_arch, field), #field)
CTX_CHECK(CTX_SP_EL0, sp_el0);
CTX_CHECK(CTX_PC, pc);
CTX_CHECK(CTX_PSTATE, pstate);
CTX_CHECK(CTX_SP_EL1, sp_el1);
CTX_CHECK(CTX_ELR_EL1, elr_el1);
CTX_CHECK(CTX_SPSR_EL1, spsr_el1);
CTX_CHECK(CTX_SYS, sys);
CTX_CHECK(CTX_SYS + 8 * CTX_SYS_MDSCR, sys[SYS_MDSCR]);
CTX_CHECK(CTX_FP, fp);
CTX_CHECK(CTX_FPSR, fpsr);
CTX_CHECK(CTX_FPCR, fpcr);
CTX_CHECK(CTX_DBGBCR, dbgbcr);
CTX_CHECK(CTX_DBGBVR, dbgbvr);
CTX_CHECK(CTX_DBGWCR, dbgwcr);
CTX_CHECK(CTX_DBGWVR, dbgwvr);
CTX_CHECK(CTX_MDCCINT, mdccint);
_Static_assert(sizeof(struct cpu_context) == CTX_SIZE, "context.h");
VCPU_CHECK(VCPU_HOST_CTX, host_ctx);
VCPU_CHECK(VCPU_VM, vm);
VCPU_CHECK(VCPU_HCR, hcr);
VCPU_CHECK(VCPU_ESR, esr);
VCPU_CHECK(VCPU_FAR, far);
VCPU_CHECK(VCPU_HPFAR, hpfar);
VCPU_CHECK(VCPU_DEBUG, debug_flags);
VCPU_CHECK(VCPU_CNTV_CTL, cntv_ctl);
VCPU_CHECK(VCPU_CNTV_CVAL, cntv_cval);
VCPU_CHECK(VCPU_IRQ_LINES, irq_lines);
VCPU_CHECK(VCPU_LAZY, lazy);
VCPU_CHECK(VCPU_FP, fp_on_cpu);
VCPU_CHECK(VCPU_VGIC, vgic);
_Static_assert(offsetof(struct vm_arch, vttbr) == VM_VTTBR, "context.h");
_Static_assert(offsetof(struct vm_arch, cntvoff) == VM_CNTVOFF, "context.h");
#endif

#endif
