/*
 * World switch between a host at EL1 and a guest at EL0: only TTBR0 changes, for the guest cannot
 * reach the host's half of the address space, which holds the vectors. What the 2010 design did
 * with a page shared by both address spaces, A64's two table bases do.
 */
#include "kvm/world.h"

#include "a64.h"
#include "abi/board.h"
#include "kernel/cpu.h"
#include "kernel/exception.h"
#include "kernel/panic.h"
#include "kernel/timer.h"
#include "kvm/depriv/depriv.h"

#define SCTLR_A     BIT(1)
#define SCTLR_DZE   BIT(14)
#define SCTLR_UCT   BIT(15)
#define SCTLR_UCI   BIT(26)
#define CNTKCTL_EL0 3 /* both counters */

#define CPACR_FPEN     (3UL << 20)
#define CPACR_FPEN_EL1 (1UL << 20) /* EL0 traps */
#define PMUVER(dfr0)   ((dfr0) >> 8 & 0xf)

u64 guest_enter(struct vcpu_arch *guest, struct cpu_context *host); /* guest_enter.S */
void fpsimd_save(struct cpu_context *c);
void fpsimd_restore(const struct cpu_context *c);
void world_panic(void);
extern char guest_vectors[], kernel_vectors[];

u64 world_address(u64 va)
{
    return va;
}

void world_init(void)
{
    regs_init();
}

/* What EL0 may do itself, whether a guest or a process runs there: cache maintenance by address,
 * CTR_EL0, DC ZVA, the counters. WFI and WFE trap (nTWI, nTWE), so do DAIF (UMA) and the PMU. */
void world_init_cpu(void)
{
    u64 pmu = PMUVER(read_sysreg(id_aa64dfr0_el1));
    write_sysreg(read_sysreg(sctlr_el1) | SCTLR_DZE | SCTLR_UCT | SCTLR_UCI, sctlr_el1);
    write_sysreg(CNTKCTL_EL0, cntkctl_el1);
    write_sysreg(0, mdscr_el1);
    if (pmu != 0 && pmu != 0xf) {
        write_sysreg(0, pmuserenr_el0);
    }
    isb();
}

/* The guest sees FP if its own CPACR_EL1 lets the code that runs see it. */
static bool has_fp(const struct vcpu *v)
{
    u64 fpen = v->arch.ctx.sys[SYS_CPACR] >> 20 & 3;
    return fpen == 3 || (fpen == 1 && guest_at_el1(v));
}

static void set_alignment_check(bool on)
{
    u64 sctlr = read_sysreg(sctlr_el1);
    write_sysreg(on ? sctlr | SCTLR_A : sctlr & ~SCTLR_A, sctlr_el1);
}

static u64 *banked_sp(struct cpu_context *c)
{
    return (c->pstate & PSTATE_MODE) == PSTATE_EL1H ? &c->sp_el1 : &c->sp_el0;
}

static void guest_restore(struct cpu_context *c)
{
    write_sysreg(c->sys[SYS_TPIDR_EL0], tpidr_el0);
    write_sysreg(c->sys[SYS_TPIDRRO_EL0], tpidrro_el0);
    write_sysreg(*banked_sp(c), sp_el0);
    write_sysreg(c->pc, elr_el1);
    write_sysreg((c->pstate & PSTATE_NZCV) | SPSR_EL0T, spsr_el1);
}

static void guest_save(struct cpu_context *c)
{
    c->sys[SYS_TPIDR_EL0] = read_sysreg(tpidr_el0);
    *banked_sp(c) = read_sysreg(sp_el0);
    c->pc = read_sysreg(elr_el1);
    c->pstate = (c->pstate & ~PSTATE_NZCV) | (read_sysreg(spsr_el1) & PSTATE_NZCV);
}

/*
 * Of the host nothing needs to move but its table base and its FP registers: what else the guest
 * overwrites (SP_EL0, TPIDR_EL0) is in the frames of threads, or nobody's.
 */
u64 world_run(struct vcpu_arch *arch)
{
    struct vcpu *v = container_of(arch, struct vcpu, arch);
    struct cpu_context *host = (struct cpu_context *)arch->host_ctx;
    struct cpu_context *guest = &arch->ctx;
    if (arch->irq_lines && !(guest->pstate & PSTATE_I)) {
        inject_irq(v);
    }
    shadow_select(v);
    bool fp = has_fp(v);
    bool aligned = guest->sys[SYS_SCTLR] & SCTLR_A;
    u64 host_ttbr0 = read_sysreg(ttbr0_el1);
    if (fp) {
        write_sysreg(CPACR_FPEN, cpacr_el1);
        fpsimd_save(host);
        fpsimd_restore(guest);
    }
    if (aligned) {
        set_alignment_check(true);
    }
    write_sysreg(guest_vectors, vbar_el1);
    write_sysreg(arch->ttbr0, ttbr0_el1);
    guest_restore(guest);
    u64 exit = guest_enter(arch, host);
    arch->esr = read_sysreg(esr_el1);
    arch->far = read_sysreg(far_el1);
    guest_save(guest);
    write_sysreg(host_ttbr0, ttbr0_el1);
    write_sysreg(kernel_vectors, vbar_el1);
    if (aligned) {
        set_alignment_check(false);
    }
    if (fp) {
        fpsimd_save(guest);
        fpsimd_restore(host);
        write_sysreg(CPACR_FPEN_EL1, cpacr_el1);
    }
    isb();
    return exit;
}

void world_panic(void)
{
    write_sysreg(kernel_vectors, vbar_el1);
    isb();
    panic_exception("guest vectors", read_sysreg(esr_el1), read_sysreg(elr_el1),
                    read_sysreg(far_el1), NULL);
}
