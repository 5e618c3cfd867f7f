/* The CPUs, as a snapshot has them, and how they go on. */
#include "sim/board/snapshot_parts.h"

#include <inttypes.h>
#include <stdio.h>

/* An access that is to be carried out again, as fault.c has left it. */
static void archive_refused(struct cpu *cpu, struct archive *a)
{
    struct mmu_access *access = &cpu->refused_access;
    unsigned type = access->type, el = access->el;
    archive_bool(a, &cpu->grant_refused);
    archive_u64(a, &access->va.v);
    archive_unsigned(a, &type, MMU_FETCH);
    archive_unsigned(a, &el, 2);
    archive_bool(a, &access->unprivileged);
    archive_bool(a, &access->atomic);
    archive_bool(a, &access->cache_maintenance);
    access->type = (enum mmu_access_type)type;
    access->el = (uint8_t)el;
}

/* When it goes on, what woke it, and how far its turn may go. */
static void archive_turn(struct cpu *cpu, struct archive *a)
{
    archive_u64(a, &cpu->turn_end);
    archive_u64(a, &cpu->wake_stamp);
    archive_bool(a, &cpu->wake_known);
    archive_bool(a, &cpu->wake_by_sgi);
    archive_u64(a, &cpu->wfe_stamp);
    archive_bool(a, &cpu->in_wfe);
    archive_bool(a, &cpu->at_boundary);
}

/* What the next instruction depends on beside architectural state. */
static void archive_pending(struct cpu *cpu, struct archive *a)
{
    archive_u64(a, &cpu->last_store);
    archive_bool(a, &cpu->sp_moved);
    archive_bool(a, &cpu->sp_misaligned);
    archive_bool(a, &cpu->exclusive_open);
    archive_bool(a, &cpu->step_through);
    archive_bool(a, &cpu->stepped);
    archive_bool(a, &cpu->stepped_exclusive);
    sync_archive(cpu, a);
    archive_refused(cpu, a);
}

static void archive_counts(struct cpu *cpu, struct archive *a)
{
    archive_u64(a, &cpu->instructions);
    archive_u64(a, &cpu->exceptions);
    archive_u64(a, &cpu->traps_to_hypervisor);
    archive_u64s(a, &cpu->traps.count[0][0][0],
                 sizeof cpu->traps.count / sizeof cpu->traps.count[0][0][0]);
    exits_archive(&cpu->exits, a);
    causes_archive(&cpu->causes, a);
}

static void archive_cpu(struct cpu *cpu, struct archive *a)
{
    struct machine *m = cpu->machine;
    lend_leave_el(cpu);
    clock_archive(&cpu->clock, a);
    ledger_archive_row(m->ledger, &cpu->meter.row, m->config.cpu_count, a);
    if (cpu->meter.row->key.cpu != cpu->pe.index) {
        archive_refuse(a, "CPU %u books in another one's row", cpu->pe.index);
    }
    pe_archive(&cpu->pe, a);
    engine_archive(cpu->engine, a);
    mmu_archive(cpu->mmu, a);
    timer_archive(cpu->timer, a);
    archive_turn(cpu, a);
    archive_pending(cpu, a);
    archive_counts(cpu, a);
}

void snapshot_cpus(struct machine *m, struct archive *a)
{
    const unsigned none = m->config.cpu_count;
    unsigned running = m->running ? m->running->pe.index : none;
    archive_unsigned(a, &running, none);
    m->running = running == none ? NULL : m->cpus[running];
    for (unsigned i = 0; i < m->config.cpu_count && !a->has_failed; i++) {
        archive_cpu(m->cpus[i], a);
    }
}

/* What is derived from the state of a CPU. */
static void derive(struct cpu *cpu)
{
    cpu->current = NULL;
    view_tags_changed(cpu);
    sync_stops_changed(cpu);
    lend_enter_el(cpu);
    block_context_changed(cpu);
    trap_natives_changed(cpu);
    block_stop_flags_changed(cpu);
    view_select(cpu);
    step_changed(cpu);
    loop_deadline_changed(cpu);
}

void snapshot_derive(struct machine *m)
{
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        derive(m->cpus[i]);
    }
}

/* Other prices or another clock: what was planned by the old ones. */
static void plan_anew(struct machine *m)
{
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        struct cpu *cpu = m->cpus[i];
        timer_rate_changed(cpu->timer);
        if (pmu_is_counting(&cpu->pe)) {
            pmu_plan(&cpu->pmu);
        }
    }
    pl031_rate_changed(&m->rtc);
}

static bool has_other_prices(const struct machine_config *now, const struct machine_config *then)
{
    bool others = now->level != then->level || now->clock_hz != then->clock_hz ||
                  now->quantum != then->quantum || now->schedule_seed != then->schedule_seed ||
                  now->store_drain_instructions != then->store_drain_instructions ||
                  now->tlb_entries != then->tlb_entries || now->tlb_ways != then->tlb_ways ||
                  now->walk_cache_entries != then->walk_cache_entries;
    for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
        others = others || now->prices[k] != then->prices[k];
    }
    return others;
}

/* From the CPU that is furthest on, the counter goes on at the new rate. */
static bool change_rate(struct machine *m, cycles_t at, struct err *e)
{
    if (m->counter.clock_hz == m->config.clock_hz) {
        return true;
    }
    if (m->rate_count == RATES_MAX) {
        return err_set(e, "the clock's rate was changed %d times before", RATES_MAX);
    }
    struct counter_rate *before = &m->rates[m->rate_count++];
    *before = m->counter;
    m->counter = (struct counter_rate){.clock_hz = m->config.clock_hz,
                                       .counter_hz = before->counter_hz,
                                       .since = at,
                                       .since_ticks = counter_ticks(before, at),
                                       .before = before};
    return true;
}

static bool note(struct machine *m, const struct snapshot_origin *origin, struct err *e)
{
    const struct machine_config *now = &m->config, *then = &origin->config;
    bool same_checks = now->strict == then->strict && now->semihosting == then->semihosting;
    if (!has_other_prices(now, then) && same_checks) {
        return true;
    }
    if (m->note_count == NOTES_MAX) {
        return err_set(e, "prices were changed %d times before", NOTES_MAX);
    }
    snprintf(m->notes[m->note_count++], sizeof m->notes[0],
             "up to cycle %" PRIu64 ": profile %.64s, level %s%s%s", origin->at / CYCLE,
             origin->profile, then->level == LEVEL_FUNCTIONAL ? "functional" : "block",
             then->strict ? ", strict" : "", then->semihosting ? ", semihosting" : "");
    return true;
}

bool snapshot_go_on(struct machine *m, const struct snapshot_origin *origin, struct err *e)
{
    if (!note(m, origin, e) || !change_rate(m, origin->at, e)) {
        return false;
    }
    snapshot_derive(m);
    if (has_other_prices(&m->config, &origin->config)) {
        plan_anew(m);
    }
    return true;
}
