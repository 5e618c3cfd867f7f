/* What can be asked of a machine after its run. */
#include "sim/board/cpu.h"

struct ledger *machine_ledger(struct machine *m)
{
    return m->ledger;
}

const struct span_table *machine_spans(const struct machine *m)
{
    return &m->spans;
}

struct unimp_log *machine_unimp(struct machine *m)
{
    return m->unimp;
}

uint64_t machine_broken_devices(const struct machine *m)
{
    return devices_broken_count(m->devices);
}

const struct image_list *machine_image_list(const struct machine *m)
{
    return &m->images;
}

const char *machine_symbol_name(const struct machine *m, uint32_t symbol)
{
    return symbols_name(m->symbols, symbol);
}

const char *machine_device_name(const struct machine *m, pa_t at)
{
    const struct bus_region *region = bus_find(&m->bus, at, 1);
    return region ? region->name : NULL;
}

unsigned machine_cpu_count(const struct machine *m)
{
    return m->config.cpu_count;
}

uint64_t machine_clock_hz(const struct machine *m)
{
    return m->config.clock_hz;
}

uint16_t machine_cpu_context(const struct machine *m, unsigned cpu, unsigned *el)
{
    *el = m->cpus[cpu]->pe.ps.el;
    return context_of(&m->cpus[cpu]->pe, &m->config.guest_asids);
}

cycles_t machine_cpu_cycles(const struct machine *m, unsigned cpu)
{
    return m->cpus[cpu]->clock.now;
}

cycles_t machine_furthest(const struct machine *m)
{
    cycles_t at = 0;
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        at = m->cpus[i]->clock.now > at ? m->cpus[i]->clock.now : at;
    }
    return at;
}

uint64_t machine_cpu_instructions(const struct machine *m, unsigned cpu)
{
    return m->cpus[cpu]->instructions;
}

void machine_on_progress(struct machine *m, void (*progress)(void *ctx, cycles_t now), void *ctx)
{
    m->progress = progress;
    m->progress_ctx = ctx;
}

bool machine_context_is_vm(const struct machine *m, uint16_t context)
{
    return context != SYMBOLS_NO_STAGE2 && !(m->config.host_stage2 && context == SYMBOLS_VMID_0);
}

size_t machine_trap_counts(const struct machine *m, struct trap_count *out, size_t room)
{
    size_t n = 0;
    for (unsigned from = 0; from < 3; from++) {
        for (unsigned to = 1; to < 3; to++) {
            for (unsigned ec = 0; ec < TRAP_KINDS; ec++) {
                uint64_t count = 0;
                for (unsigned i = 0; i < m->config.cpu_count; i++) {
                    count += m->cpus[i]->traps.count[from][to][ec];
                }
                if (count != 0 && n < room) {
                    out[n++] = (struct trap_count){from, to, ec, count};
                }
            }
        }
    }
    return n;
}

size_t machine_exit_counts(const struct machine *m, struct exit_count *out, size_t room)
{
    size_t n = 0;
    for (unsigned ec = 0; ec < EXIT_KINDS; ec++) {
        struct exit_count row = {.ec = ec};
        for (unsigned i = 0; i < m->config.cpu_count; i++) {
            const struct exit_tally *tally = &m->cpus[i]->exits.kinds[ec];
            if (tally->count != 0) {
                bool is_less = row.count == 0 || tally->least < row.least;
                row.least = is_less ? tally->least : row.least;
                row.most = tally->most > row.most ? tally->most : row.most;
                row.count += tally->count;
                row.cycles += tally->cycles;
            }
        }
        if (row.count != 0 && n < room) {
            out[n++] = row;
        }
    }
    return n;
}

struct engine_stats_sum machine_engine_stats(const struct machine *m)
{
    struct engine_stats_sum sum = {0};
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        const struct engine_stats *e = engine_stats(m->cpus[i]->engine);
        const struct mmu_stats *t = mmu_stats(m->cpus[i]->mmu);
        sum.hooks += e->hooks;
        sum.traps += e->traps;
        sum.fills += e->fills;
        sum.flushes += e->flushes;
        sum.exact_stops += e->exact_stops;
        sum.tlb_misses += t->misses;
        sum.walk_steps += t->walk_steps_s1 + t->walk_steps_s2;
    }
    return sum;
}

struct tlb_counts machine_tlb_counts(const struct machine *m)
{
    struct tlb_counts sum = {0};
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        const struct mmu_stats *s = mmu_stats(m->cpus[i]->mmu);
        sum.misses += s->misses;
        sum.walk_steps_s1 += s->walk_steps_s1;
        sum.walk_steps_s2 += s->walk_steps_s2;
        sum.evictions += s->evictions;
        sum.invalidations += s->invalidations;
    }
    return sum;
}
