/*
 * Processes of a host at EL2 with HCR_EL2.E2H = 0. TGE would take stage 1 from them, so they run at
 * EL0 of EL1's regime with TGE = 0: their tables are in TTBR0_EL1, and at EL1 there is only a stub
 * (lower_stub.S), in TTBR1_EL1, that hands EL0's exceptions up. The registers of EL1 are the same
 * as a guest's: they are set again when a guest has had them.
 */
#include "a64.h"
#include "kernel/mmu.h"
#include "kernel/page.h"
#include "kernel/process.h"
#include "kernel/pt.h"

#define TTBR_ASID(a) ((u64)(a) << 48)
#define EL1_RAM      (PT_ATTR(MAIR_NORMAL) | PT_SH_INNER)

extern const u64 el1_vectors_va;        /* lower_stub.S */
extern char __el1_start[], __el1_end[]; /* linker script, page aligned */

static u64 stub_root[512] __attribute__((aligned(4096)));
static u64 empty_root[512] __attribute__((aligned(4096)));
static u64 tcr;

void mmu_user_init(void)
{
    u64 from = virt_to_phys(__el1_start);
    pt_map(stub_root, from, from, (u64)(__el1_end - __el1_start), EL1_RAM | PT_RO | PT_UXN);
    u64 parange = read_sysreg(id_aa64mmfr0_el1) & 0xf;
    tcr = TCR_EL1_VALUE | (parange < 5 ? parange : 5) << TCR_IPS_SHIFT;
    tlbi(vmalle1is); /* VMID 0: what the machine did before */
    dsb(ish);
}

void mmu_user_resume(void)
{
    write_sysreg(MAIR_VALUE, mair_el1);
    write_sysreg(tcr, tcr_el1);
    write_sysreg(virt_to_phys(stub_root), ttbr1_el1);
    write_sysreg(el1_vectors_va, vbar_el1);
    write_sysreg(0, cpacr_el1); /* processes have no FP */
    write_sysreg(0, cntkctl_el1);
    write_sysreg(0, contextidr_el1);
    write_sysreg(SCTLR_EL1_RES1 | SCTLR_ON, sctlr_el1);
    process_activate(thread_current()->process);
}

void mmu_set_user(u64 root_pa, unsigned asid)
{
    u64 root = root_pa ? root_pa : virt_to_phys(empty_root);
    write_sysreg(root | TTBR_ASID(asid), ttbr0_el1); /* the ERET to EL0 synchronizes */
}

void mmu_flush_asid(unsigned asid)
{
    u64 flags = irq_save();
    u64 vttbr = read_sysreg(vttbr_el2);
    dsb(ishst);
    write_sysreg(0, vttbr_el2); /* processes have VMID 0 */
    isb();
    tlbi_arg(aside1is, TTBR_ASID(asid));
    dsb(ish);
    write_sysreg(vttbr, vttbr_el2);
    isb();
    irq_restore(flags);
}
