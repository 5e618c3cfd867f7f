/* Translation-table builder: allocates from a pool that every check starts afresh. */
#include "pt.h"

#define POOL_BASE 0x4a000000UL
#define POOL_END  0x4c000000UL
#define ATTR_MASK 0xfff8000000000ffcUL

/* TCR/VTCR fields, Arm ARM D13.2.131 TCR_EL1, D13.2.132 TCR_EL2, D13.2.151 VTCR_EL2. */
#define TCR_WALK_WB   (3UL << 12 | 1UL << 10 | 1UL << 8)
#define TCR_EPD1      (1UL << 23)
#define TCR_IPS_40    (2UL << 32)
#define TCR_EL2_RES1  (1UL << 31 | 1UL << 23)
#define TCR_EL2_PS_40 (2UL << 16)
#define VTCR_RES1     (1UL << 31)
#define VTCR_PS_40    (2UL << 16)
#define VA_BITS       39

static uint64_t pool_next = POOL_BASE;

void pt_pool_reset(void)
{
    pool_next = POOL_BASE;
}

static uint64_t *table_create(uint64_t size)
{
    uint64_t *table = (uint64_t *)((pool_next + size - 1) & ~(size - 1));

    pool_next = (uint64_t)table + size;
    if (pool_next > POOL_END) {
        print("PANIC: out of translation tables\n");
        power_off();
    }
    for (uint64_t i = 0; i < size / 8; i++) {
        table[i] = 0;
    }
    return table;
}

static unsigned level_shift(const struct pt *pt, unsigned level)
{
    return pt->granule_bits + (3 - level) * (pt->granule_bits - 3);
}

struct pt pt_create_from(unsigned granule_bits, unsigned va_bits, unsigned start_level)
{
    struct pt pt = {.granule_bits = granule_bits, .start_level = start_level, .va_bits = va_bits};
    uint64_t size = 8UL << (va_bits - level_shift(&pt, start_level));

    pt.root = table_create(size > 1UL << granule_bits ? size : 1UL << granule_bits);
    return pt;
}

struct pt pt_create(unsigned granule_bits, unsigned va_bits)
{
    unsigned levels = (va_bits - 4) / (granule_bits - 3);

    return pt_create_from(granule_bits, va_bits, 4 - levels);
}

uint64_t *pt_descriptor(const struct pt *pt, uint64_t va, unsigned level)
{
    uint64_t *table = pt->root;
    uint64_t mask = (1UL << (pt->va_bits - level_shift(pt, pt->start_level))) - 1;

    for (unsigned at = pt->start_level;; at++) {
        uint64_t *entry = &table[(va >> level_shift(pt, at)) & mask];
        if (at == level) {
            return entry;
        }
        if ((*entry & 3) != PT_TABLE) {
            *entry = (uint64_t)table_create(1UL << pt->granule_bits) | PT_TABLE;
        }
        table = (uint64_t *)(*entry & PT_ADDR);
        mask = (1UL << (pt->granule_bits - 3)) - 1;
    }
}

void pt_map_leaf(const struct pt *pt, uint64_t va, uint64_t pa, unsigned level, uint64_t attributes)
{
    *pt_descriptor(pt, va, level) =
        pa | (attributes & ATTR_MASK) | (level == 3 ? PT_PAGE : PT_BLOCK);
}

void pt_map(const struct pt *pt, uint64_t va, uint64_t pa, uint64_t size, uint64_t attributes)
{
    unsigned first = pt->granule_bits == 12 ? 1 : 2; /* the highest level with blocks */

    first = first < pt->start_level ? pt->start_level : first;

    while (size != 0) {
        unsigned level = first;
        while (level < 3 && (((va | pa) & ((1UL << level_shift(pt, level)) - 1)) != 0 ||
                             size < 1UL << level_shift(pt, level))) {
            level++;
        }
        uint64_t step = 1UL << level_shift(pt, level);
        pt_map_leaf(pt, va, pa, level, attributes);
        va += step;
        pa += step;
        size -= step;
    }
}

struct pt el1_map(unsigned granule_bits)
{
    struct pt pt = pt_create(granule_bits, VA_BITS);

    pt_map(&pt, 0, 0, 0x40000000, PT_DEVICE | PT_AF | PT_PXN | PT_UXN);
    pt_map(&pt, 0x40000000, 0x40000000, SIZE_2M, PT_RAM | PT_PXN | PT_UXN);
    pt_map(&pt, 0x40200000, 0x40200000, SIZE_2M, PT_RAM | PT_AP_EL0 | PT_AP_RO);
    pt_map(&pt, 0x40400000, 0x40400000, SIZE_2M, PT_RAM | PT_PXN | PT_UXN);
    pt_map(&pt, 0x40600000, 0x40600000, SIZE_2M, PT_RAM | PT_AP_EL0 | PT_PXN | PT_UXN);
    pt_map(&pt, 0x40800000, 0x40800000, 0x0f800000, PT_RAM | PT_PXN | PT_UXN);
    return pt;
}

struct pt el2_map(void)
{
    struct pt pt = pt_create(12, VA_BITS);

    pt_map(&pt, 0, 0, 0x40000000, PT_DEVICE | PT_AF | PT_AP_EL0 | PT_UXN);
    pt_map(&pt, 0x40000000, 0x40000000, SIZE_2M, PT_RAM | PT_AP_EL0 | PT_UXN);
    pt_map(&pt, 0x40200000, 0x40200000, SIZE_2M, PT_RAM | PT_AP_EL0 | PT_AP_RO);
    pt_map(&pt, 0x40400000, 0x40400000, 0x0fc00000, PT_RAM | PT_AP_EL0 | PT_UXN);
    return pt;
}

void stage2_fill(const struct pt *pt)
{
    pt_map(pt, 0, 0, 0x40000000, S2_IO);
    pt_map(pt, 0x40000000, 0x40000000, 0x10000000, S2_RAM);
}

struct pt stage2_map(void)
{
    struct pt pt = pt_create(12, VA_BITS);

    stage2_fill(&pt);
    return pt;
}

uint64_t tcr_el1_value(unsigned granule_bits, unsigned va_bits)
{
    uint64_t tg0 = granule_bits == 12 ? 0 : granule_bits == 16 ? 1 : 2;
    return TCR_IPS_40 | TCR_EPD1 | tg0 << 14 | TCR_WALK_WB | (64 - va_bits);
}

void el1_mmu_on(const struct pt *pt)
{
    WR("mair_el1", MAIR_VALUE);
    WR("tcr_el1", tcr_el1_value(pt->granule_bits, VA_BITS));
    WR("ttbr0_el1", pt->root);
    tlb_flush_all();
    WR("sctlr_el1", 0x30d00800 | 0x1005); /* I, C, M */
    ISB();
}

void el2_mmu_on(const struct pt *pt)
{
    bool vhe = (RD("hcr_el2") >> 34 & 1) != 0;

    WR("mair_el2", MAIR_VALUE);
    WR("tcr_el2", vhe ? tcr_el1_value(12, VA_BITS)
                      : TCR_EL2_RES1 | TCR_EL2_PS_40 | TCR_WALK_WB | (64 - VA_BITS));
    WR("ttbr0_el2", pt->root);
    tlb_flush_all();
    WR("sctlr_el2", 0x30c50830 | 0x1005);
    ISB();
}

void el2_mmu_off(void)
{
    DSB();
    WR("sctlr_el2", 0x30c50830);
    ISB();
    tlb_flush_all();
}

void stage2_on(const struct pt *pt, unsigned vmid)
{
    uint64_t tg0 = pt->granule_bits == 12 ? 0 : pt->granule_bits == 16 ? 1 : 2;
    uint64_t sl0 = pt->granule_bits == 12 ? 2 - pt->start_level : 3 - pt->start_level;

    WR("vtcr_el2",
       VTCR_RES1 | VTCR_PS_40 | tg0 << 14 | TCR_WALK_WB | sl0 << 6 | (64 - pt->va_bits));
    WR("vttbr_el2", (uint64_t)pt->root | (uint64_t)vmid << 48);
    WR("hcr_el2", RD("hcr_el2") | 1);
    tlb_flush_all();
}

void tlb_flush_all(void)
{
    OP("dsb sy\n tlbi alle1is\n tlbi alle2is\n dsb sy\n isb");
}
