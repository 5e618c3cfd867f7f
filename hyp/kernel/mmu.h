/* The kernel's own address space, and which process's lies beside it. */
#ifndef EL2SIM_HYP_KERNEL_MMU_H
#define EL2SIM_HYP_KERNEL_MMU_H

#include "types.h"

/* No more is mapped and managed; the boot table has 3 GiB. */
#define KERNEL_RAM_MAX (2048UL << 20)

/* Final page tables in place of the boot table: text read-only, the rest never executable. RAM up
 * to ram_end is mapped. */
void mmu_init(u64 ram_end);
u64 kernel_ram_end(void); /* physical */

/* --- one file for each kind of host: mmu_el1.c, mmu_el2.c --- */
void mmu_init_root(u64 *root); /* what this kind of host needs mapped besides */
void mmu_init_cpu(void);

/* --- address spaces of processes: mmu_el1.c, user_el2.c --- */
void mmu_set_user(u64 root_pa, unsigned asid); /* root 0: none */
void mmu_flush_asid(unsigned asid);
void mmu_user_init(void);   /* once */
void mmu_user_resume(void); /* EL0 is the host's again, not a guest's: at boot, after a guest */

extern u64 mmu_kernel_root[512];

#endif
