#include "mmu/drop.h"

static enum mmu_regime regime_of(const struct tlb_entry *e)
{
    return (enum mmu_regime)((e->tag & TAG_REGIME) >> TAG_REGIME_SHIFT);
}

void drop_entry(struct mmu *mmu, struct tlb_entry *entry)
{
    enum mmu_regime regime = regime_of(entry);
    va_t at = va(tlb_entry_address(entry));
    uint64_t size_bytes = BIT(entry->t.shift);
    tlb_remove(&mmu->tlb, entry);
    mmu->hooks.dropped(mmu->hooks.ctx, regime, at, size_bytes);
}

unsigned drop_tagged(struct mmu *mmu, uint64_t tag, uint64_t mask, bool keep_global)
{
    bool lost[REGIME_COUNT] = {false};
    unsigned count = 0;
    for (unsigned i = 0; i < mmu->tlb.entry_count; i++) {
        struct tlb_entry *e = &mmu->tlb.entries[i];
        if (e->valid && ((e->tag ^ tag) & mask) == 0 && !(keep_global && e->t.global)) {
            lost[regime_of(e)] = true;
            tlb_remove(&mmu->tlb, e);
            count++;
        }
    }
    for (unsigned regime = 0; regime < REGIME_COUNT; regime++) {
        if (lost[regime]) {
            mmu->hooks.dropped(mmu->hooks.ctx, (enum mmu_regime)regime, va(0), 0);
        }
    }
    return count;
}
