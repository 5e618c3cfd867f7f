/* The kernel's own address space. */
#ifndef EL2SIM_HYP_KERNEL_MMU_H
#define EL2SIM_HYP_KERNEL_MMU_H

#include "types.h"

/* Final page tables in place of head.S's: text read-only, the rest never executable. RAM up to
 * ram_end is mapped. */
void mmu_init(u64 ram_end);
void mmu_init_cpu(void);
u64 kernel_ram_end(void); /* physical */

/* Address space of a process in TTBR0; root 0: none. */
void mmu_set_user(u64 root_pa, unsigned asid);
void mmu_flush_asid(unsigned asid);

#endif
