#include "tests/unit/mmu/toy.h"

#include <stdlib.h>
#include <string.h>

static uint64_t *cell(const struct toy *toy, uint64_t at)
{
    bool inside = at >= TOY_RAM_BASE && at - TOY_RAM_BASE < TOY_RAM_SIZE && (at & 7) == 0;
    return inside ? &toy->ram[(at - TOY_RAM_BASE) / 8] : NULL;
}

static bool read64(void *ctx, pa_t at, uint64_t *value)
{
    struct toy *toy = ctx;
    uint64_t *c = cell(toy, at.v);
    toy->reads++;
    if (!c || (toy->abort_at && toy->abort_at == at.v)) {
        return false;
    }
    *value = *c;
    return true;
}

static bool cas64(void *ctx, pa_t at, uint64_t expected, uint64_t desired, bool *swapped)
{
    struct toy *toy = ctx;
    uint64_t *c = cell(toy, at.v);
    if (!c || (toy->abort_at && toy->abort_at == at.v)) {
        return false;
    }
    if (toy->swaps_to_lose > 0) {
        toy->swaps_to_lose--;
        *swapped = false;
        return true;
    }
    *swapped = *c == expected;
    if (*swapped) {
        *c = desired;
        toy->swaps++;
    }
    return true;
}

static void dropped(void *ctx, enum mmu_regime regime, va_t at, uint64_t size_bytes)
{
    struct toy *toy = ctx;
    if (toy->drop_count < TOY_DROPS) {
        toy->drops[toy->drop_count] = (struct toy_drop){regime, at.v, size_bytes};
    }
    toy->drop_count++;
}

struct toy *toy_create_sized(unsigned entries, unsigned ways, unsigned walk_cache_entries)
{
    struct toy *toy = calloc(1, sizeof *toy);
    toy->ram = calloc(TOY_RAM_SIZE / 8, 8);
    toy->next_table = TOY_RAM_BASE;
    for (unsigned i = 0; i < COST_CLASS_COUNT; i++) {
        toy->prices[i] = CYCLE;
    }
    toy->meter = (struct cost_meter){toy->prices, &toy->clock, &toy->row};
    for (unsigned i = 0; i < FEATURE_COUNT; i++) {
        toy->pe.model.has[i] = true;
    }
    toy->pe.model.pa_bits = 48;
    toy->pe.model.granule_4k = toy->pe.model.granule_16k = toy->pe.model.granule_64k = true;
    toy->pe.meter = &toy->meter;
    toy->pe.ps.el = 1;
    struct mmu_geometry geometry = {entries, ways, walk_cache_entries};
    struct mmu_hooks hooks = {toy, read64, cas64, dropped};
    toy->mmu = mmu_create(&toy->pe, &geometry, &hooks);
    return toy;
}

struct toy *toy_create(void)
{
    return toy_create_sized(64, 0, 0);
}

void toy_destroy(struct toy *toy)
{
    mmu_destroy(toy->mmu);
    free(toy->ram);
    free(toy);
}

uint64_t toy_read(const struct toy *toy, uint64_t at)
{
    return *cell(toy, at);
}

void toy_write(struct toy *toy, uint64_t at, uint64_t value)
{
    *cell(toy, at) = value;
}

uint64_t toy_table(struct toy *toy, uint64_t size_bytes)
{
    uint64_t at = (toy->next_table + size_bytes - 1) & ~(size_bytes - 1);
    toy->next_table = at + size_bytes;
    memset(cell(toy, at), 0, size_bytes);
    return at;
}

uint64_t toy_map_with(struct toy *toy, const struct toy_tables *tables, uint64_t input,
                      uint64_t leaf, unsigned level, uint64_t table_bits)
{
    unsigned index_bits = tables->granule_bits - 3;
    uint64_t table = tables->start;
    for (unsigned l = tables->start_level;; l++) {
        unsigned low = tables->granule_bits + index_bits * (3 - l);
        uint64_t in = input & ((UINT64_C(1) << tables->input_bits) - 1);
        uint64_t index = in >> low;
        if (l != tables->start_level) {
            index &= (UINT64_C(1) << index_bits) - 1;
        }
        uint64_t at = table + 8 * index;
        if (l == level) {
            toy_write(toy, at, leaf | (level == 3 ? 3 : 1));
            return at;
        }
        if ((toy_read(toy, at) & 3) != 3) {
            uint64_t next = toy_table(toy, UINT64_C(1) << tables->granule_bits);
            toy_write(toy, at, (next + tables->offset) | table_bits | 3);
        }
        table = (toy_read(toy, at) & UINT64_C(0x0000fffffffff000)) - tables->offset;
    }
}

uint64_t toy_map(struct toy *toy, const struct toy_tables *tables, uint64_t input, uint64_t leaf,
                 unsigned level)
{
    return toy_map_with(toy, tables, input, leaf, level, 0);
}

/* T0SZ = T1SZ = 16, 4K granules, IPS 48 bits, AS 16 bits; Attr0 write-back, Attr1 nGnRE, Attr2
 * non-cacheable. */
#define TCR_48_4K                                                                                  \
    (UINT64_C(16) | UINT64_C(16) << 16 | UINT64_C(2) << 30 | UINT64_C(5) << 32 | UINT64_C(1) << 36)
#define SCTLR_ON   (UINT64_C(1) | UINT64_C(1) << 2 | UINT64_C(1) << 12)
#define MAIR_USUAL UINT64_C(0x4404ff)

struct toy_tables toy_stage1_el1(struct toy *toy)
{
    struct toy_tables t = {toy_table(toy, 4096), 12, 0, 48, 0};
    toy->pe.sr[SR_TTBR0_EL1] = t.start;
    toy->pe.sr[SR_TCR_EL1] = TCR_48_4K;
    toy->pe.sr[SR_MAIR_EL1] = MAIR_USUAL;
    toy->pe.sr[SR_SCTLR_EL1] = SCTLR_ON;
    return t;
}

struct toy_tables toy_stage1_el1_upper(struct toy *toy)
{
    struct toy_tables t = {toy_table(toy, 4096), 12, 0, 48, 0};
    toy->pe.sr[SR_TTBR1_EL1] = t.start;
    return t;
}

struct toy_tables toy_stage1_el2(struct toy *toy)
{
    struct toy_tables t = {toy_table(toy, 4096), 12, 0, 48, 0};
    toy->pe.sr[SR_TTBR0_EL2] = t.start;
    toy->pe.sr[SR_TCR_EL2] = UINT64_C(16) | UINT64_C(5) << 16;
    toy->pe.sr[SR_MAIR_EL2] = MAIR_USUAL;
    toy->pe.sr[SR_SCTLR_EL2] = SCTLR_ON;
    return t;
}

struct toy_tables toy_stage2(struct toy *toy)
{
    struct toy_tables t = {toy_table(toy, 8192), 12, 1, 40, 0};
    toy->pe.sr[SR_VTTBR_EL2] = t.start;
    /* T0SZ 24, SL0 1, PS 48 bits, VS. */
    toy->pe.sr[SR_VTCR_EL2] = UINT64_C(24) | UINT64_C(1) << 6 | UINT64_C(5) << 16 | BIT(19);
    toy->pe.sr[SR_HCR_EL2] |= BIT(0);
    for (uint64_t at = TOY_RAM_BASE; at < TOY_RAM_BASE + TOY_RAM_SIZE; at += 0x200000) {
        toy_map(toy, &t, at, at | D_S2_ALL, 2);
    }
    return t;
}

struct toy_result toy_access_full(struct toy *toy, const struct mmu_access *access)
{
    struct toy_result r = {0};
    r.ok = mmu_translate(toy->mmu, access, &r.page, &r.fault);
    return r;
}

struct toy_result toy_access(struct toy *toy, unsigned el, enum mmu_access_type type,
                             uint64_t address)
{
    struct mmu_access access = {.va = va(address), .type = type, .el = (uint8_t)el};
    return toy_access_full(toy, &access);
}

struct toy_result toy_probe(struct toy *toy, unsigned el, enum mmu_access_type type,
                            uint64_t address)
{
    struct mmu_access access = {.va = va(address), .type = type, .el = (uint8_t)el};
    struct toy_result r = {0};
    r.ok = mmu_probe(toy->mmu, &access, &r.page, &r.fault);
    return r;
}

void toy_tlbi(struct toy *toy, enum sysreg_id op, uint64_t value)
{
    struct mmu_tlbi tlbi = mmu_tlbi_of(&toy->pe, op, value);
    mmu_tlbi_apply(toy->mmu, &tlbi);
}

bool toy_holds(struct toy *toy, unsigned el, uint64_t address)
{
    struct mmu_access access = {.va = va(address), .type = MMU_READ, .el = (uint8_t)el};
    return mmu_holds(toy->mmu, &access);
}

bool toy_hits(struct toy *toy, unsigned el, enum mmu_access_type type, uint64_t address)
{
    struct mmu_access access = {.va = va(address), .type = type, .el = (uint8_t)el};
    return mmu_hits(toy->mmu, &access);
}
