/*
 * What the registers say about translation now: regime, which stages are on, the tags of TLB
 * entries, and the geometry of each stage's tables (Arm ARM D5.2; AArch64.TranslationTableWalk).
 */
#ifndef EL2SIM_MMU_CONTEXT_H
#define EL2SIM_MMU_CONTEXT_H

#include "cpu-el/fields.h"
#include "mmu/mmu.h"
#include "sim/base/bits.h"

/*
 * The tag of a TLB entry or walk cache entry, in one word: an entry answers only where all of it is
 * equal, but for the ASID of global entries. Whether each stage was on is part of it: flat
 * mappings of a disabled stage 1 never answer once it is on (HCR_EL2.VM "is permitted to be cached
 * in a TLB"; here it is).
 */
#define TAG_ASID         MASK(15, 0)
#define TAG_VMID         MASK(31, 16)
#define TAG_REGIME       MASK(33, 32)
#define TAG_STAGE1       BIT(34)
#define TAG_STAGE2       BIT(35)
#define TAG_VMID_SHIFT   16
#define TAG_REGIME_SHIFT 32

struct mmu_context {
    enum mmu_regime regime;
    bool stage1, stage2;
    bool tbi[2];         /* by VA bit 55 */
    uint64_t sctlr, tcr; /* of the regime */
    uint64_t hcr;        /* 0 outside EL1&0, and where EL2 is absent */
    uint64_t tag;
};

struct mmu_context mmu_context_of(const struct pe *pe, enum mmu_regime regime);

/* 16-bit VMID or the low 8 bits, by VTCR_EL2.VS; 0 where EL2 is absent. */
uint16_t mmu_vmid(const struct pe *pe);

/* Bits 63..56 replaced by bit 55: what both the tables and the TLB are indexed with. */
static inline uint64_t va_canonical(uint64_t address)
{
    return sign_extend(address, 56);
}

/* Bits 63..56 are a tag (TBI), or already copies of bit 55. */
static inline bool va_is_valid(const struct mmu_context *ctx, uint64_t address)
{
    return ctx->tbi[bit(address, 55)] || va_canonical(address) == address;
}

/* The tables of one stage, for one half of the address space. */
struct stage {
    uint64_t table; /* address of the start table */
    unsigned granule_bits, stride_bits;
    unsigned input_bits, output_bits;
    unsigned start_level;
    bool update_af;    /* HA */
    bool update_dirty; /* HD as well */
    bool no_hierarchy; /* HPD */
};

enum stage_check { STAGE_OK, STAGE_TRANSLATION_FAULT, STAGE_ADDRESS_SIZE_FAULT };

/* Stage 1 for a canonical VA; faults are of level 0. */
enum stage_check stage1_config(const struct pe *pe, const struct mmu_context *ctx, uint64_t address,
                               struct stage *out);

/* Stage 2 for an IPA; faults are of level 0. */
enum stage_check stage2_config(const struct pe *pe, uint64_t address, struct stage *out);

/* Address bits below an entry of that level. */
static inline unsigned stage_level_shift(const struct stage *s, unsigned level)
{
    return s->granule_bits + (3 - level) * s->stride_bits;
}

/* First level whose entries may be blocks (without 52-bit addresses): 1 for 4K, else 2. */
static inline unsigned stage_first_block_level(const struct stage *s)
{
    return s->granule_bits == 12 ? 1 : 2;
}

#endif
