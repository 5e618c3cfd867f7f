/* A host at EL1, or at EL2 with HCR_EL2.E2H: the kernel in TTBR1, processes in TTBR0. */
#include "kernel/mmu.h"

#include "a64.h"
#include "kernel/page.h"

#define TTBR_ASID(a) ((u64)(a) << 48)

extern void (*const replace_ttbr1_pa)(u64 new_root, u64 empty_root); /* arch/mmu_el1.S */

static u64 empty_root[512] __attribute__((aligned(4096)));

void mmu_init_root(u64 *root)
{
    (void)root; /* the boot code is behind us, and TTBR0 is for processes */
}

void mmu_init_cpu(void)
{
    /* Block sizes change: break before make, from the identity map. */
    replace_ttbr1_pa(virt_to_phys(mmu_kernel_root), virt_to_phys(empty_root));
    mmu_set_user(0, 0);
    tlbi(vmalle1); /* the identity map of the boot table */
    dsb(nsh);
    isb();
}

void mmu_set_user(u64 root_pa, unsigned asid)
{
    u64 root = root_pa ? root_pa : virt_to_phys(empty_root);
    write_sysreg(root | TTBR_ASID(asid), ttbr0_el1);
    isb();
}

/* A guest's registers are not those of the host's EL0, or come back with the host's. */
void mmu_user_init(void)
{
}

void mmu_user_resume(void)
{
}

void mmu_flush_asid(unsigned asid)
{
    dsb(ishst);
    tlbi_arg(aside1is, TTBR_ASID(asid));
    dsb(ish);
    isb();
}
