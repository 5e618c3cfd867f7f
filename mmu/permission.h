/*
 * Access permissions of one page, per stage (Arm ARM D5.4; AArch64.CheckPermission,
 * AArch64.CheckS2Permission).
 */
#ifndef EL2SIM_MMU_PERMISSION_H
#define EL2SIM_MMU_PERMISSION_H

#include "mmu/tlb.h"

/* Stage-1 permission bits after the hierarchical ones have been applied. */
struct stage1_permission {
    unsigned ap; /* AP[2:1] */
    bool uxn;    /* XN in a regime of one privilege level */
    bool pxn;
    bool wxn; /* SCTLR_ELx.WXN */
};

/* Fills user, priv and priv_pan. two_levels: EL1&0 and EL2&0; else EL2, where only priv counts. */
void stage1_prot(const struct stage1_permission *p, bool two_levels, struct translation *t);

/* Fills user2 and priv2 from S2AP[1:0] and XN[1:0] (descriptor bits 54..53). */
void stage2_prot(unsigned s2ap, unsigned xn, bool has_xnx, struct translation *t);

/* What the access may do at each stage. pan: PSTATE.PAN counts for it. */
static inline unsigned prot_stage1(const struct translation *t, const struct mmu_access *a,
                                   bool pan)
{
    return a->el == 0 ? t->user : pan ? t->priv_pan : t->priv;
}

static inline unsigned prot_stage2(const struct translation *t, const struct mmu_access *a)
{
    return a->el == 0 ? t->user2 : t->priv2;
}

/*
 * What the access needs. DC and IC by VA never fail from EL1 or EL2 for want of a permission, but
 * for DC IVAC, which needs write permission (D5.4.11); at EL0 they need read permission.
 */
static inline unsigned prot_needed(const struct mmu_access *a)
{
    if (a->type == MMU_FETCH) {
        return PROT_X;
    }
    if (a->cache_maintenance) {
        return a->type == MMU_WRITE ? PROT_W : a->el == 0 ? PROT_R : 0;
    }
    return a->atomic ? PROT_R | PROT_W : a->type == MMU_WRITE ? PROT_W : PROT_R;
}

/* Whether it marks pages dirty (CheckAndUpdateDescriptor). */
static inline bool access_dirties(const struct mmu_access *a)
{
    return !a->cache_maintenance && (a->atomic || a->type == MMU_WRITE);
}

#endif
