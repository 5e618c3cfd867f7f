/*
 * World switch for a host at EL2 (HCR_EL2.E2H = 1), after Linux 4.6's arch/arm64/kvm/hyp/: a
 * function call, but still eager: each exit saves all of the guest's EL1 (through the _EL12 names),
 * its FP registers and the GIC.
 */
#include "kvm/world.h"

#include "a64.h"
#include "abi/board.h"
#include "kernel/cpu.h"
#include "kernel/page.h"
#include "kernel/panic.h"
#include "kernel/timer.h"

/* The names that EL1 registers have at EL2 with E2H: op1 = 5. Arm ARM D13 "System register access
 * at EL2 with E2H" */
#define SCTLR_EL12      S3_5_C1_C0_0
#define CPACR_EL12      S3_5_C1_C0_2
#define TTBR0_EL12      S3_5_C2_C0_0
#define TTBR1_EL12      S3_5_C2_C0_1
#define TCR_EL12        S3_5_C2_C0_2
#define SPSR_EL12       S3_5_C4_C0_0
#define ELR_EL12        S3_5_C4_C0_1
#define AFSR0_EL12      S3_5_C5_C1_0
#define AFSR1_EL12      S3_5_C5_C1_1
#define ESR_EL12        S3_5_C5_C2_0
#define FAR_EL12        S3_5_C6_C0_0
#define MAIR_EL12       S3_5_C10_C2_0
#define AMAIR_EL12      S3_5_C10_C3_0
#define VBAR_EL12       S3_5_C12_C0_0
#define CONTEXTIDR_EL12 S3_5_C13_C0_1
#define CNTKCTL_EL12    S3_5_C14_C1_0
#define CNTV_CTL_EL02   S3_5_C14_C3_1
#define CNTV_CVAL_EL02  S3_5_C14_C3_2

#define HCR_HOST         (1UL << 31 | HCR_TGE | HCR_HOST_E2H) /* RW, TGE, E2H */
#define HCR_HOST_E2H     (1UL << 34)
#define CPACR_FPEN_HOST  (1UL << 20) /* processes have no FP */
#define CPACR_FPEN       (3UL << 20)
#define CPACR_TTA        (1UL << 28)
#define CNTHCTL_EL1PCTEN (1UL << 10) /* CNTHCTL_EL2 with E2H: EL1's bits move up by ten */
#define CNTHCTL_EL1PTEN  (1UL << 11)

u64 guest_enter(struct vcpu_arch *guest, struct cpu_context *host); /* world_vhe.S */
void fpsimd_save(struct cpu_context *c);
void fpsimd_restore(const struct cpu_context *c);
void debug_save(struct cpu_context *c);
void debug_restore(const struct cpu_context *c);
void world_panic(void);
extern char guest_vectors[], kernel_vectors[];

const char host_design[] = "kvm-vhe";

u64 world_address(u64 va)
{
    return va;
}

void world_init(void)
{
}

void world_init_cpu(void)
{
    write_sysreg(world_vtcr(), vtcr_el2);
    isb();
}

/* What the host uses itself and a guest would overwrite: no EL12 partner keeps these apart. */
__hyp_text static void common_save(struct cpu_context *c)
{
    c->sys[SYS_ACTLR] = read_sysreg(actlr_el1);
    c->sys[SYS_TPIDR_EL0] = read_sysreg(tpidr_el0);
    c->sys[SYS_TPIDRRO_EL0] = read_sysreg(tpidrro_el0);
    c->sys[SYS_TPIDR_EL1] = read_sysreg(tpidr_el1);
    c->sys[SYS_MDSCR] = read_sysreg(mdscr_el1);
    c->sp_el0 = read_sysreg(sp_el0);
    c->pc = read_sysreg(elr_el2);
    c->pstate = read_sysreg(spsr_el2);
}

__hyp_text static void common_restore(const struct cpu_context *c)
{
    write_sysreg(c->sys[SYS_ACTLR], actlr_el1);
    write_sysreg(c->sys[SYS_TPIDR_EL0], tpidr_el0);
    write_sysreg(c->sys[SYS_TPIDRRO_EL0], tpidrro_el0);
    write_sysreg(c->sys[SYS_TPIDR_EL1], tpidr_el1);
    write_sysreg(c->sys[SYS_MDSCR], mdscr_el1);
    write_sysreg(c->sp_el0, sp_el0);
    write_sysreg(c->pc, elr_el2);
    write_sysreg(c->pstate, spsr_el2);
}

__hyp_text static void guest_save(struct cpu_context *c)
{
    c->sys[SYS_VMPIDR] = read_sysreg(vmpidr_el2);
    c->sys[SYS_CSSELR] = read_sysreg(csselr_el1);
    c->sys[SYS_SCTLR] = read_sysreg(SCTLR_EL12);
    c->sys[SYS_CPACR] = read_sysreg(CPACR_EL12);
    c->sys[SYS_TTBR0] = read_sysreg(TTBR0_EL12);
    c->sys[SYS_TTBR1] = read_sysreg(TTBR1_EL12);
    c->sys[SYS_TCR] = read_sysreg(TCR_EL12);
    c->sys[SYS_ESR] = read_sysreg(ESR_EL12);
    c->sys[SYS_AFSR0] = read_sysreg(AFSR0_EL12);
    c->sys[SYS_AFSR1] = read_sysreg(AFSR1_EL12);
    c->sys[SYS_FAR] = read_sysreg(FAR_EL12);
    c->sys[SYS_MAIR] = read_sysreg(MAIR_EL12);
    c->sys[SYS_VBAR] = read_sysreg(VBAR_EL12);
    c->sys[SYS_CONTEXTIDR] = read_sysreg(CONTEXTIDR_EL12);
    c->sys[SYS_AMAIR] = read_sysreg(AMAIR_EL12);
    c->sys[SYS_CNTKCTL] = read_sysreg(CNTKCTL_EL12);
    c->sys[SYS_PAR] = read_sysreg(par_el1);
    c->sp_el1 = read_sysreg(sp_el1);
    c->elr_el1 = read_sysreg(ELR_EL12);
    c->spsr_el1 = read_sysreg(SPSR_EL12);
}

__hyp_text static void guest_restore(const struct cpu_context *c)
{
    write_sysreg(c->sys[SYS_VMPIDR], vmpidr_el2);
    write_sysreg(c->sys[SYS_CSSELR], csselr_el1);
    write_sysreg(c->sys[SYS_SCTLR], SCTLR_EL12);
    write_sysreg(c->sys[SYS_CPACR], CPACR_EL12);
    write_sysreg(c->sys[SYS_TTBR0], TTBR0_EL12);
    write_sysreg(c->sys[SYS_TTBR1], TTBR1_EL12);
    write_sysreg(c->sys[SYS_TCR], TCR_EL12);
    write_sysreg(c->sys[SYS_ESR], ESR_EL12);
    write_sysreg(c->sys[SYS_AFSR0], AFSR0_EL12);
    write_sysreg(c->sys[SYS_AFSR1], AFSR1_EL12);
    write_sysreg(c->sys[SYS_FAR], FAR_EL12);
    write_sysreg(c->sys[SYS_MAIR], MAIR_EL12);
    write_sysreg(c->sys[SYS_VBAR], VBAR_EL12);
    write_sysreg(c->sys[SYS_CONTEXTIDR], CONTEXTIDR_EL12);
    write_sysreg(c->sys[SYS_AMAIR], AMAIR_EL12);
    write_sysreg(c->sys[SYS_CNTKCTL], CNTKCTL_EL12);
    write_sysreg(c->sys[SYS_PAR], par_el1);
    write_sysreg(c->sp_el1, sp_el1);
    write_sysreg(c->elr_el1, ELR_EL12);
    write_sysreg(c->spsr_el1, SPSR_EL12);
}

__hyp_text static void traps_activate(const struct vcpu_arch *v)
{
    write_sysreg(v->hcr | HCR_HOST_E2H, hcr_el2);
    write_sysreg(CPACR_FPEN | CPACR_TTA, cpacr_el1);
    write_sysreg(HSTR_T15, hstr_el2);
    u64 mdcr = read_sysreg(mdcr_el2) & MDCR_HPMN;
    mdcr |= MDCR_TPM | MDCR_TPMCR | MDCR_TDRA | MDCR_TDOSA;
    if (!(v->debug_flags & BIT(VCPU_DEBUG_DIRTY_SHIFT))) {
        mdcr |= MDCR_TDA;
    }
    write_sysreg(mdcr, mdcr_el2);
    write_sysreg(guest_vectors, vbar_el1);
}

__hyp_text static void traps_deactivate(void)
{
    write_sysreg(HCR_HOST, hcr_el2);
    write_sysreg(CPACR_FPEN_HOST, cpacr_el1);
    write_sysreg(0, hstr_el2);
    write_sysreg(read_sysreg(mdcr_el2) & MDCR_HPMN, mdcr_el2);
    write_sysreg(kernel_vectors, vbar_el1);
}

__hyp_text static void timer_restore(const struct vcpu_arch *v)
{
    u64 cnthctl = read_sysreg(cnthctl_el2);
    write_sysreg((cnthctl | CNTHCTL_EL1PCTEN) & ~CNTHCTL_EL1PTEN, cnthctl_el2);
    write_sysreg(((const struct vm_arch *)v->vm)->cntvoff, cntvoff_el2);
    write_sysreg(v->cntv_cval, CNTV_CVAL_EL02);
    isb();
    write_sysreg(v->cntv_ctl & 3, CNTV_CTL_EL02);
}

__hyp_text static void timer_save(struct vcpu_arch *v)
{
    v->cntv_ctl = read_sysreg(CNTV_CTL_EL02) & 3;
    write_sysreg(v->cntv_ctl & ~1UL, CNTV_CTL_EL02); /* its interrupt falls silent */
    isb();
    v->cntv_cval = read_sysreg(CNTV_CVAL_EL02);
    write_sysreg(read_sysreg(cnthctl_el2) | CNTHCTL_EL1PCTEN | CNTHCTL_EL1PTEN, cnthctl_el2);
    write_sysreg(0, cntvoff_el2);
}

/* Where the guest's abort happened. HPFAR_EL2 is UNKNOWN for a permission fault that is not of a
 * walk: translate by hand. False: the guest changed its tables meanwhile, let it try again. */
__hyp_text static bool fault_read(struct vcpu_arch *v)
{
    u64 ec = v->esr >> 26;
    if (ec != 0x20 && ec != 0x24) {
        return true;
    }
    v->far = read_sysreg(far_el2);
    v->hpfar = read_sysreg(hpfar_el2);
    if ((v->esr & 0x3c) == 0x0c && !(v->esr & BIT(7))) {
        u64 par = read_sysreg(par_el1);
        __asm__ volatile("at s1e1r, %0" ::"r"(v->far) : "memory");
        isb();
        u64 result = read_sysreg(par_el1);
        write_sysreg(par, par_el1);
        if (result & 1) {
            return false;
        }
        v->hpfar = (result >> 12 & (BIT(36) - 1)) << 4;
    }
    return true;
}

__hyp_text u64 world_run(struct vcpu_arch *v)
{
    struct cpu_context *host = (struct cpu_context *)v->host_ctx;
    struct cpu_context *guest = &v->ctx;
    u64 exit;

    common_save(host);
    fpsimd_save(host);
    if (guest->sys[SYS_MDSCR] & (MDSCR_KDE | MDSCR_MDE)) {
        v->debug_flags |= BIT(VCPU_DEBUG_DIRTY_SHIFT);
    }
    bool debug = v->debug_flags & BIT(VCPU_DEBUG_DIRTY_SHIFT);
    if (debug) {
        debug_save(host);
    }
    traps_activate(v);
    write_sysreg(((const struct vm_arch *)v->vm)->vttbr, vttbr_el2);
    vgic_hw_restore(&v->vgic);
    timer_restore(v);
    guest_restore(guest);
    common_restore(guest);
    fpsimd_restore(guest);
    if (debug) {
        debug_restore(guest);
    }
    do {
        exit = guest_enter(v, host);
        v->esr = read_sysreg(esr_el2);
    } while (exit == WORLD_EXIT_TRAP && !fault_read(v));

    guest_save(guest);
    common_save(guest);
    fpsimd_save(guest);
    if (debug) {
        debug_save(guest);
    }
    timer_save(v);
    vgic_hw_save(&v->vgic);
    traps_deactivate();
    write_sysreg(0, vttbr_el2);
    common_restore(host);
    fpsimd_restore(host);
    if (debug) {
        debug_restore(host);
        v->debug_flags =
            0; /* trapped again from the next entry on, unless MDSCR_EL1 says otherwise */
    }
    isb();
    return exit;
}

void world_panic(void)
{
    write_sysreg(HCR_HOST, hcr_el2);
    write_sysreg(kernel_vectors, vbar_el1);
    isb();
    panic_exception("EL2, guest vectors", read_sysreg(esr_el2), read_sysreg(elr_el2),
                    read_sysreg(far_el2), NULL);
}

/* Stage-2 maintenance acts on EL1&0 only while TGE is 0. Arm ARM D8 "TLB maintenance instructions",
 * HCR_EL2.TGE */
static u64 stage2_begin(const struct vm_arch *vm)
{
    u64 flags = irq_save();
    dsb(ishst);
    if (vm) {
        write_sysreg(vm->vttbr, vttbr_el2);
    }
    write_sysreg(HCR_HOST & ~(u64)HCR_TGE, hcr_el2);
    isb();
    return flags;
}

static void stage2_end(u64 flags)
{
    dsb(ish);
    isb();
    write_sysreg(0, vttbr_el2);
    write_sysreg(HCR_HOST, hcr_el2);
    isb();
    irq_restore(flags);
}

void world_flush_ipa(struct vm_arch *vm, u64 ipa)
{
    u64 flags = stage2_begin(vm);
    tlbi_arg(ipas2e1is, ipa >> 12);
    dsb(ish); /* stage-2 entries first, then what was combined from them */
    tlbi(vmalle1is);
    stage2_end(flags);
}

void world_flush_vm(struct vm_arch *vm)
{
    u64 flags = stage2_begin(vm);
    tlbi(vmalls12e1is);
    stage2_end(flags);
}

void world_flush_all(void)
{
    u64 flags = stage2_begin(NULL);
    tlbi(alle1is);
    __asm__ volatile("ic ialluis" ::: "memory");
    stage2_end(flags);
}
