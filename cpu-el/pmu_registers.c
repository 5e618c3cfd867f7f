/* The registers of PMUv3 as software sees them (Arm ARM D13.4). */
#include "cpu-el/pmu_counters.h"

#include "cpu-el/fields.h"

/* What a register is, aliases told apart from what they stand for. */
enum register_kind {
    REG_NONE,
    REG_CONTROL,
    REG_SET,       /* a set of counters: 1 sets */
    REG_CLEAR,     /* its partner: 1 clears */
    REG_INCREMENT, /* PMSWINC_EL0 */
    REG_EVENTS,    /* PMCEID0_EL0, PMCEID1_EL0 */
    REG_CYCLES,
    REG_CYCLE_FILTER,
    REG_COUNT, /* PMEVCNTR<n>_EL0, and PMXEVCNTR_EL0 */
    REG_TYPE   /* PMEVTYPER<n>_EL0, and PMXEVTYPER_EL0 */
};

static const struct {
    enum sysreg_id id;
    enum register_kind kind;
    enum sysreg_id store; /* REG_SET, REG_CLEAR: where the set is */
} rows[] = {
    {SR_PMCR_EL0, REG_CONTROL, SR_NONE},
    {SR_PMCNTENSET_EL0, REG_SET, SR_PMCNTENSET_EL0},
    {SR_PMCNTENCLR_EL0, REG_CLEAR, SR_PMCNTENSET_EL0},
    {SR_PMOVSSET_EL0, REG_SET, SR_PMOVSSET_EL0},
    {SR_PMOVSCLR_EL0, REG_CLEAR, SR_PMOVSSET_EL0},
    {SR_PMINTENSET_EL1, REG_SET, SR_PMINTENSET_EL1},
    {SR_PMINTENCLR_EL1, REG_CLEAR, SR_PMINTENSET_EL1},
    {SR_PMSWINC_EL0, REG_INCREMENT, SR_NONE},
    {SR_PMCEID0_EL0, REG_EVENTS, SR_NONE},
    {SR_PMCEID1_EL0, REG_EVENTS, SR_NONE},
    {SR_PMCCNTR_EL0, REG_CYCLES, SR_NONE},
    {SR_PMCCFILTR_EL0, REG_CYCLE_FILTER, SR_NONE},
};

static const uint8_t events[] = {PMU_SW_INCR,       PMU_INST_RETIRED, PMU_EXC_TAKEN,
                                 PMU_EXC_RETURN,    PMU_CPU_CYCLES,   PMU_CHAIN,
                                 PMU_L2D_TLB_REFILL};

struct target {
    enum register_kind kind;
    enum sysreg_id store;
    unsigned n; /* REG_COUNT, REG_TYPE */
};

#define SELECTED 32 /* struct target.n: the counter that PMSELR_EL0.SEL names */

static struct target find(enum sysreg_id id)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].id == id) {
            return (struct target){.kind = rows[i].kind, .store = rows[i].store};
        }
    }
    for (unsigned n = 0; n < PMU_COUNTERS; n++) {
        if (pmu_counters[n].count == id || pmu_counters[n].type == id) {
            return (struct target){.kind = pmu_counters[n].count == id ? REG_COUNT : REG_TYPE,
                                   .n = n};
        }
    }
    if (id == SR_PMXEVCNTR_EL0 || id == SR_PMXEVTYPER_EL0) {
        return (struct target){.kind = id == SR_PMXEVCNTR_EL0 ? REG_COUNT : REG_TYPE,
                               .n = SELECTED};
    }
    return (struct target){.kind = REG_NONE};
}

/* The same with PMSELR_EL0 looked at; SEL = 31 is PMCCFILTR_EL0. */
static struct target target_of(const struct pe *pe, enum sysreg_id id)
{
    struct target t = find(id);
    if (t.n == SELECTED) {
        t.n = (unsigned)bits(pe->sr[SR_PMSELR_EL0], 4, 0);
        if (t.n == PMU_CYCLE_COUNTER) {
            t.kind = t.kind == REG_TYPE ? REG_CYCLE_FILTER : REG_NONE;
        }
    }
    return t;
}

/* Event counters that exist for the present EL: EL0 and EL1 do not see EL2's own. */
static unsigned visible_count(const struct pe *pe)
{
    return pe->ps.el < 2 ? pmu_first_of_el2(pe) : pe->model.pmu_counter_count;
}

static uint64_t visible_set(const struct pe *pe)
{
    return PM_CYCLE | (BIT(visible_count(pe)) - 1);
}

bool pmu_owns(enum sysreg_id id)
{
    return find(id).kind != REG_NONE;
}

/* IMP and IDCODE are those of MIDR_EL1; N is what the present EL may use; LC is RES1. */
static uint64_t read_control(const struct pe *pe)
{
    uint64_t midr = pe->model.midr;
    return bits(midr, 31, 24) << 24 | bits(midr, 11, 4) << 16 |
           (uint64_t)visible_count(pe) << PMCR_N_SHIFT | PMCR_LC |
           (pe->sr[SR_PMCR_EL0] & PMCR_STORED);
}

static uint64_t event_set(enum sysreg_id id)
{
    uint64_t set = 0;
    for (size_t i = 0; i < sizeof events; i++) {
        if (events[i] / 32 == (id == SR_PMCEID1_EL0)) {
            set |= BIT(events[i] % 32);
        }
    }
    return set;
}

uint64_t pmu_read(struct pe *pe, enum sysreg_id id)
{
    struct target t = target_of(pe, id);
    bool visible = t.n < visible_count(pe);
    pmu_sync(pe);
    switch (t.kind) {
    case REG_CONTROL:
        return read_control(pe);
    case REG_SET:
    case REG_CLEAR:
        return pe->sr[t.store] & visible_set(pe);
    case REG_EVENTS:
        return event_set(id);
    case REG_CYCLES:
        return pe->sr[SR_PMCCNTR_EL0];
    case REG_CYCLE_FILTER:
        return pe->sr[SR_PMCCFILTR_EL0];
    case REG_COUNT:
        return visible ? pe->sr[pmu_counters[t.n].count] : 0;
    case REG_TYPE:
        return visible ? pe->sr[pmu_counters[t.n].type] : 0;
    case REG_INCREMENT: /* write only */
    case REG_NONE:
        break;
    }
    return 0;
}

/* P clears the event counters that the present EL may use, C the cycle counter. */
static void write_control(struct pe *pe, uint64_t value)
{
    pe->sr[SR_PMCR_EL0] = (value & PMCR_STORED) | PMCR_LC;
    if (value & PMCR_C) {
        pe->sr[SR_PMCCNTR_EL0] = 0;
    }
    for (unsigned n = 0; value & PMCR_P && n < visible_count(pe); n++) {
        pe->sr[pmu_counters[n].count] = 0;
    }
}

static void software_increment(struct pe *pe, uint64_t set)
{
    for (unsigned n = 0; n < visible_count(pe); n++) {
        if (bit(set, n) && pmu_event_of(pe, n) == PMU_SW_INCR && pmu_counts(pe, n)) {
            pmu_add(pe, n, 1);
        }
    }
}

/* P, U, and with EL2 NSH; evtCount is 16 bits from 8.1 on, 10 before. */
static uint64_t type_mask(const struct pe *pe)
{
    return (pe->model.pmu_version >= PMU_VERSION_3P1 ? MASK(15, 0) : MASK(9, 0)) | PMFILTER_P |
           PMFILTER_U | (pe->model.has[FEAT_EL2] ? PMFILTER_NSH : 0);
}

static void write_target(struct pe *pe, struct target t, uint64_t value)
{
    bool visible = t.n < visible_count(pe);
    switch (t.kind) {
    case REG_CONTROL:
        write_control(pe, value);
        break;
    case REG_SET:
        pe->sr[t.store] |= value & visible_set(pe);
        break;
    case REG_CLEAR:
        pe->sr[t.store] &= ~(value & visible_set(pe));
        break;
    case REG_INCREMENT:
        software_increment(pe, value);
        break;
    case REG_CYCLES:
        pe->sr[SR_PMCCNTR_EL0] = value;
        break;
    case REG_CYCLE_FILTER:
        pe->sr[SR_PMCCFILTR_EL0] = value & type_mask(pe) & ~MASK(15, 0);
        break;
    case REG_COUNT:
        if (visible) {
            pe->sr[pmu_counters[t.n].count] = bits(value, 31, 0);
        }
        break;
    case REG_TYPE:
        if (visible) {
            pe->sr[pmu_counters[t.n].type] = value & type_mask(pe);
        }
        break;
    case REG_EVENTS: /* read only */
    case REG_NONE:
        break;
    }
}

unsigned pmu_write(struct pe *pe, enum sysreg_id id, uint64_t value)
{
    pmu_sync(pe);
    write_target(pe, target_of(pe, id), value);
    pmu_changed(pe);
    return EFF_PMU | EFF_IRQ;
}
