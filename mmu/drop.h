/* Taking translations out of the TLB, so that the engine hears of it. */
#ifndef EL2SIM_MMU_DROP_H
#define EL2SIM_MMU_DROP_H

#include "mmu/walk.h"

/* Removes one entry and reports its range. */
void drop_entry(struct mmu *mmu, struct tlb_entry *entry);

/* Removes every entry whose tag equals `tag` under `mask`, non-global ones only if so asked, and
 * reports each regime that lost any as a whole. Returns how many there were. */
unsigned drop_tagged(struct mmu *mmu, uint64_t tag, uint64_t mask, bool keep_global);

#endif
