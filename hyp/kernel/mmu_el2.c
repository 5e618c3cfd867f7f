/* A host at EL2 without VHE: TTBR0_EL2 has the kernel and, at its physical address, the boot code,
 * on which CPUs that start later stand when they change tables. */
#include "kernel/mmu.h"

#include "kernel/page.h"
#include "kernel/pt.h"

extern char __head_start[], __head_end[];               /* linker script, page aligned */
extern void (*const replace_ttbr0_pa)(u64 new_root_pa); /* arch/mmu_el2.S */

void mmu_init_root(u64 *root)
{
    u64 from = virt_to_phys(__head_start);
    u64 to = virt_to_phys(__head_end);
    pt_map(root, from, from, to - from, PT_ATTR(MAIR_NORMAL) | PT_SH_INNER | HOST_PT | PT_RO);
}

void mmu_init_cpu(void)
{
    replace_ttbr0_pa(virt_to_phys(mmu_kernel_root));
}
