#include "emul/gicv2.h"

#include "abi/board.h"

#define GICD_SIZE 0x1000
#define GICC_SIZE 0x2000

#define GICD_CTLR       0x000
#define GICD_TYPER      0x004
#define GICD_IIDR       0x008
#define GICD_IPRIORITYR 0x400
#define GICD_ITARGETSR  0x800
#define GICD_ICFGR      0xc00
#define GICD_SGIR       0xf00
#define GICD_CPENDSGIR  0xf10
#define GICD_SPENDSGIR  0xf20

#define GICC_CTLR  0x0000
#define GICC_PMR   0x0004
#define GICC_BPR   0x0008
#define GICC_IAR   0x000c
#define GICC_EOIR  0x0010
#define GICC_RPR   0x0014
#define GICC_HPPIR 0x0018
#define GICC_APR   0x00d0
#define GICC_IIDR  0x00fc
#define GICC_DIR   0x1000

#define CTLR_EOIMODE   BIT(9)
#define IIDR_DIST      0x4b00043b /* product 'K', Arm */
#define IIDR_CPU       0x0002043b /* GICv2, Arm */
#define SGIS           0x0000ffffU
#define PRIORITY_MASK  0xf8 /* 32 levels */
#define PRIORITY_IDLE  0xff
#define BPR_MIN        2 /* for 32 levels */
#define SPURIOUS       1023
#define SGI_COUNT      16
#define BITS_REGISTERS 0x100 /* from ISENABLER to ICACTIVER: 0x80 bytes each */
#define BITS_END       0x400

void soft_gic_init(struct soft_gic *g)
{
    *g = (struct soft_gic){.ctlr = 0};
}

unsigned soft_gic_add_cpu(struct soft_gic *g)
{
    struct soft_gic_cpu *c = &g->cpu[g->cpu_count];
    *c = (struct soft_gic_cpu){.bpr = BPR_MIN};
    c->word[GIC_ENABLED] = SGIS;
    c->word[GIC_EDGE] = SGIS;
    if (g->cpu_count == 0) {
        c->targeted = ~0U;
    }
    return g->cpu_count++;
}

static u32 *word_of(struct soft_gic *g, unsigned cpu, u32 intid, enum soft_gic_word w)
{
    return intid < SOFT_GIC_SPI ? &g->cpu[cpu].word[w] : &g->word[w];
}

static u8 priority_of(const struct soft_gic *g, unsigned cpu, u32 intid)
{
    return intid < SOFT_GIC_SPI ? g->cpu[cpu].priority[intid] : g->priority[intid - SOFT_GIC_SPI];
}

static u32 pending_of(const u32 *word)
{
    return word[GIC_LATCH] | (word[GIC_LINE] & ~word[GIC_EDGE]);
}

/* The most urgent interrupt that is pending for a CPU; the lowest number among equals. SPURIOUS:
 * none. */
static u32 most_urgent(const struct soft_gic *g, unsigned cpu)
{
    const struct soft_gic_cpu *c = &g->cpu[cpu];
    u32 private = pending_of(c->word) & c->word[GIC_ENABLED] & ~c->word[GIC_ACTIVE];
    u32 shared = pending_of(g->word) & g->word[GIC_ENABLED] & ~g->word[GIC_ACTIVE] & c->targeted;
    u32 best = SPURIOUS;
    if (!(g->ctlr & 1)) {
        return SPURIOUS;
    }
    for (u64 left = (u64)shared << SOFT_GIC_SPI | private; left; left &= left - 1) {
        u32 n = (u32)__builtin_ctzll(left);
        if (best == SPURIOUS || priority_of(g, cpu, n) < priority_of(g, cpu, best)) {
            best = n;
        }
    }
    return best;
}

static u32 running_priority(const struct soft_gic_cpu *c)
{
    return c->active_priorities ? (u32)__builtin_ctz(c->active_priorities) << 3 : PRIORITY_IDLE;
}

static u32 group_priority(const struct soft_gic_cpu *c, u32 priority)
{
    return priority & ~((2U << c->bpr) - 1);
}

/* What GICC_IAR would acknowledge now. */
static u32 deliverable(const struct soft_gic *g, unsigned cpu)
{
    const struct soft_gic_cpu *c = &g->cpu[cpu];
    u32 intid = c->ctlr & 1 ? most_urgent(g, cpu) : SPURIOUS;
    if (intid == SPURIOUS) {
        return SPURIOUS;
    }
    u32 priority = priority_of(g, cpu, intid);
    bool goes = priority < c->pmr && group_priority(c, priority) < running_priority(c);
    return goes ? intid : SPURIOUS;
}

bool soft_gic_irq(const struct soft_gic *g, unsigned cpu)
{
    return deliverable(g, cpu) != SPURIOUS;
}

void soft_gic_set_line(struct soft_gic *g, unsigned cpu, u32 intid, bool level)
{
    u32 bit = 1U << intid % 32;
    u32 *line = word_of(g, cpu, intid, GIC_LINE);
    if (level && !(*line & bit)) {
        *word_of(g, cpu, intid, GIC_LATCH) |= bit & *word_of(g, cpu, intid, GIC_EDGE);
    }
    *line = level ? *line | bit : *line & ~bit;
}

/* --- CPU interface --- */

static u32 acknowledge(struct soft_gic *g, unsigned cpu)
{
    struct soft_gic_cpu *c = &g->cpu[cpu];
    u32 intid = deliverable(g, cpu);
    if (intid == SPURIOUS) {
        return SPURIOUS;
    }
    u32 bit = 1U << intid % 32;
    u32 source = 0;
    bool more = false;
    if (intid < SGI_COUNT) {
        source = (u32)__builtin_ctz(c->sgi_sources[intid]);
        c->sgi_sources[intid] &= (u8)(c->sgi_sources[intid] - 1);
        more = c->sgi_sources[intid] != 0;
    }
    if (!more) {
        *word_of(g, cpu, intid, GIC_LATCH) &= ~bit;
    }
    *word_of(g, cpu, intid, GIC_ACTIVE) |= bit;
    c->active_priorities |= 1U << (group_priority(c, priority_of(g, cpu, intid)) >> 3);
    return source << 10 | intid;
}

static void deactivate(struct soft_gic *g, unsigned cpu, u32 intid)
{
    *word_of(g, cpu, intid, GIC_ACTIVE) &= ~(1U << intid % 32);
}

static void complete(struct soft_gic *g, unsigned cpu, u32 intid)
{
    struct soft_gic_cpu *c = &g->cpu[cpu];
    if (intid >= SOFT_GIC_IRQS) {
        return;
    }
    c->active_priorities &= c->active_priorities - 1;
    if (!(c->ctlr & CTLR_EOIMODE)) {
        deactivate(g, cpu, intid);
    }
}

static u32 interface_read(struct soft_gic *g, unsigned cpu, u32 offset)
{
    struct soft_gic_cpu *c = &g->cpu[cpu];
    switch (offset) {
    case GICC_CTLR:
        return c->ctlr;
    case GICC_PMR:
        return c->pmr;
    case GICC_BPR:
        return c->bpr;
    case GICC_IAR:
        return acknowledge(g, cpu);
    case GICC_RPR:
        return running_priority(c);
    case GICC_HPPIR:
        return most_urgent(g, cpu);
    case GICC_APR:
        return c->active_priorities;
    case GICC_IIDR:
        return IIDR_CPU;
    default: /* the guest's mistake reads as zero */
        return 0;
    }
}

static void interface_write(struct soft_gic *g, unsigned cpu, u32 offset, u32 value)
{
    struct soft_gic_cpu *c = &g->cpu[cpu];
    u32 intid = value & 0x3ff;
    if (offset == GICC_CTLR) {
        c->ctlr = value & (1 | CTLR_EOIMODE);
    } else if (offset == GICC_PMR) {
        c->pmr = value & PRIORITY_MASK;
    } else if (offset == GICC_BPR) {
        c->bpr = (value & 7) < BPR_MIN ? BPR_MIN : value & 7;
    } else if (offset == GICC_EOIR) {
        complete(g, cpu, intid);
    } else if (offset == GICC_APR) {
        c->active_priorities = value;
    } else if (offset == GICC_DIR && intid < SOFT_GIC_IRQS && (c->ctlr & CTLR_EOIMODE)) {
        deactivate(g, cpu, intid);
    }
}

/* --- distributor --- */

/* To a list of CPUs, to all but the sender, or to itself. IHI 0048 GICD_SGIR */
static void send_sgi(struct soft_gic *g, unsigned cpu, u32 value)
{
    u32 all = (1U << g->cpu_count) - 1;
    u32 filter = value >> 24 & 3;
    u32 sgi = value & 0xf;
    u32 to = filter == 0   ? value >> 16 & 0xff & all
             : filter == 1 ? all & ~(1U << cpu)
             : filter == 2 ? 1U << cpu
                           : 0;
    for (; to; to &= to - 1) {
        struct soft_gic_cpu *c = &g->cpu[__builtin_ctz(to)];
        c->sgi_sources[sgi] |= (u8)(1U << cpu);
        c->word[GIC_LATCH] |= 1U << sgi;
    }
}

static u32 config_read(struct soft_gic *g, unsigned cpu, u32 first)
{
    u32 value = 0;
    u32 edge = *word_of(g, cpu, first, GIC_EDGE) >> first % 32;
    for (u32 i = 0; i < 16; i++) {
        value |= (edge >> i & 1) << (2 * i + 1);
    }
    return value;
}

/* What SGIs and PPIs are is not the guest's choice. */
static void config_write(struct soft_gic *g, u32 first, u32 value)
{
    for (u32 i = 0; first >= SOFT_GIC_SPI && i < 16; i++) {
        u32 bit = 1U << (first + i) % 32;
        bool edge = value >> (2 * i + 1) & 1;
        g->word[GIC_EDGE] = edge ? g->word[GIC_EDGE] | bit : g->word[GIC_EDGE] & ~bit;
    }
}

/* The registers with a bit for each interrupt are six in a row: set and clear of three words. */
static u32 bits_read(struct soft_gic *g, unsigned cpu, u32 offset)
{
    u32 first = (offset & 0x7f) * 8;
    u32 kind = (offset - BITS_REGISTERS) / 0x100; /* enable, pending, active */
    const u32 *word = word_of(g, cpu, first, GIC_ENABLED);
    if (first >= SOFT_GIC_IRQS) {
        return 0;
    }
    return kind == 0 ? word[GIC_ENABLED] : kind == 1 ? pending_of(word) : word[GIC_ACTIVE];
}

static void bits_write(struct soft_gic *g, unsigned cpu, u32 offset, u32 value)
{
    static const enum soft_gic_word words[] = {GIC_ENABLED, GIC_LATCH, GIC_ACTIVE};
    u32 first = (offset & 0x7f) * 8;
    u32 kind = (offset - BITS_REGISTERS) / 0x100;
    if (first >= SOFT_GIC_IRQS) {
        return;
    }
    if (first == 0 && words[kind] != GIC_ACTIVE) {
        value &= ~SGIS; /* always enabled; pending by GICD_SGIR and GICD_SPENDSGIR only */
    }
    u32 *word = word_of(g, cpu, first, words[kind]);
    *word = offset & 0x80 ? *word & ~value : *word | value;
}

static u32 byte_read(struct soft_gic *g, unsigned cpu, u32 offset)
{
    u32 n = offset & 0x3ff;
    if (offset >= GICD_CPENDSGIR) {
        return g->cpu[cpu].sgi_sources[offset & 0xf];
    }
    if (n >= SOFT_GIC_IRQS) {
        return 0;
    }
    if (offset < GICD_ITARGETSR) {
        return priority_of(g, cpu, n);
    }
    u32 targets = 0;
    for (unsigned i = 0; i < g->cpu_count; i++) {
        bool mine = n < SOFT_GIC_SPI ? i == cpu : g->cpu[i].targeted >> (n - SOFT_GIC_SPI) & 1;
        targets |= (u32)mine << i;
    }
    return targets;
}

static void sgi_sources_write(struct soft_gic_cpu *c, u32 offset, u8 value)
{
    u32 sgi = offset & 0xf;
    c->sgi_sources[sgi] =
        (u8)(offset >= GICD_SPENDSGIR ? c->sgi_sources[sgi] | value : c->sgi_sources[sgi] & ~value);
    u32 bit = 1U << sgi;
    c->word[GIC_LATCH] = c->sgi_sources[sgi] ? c->word[GIC_LATCH] | bit : c->word[GIC_LATCH] & ~bit;
}

static void byte_write(struct soft_gic *g, unsigned cpu, u32 offset, u8 value)
{
    u32 n = offset & 0x3ff;
    if (offset >= GICD_CPENDSGIR) {
        sgi_sources_write(&g->cpu[cpu], offset, value);
    } else if (n >= SOFT_GIC_IRQS) {
        return;
    } else if (offset < GICD_ITARGETSR) {
        u8 *priority = n < SOFT_GIC_SPI ? g->cpu[cpu].priority : g->priority;
        priority[n % 32] = value & PRIORITY_MASK;
    } else {
        for (unsigned i = 0; n >= SOFT_GIC_SPI && i < g->cpu_count; i++) {
            u32 bit = 1U << (n - SOFT_GIC_SPI);
            u32 *targeted = &g->cpu[i].targeted;
            *targeted = value >> i & 1 ? *targeted | bit : *targeted & ~bit;
        }
    }
}

static bool has_bytes(u32 offset)
{
    return (offset >= GICD_IPRIORITYR && offset < GICD_ICFGR) ||
           (offset >= GICD_CPENDSGIR && offset < GICD_SPENDSGIR + SGI_COUNT);
}

static u32 dist_read(struct soft_gic *g, unsigned cpu, u32 offset)
{
    if (offset >= BITS_REGISTERS && offset < BITS_END) {
        return bits_read(g, cpu, offset);
    }
    if (offset >= GICD_ICFGR && offset < GICD_ICFGR + SOFT_GIC_IRQS / 4) {
        return config_read(g, cpu, (offset - GICD_ICFGR) * 4);
    }
    switch (offset) {
    case GICD_CTLR:
        return g->ctlr;
    case GICD_TYPER:
        return (g->cpu_count - 1) << 5 | (SOFT_GIC_IRQS / 32 - 1);
    case GICD_IIDR:
        return IIDR_DIST;
    default:
        return 0;
    }
}

static void dist_write(struct soft_gic *g, unsigned cpu, u32 offset, u32 value)
{
    if (offset >= BITS_REGISTERS && offset < BITS_END) {
        bits_write(g, cpu, offset, value);
    } else if (offset >= GICD_ICFGR && offset < GICD_ICFGR + SOFT_GIC_IRQS / 4) {
        config_write(g, (offset - GICD_ICFGR) * 4, value);
    } else if (offset == GICD_CTLR) {
        g->ctlr = value & 1;
    } else if (offset == GICD_SGIR) {
        send_sgi(g, cpu, value);
    }
}

static u64 dist_bytes_read(struct soft_gic *g, unsigned cpu, u32 offset, unsigned len)
{
    u64 value = 0;
    for (unsigned i = 0; i < len; i++) {
        value |= (u64)byte_read(g, cpu, offset + i) << (8 * i);
    }
    return value;
}

static void dist_bytes_write(struct soft_gic *g, unsigned cpu, u32 offset, unsigned len, u64 value)
{
    for (unsigned i = 0; i < len; i++) {
        byte_write(g, cpu, offset + i, (u8)(value >> (8 * i)));
    }
}

static void dist_access(struct soft_gic *g, unsigned cpu, u32 offset, unsigned len, bool is_write,
                        u64 *value)
{
    if (has_bytes(offset) && (len == 1 || len == 4)) {
        if (is_write) {
            dist_bytes_write(g, cpu, offset, len, *value);
        } else {
            *value = dist_bytes_read(g, cpu, offset, len);
        }
    } else if (len == 4 && is_write) {
        dist_write(g, cpu, offset, (u32)*value);
    } else if (len == 4) {
        *value = dist_read(g, cpu, offset);
    }
}

/* Sizes and alignments that a register does not have read as zero and write nothing. */
bool soft_gic_access(struct soft_gic *g, unsigned cpu, u64 address, unsigned len, bool is_write,
                     u64 *value)
{
    bool distributor = address - BOARD_GICD < GICD_SIZE;
    bool interface = address - BOARD_GICC < GICC_SIZE;
    u64 written = is_write ? *value : 0;
    if (!distributor && !interface) {
        return false;
    }
    *value = written;
    if (address % len) {
        return true;
    }
    if (distributor) {
        dist_access(g, cpu, (u32)(address - BOARD_GICD), len, is_write, value);
    } else if (len == 4 && is_write) {
        interface_write(g, cpu, (u32)(address - BOARD_GICC), (u32)*value);
    } else if (len == 4) {
        *value = interface_read(g, cpu, (u32)(address - BOARD_GICC));
    }
    return true;
}
