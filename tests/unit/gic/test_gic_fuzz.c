/*
 * Nothing a guest writes can crash the GIC: a million random accesses to each version, with random
 * wires, against what must hold at every step. The cached best candidate is compared with one found
 * anew.
 */
#include <stdlib.h>

#include "gic/state.h"
#include "tests/unit/gic/gic_bench.h"

#define ACCESSES 1000000u
#define CPUS     3u

static uint64_t next(uint64_t *state)
{
    /* xorshift64* */
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(0x2545f4914f6cdd1d);
}

/* Mostly real registers; now and then anything. */
static uint64_t random_offset(uint64_t *seed, enum port port)
{
    static const uint64_t spans[] = {
        [GICD] = 0x1000, [GICC] = 0x100, [GICH] = 0x120, [GICV] = 0x100, [GICR] = 0x10000};
    uint64_t r = next(seed);
    if (r % 16 == 0) {
        return r >> 8 & 0xfffff;
    }
    uint64_t offset = (r >> 8) % spans[port];
    if (port == GICR) {
        return (offset & 0xfff) + (r >> 40) % CPUS * R_FRAME + (r >> 48) % 2 * R_SGI;
    }
    return port == GICD && bench_version() == 3 && r % 16 == 1 ? offset + 0x6000 : offset;
}

/* Values as software has them: few bits, an INTID, or anything. */
static uint64_t random_value(uint64_t *seed)
{
    uint64_t r = next(seed);
    uint64_t value = next(seed);
    switch (r % 4) {
    case 0:
        return UINT64_C(1) << value % 64;
    case 1:
        return value % 64;
    case 2:
        return UINT64_MAX;
    default:
        return value;
    }
}

static void random_bus_access(uint64_t *seed)
{
    enum port port = (enum port)(next(seed) % 5);
    unsigned size = 1u << next(seed) % 4;
    size = next(seed) % 4 ? 4 : size;
    struct bus_access a = {.offset = random_offset(seed, port) & ~(uint64_t)(size - 1),
                           .size_bytes = size,
                           .cpu = (unsigned)(next(seed) % CPUS),
                           .write = next(seed) % 2,
                           .value = random_value(seed)};
    enum bus_result result = access_port(port, &a);
    ck_assert(result == BUS_OK || result == BUS_UNMODELLED);
}

static void random_sysreg_access(uint64_t *seed)
{
    unsigned cpu = (unsigned)(next(seed) % CPUS);
    struct pe *pe = bench_pe(cpu);
    enum sysreg_id id = (enum sysreg_id)(next(seed) % SR_COUNT);
    pe->ps.el = 1 + next(seed) % 2;
    pe->sr[SR_HCR_EL2] = next(seed) & 0x08000018;
    if (next(seed) % 2) {
        set_sr(cpu, id, random_value(seed));
    } else {
        sr(cpu, id);
    }
}

/* Straight from the definition: the lowest priority value, then the lowest INTID. */
static unsigned best_by_definition(struct gic_cpu *c)
{
    const struct gic *gic = c->gic;
    unsigned best = INTID_SPURIOUS;
    unsigned best_priority = PRIORITY_IDLE;
    for (unsigned intid = 0; intid < gic->intid_count; intid++) {
        struct irq_bank *b = gic_bank(c, intid);
        unsigned group = gic_group(c, intid);
        bool pending = (b->latch | (b->level & ~b->edge)) >> intid % 32 & 1;
        bool enabled = (b->enabled & ~b->active) >> intid % 32 & 1;
        bool forwarded =
            (gic->ctlr >> group & 1) && (gic->is_v2 || (c->phys.enabled[group] && !c->asleep));
        bool mine =
            intid < PRIVATE || (c->targets[intid / 32] >> intid % 32 & 1) ||
            ((gic->one_of_n[intid / 32] >> intid % 32 & 1) && gic->one_of_n_cpu[group] == c->index);
        if (pending && enabled && forwarded && mine && *gic_priority(c, intid) < best_priority) {
            best = intid;
            best_priority = *gic_priority(c, intid);
        }
    }
    return best;
}

static void check_invariants(struct gic *gic)
{
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        struct gic_cpu *c = &gic->cpus[cpu];
        ck_assert_uint_eq(c->best.intid, best_by_definition(c));
        if (c->best.intid != INTID_SPURIOUS) {
            ck_assert_uint_eq(c->best.priority, *gic_priority(c, c->best.intid));
            ck_assert_uint_eq(c->best.group, gic_group(c, c->best.intid));
        }
        bool signals = c->best.intid != INTID_SPURIOUS &&
                       cpuif_signals(&c->phys, c->best.group, c->best.priority);
        ck_assert_int_eq(out(cpu, PE_IRQ) || out(cpu, PE_FIQ), signals);
        ck_assert(!(out(cpu, PE_IRQ) && out(cpu, PE_FIQ)));
        ck_assert_int_eq(c->bank.level >> 25 & 1, (c->hcr & 1) && virt_misr(c) != 0);
    }
}

START_TEST(random_accesses_never_break_the_gic)
{
    uint64_t seed = UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)_i;
    bench_start((unsigned)_i, CPUS);
    bench_enable();
    for (unsigned n = 0; n < ACCESSES; n++) {
        uint64_t r = next(&seed);
        if (r % 8 == 0) {
            unsigned intid = 16 + (unsigned)(r >> 8) % 60;
            if (intid != GIC_MAINTENANCE_INTID) {
                wire(intid, (unsigned)(r >> 40) % CPUS, r >> 32 & 1);
            }
        } else if (_i == 3 && r % 8 < 5) {
            random_sysreg_access(&seed);
        } else {
            random_bus_access(&seed);
        }
        if (n % 64 == 0) {
            check_invariants(bench_gic());
        }
        if (n % 100000 == 99999) {
            gic_reset(bench_gic());
            bench_enable();
        }
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("gic fuzz");
    TCase *t = tcase_create("random accesses");
    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, NULL, bench_stop);
    tcase_add_loop_test(t, random_accesses_never_break_the_gic, 2, 4);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return bench_run(suite());
}
