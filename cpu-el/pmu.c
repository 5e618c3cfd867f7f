/* PMUv3 for AArch64 without EL3 (Arm ARM D7). */
#include "cpu-el/pmu.h"

#include "cpu-el/fields.h"
#include "cpu-el/pmu_counters.h"

#define COUNTER_BITS 32 /* event counters wrap there (no PMUv3p5) */

#define EVENT_REGISTERS(n) [n] = {SR_PMEVCNTR##n##_EL0, SR_PMEVTYPER##n##_EL0}
const struct pmu_counter pmu_counters[PMU_COUNTERS] = {
    EVENT_REGISTERS(0),  EVENT_REGISTERS(1),  EVENT_REGISTERS(2),  EVENT_REGISTERS(3),
    EVENT_REGISTERS(4),  EVENT_REGISTERS(5),  EVENT_REGISTERS(6),  EVENT_REGISTERS(7),
    EVENT_REGISTERS(8),  EVENT_REGISTERS(9),  EVENT_REGISTERS(10), EVENT_REGISTERS(11),
    EVENT_REGISTERS(12), EVENT_REGISTERS(13), EVENT_REGISTERS(14), EVENT_REGISTERS(15),
    EVENT_REGISTERS(16), EVENT_REGISTERS(17), EVENT_REGISTERS(18), EVENT_REGISTERS(19),
    EVENT_REGISTERS(20), EVENT_REGISTERS(21), EVENT_REGISTERS(22), EVENT_REGISTERS(23),
    EVENT_REGISTERS(24), EVENT_REGISTERS(25), EVENT_REGISTERS(26), EVENT_REGISTERS(27),
    EVENT_REGISTERS(28), EVENT_REGISTERS(29), EVENT_REGISTERS(30),
};
#undef EVENT_REGISTERS

/* MDCR_EL2.HPMN: the counters from it on are EL2's own; all are EL1's where EL2 is absent. */
unsigned pmu_first_of_el2(const struct pe *pe)
{
    unsigned n = pe->model.pmu_counter_count;
    unsigned hpmn = (unsigned)(pe->sr[SR_MDCR_EL2] & MDCR_HPMN);
    return pe->model.has[FEAT_EL2] && hpmn < n ? hpmn : n;
}

/* The enable bit over counter n: PMCR_EL0.E, or MDCR_EL2.HPME. */
static bool range_enabled(const struct pe *pe, unsigned n)
{
    if (n != PMU_CYCLE_COUNTER && n >= pmu_first_of_el2(pe)) {
        return pe->sr[SR_MDCR_EL2] & MDCR_HPME;
    }
    return pe->sr[SR_PMCR_EL0] & PMCR_E;
}

/* MDCR_EL2.HPMD (8.1): EL1's counters stop at EL2; the cycle counter too where PMCR_EL0.DP says so.
 */
static bool prohibited(const struct pe *pe, unsigned n)
{
    if (pe->ps.el != 2 || pe->model.pmu_version < PMU_VERSION_3P1 ||
        !(pe->sr[SR_MDCR_EL2] & MDCR_HPMD)) {
        return false;
    }
    if (n == PMU_CYCLE_COUNTER) {
        return pe->sr[SR_PMCR_EL0] & PMCR_DP;
    }
    return n < pmu_first_of_el2(pe);
}

static bool filtered(const struct pe *pe, uint64_t filter)
{
    switch (pe->ps.el) {
    case 0:
        return filter & PMFILTER_U;
    case 1:
        return filter & PMFILTER_P;
    }
    return !(filter & PMFILTER_NSH);
}

static bool enabled(const struct pe *pe, unsigned n)
{
    return bit(pe->sr[SR_PMCNTENSET_EL0], n) && range_enabled(pe, n);
}

/* CountEvents(n) of the manual's pseudocode. */
bool pmu_counts(const struct pe *pe, unsigned n)
{
    enum sysreg_id filter = n == PMU_CYCLE_COUNTER ? SR_PMCCFILTR_EL0 : pmu_counters[n].type;
    return enabled(pe, n) && !prohibited(pe, n) && !filtered(pe, pe->sr[filter]);
}

unsigned pmu_event_of(const struct pe *pe, unsigned n)
{
    return (unsigned)bits(pe->sr[pmu_counters[n].type], 15, 0);
}

/* PMUIRQ (D7.4): some counter has overflowed, interrupts, and its range is enabled. */
static void update_irq(struct pmu *pmu)
{
    const struct pe *pe = pmu->pe;
    uint64_t due = pe->sr[SR_PMOVSSET_EL0] & pe->sr[SR_PMINTENSET_EL1];
    bool level = false;
    for (unsigned n = 0; n <= PMU_CYCLE_COUNTER && due; n++) {
        level = level || (bit(due, n) && range_enabled(pe, n));
    }
    irq_set(&pmu->irq, level);
}

/* Counter n wrapped `times`: its overflow flag, and the odd counter chained to an even one. */
static void overflowed(struct pe *pe, unsigned n, uint64_t times)
{
    pe->sr[SR_PMOVSSET_EL0] |= BIT(n);
    unsigned next = n + 1;
    if (!(n & 1u) && next < pe->model.pmu_counter_count && pmu_event_of(pe, next) == PMU_CHAIN &&
        pmu_counts(pe, next)) {
        pmu_add(pe, next, times);
    }
}

void pmu_add(struct pe *pe, unsigned n, uint64_t delta)
{
    uint64_t sum = pe->sr[pmu_counters[n].count] + delta;
    pe->sr[pmu_counters[n].count] = bits(sum, COUNTER_BITS - 1, 0);
    if (sum >> COUNTER_BITS) {
        overflowed(pe, n, sum >> COUNTER_BITS);
    }
}

/* PMCR_EL0.LC is RES1 without AArch32: the cycle counter overflows at 64 bits, and D does not act.
 */
static void add_cycles(struct pe *pe, uint64_t delta)
{
    uint64_t before = pe->sr[SR_PMCCNTR_EL0];
    pe->sr[SR_PMCCNTR_EL0] = before + delta;
    if (before + delta < before) {
        pe->sr[SR_PMOVSSET_EL0] |= PM_CYCLE;
    }
}

static void mark_now(struct pmu *pmu)
{
    pmu->synced_clock = pmu->pe->meter->clock->now;
    pmu->synced_instructions = *pmu->sources.instructions_retired;
    pmu->synced_tlb_misses = pmu->sources.tlb_misses ? *pmu->sources.tlb_misses : 0;
}

void pmu_sync_counters(struct pmu *pmu)
{
    struct pe *pe = pmu->pe;
    const struct pmu since = *pmu;
    mark_now(pmu);
    uint64_t cycles = pmu->synced_clock / CYCLE - since.synced_clock / CYCLE;
    for (unsigned n = 0; n < pe->model.pmu_counter_count; n++) {
        if (!pmu_counts(pe, n)) {
            continue;
        }
        switch (pmu_event_of(pe, n)) {
        case PMU_INST_RETIRED:
            pmu_add(pe, n, pmu->synced_instructions - since.synced_instructions);
            break;
        case PMU_CPU_CYCLES:
            pmu_add(pe, n, cycles);
            break;
        case PMU_L2D_TLB_REFILL:
            pmu_add(pe, n, pmu->synced_tlb_misses - since.synced_tlb_misses);
            break;
        }
    }
    if (pmu_counts(pe, PMU_CYCLE_COUNTER)) {
        add_cycles(pe, cycles);
    }
    update_irq(pmu);
}

void pmu_count(struct pmu *pmu, enum pmu_event event, uint64_t n)
{
    struct pe *pe = pmu->pe;
    for (unsigned i = 0; i < pe->model.pmu_counter_count; i++) {
        if (pmu_event_of(pe, i) == event && pmu_counts(pe, i)) {
            pmu_add(pe, i, n);
        }
    }
    update_irq(pmu);
}

/* The stamp at which the cycle count has grown by `cycles` (0: by 2^64). */
static cycles_t stamp_after(cycles_t now, uint64_t cycles)
{
    uint64_t whole = now / CYCLE;
    if (cycles == 0 || cycles > CYCLES_NEVER / CYCLE - whole) {
        return CYCLES_NEVER;
    }
    return (whole + cycles) * CYCLE;
}

/* The cheapest instruction of the profile: no more than one retires in that time. */
static cycles_t cheapest_instruction(const struct cost_meter *meter)
{
    cycles_t least = CYCLES_NEVER;
    for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
        if (cost_class_info[k].kind == COST_KIND_I && meter->prices[k] < least) {
            least = meter->prices[k];
        }
    }
    return least;
}

/*
 * No event counter n can wrap before this stamp. Exact for cycles. For instructions and TLB refills
 * it is a lower bound that the plan is made anew from when it is reached, so that the overflow is
 * still seen at its instruction.
 */
static cycles_t wrap_stamp(const struct pmu *pmu, unsigned n)
{
    const struct cost_meter *meter = pmu->pe->meter;
    cycles_t now = meter->clock->now;
    uint64_t left = BIT(COUNTER_BITS) - pmu->pe->sr[pmu_counters[n].count];
    cycles_t each;
    switch (pmu_event_of(pmu->pe, n)) {
    case PMU_CPU_CYCLES:
        return stamp_after(now, left);
    case PMU_INST_RETIRED:
        each = cheapest_instruction(meter);
        break;
    case PMU_L2D_TLB_REFILL: /* no instruction misses for more than its fetch and two pages */
        each = cheapest_instruction(meter) / 3;
        each = meter->prices[COST_TLB_MISS] > each ? meter->prices[COST_TLB_MISS] : each;
        break;
    default:
        return CYCLES_NEVER; /* counted one by one, or not at all */
    }
    if (pmu->pe->waiting) {
        return CYCLES_NEVER; /* nothing runs: planned anew when it does */
    }
    each = each ? each : 1;
    return left > (CYCLES_NEVER - now) / each ? CYCLES_NEVER : now + left * each;
}

/* Whether an overflow of counter n interrupts, itself or through the counter chained to it. */
static bool interrupts(const struct pe *pe, unsigned n)
{
    uint64_t inten = pe->sr[SR_PMINTENSET_EL1];
    return bit(inten, n) || (n != PMU_CYCLE_COUNTER && !(n & 1u) && bit(inten, n + 1));
}

void pmu_plan(struct pmu *pmu)
{
    const struct pe *pe = pmu->pe;
    cycles_t first = CYCLES_NEVER;
    for (unsigned n = 0; n < pe->model.pmu_counter_count; n++) {
        if (interrupts(pe, n) && pmu_counts(pe, n)) {
            cycles_t stamp = wrap_stamp(pmu, n);
            first = stamp < first ? stamp : first;
        }
    }
    if (interrupts(pe, PMU_CYCLE_COUNTER) && pmu_counts(pe, PMU_CYCLE_COUNTER)) {
        cycles_t stamp = stamp_after(pe->meter->clock->now, 0 - pe->sr[SR_PMCCNTR_EL0]);
        first = stamp < first ? stamp : first;
    }
    if (first == CYCLES_NEVER) {
        clock_cancel(pe->meter->clock, &pmu->overflow);
    } else {
        clock_at(pe->meter->clock, &pmu->overflow, first);
    }
}

static void overflow_due(void *owner, cycles_t when)
{
    struct pmu *pmu = owner;
    (void)when;
    pmu_sync_counters(pmu);
    pmu_plan(pmu);
}

void pmu_init(struct pmu *pmu, struct pe *pe, const struct pmu_sources *sources)
{
    *pmu = (struct pmu){.pe = pe, .sources = *sources};
    event_init(&pmu->overflow, overflow_due, pmu);
    pe->pmu = pmu;
}

void pmu_changed(struct pe *pe)
{
    struct pmu *pmu = pe->pmu;
    if (!pmu) {
        return;
    }
    if (!pmu->counting) {
        mark_now(pmu);
    }
    pmu->counting = enabled(pe, PMU_CYCLE_COUNTER);
    for (unsigned n = 0; n < pe->model.pmu_counter_count; n++) {
        pmu->counting = pmu->counting || enabled(pe, n);
    }
    update_irq(pmu);
    pmu_plan(pmu);
}

void pmu_reset(struct pmu *pmu)
{
    pmu->counting = false;
    pmu_changed(pmu->pe);
}

void pmu_archive(struct pmu *pmu, struct archive *a)
{
    archive_bool(a, &pmu->counting);
    archive_u64(a, &pmu->synced_clock);
    archive_u64(a, &pmu->synced_instructions);
    archive_u64(a, &pmu->synced_tlb_misses);
    irq_archive(&pmu->irq, a);
    clock_archive_event(pmu->pe->meter->clock, &pmu->overflow, a);
}
