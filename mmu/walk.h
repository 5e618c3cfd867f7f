/*
 * Translation table walks of both stages (Arm ARM D5.2, AArch64.TranslationTableWalk,
 * AArch64.FirstStageTranslate, AArch64.SecondStageTranslate), in the order of the manual's checks.
 */
#ifndef EL2SIM_MMU_WALK_H
#define EL2SIM_MMU_WALK_H

#include "mmu/tlb.h"
#include "mmu/walk_cache.h"

struct mmu {
    struct pe *pe;
    struct mmu_hooks hooks;
    void (*watch)(void *ctx, const struct mmu_descriptor *d); /* mmu_watch() */
    struct tlb tlb;
    struct walk_cache stage1_tables; /* by VA */
    struct walk_cache stage2_tables; /* by IPA of stage-1 tables */
    struct mmu_stats stats;
};

struct walk {
    struct mmu *mmu;
    const struct mmu_context *ctx;
    const struct mmu_access *access;
    uint64_t address; /* canonical */
    bool pan;         /* PSTATE.PAN counts for this access */
    bool dirties;     /* marks pages dirty where hardware does */
    bool live;        /* charges, updates descriptors, uses the walk caches; else no trace */
    struct mmu_fault *fault;
    struct mmu_steps *steps; /* what it reads; NULL: nobody asks */
};

enum walk_result {
    WALK_OK,
    WALK_FAULT, /* *w->fault is filled */
    WALK_AGAIN  /* a descriptor changed while it was to be updated: walk once more */
};

/* Whether PSTATE.PAN counts for loads, stores and fetches like this one. */
bool walk_pan_applies(const struct pe *pe, const struct mmu_access *access);

/*
 * Translates w->address and checks its permissions. stage2 false: stops at the IPA (t->pa is it),
 * though the tables of stage 1 are still found through stage 2.
 */
bool walk_translate(const struct walk *w, bool stage2, struct translation *t);

/* The fault of an access in a context; fills all but what only some faults have. */
void walk_fault(const struct walk *w, enum mmu_fault_type type, unsigned level);

/* A permission fault of an access that has only `prot`. */
void walk_permission_fault(const struct walk *w, unsigned prot, unsigned level);

/* The same of stage 2, for an IPA; s1ptw: of a stage-1 descriptor. */
void walk_fault_stage2(const struct walk *w, enum mmu_fault_type type, unsigned level,
                       uint64_t at_ipa, bool s1ptw);

#endif
