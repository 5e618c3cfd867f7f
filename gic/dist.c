/*
 * The distributor of both versions, and the redistributors (IHI 0048B 4.3; IHI 0069 12.8, 12.10).
 * Identification registers hold what QEMU's virt reports.
 */
#include "gic/rows.h"
#include "sim/base/bits.h"

#define IIDR_ARM 0x43b /* implementer Arm, no product */

#define CTLR_GROUPS 3u
#define CTLR_ARE    (1u << 4) /* RAO/WI: no legacy operation */
#define CTLR_DS     (1u << 6) /* RAO/WI: one Security state */

#define WAKER_PROCESSOR_SLEEP (1u << 1)
#define WAKER_CHILDREN_ASLEEP (1u << 2)

#define IROUTER_FIELDS (MASK(39, 32) | BIT(31) | MASK(23, 0))

#define GICR_FRAME 0x20000u /* RD_base and SGI_base, 64 KiB each */
#define SGI_BASE   0x10000u

/* SGIs of GICv2 cannot be disabled, nor made pending here: that is GICD_SPENDSGIR's (IHI 0048B
 * 4.3.5, 4.3.7). */
static uint32_t fixed_sgis(const struct gic_cpu *c, unsigned intid)
{
    return c->gic->is_v2 && intid == 0 ? 0xffff : 0;
}

/* One bit per INTID: n is the first of 32. */
static uint64_t get_group(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)f;
    return gic_bank(c, n)->group;
}

static void set_group(struct gic_cpu *c, struct cpu_interface *f, unsigned n, uint64_t value)
{
    (void)f;
    gic_bank(c, n)->group = (uint32_t)value;
    irq_bank_changed(c, n);
}

static uint64_t get_enabled(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)f;
    return gic_bank(c, n)->enabled;
}

static void set_enabled(struct gic_cpu *c, struct cpu_interface *f, unsigned n, uint64_t value)
{
    (void)f;
    gic_bank(c, n)->enabled |= (uint32_t)value;
    irq_bank_changed(c, n);
}

static void clear_enabled(struct gic_cpu *c, struct cpu_interface *f, unsigned n, uint64_t value)
{
    (void)f;
    gic_bank(c, n)->enabled &= (uint32_t)~value | fixed_sgis(c, n);
    irq_bank_changed(c, n);
}

static uint64_t get_pending(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)f;
    return bank_pending(gic_bank(c, n));
}

static void set_pending(struct gic_cpu *c, struct cpu_interface *f, unsigned n, uint64_t value)
{
    (void)f;
    uint32_t set = (uint32_t)value & ~fixed_sgis(c, n);
    for (uint32_t left = set & ~bank_pending(gic_bank(c, n)); left; left &= left - 1) {
        gic_note(c, GIC_NOTE_PENDING, n + (unsigned)__builtin_ctz(left), 0);
    }
    gic_bank(c, n)->latch |= set;
    irq_bank_changed(c, n);
}

static void clear_pending(struct gic_cpu *c, struct cpu_interface *f, unsigned n, uint64_t value)
{
    (void)f;
    gic_bank(c, n)->latch &= (uint32_t)~value | fixed_sgis(c, n);
    irq_bank_changed(c, n);
}

static uint64_t get_active(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)f;
    return gic_bank(c, n)->active;
}

static void set_active(struct gic_cpu *c, struct cpu_interface *f, unsigned n, uint64_t value)
{
    (void)f;
    gic_bank(c, n)->active |= (uint32_t)value;
    irq_bank_changed(c, n);
}

static void clear_active(struct gic_cpu *c, struct cpu_interface *f, unsigned n, uint64_t value)
{
    (void)f;
    gic_bank(c, n)->active &= (uint32_t)~value;
    irq_bank_changed(c, n);
}

/* ICFGR: bit 2i+1 of a word says that interrupt n+i is edge-triggered. */
static uint64_t get_config(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)f;
    uint32_t edge = gic_bank(c, n)->edge >> n % 32;
    uint64_t value = 0;
    for (unsigned i = 0; i < 16; i++) {
        value |= (uint64_t)(edge >> i & 1) << (2 * i + 1);
    }
    return value;
}

static void set_config(struct gic_cpu *c, struct cpu_interface *f, unsigned n, uint64_t value)
{
    (void)f;
    if (n < SGI_COUNT) {
        return; /* read-only: SGIs are edge-triggered */
    }
    uint32_t edge = 0;
    for (unsigned i = 0; i < 16; i++) {
        edge |= (uint32_t)bit(value, 2 * i + 1) << i;
    }
    struct irq_bank *b = gic_bank(c, n);
    b->edge = (uint32_t)bits_set(b->edge, n % 32 + 15, n % 32, edge);
    irq_bank_changed(c, n);
}

static uint64_t get_priority(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)f;
    return *gic_priority(c, n);
}

static void set_priority(struct gic_cpu *c, struct cpu_interface *f, unsigned n, uint64_t value)
{
    (void)f;
    *gic_priority(c, n) = (uint8_t)(value & (0xff00u >> c->gic->config.priority_bits));
    irq_bank_changed(c, n);
}

/* The banked ones say which CPU reads; with one CPU all are RAZ/WI (IHI 0048B 4.3.12). */
static uint64_t get_targets(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)f;
    if (c->gic->config.cpu_count == 1) {
        return 0;
    }
    return n < PRIVATE ? UINT64_C(1) << c->index : c->gic->target_list[n];
}

static void set_targets(struct gic_cpu *c, struct cpu_interface *f, unsigned n, uint64_t value)
{
    (void)f;
    if (n >= PRIVATE && c->gic->config.cpu_count > 1) {
        uint64_t cpus = (UINT64_C(1) << c->gic->config.cpu_count) - 1;
        c->gic->target_list[n] = (uint8_t)(value & cpus);
        irq_route(c->gic, n);
        irq_bank_changed(c, n);
    }
}

static uint64_t get_router(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)f;
    return c->gic->irouter[n];
}

static void set_router(struct gic_cpu *c, struct cpu_interface *f, unsigned n, uint64_t value)
{
    (void)f;
    c->gic->irouter[n] = value & IROUTER_FIELDS;
    irq_route(c->gic, n);
    irq_bank_changed(c, n);
}

static uint64_t get_ctlr(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)f;
    (void)n;
    return c->gic->ctlr | (c->gic->is_v2 ? 0 : CTLR_ARE | CTLR_DS);
}

static void set_ctlr(struct gic_cpu *c, struct cpu_interface *f, unsigned n, uint64_t value)
{
    (void)f;
    (void)n;
    c->gic->ctlr = (uint32_t)value & CTLR_GROUPS;
    irq_forwarding_changed(c->gic);
}

static uint64_t get_typer_v2(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)f;
    (void)n;
    return (c->gic->intid_count / 32 - 1) | (c->gic->config.cpu_count - 1) << 5;
}

/* IDbits 15 (16 bits), A3V; 1-of-N is supported, so No1N = 0. */
static uint64_t get_typer_v3(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)f;
    (void)n;
    return (c->gic->intid_count / 32 - 1) | 15u << 19 | 1u << 24;
}

static uint64_t get_iidr(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)c;
    (void)f;
    (void)n;
    return IIDR_ARM;
}

static uint64_t get_gicd_status(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)f;
    (void)n;
    return c->gic->gicd_status;
}

static void clear_gicd_status(struct gic_cpu *c, struct cpu_interface *f, unsigned n,
                              uint64_t value)
{
    (void)f;
    (void)n;
    c->gic->gicd_status &= (uint32_t)~value;
}

static uint64_t get_gicr_status(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)f;
    (void)n;
    return c->gicr_status;
}

static void clear_gicr_status(struct gic_cpu *c, struct cpu_interface *f, unsigned n,
                              uint64_t value)
{
    (void)f;
    (void)n;
    c->gicr_status &= (uint32_t)~value;
}

/* PIDR4..7, PIDR0..3, CIDR0..3. n: 0 GICv2, 12 GICv3 distributor, 24 redistributor. */
static uint64_t get_id(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    static const uint8_t ids[] = {
        0x04, 0, 0, 0, 0x90, 0xb4, 0x2b, 0, 0x0d, 0xf0, 0x05, 0xb1, /* GICv2 */
        0x44, 0, 0, 0, 0x92, 0xb4, 0x3b, 0, 0x0d, 0xf0, 0x05, 0xb1, /* GICD */
        0x44, 0, 0, 0, 0x93, 0xb4, 0x3b, 0, 0x0d, 0xf0, 0x05, 0xb1, /* GICR */
    };
    (void)c;
    (void)f;
    return ids[n];
}

/* GICD_SGIR (IHI 0048B 4.3.15): target list, all but self, or self; NSATT is for Security
 * Extensions. */
static void set_sgir(struct gic_cpu *c, struct cpu_interface *f, unsigned n, uint64_t value)
{
    (void)f;
    (void)n;
    struct gic *gic = c->gic;
    unsigned self = 1u << c->index;
    unsigned lists[4] = {(unsigned)bits(value, 23, 16), 0xff & ~self, self, 0};
    unsigned list = lists[bits(value, 25, 24)];
    for (unsigned i = 0; i < gic->config.cpu_count; i++) {
        if (list >> i & 1) {
            irq_send_sgi(c, &gic->cpus[i], (unsigned)bits(value, 3, 0));
        }
    }
}

/* CPENDSGIR and SPENDSGIR: a byte per SGI, a bit per requesting CPU. n is the SGI. */
static uint64_t get_sgi_sources(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)f;
    return c->sgi_sources[n];
}

static void put_sgi_sources(struct gic_cpu *c, unsigned sgi, unsigned sources)
{
    c->sgi_sources[sgi] = (uint8_t)(sources & ((1u << c->gic->config.cpu_count) - 1));
    c->bank.latch = (uint32_t)bits_set(c->bank.latch, sgi, sgi, c->sgi_sources[sgi] != 0);
    irq_bank_changed(c, sgi);
}

static void clear_sgi_sources(struct gic_cpu *c, struct cpu_interface *f, unsigned n,
                              uint64_t value)
{
    (void)f;
    put_sgi_sources(c, n, c->sgi_sources[n] & ~(unsigned)value);
}

static void set_sgi_sources(struct gic_cpu *c, struct cpu_interface *f, unsigned n, uint64_t value)
{
    (void)f;
    put_sgi_sources(c, n, c->sgi_sources[n] | (unsigned)value);
}

static uint64_t get_gicr_typer(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)f;
    (void)n;
    bool is_last = c->index == c->gic->config.cpu_count - 1;
    return (uint64_t)c->index << 32 | c->index << 8 | (unsigned)is_last << 4;
}

static uint64_t get_waker(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)f;
    (void)n;
    return c->asleep ? WAKER_PROCESSOR_SLEEP | WAKER_CHILDREN_ASLEEP : 0;
}

/* The interface quiesces at once, so ChildrenAsleep follows (IHI 0069 11.1). */
static void set_waker(struct gic_cpu *c, struct cpu_interface *f, unsigned n, uint64_t value)
{
    (void)f;
    (void)n;
    c->asleep = value & WAKER_PROCESSOR_SLEEP;
    irq_forwarding_changed(c->gic);
}

static uint64_t get_zero(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)c;
    (void)f;
    (void)n;
    return 0;
}

#define ROW_INTID(at, intids, width, access_sizes, getter, setter)                                 \
    {                                                                                              \
        .offset = (at), .length_bytes = (intids) * (width) / 8, .bits = (width),                   \
        .sizes = (access_sizes), .get = (getter), .set = (setter)                                  \
    }

#define ROW_IDS(at, first)                                                                         \
    {                                                                                              \
        .offset = (at), .length_bytes = 48, .unit_bytes = 4, .sizes = 4, .arg = (first),           \
        .get = get_id                                                                              \
    }

#define ROW_RAZ_WI(at, bytes, access_sizes)                                                        \
    {                                                                                              \
        .offset = (at), .length_bytes = (bytes), .unit_bytes = 4, .sizes = (access_sizes)          \
    }

/* The registers with state per INTID, for `intids` of them from `base`. */
#define ROWS_GROUP_TO_PRIORITY(base, intids)                                                       \
    ROW_INTID((base) + 0x080, intids, 1, 4, get_group, set_group),                                 \
        ROW_INTID((base) + 0x100, intids, 1, 4, get_enabled, set_enabled),                         \
        ROW_INTID((base) + 0x180, intids, 1, 4, get_enabled, clear_enabled),                       \
        ROW_INTID((base) + 0x200, intids, 1, 4, get_pending, set_pending),                         \
        ROW_INTID((base) + 0x280, intids, 1, 4, get_pending, clear_pending),                       \
        ROW_INTID((base) + 0x300, intids, 1, 4, get_active, set_active),                           \
        ROW_INTID((base) + 0x380, intids, 1, 4, get_active, clear_active),                         \
        ROW_INTID((base) + 0x400, intids, 8, 1 | 4, get_priority, set_priority)

static const struct gic_row gicd_v2_rows[] = {
    ROW_WORD(0x000, 0, get_ctlr, set_ctlr),
    ROW_WORD(0x004, 0, get_typer_v2, NULL),
    ROW_WORD(0x008, 0, get_iidr, NULL),
    ROWS_GROUP_TO_PRIORITY(0, INTID_LIMIT),
    ROW_INTID(0x800, INTID_LIMIT, 8, 1 | 4, get_targets, set_targets),
    ROW_INTID(0xc00, INTID_LIMIT, 2, 4, get_config, set_config),
    ROW_WORD(0xf00, 0, NULL, set_sgir),
    ROW_INTID(0xf10, SGI_COUNT, 8, 1 | 4, get_sgi_sources, clear_sgi_sources),
    ROW_INTID(0xf20, SGI_COUNT, 8, 1 | 4, get_sgi_sources, set_sgi_sources),
    ROW_IDS(0xfd0, 0),
};

/* With ARE = 1, INTIDs 0..31 and the GICv2 routing and SGI registers are RAZ/WI here (IHI 0069
 * 12.9); DS = 1 makes IGRPMODR and NSACR so. */
static const struct gic_row gicd_v3_rows[] = {
    ROW_WORD(0x000, 0, get_ctlr, set_ctlr),
    ROW_WORD(0x004, 0, get_typer_v3, NULL),
    ROW_WORD(0x008, 0, get_iidr, NULL),
    ROW_WORD(0x00c, 0, get_zero, NULL), /* TYPER2 */
    ROW_WORD(0x010, 0, get_gicd_status, clear_gicd_status),
    ROWS_GROUP_TO_PRIORITY(0, INTID_LIMIT),
    ROW_RAZ_WI(0x800, INTID_LIMIT, 1 | 4), /* ITARGETSR */
    ROW_INTID(0xc00, INTID_LIMIT, 2, 4, get_config, set_config),
    ROW_RAZ_WI(0xd00, INTID_LIMIT / 8, 4),   /* IGRPMODR */
    ROW_RAZ_WI(0xe00, INTID_LIMIT / 4, 4),   /* NSACR */
    ROW_RAZ_WI(0xf00, 4, 4),                 /* SGIR */
    ROW_RAZ_WI(0xf10, 2 * SGI_COUNT, 1 | 4), /* CPENDSGIR, SPENDSGIR */
    ROW_INTID(0x6000, INTID_LIMIT, 64, 4 | 8, get_router, set_router),
    ROW_IDS(0xffd0, 12),
};

static const struct gic_row gicr_rows[] = {
    ROW_WORD(0x000, 0, get_zero, NULL), /* CTLR: no LPIs, no DPG, writes complete at once */
    ROW_WORD(0x004, 0, get_iidr, NULL),
    {.offset = 0x008, .length_bytes = 8, .unit_bytes = 8, .sizes = 4 | 8, .get = get_gicr_typer},
    ROW_WORD(0x010, 0, get_gicr_status, clear_gicr_status),
    ROW_WORD(0x014, 0, get_waker, set_waker),
    ROW_IDS(0xffd0, 24),
    ROWS_GROUP_TO_PRIORITY(SGI_BASE, PRIVATE),
    ROW_INTID(SGI_BASE + 0xc00, PRIVATE, 2, 4, get_config, set_config),
    ROW_RAZ_WI(SGI_BASE + 0xd00, 4, 4), /* IGRPMODR0 */
    ROW_RAZ_WI(SGI_BASE + 0xe00, 4, 4), /* NSACR */
    ROW_IDS(SGI_BASE + 0xffd0, 24),
};

#define MAP(table, first, end)                                                                     \
    {                                                                                              \
        .rows = (table), .row_count = sizeof(table) / sizeof(table)[0], .intid_first = (first),    \
        .intid_end = (end)                                                                         \
    }

static const struct gic_map gicd_v2 = MAP(gicd_v2_rows, 0, INTID_LIMIT);
static const struct gic_map gicd_v3 = MAP(gicd_v3_rows, PRIVATE, INTID_LIMIT);
static const struct gic_map gicr = MAP(gicr_rows, 0, PRIVATE);

enum bus_result gic_gicd_access(void *device, struct bus_access *a)
{
    struct gic *gic = device;
    struct gic_cpu *c = gic_cpu_at(gic, a->cpu);
    return gic->is_v2 ? gic_walk(&gicd_v2, c, NULL, a, NULL)
                      : gic_walk(&gicd_v3, c, NULL, a, &gic->gicd_status);
}

enum bus_result gic_gicr_access(void *device, struct bus_access *a)
{
    struct gic *gic = device;
    uint64_t frame = a->offset / GICR_FRAME;
    if (gic->is_v2 || frame >= gic->config.cpu_count) {
        a->value = a->write ? a->value : 0;
        return BUS_UNMODELLED;
    }
    /* A frame belongs to its CPU, whoever accesses it. */
    struct gic_cpu *c = &gic->cpus[frame];
    struct bus_access in_frame = *a;
    in_frame.offset = a->offset % GICR_FRAME;
    enum bus_result result = gic_walk(&gicr, c, NULL, &in_frame, &c->gicr_status);
    a->value = in_frame.value;
    return result;
}
