/*
 * A PE with an MMU in a toy machine: 8 MiB of RAM in an array, a meter with every class at one
 * cycle, and a log of what the MMU dropped. Tables are written by builders of the test's own, which
 * know nothing of the walker.
 */
#ifndef EL2SIM_TESTS_UNIT_MMU_TOY_H
#define EL2SIM_TESTS_UNIT_MMU_TOY_H

#include "mmu/mmu.h"
#include "sim/base/bits.h"

#define TOY_RAM_BASE UINT64_C(0x40000000)
#define TOY_RAM_SIZE UINT64_C(0x800000)
#define TOY_DROPS    64

struct toy_drop {
    enum mmu_regime regime;
    uint64_t at, size_bytes;
};

struct toy {
    struct pe pe;
    struct mmu *mmu;
    uint64_t *ram;
    uint64_t next_table; /* PA */
    struct clock clock;
    struct ledger_row row;
    struct cost_meter meter;
    cycles_t prices[COST_CLASS_COUNT];
    struct toy_drop drops[TOY_DROPS];
    unsigned drop_count;
    unsigned reads, swaps;
    unsigned swaps_to_lose; /* cas64 finds another value that many times */
    uint64_t abort_at;      /* PA whose reads and swaps abort; 0 = none */
};

/* All features, 48-bit PA, all granules, 64 entries fully associative, no walk caches; EL1. */
struct toy *toy_create(void);
struct toy *toy_create_sized(unsigned entries, unsigned ways, unsigned walk_cache_entries);
void toy_destroy(struct toy *toy);

uint64_t toy_read(const struct toy *toy, uint64_t at);
void toy_write(struct toy *toy, uint64_t at, uint64_t value);

/* A zeroed range of RAM, aligned to its size. */
uint64_t toy_table(struct toy *toy, uint64_t size_bytes);

/* Tables to build: where the start table is, and how it is indexed. */
struct toy_tables {
    uint64_t start;
    unsigned granule_bits, start_level, input_bits;
    uint64_t offset; /* added to table addresses put into descriptors: IPA - PA */
};

/* Puts `leaf` (attributes, without type bits) for `input` at `level`, making tables on the way with
 * `table_bits` in their descriptors. Returns the PA of the leaf descriptor. */
uint64_t toy_map_with(struct toy *toy, const struct toy_tables *tables, uint64_t input,
                      uint64_t leaf, unsigned level, uint64_t table_bits);
uint64_t toy_map(struct toy *toy, const struct toy_tables *tables, uint64_t input, uint64_t leaf,
                 unsigned level);

/* Stage 1 of EL1&0 (or EL2 tables for the others) for a 48-bit lower half with 4K pages; registers
 * written, MMU on. */
struct toy_tables toy_stage1_el1(struct toy *toy);
struct toy_tables toy_stage1_el1_upper(struct toy *toy);
struct toy_tables toy_stage1_el2(struct toy *toy);

/* Stage 2: 4K, 40-bit IPA, start level 1 (two concatenated tables), RAM mapped flat in 2 MiB
 * blocks, HCR_EL2.VM set. */
struct toy_tables toy_stage2(struct toy *toy);

/* Descriptor attributes as the manual numbers them. */
#define D_AF      BIT(10)
#define D_NG      BIT(11)
#define D_AP(n)   ((uint64_t)(n) << 6) /* AP[2:1] */
#define D_S2AP(n) ((uint64_t)(n) << 6)
#define D_ATTR(n) ((uint64_t)(n) << 2)
#define D_MEM(n)  ((uint64_t)(n) << 2) /* stage 2 MemAttr[3:0] */
#define D_SH(n)   ((uint64_t)(n) << 8)
#define D_DBM     BIT(51)
#define D_CONTIG  BIT(52)
#define D_PXN     BIT(53)
#define D_UXN     BIT(54)
#define D_S2XN(n) ((uint64_t)(n) << 53)
#define D_USER    (D_AF | D_AP(1))                         /* EL0 and EL1 read/write */
#define D_S2_ALL  (D_AF | D_S2AP(3) | D_MEM(15) | D_SH(3)) /* read/write, WB, inner shareable */
#define T_PXN     BIT(59)
#define T_UXN     BIT(60)
#define T_AP(n)   ((uint64_t)(n) << 61)

/* Outcome of one access: the page, or the fault. */
struct toy_result {
    bool ok;
    struct mmu_page page;
    struct mmu_fault fault;
};

struct toy_result toy_access(struct toy *toy, unsigned el, enum mmu_access_type type,
                             uint64_t address);
struct toy_result toy_access_full(struct toy *toy, const struct mmu_access *access);
struct toy_result toy_probe(struct toy *toy, unsigned el, enum mmu_access_type type,
                            uint64_t address);
void toy_tlbi(struct toy *toy, enum sysreg_id op, uint64_t value);
bool toy_holds(struct toy *toy, unsigned el, uint64_t address);
bool toy_hits(struct toy *toy, unsigned el, enum mmu_access_type type, uint64_t address);

#define ck_fault(r, t, l)                                                                          \
    do {                                                                                           \
        ck_assert_msg(!(r).ok, "no fault");                                                        \
        ck_assert_int_eq((r).fault.type, (t));                                                     \
        ck_assert_uint_eq((r).fault.level, (l));                                                   \
    } while (0)

#define ck_maps(r, address)                                                                        \
    do {                                                                                           \
        ck_assert_msg((r).ok, "fault type %d level %u", (int)(r).fault.type, (r).fault.level);     \
        ck_assert_uint_eq((r).page.pa.v, (address));                                               \
    } while (0)

#endif
