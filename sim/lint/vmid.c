/* Which tables a VMID, an ASID stands for, on each PE, until its entries are invalidated. */
#include <stdlib.h>

#include "cpu-el/fields.h"
#include "mmu/context.h"
#include "sim/base/bits.h"
#include "sim/base/err.h"
#include "sim/lint/parts.h"

/* Of the most recent ones; older ones are forgotten. */
#define SEEN_MAX 256

struct seen {
    bool is;
    bool stage2;
    uint64_t tag;  /* stage 2: the VMID; else regime, VMID, ASID */
    bool upper;    /* TTBR1's half */
    uint64_t base; /* of its tables */
};

struct lint_vmid {
    struct {
        struct seen all[SEEN_MAX];
        unsigned next;
        struct lint_place wrote[2]; /* TTBR0, TTBR1: of the regime used last */
    } cpus[EL2SIM_MAX_CPUS];
};

void lint_vmid_create(struct lint *lint)
{
    lint->vmid = calloc(1, sizeof *lint->vmid);
    BUG_ON(lint->vmid == NULL);
}

void lint_vmid_destroy(struct lint *lint)
{
    free(lint->vmid);
}

/* Remembers what stands for what. Returns whether the tag stood for another base before, which is
 * *before. */
static bool note(struct lint *lint, unsigned cpu, const struct seen *now, uint64_t *before)
{
    struct seen *all = lint->vmid->cpus[cpu].all;
    for (unsigned i = 0; i < SEEN_MAX; i++) {
        if (all[i].is && all[i].stage2 == now->stage2 && all[i].tag == now->tag &&
            all[i].upper == now->upper) {
            *before = all[i].base;
            all[i].base = now->base;
            return *before != now->base;
        }
    }
    unsigned *next = &lint->vmid->cpus[cpu].next;
    all[*next] = *now;
    all[*next].is = true;
    *next = (*next + 1) % SEEN_MAX;
    return false;
}

static void vm_entered(struct lint *lint, const struct watch_event *e)
{
    const uint64_t *sr = e->pe->sr;
    bool enters = e->pe->ps.el == 2 && e->ret.to_el < 2 && (sr[SR_HCR_EL2] & HCR_VM) &&
                  !(sr[SR_HCR_EL2] & HCR_TGE);
    struct seen now = {.stage2 = true,
                       .tag = (uint64_t)mmu_vmid(e->pe) << TAG_VMID_SHIFT,
                       .base = sr[SR_VTTBR_EL2] & MASK(47, 1)};
    uint64_t before;
    if (enters && note(lint, e->cpu, &now, &before)) {
        struct lint_place place = lint_place_of(lint, e);
        struct lint_finding *f = lint_found(lint, LINT_VMID_REUSE, &place,
                                            "a VM is entered with VMID %u and tables at 0x%llx",
                                            mmu_vmid(e->pe), (unsigned long long)now.base);
        lint_next(f, "entries of this VMID from tables at 0x%llx may still be held",
                  (unsigned long long)before);
    }
}

/* A walk has found a page of one ASID. */
static void page_found(struct lint *lint, const struct watch_event *e)
{
    const struct mmu_descriptor *d = e->descriptor;
    bool global = !(d->value & BIT(11)); /* nG */
    enum mmu_regime regime = (enum mmu_regime)((d->tag & TAG_REGIME) >> TAG_REGIME_SHIFT);
    if (d->stage2 || !d->is_leaf || !(d->value & 1) || global || regime == REGIME_EL2) {
        return;
    }
    bool upper = bit(d->input, 55);
    enum sysreg_id ttbr = regime == REGIME_EL10 ? (upper ? SR_TTBR1_EL1 : SR_TTBR0_EL1)
                                                : (upper ? SR_TTBR1_EL2 : SR_TTBR0_EL2);
    struct seen now = {.tag = d->tag & (TAG_REGIME | TAG_VMID | TAG_ASID),
                       .upper = upper,
                       .base = e->pe->sr[ttbr] & MASK(47, 1)};
    uint64_t before;
    if (note(lint, e->cpu, &now, &before)) {
        struct lint_place place = lint->vmid->cpus[e->cpu].wrote[upper];
        struct lint_finding *f =
            lint_found(lint, LINT_ASID_REUSE, &place, "ASID %u got tables at 0x%llx",
                       (unsigned)(d->tag & TAG_ASID), (unsigned long long)now.base);
        lint_next(f,
                  "a walk for VA 0x%llx used them, while entries of this ASID from tables at "
                  "0x%llx may still be held",
                  (unsigned long long)d->input, (unsigned long long)before);
    }
}

/* Forgets what the operation invalidates as a whole. */
static void invalidated(struct lint *lint, const struct watch_event *e)
{
    struct mmu_tlbi_scope s;
    if (!mmu_tlbi_scope(e->tlbi.op, &s) || s.first != 0 || s.last != UINT64_MAX) {
        return;
    }
    for (unsigned cpu = 0; cpu < EL2SIM_MAX_CPUS; cpu++) {
        struct seen *all = lint->vmid->cpus[cpu].all;
        for (unsigned i = 0; (e->tlbi.broadcast || cpu == e->cpu) && i < SEEN_MAX; i++) {
            uint64_t mask = all[i].stage2 ? s.mask & TAG_VMID : s.mask;
            bool concerned = all[i].stage2 ? s.has_stage2 : true;
            if (concerned && ((all[i].tag ^ s.tag) & mask) == 0) {
                all[i].is = false;
            }
        }
    }
}

static void written(struct lint *lint, const struct watch_event *e)
{
    switch ((unsigned)e->reg.id) {
    case SR_TTBR0_EL1:
    case SR_TTBR0_EL2:
        lint->vmid->cpus[e->cpu].wrote[0] = lint_place_of(lint, e);
        break;
    case SR_TTBR1_EL1:
    case SR_TTBR1_EL2:
        lint->vmid->cpus[e->cpu].wrote[1] = lint_place_of(lint, e);
        break;
    default:
        break;
    }
}

void lint_vmid_seen(struct lint *lint, const struct watch_event *e)
{
    switch (e->kind) {
    case WATCH_RETURN:
        vm_entered(lint, e);
        break;
    case WATCH_DESCRIPTOR:
        page_found(lint, e);
        break;
    case WATCH_TLBI:
        invalidated(lint, e);
        break;
    case WATCH_WRITE:
        written(lint, e);
        break;
    case WATCH_READ:
    case WATCH_UNSYNCED:
    case WATCH_ISB:
    case WATCH_DSB:
    case WATCH_EXCEPTION:
    case WATCH_AT:
    case WATCH_ACCESS:
    case WATCH_TABLE:
    case WATCH_IRQ:
        break;
    }
}
