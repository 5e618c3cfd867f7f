#include "gic/cpuif.h"

#include <string.h>

#include "sim/base/bits.h"

/* GICC_CTLR and GICV_CTLR without Security Extensions (IHI 0048B 4.4.1, 5.5.1); no bypass. */
#define CTLR_ENABLE_GRP0 0
#define CTLR_ENABLE_GRP1 1
#define CTLR_ACK_CTL     2
#define CTLR_FIQ_EN      3
#define CTLR_CBPR        4
#define CTLR_EOI_MODE    9

/* Levels of preemption: a binary point of 0 leaves 7 bits (IHI 0048B 3.3.3). */
static unsigned preemption_bits(const struct cpu_interface *f)
{
    return f->priority_bits < 7 ? f->priority_bits : 7;
}

/* The least binary point: all preemption bits count. Group 1's register is one more for the same
 * split (IHI 0048B table 3-2, IHI 0069 4.8.2). */
static uint8_t least_bpr(const struct cpu_interface *f, unsigned group)
{
    return (uint8_t)(7 - preemption_bits(f) + group);
}

static unsigned apr_group(const struct cpu_interface *f, unsigned group)
{
    return f->has_one_apr ? 0 : group;
}

static uint8_t implemented_priority(const struct cpu_interface *f, uint64_t value)
{
    return (uint8_t)(value & (0xff00u >> f->priority_bits));
}

void cpuif_reset(struct cpu_interface *f)
{
    memset(f->enabled, 0, sizeof f->enabled);
    memset(f->apr, 0, sizeof f->apr);
    f->ack_ctl = false;
    f->cbpr = false;
    f->eoi_split = false;
    f->pmr = 0;
    f->bpr[0] = least_bpr(f, 0);
    f->bpr[1] = least_bpr(f, 1);
}

unsigned cpuif_group_mask(const struct cpu_interface *f, unsigned group)
{
    unsigned bpr = group == 1 && !f->cbpr ? f->bpr[1] - 1u : f->bpr[0];
    return 0xffu & ~0u << (bpr + 1);
}

/* Index of the highest active priority of both groups, or -1. */
static int highest_active(const struct cpu_interface *f)
{
    for (unsigned i = 0; i < ACTIVE_PRIORITY_WORDS; i++) {
        uint32_t word = f->apr[0][i] | f->apr[1][i];
        if (word) {
            return (int)(i * 32) + __builtin_ctz(word);
        }
    }
    return -1;
}

unsigned cpuif_running(const struct cpu_interface *f)
{
    int index = highest_active(f);
    return index < 0 ? PRIORITY_IDLE : (unsigned)index << (8 - preemption_bits(f)) & 0xff;
}

bool cpuif_signals(const struct cpu_interface *f, unsigned group, unsigned priority)
{
    return f->enabled[group] && priority < f->pmr &&
           (priority & cpuif_group_mask(f, group)) < cpuif_running(f);
}

unsigned cpuif_visible(const struct cpu_interface *f, enum group_view view, unsigned group,
                       unsigned intid)
{
    if (view == VIEW_BOTH) {
        return group == 1 && !f->ack_ctl ? INTID_OTHER_GROUP : intid;
    }
    return (unsigned)view == group ? intid : INTID_SPURIOUS;
}

void cpuif_raise(struct cpu_interface *f, unsigned group, unsigned priority)
{
    unsigned index = (priority & cpuif_group_mask(f, group)) >> (8 - preemption_bits(f));
    f->apr[apr_group(f, group)][index / 32] |= UINT32_C(1) << index % 32;
}

void cpuif_drop(struct cpu_interface *f, unsigned group)
{
    uint32_t *apr = f->apr[apr_group(f, group)];
    for (unsigned i = 0; i < ACTIVE_PRIORITY_WORDS; i++) {
        if (apr[i]) {
            apr[i] &= apr[i] - 1;
            return;
        }
    }
}

unsigned cpuif_drop_any(struct cpu_interface *f)
{
    unsigned running = cpuif_running(f);
    unsigned group = cpuif_active_group(f);
    if (group < 2) {
        cpuif_drop(f, group);
    }
    return running;
}

unsigned cpuif_active_group(const struct cpu_interface *f)
{
    int index = highest_active(f);
    if (index < 0) {
        return 2;
    }
    return f->apr[0][index / 32] >> index % 32 & 1 ? 0 : 1;
}

unsigned cpuif_apr_count(const struct cpu_interface *f)
{
    return 1u << (preemption_bits(f) - 5);
}

void cpuif_set_pmr(struct cpu_interface *f, uint64_t value)
{
    f->pmr = implemented_priority(f, value);
}

/* A write below the least value sets the least (IHI 0048B 4.4.3, IHI 0069 ICC_BPR0_EL1). */
void cpuif_set_bpr(struct cpu_interface *f, unsigned group, uint64_t value)
{
    uint8_t bpr = value & 7;
    uint8_t least = least_bpr(f, group);
    f->bpr[group] = bpr < least ? least : bpr;
}

uint32_t cpuif_ctlr_v2(const struct cpu_interface *f)
{
    return (uint32_t)f->enabled[0] << CTLR_ENABLE_GRP0 |
           (uint32_t)f->enabled[1] << CTLR_ENABLE_GRP1 | (uint32_t)f->ack_ctl << CTLR_ACK_CTL |
           (uint32_t)f->fiq_en << CTLR_FIQ_EN | (uint32_t)f->cbpr << CTLR_CBPR |
           (uint32_t)f->eoi_split << CTLR_EOI_MODE;
}

void cpuif_set_ctlr_v2(struct cpu_interface *f, uint32_t value)
{
    f->enabled[0] = bit(value, CTLR_ENABLE_GRP0);
    f->enabled[1] = bit(value, CTLR_ENABLE_GRP1);
    f->ack_ctl = bit(value, CTLR_ACK_CTL);
    f->fiq_en = bit(value, CTLR_FIQ_EN);
    f->cbpr = bit(value, CTLR_CBPR);
    f->eoi_split = bit(value, CTLR_EOI_MODE);
}

/* VMCR holds the same control bits in the same places, then VBPR1, VBPR0 and VPMR (IHI 0048B
 * 5.3.3, IHI 0069 12.4.7). */
uint32_t cpuif_vmcr(const struct cpu_interface *f)
{
    return cpuif_ctlr_v2(f) | (uint32_t)f->bpr[1] << 18 | (uint32_t)f->bpr[0] << 21 |
           (uint32_t)f->pmr << 24;
}

void cpuif_set_vmcr(struct cpu_interface *f, uint32_t value, bool is_v2)
{
    cpuif_set_ctlr_v2(f, value);
    if (!is_v2) {
        f->ack_ctl = false; /* RES0 and RES1 where SRE is fixed to 1 */
        f->fiq_en = true;
    }
    cpuif_set_bpr(f, 1, bits(value, 20, 18));
    cpuif_set_bpr(f, 0, bits(value, 23, 21));
    cpuif_set_pmr(f, bits(value, 31, 24));
}

void cpuif_archive(struct cpu_interface *f, struct archive *a)
{
    for (unsigned group = 0; group < 2; group++) {
        archive_bool(a, &f->enabled[group]);
        archive_u8(a, &f->bpr[group]);
        archive_u32s(a, f->apr[group], ACTIVE_PRIORITY_WORDS);
        if (a->is_loading && (f->bpr[group] > 7 || f->bpr[group] < least_bpr(f, group))) {
            archive_refuse(a, "a binary point is %u", f->bpr[group]);
            f->bpr[group] = least_bpr(f, group);
        }
    }
    archive_bool(a, &f->ack_ctl);
    archive_bool(a, &f->fiq_en);
    archive_bool(a, &f->cbpr);
    archive_bool(a, &f->eoi_split);
    archive_u8(a, &f->pmr);
}
