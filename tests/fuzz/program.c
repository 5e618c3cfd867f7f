#include "tests/fuzz/program.h"

#include <string.h>

#include "cpu-el/sysreg.h"
#include "sim/base/bits.h"
#include "sim/image/memmap.h"

uint64_t rng_next(struct rng *rng)
{
    rng->state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = rng->state;
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint64_t rng_below(struct rng *rng, uint64_t n)
{
    return rng_next(rng) % n;
}

bool rng_chance(struct rng *rng, unsigned percent)
{
    return rng_below(rng, 100) < percent;
}

#define WORD_MOVZ 0xd2800000u /* x0, #0, lsl 0 */
#define WORD_MOVK 0xf2800000u
#define WORD_MSR  0xd5000000u
#define WORD_READ 0x00200000u /* MRS, SYSL: bit L */
#define WORD_B    0x14000000u
#define WORD_CBZ  0xb4000000u
#define WORD_TBZ  0x36000000u
#define WORD_BCC  0x54000000u

/* The program as it grows. */
struct writer {
    struct rng *rng;
    uint32_t *words;
    unsigned count, room;
};

static void put(struct writer *w, uint32_t word)
{
    if (w->count < w->room) {
        w->words[w->count++] = word;
    }
}

static uint32_t any_register(struct writer *w)
{
    return (uint32_t)rng_below(w->rng, 32);
}

static void put_constant(struct writer *w, uint32_t reg, uint64_t value)
{
    put(w, WORD_MOVZ | (uint32_t)(value & 0xffff) << 5 | reg);
    for (uint32_t part = 1; part < 4; part++) {
        uint32_t half = (uint32_t)(value >> (16 * part)) & 0xffff;
        if (half != 0) {
            put(w, WORD_MOVK | part << 21 | half << 5 | reg);
        }
    }
}

/* Values that mean something to some register or device. */
static uint64_t interesting(struct writer *w)
{
    static const uint64_t values[] = {
        0,
        1,
        UINT64_MAX,
        UINT64_C(0x8000000000000000),
        UINT64_C(0x7fffffffffffffff),
        PROGRAM_TABLES,
        PROGRAM_TABLES | UINT64_C(0x0001000000000000),
        PROGRAM_STAGE2,
        PROGRAM_STAGE2 | UINT64_C(0x00ff000000000000),
        PROGRAM_VECTORS,
        PROGRAM_VECTORS + 0x800,
        PROGRAM_ENTRY,
        PROGRAM_ENTRY + 2,
        PROGRAM_DATA,
        PROGRAM_DATA + 0x3fd,
        PROGRAM_DATA + 0xffc,
        UINT64_C(0x401ffff8),
        UINT64_C(0x40fffff8),
        UINT64_C(0xffff000000000000),
        UINT64_C(0x0000ffff40080000),
        UINT64_C(0xff00000040100000),
        UINT64_C(0x00000000b5593519), /* TCR: 4 GiB and up, 4 KiB granules */
        UINT64_C(0x00000002b5203520),
        UINT64_C(0x0000000080023520), /* TCR_EL2, VTCR_EL2 */
        UINT64_C(0x0000000080023560),
        UINT64_C(0x0000000030d0180d), /* SCTLR: M, C, I */
        UINT64_C(0x0000000030d0180f),
        UINT64_C(0x00000000ff440c04), /* MAIR */
        UINT64_C(0x0000000080000001), /* HCR: RW, VM */
        UINT64_C(0x0000000488000038), /* E2H, RW, TGE, IMO, FMO, AMO */
        UINT64_C(0x0000000480000038),
        UINT64_C(0x00000000800001f9), /* VI, VF, VSE */
        UINT64_C(0x3c5),              /* SPSR: EL1h, EL0t, EL2h, EL2t, illegal */
        UINT64_C(0x3c0),
        UINT64_C(0x5),
        UINT64_C(0x0),
        UINT64_C(0x3c9),
        UINT64_C(0x209),
        UINT64_C(0x2003c8),
        UINT64_C(0x3cd),
        UINT64_C(0x1003c5),
        UINT64_C(0xc4000003), /* PSCI CPU_ON, CPU_OFF, CPU_SUSPEND, AFFINITY_INFO, FEATURES */
        UINT64_C(0x84000002),
        UINT64_C(0x84000001),
        UINT64_C(0xc4000004),
        UINT64_C(0x8400000a),
        UINT64_C(0x50a0000010000000), /* list registers */
        UINT64_C(0xd0a000010000001b),
        UINT64_C(0x90000020),
        UINT64_C(0x1001b1e5), /* DBGBCR, DBGWCR, MDSCR */
        UINT64_C(0x1ff5),
        UINT64_C(0xa001),
        MEMMAP_GICD_BASE,
        MEMMAP_GICC_BASE,
        MEMMAP_GICH_BASE,
        MEMMAP_GICV_BASE,
        MEMMAP_GICR_BASE,
        MEMMAP_GICR_BASE + 0x10000,
        MEMMAP_UART_BASE,
        MEMMAP_RTC_BASE,
        MEMMAP_VIRTIO_BASE,
    };
    uint64_t value = values[rng_below(w->rng, sizeof values / sizeof values[0])];
    if (rng_chance(w->rng, 20)) {
        value ^= BIT(rng_below(w->rng, 64));
    }
    return rng_chance(w->rng, 15) ? rng_next(w->rng) : value;
}

/* Nonsense in these ends all sense at once: rarer than in others. */
static bool is_deadly(enum sysreg_id id)
{
    return id == SR_VBAR_EL1 || id == SR_VBAR_EL2 || id == SR_SCTLR_EL1 || id == SR_SCTLR_EL2 ||
           id == SR_HCR_EL2;
}

static uint32_t sysreg_field(struct writer *w)
{
    uint32_t enc = 0;
    if (rng_chance(w->rng, 85)) {
        enum sysreg_id id;
        do {
            id = (enum sysreg_id)(1 + rng_below(w->rng, SR_COUNT - 1));
        } while (is_deadly(id) && rng_chance(w->rng, 70));
        enc = sysreg_enc(id);
        if (rng_chance(w->rng, 10)) { /* its EL12 name, where it has one */
            enc = (uint32_t)bits_set(enc, 13, 11, 5);
        }
    } else {
        enc = (uint32_t)rng_next(w->rng) & 0xffff;
    }
    return enc << 5;
}

static void put_sysreg(struct writer *w)
{
    uint32_t rt = any_register(w);
    uint32_t field = sysreg_field(w);
    if (rng_chance(w->rng, 40) && rt != 31) {
        put_constant(w, rt, interesting(w));
    }
    put(w, WORD_MSR | (rng_chance(w->rng, 35) ? WORD_READ : 0) | field | rt);
}

/* A register of the interrupt controller or another device, read or written. */
static void put_device(struct writer *w)
{
    static const uint64_t bases[] = {
        MEMMAP_GICD_BASE, MEMMAP_GICC_BASE, MEMMAP_GICH_BASE,
        MEMMAP_GICV_BASE, MEMMAP_GICR_BASE, MEMMAP_GICR_BASE + 0x10000,
        MEMMAP_UART_BASE, MEMMAP_RTC_BASE,  MEMMAP_VIRTIO_BASE + 30 * MEMMAP_VIRTIO_STRIDE};
    static const uint32_t words[] = {
        0xb9000041, 0xb9400041, 0x39000041, 0x39400041, /* str, ldr, strb, ldrb w1, [x2] */
        0xf9000041, 0xf9400041, 0x79000041, 0xa9400c41, /* str, ldr x1; strh; ldp x1, x3 */
        0x885f7c41, 0xbc004441                          /* ldxr w1; str s1, [x2], #4 */
    };
    uint64_t base = bases[rng_below(w->rng, sizeof bases / sizeof bases[0])];
    uint64_t offset = rng_below(w->rng, rng_chance(w->rng, 50) ? 0x100 : 0x1000);
    put_constant(w, 2, base + (rng_chance(w->rng, 90) ? offset & ~UINT64_C(3) : offset));
    if (rng_chance(w->rng, 60)) {
        put_constant(w, 1, rng_chance(w->rng, 50) ? rng_next(w->rng) : BIT(rng_below(w->rng, 32)));
    }
    uint64_t which = rng_below(w->rng, rng_chance(w->rng, 70) ? 2 : sizeof words / sizeof words[0]);
    put(w, words[which]);
}

static void put_branch(struct writer *w)
{
    uint64_t r = rng_next(w->rng);
    uint32_t rt = any_register(w);
    /* Mostly short and forward, so that programs get somewhere. */
    uint32_t distance = (uint32_t)(rng_below(w->rng, 24)) - (rng_chance(w->rng, 25) ? 16 : 0);
    switch (rng_below(w->rng, 7)) {
    case 0:
        put(w, WORD_B | (r & 1 ? UINT32_C(1) << 31 : 0) | (distance & 0x3ffffff));
        break;
    case 1:
        put(w, WORD_CBZ | (r & 1 ? UINT32_C(1) << 24 : 0) | (distance & 0x7ffff) << 5 | rt);
        break;
    case 2:
        put(w, WORD_TBZ | (uint32_t)(r & 31) << 19 | (distance & 0x3fff) << 5 | rt);
        break;
    case 3:
    case 4:
        put(w, WORD_BCC | (distance & 0x7ffff) << 5 | (uint32_t)(r & 15));
        break;
    case 5: /* br, blr, ret */
        put(w, 0xd61f0000u | (uint32_t)(r % 3) << 21 | rt << 5);
        break;
    default:
        put_constant(w, 17, PROGRAM_ENTRY + 4 * rng_below(w->rng, PROGRAM_WORDS));
        put(w, 0xd61f0220u); /* br x17 */
        break;
    }
}

/* Instructions that leave the level, wait, or are hints. */
static void put_special(struct writer *w)
{
    static const uint32_t words[] = {
        0xd4000001, 0xd4000002, 0xd4000003, /* svc, hvc, smc */
        0xd4200000, 0xd4400000, 0xd4a00001, /* brk, hlt, dcps1 */
        0xd69f03e0, 0xd69f03e0, 0xd69f03e0, /* eret */
        0xd6bf03e0,                         /* drps */
        0xd503207f, 0xd503205f, 0xd503209f, /* wfi, wfe, sev */
        0xd50320bf, 0xd503203f, 0xd503221f, /* sevl, yield, esb */
        0xd5032e1f, 0xd5032e3f,             /* marks of a span */
        0xd5033fdf, 0xd5033f9f, 0xd5033fbf, /* isb, dsb, dmb */
        0xd503305f,                         /* clrex */
        0xd50348df, 0xd50342ff,             /* msr daifset, #8; daifclr, #2 */
        0xd50040bf, 0xd50041bf,             /* msr spsel, #0, #1 */
        0xd500409f, 0xd500419f,             /* msr pan */
        0xd500407f, 0xd500417f,             /* msr uao */
    };
    uint32_t word = words[rng_below(w->rng, sizeof words / sizeof words[0])];
    if (bits(word, 31, 24) == 0xd4) {
        word ^= (uint32_t)rng_below(w->rng, 4) << 5;
    }
    put(w, word);
}

/* A load or store of any kind, with a register that may hold a sensible address. */
static void put_memory(struct writer *w)
{
    static const uint32_t words[] = {
        0xf9400000, 0xf9000000, 0xb9400000, 0x39000000,
        0x79400000,                                     /* unsigned offset */
        0xf8400800, 0xf8000800, 0xb8400800, 0x38000800, /* ldtr, sttr */
        0xf8400400, 0xf8000c00, 0xa9400000, 0xa9800000,
        0xa8c00000, /* post, pre, pairs */
        0xc85f7c00, 0xc8007c00, 0xc85ffc00, 0xc8dffc00,
        0xc89ffc00,                         /* exclusive, acquire, release */
        0xf8200000, 0xc8a07c00, 0xf8208000, /* ldadd, cas, swp */
        0x3dc00000, 0x3d800000, 0xad400000, 0x4c400000,
        0x0c000000,                         /* SIMD */
        0xf9800000, 0x58000000, 0xf8600800, /* prfm, literal, register */
    };
    uint32_t word = words[rng_below(w->rng, sizeof words / sizeof words[0])];
    uint32_t base = rng_chance(w->rng, 10) ? 31 : (uint32_t)rng_below(w->rng, 16);
    if (rng_chance(w->rng, 50) && base != 31) {
        put_constant(w, base, interesting(w));
    }
    word |= base << 5 | any_register(w);
    if (rng_chance(w->rng, 40)) {
        word ^= (uint32_t)rng_below(w->rng, 512) << 12;
    }
    put(w, word);
}

/* A store into the program itself, sometimes with the maintenance that makes it count. */
static void put_self_modification(struct writer *w)
{
    put_constant(w, 4, PROGRAM_ENTRY + 4 * rng_below(w->rng, PROGRAM_WORDS));
    put_constant(w, 5, rng_chance(w->rng, 50) ? 0xd503201f : rng_next(w->rng) & UINT32_MAX);
    put(w, 0xb9000085); /* str w5, [x4] */
    if (rng_chance(w->rng, 70)) {
        put(w, 0xd50b7b24); /* dc cvau, x4 */
        put(w, 0xd5033f9f);
        put(w, 0xd50b7524); /* ic ivau, x4 */
        put(w, 0xd5033f9f);
        put(w, 0xd5033fdf);
    }
}

static void put_any(struct writer *w)
{
    uint64_t kind = rng_below(w->rng, 100);
    if (kind < 28) {
        put_sysreg(w);
    } else if (kind < 38) {
        put_constant(w, (uint32_t)rng_below(w->rng, 31), interesting(w));
    } else if (kind < 50) {
        put_device(w);
    } else if (kind < 64) {
        put_memory(w);
    } else if (kind < 74) {
        put_branch(w);
    } else if (kind < 84) {
        put_special(w);
    } else if (kind < 86) {
        put_self_modification(w);
    } else if (kind < 93) { /* data processing, FP included */
        static const uint32_t classes[] = {0x8a000000, 0x8b000000, 0x9b000000,
                                           0x1e600800, 0x4e200400, 0x92000000};
        put(w, classes[rng_below(w->rng, 6)] | ((uint32_t)rng_next(w->rng) & 0x003fffff));
    } else {
        put(w, (uint32_t)rng_next(w->rng));
    }
}

/* Sensible state to begin with, so that nonsense happens deeper inside. */
static void put_set_up(struct writer *w)
{
    static const struct {
        enum sysreg_id id;
        uint64_t value;
    } set_up[] = {
        {SR_VBAR_EL1, PROGRAM_VECTORS + 0x800},
        {SR_VBAR_EL2, PROGRAM_VECTORS},
        {SR_CPTR_EL2, 0x33ff},
        {SR_CPACR_EL1, 0x300000},
        {SR_HCR_EL2, UINT64_C(0x80000000)},
        {SR_MAIR_EL1, 0xff440c04},
        {SR_MAIR_EL2, 0xff440c04},
        {SR_TCR_EL1, UINT64_C(0x200803520)},
        {SR_TCR_EL2, UINT64_C(0x80823520)},
        {SR_VTCR_EL2, UINT64_C(0x80023560)},
        {SR_TTBR0_EL1, PROGRAM_TABLES},
        {SR_TTBR0_EL2, PROGRAM_TABLES},
        {SR_VTTBR_EL2, PROGRAM_STAGE2},
        {SR_SCTLR_EL1, 0x30d0180d},
        {SR_ICC_SRE_EL2, 0xf},
        {SR_ICC_IGRPEN1_EL1, 1},
        {SR_ICC_PMR_EL1, 0xff},
        {SR_CNTHCTL_EL2, 3},
    };
    for (size_t i = 0; i < sizeof set_up / sizeof set_up[0]; i++) {
        if (i < 2 || rng_chance(w->rng, 75)) {
            put_constant(w, 9, set_up[i].value);
            put(w, WORD_MSR | (uint32_t)sysreg_enc(set_up[i].id) << 5 | 9);
        }
    }
    for (uint32_t reg = 0; reg < 31; reg++) {
        put_constant(w, reg, interesting(w));
    }
}

/* Identity by 1 GiB blocks, or 2 MiB ones below a table, with some entries flipped. */
static void write_tables(struct rng *rng, uint64_t *level1, uint64_t at, uint64_t leaf)
{
    uint64_t *level2 = level1 + 512;
    for (uint64_t i = 0; i < 4; i++) {
        level1[i] = i << 30 | leaf | 1;
    }
    if (rng_chance(rng, 60)) {
        level1[1] = (at + 4096) | 3;
        for (uint64_t i = 0; i < 512; i++) {
            level2[i] = UINT64_C(0x40000000) | i << 21 | leaf | 1;
        }
    }
    for (unsigned flips = (unsigned)rng_below(rng, 6); flips > 0; flips--) {
        uint64_t *entry =
            rng_chance(rng, 50) ? &level1[rng_below(rng, 4)] : &level2[rng_below(rng, 8)];
        *entry ^= BIT(rng_below(rng, 64));
    }
}

/* Most vectors go on behind the instruction that trapped; some return to it, some fall into the
 * next one; most do something first. */
static void write_vectors(struct writer *w)
{
    for (unsigned entry = 0; entry < 32; entry++) {
        struct writer v = *w;
        v.words = w->words + entry * 32;
        v.count = 0;
        v.room = 32;
        uint64_t kind = rng_below(w->rng, 100);
        unsigned before = rng_chance(w->rng, 60) ? 0 : (unsigned)rng_below(w->rng, 12);
        while (v.count < before) {
            put_any(&v);
        }
        uint32_t el2 = entry < 16 ? UINT32_C(4) << 16 : 0;
        if (kind < 45) {
            put(&v, 0xd5384029 | el2); /* mrs x9, elr_elx */
            put(&v, 0x91001129);       /* add x9, x9, #4 */
        } else if (kind < 80) {
            put_constant(&v, 9, PROGRAM_ENTRY + 4 * rng_below(w->rng, PROGRAM_WORDS));
        }
        if (kind < 80) {
            put(&v, 0xd5184029 | el2); /* msr elr_elx, x9 */
        }
        if (kind < 95) {
            put(&v, 0xd69f03e0);
        }
    }
}

void program_write(struct rng *rng, uint8_t *ram)
{
    struct writer w = {.rng = rng, .room = PROGRAM_WORDS};
    uint8_t *tables = ram + (PROGRAM_TABLES - MEMMAP_RAM_BASE);
    write_tables(rng, (uint64_t *)(void *)tables, PROGRAM_TABLES, 0x70c);
    uint8_t *stage2 = ram + (PROGRAM_STAGE2 - MEMMAP_RAM_BASE);
    write_tables(rng, (uint64_t *)(void *)stage2, PROGRAM_STAGE2, 0x7fc);

    w.words = (uint32_t *)(void *)(ram + (PROGRAM_VECTORS - MEMMAP_RAM_BASE));
    write_vectors(&w);
    w.words = (uint32_t *)(void *)(ram + (PROGRAM_ENTRY - MEMMAP_RAM_BASE));
    if (rng_chance(rng, 90)) {
        put_set_up(&w);
    }
    while (w.count < w.room - 1) {
        put_any(&w);
    }
    put(&w, WORD_B | (-(uint32_t)rng_below(rng, PROGRAM_WORDS) & 0x3ffffff)); /* once more */
}
