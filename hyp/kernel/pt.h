/* Page tables, three levels of 4 KiB granules: of the kernel, of EL2, of processes and (with a
 * larger root) of stage 2. */
#ifndef EL2SIM_HYP_KERNEL_PT_H
#define EL2SIM_HYP_KERNEL_PT_H

#include "types.h"

#define PT_VALID    BIT(0)
#define PT_TABLE    BIT(1) /* a table at levels 1 and 2, a page at level 3 */
#define PT_AF       BIT(10)
#define PT_SH_INNER (3UL << 8)
#define PT_ADDR     0x0000fffffffff000UL
#define PT_OWNED    BIT(55) /* software: the page goes with the table */

/* Stage 1, EL1&0 and EL2&0. Arm ARM D8 "Stage 1 attribute fields" */
#define PT_ATTR(mair_index) ((u64)(mair_index) << 2)
#define PT_EL0              BIT(6)
#define PT_RO               BIT(7)
#define PT_NG               BIT(11)
#define PT_PXN              BIT(53)
#define PT_UXN              BIT(54)

/* The entry that maps va at a level (1-3); NULL: a table above it is missing, or a block covers va.
 */
u64 *pt_entry(u64 *root, u64 va, unsigned level);
u64 *pt_entry_alloc(u64 *root, u64 va, unsigned level);

/* Maps [va, va + size) with 2 MiB blocks where possible; nothing there may be mapped yet. */
void pt_map(u64 *root, u64 va, u64 pa, u64 size, u64 attributes);

/* Frees tables and owned pages below a root of root_entries entries, which itself stays. Nothing
 * may walk it any more. */
void pt_clear(u64 *root, unsigned root_entries);

#endif
