#include "sim/board/inspect.h"

#include <string.h>

#include "sim/base/bits.h"
#include "sim/base/parse.h"
#include "sim/board/cpu.h"
#include "sim/board/look.h"

/* What lives in the engine while code runs, as it is now. */
static void copy_general(struct cpu *cpu, struct inspect *out)
{
    struct pe *copy = &out->pe;
    cpu_save(cpu);
    *copy = cpu->pe;
    for (unsigned n = 0; n < 32; n++) {
        out->x[n] = engine_x(cpu->engine, n);
    }
    copy->sr[pe_sp_id(&copy->ps)] = out->x[31];
    if (copy->ps.el == 0) {
        copy->sr[SR_TPIDR_EL0] = engine_tpidr_el0(cpu->engine);
    }
}

/* Registers that another one owns, as they read now. */
static void copy_owned(struct inspect *out)
{
    struct pe *copy = &out->pe;
    for (unsigned id = SR_NONE + 1; id < SR_COUNT; id++) {
        look_owned(copy, (enum sysreg_id)id, &copy->sr[id]);
    }
}

static void find_device(struct machine *m, struct inspect_access *a)
{
    pa_t at = a->is_held && a->held_translates ? a->held_pa : a->page.pa;
    const struct bus_region *region = bus_find(&m->bus, at, 1);
    uint8_t byte;
    if (!a->translates && !(a->is_held && a->held_translates)) {
        return;
    }
    if (ram_read(&m->ram, at, &byte, 1)) {
        a->device = "RAM";
        a->device_offset = at.v - m->ram.base.v;
    } else if (region) {
        a->device = region->name;
        a->device_offset = at.v - region->base.v;
    }
}

static void inspect_access(struct cpu *cpu, const struct mmu_access *access, unsigned size_bytes,
                           struct inspect_access *out)
{
    struct mmu_page held;
    struct mmu_fault fault;
    *out = (struct inspect_access){.access = *access, .size_bytes = size_bytes};
    out->translates = mmu_probe_steps(cpu->mmu, access, &out->steps, &out->page, &out->fault);
    if ((out->steps.has_stage1 || out->steps.has_stage2) && mmu_holds(cpu->mmu, access)) {
        out->is_held = true; /* to ask what is held changes nothing (mmu.h) */
        out->held_translates = mmu_translate(cpu->mmu, access, &held, &fault);
        out->held_pa = out->held_translates ? held.pa : pa(0);
    }
    find_device(cpu->machine, out);
}

/* Where its fetch and its load or store lead. */
static void inspect_accesses(struct cpu *cpu, struct inspect *out)
{
    const struct ldst *l = &out->data;
    struct mmu_access fetch = {.va = va(out->pe.pc), .type = MMU_FETCH, .el = out->pe.ps.el};
    inspect_access(cpu, &fetch, 4, &out->fetch);
    if (out->has_data) {
        bool as_el0 = l->is_unprivileged && !out->pe.ps.uao;
        struct mmu_access data = {.va = va(l->address),
                                  .type = l->is_store ? MMU_WRITE : MMU_READ,
                                  .el = as_el0 ? 0 : out->pe.ps.el,
                                  .unprivileged = as_el0,
                                  .atomic = l->is_atomic};
        inspect_access(cpu, &data, l->size_bytes * l->register_count, &out->access);
    }
}

static void inspect_timers(const struct cpu *cpu, struct inspect *out)
{
    static const struct {
        enum sysreg_id ctl, cval;
        bool needs_el2, needs_vhe, is_offset;
    } rows[TIMER_COUNT] = {
        [TIMER_PHYS] = {SR_CNTP_CTL_EL0, SR_CNTP_CVAL_EL0, false, false, false},
        [TIMER_VIRT] = {SR_CNTV_CTL_EL0, SR_CNTV_CVAL_EL0, false, false, true},
        [TIMER_HYP_PHYS] = {SR_CNTHP_CTL_EL2, SR_CNTHP_CVAL_EL2, true, false, false},
        [TIMER_HYP_VIRT] = {SR_CNTHV_CTL_EL2, SR_CNTHV_CVAL_EL2, true, true, false},
    };
    const struct cpu_model *model = &cpu->pe.model;
    for (unsigned i = 0; i < TIMER_COUNT; i++) {
        uint64_t ctl = out->pe.sr[rows[i].ctl];
        bool has_el2 = model->has[FEAT_EL2];
        out->timers[i] = (struct inspect_timer){
            .intid = timer_intid((enum timer_id)i),
            .exists =
                (!rows[i].needs_el2 || has_el2) && (!rows[i].needs_vhe || model->has[FEAT_VHE]),
            .enabled = ctl & 1,
            .masked = ctl & 2,
            .fires = ctl & 4,
            .compare = out->pe.sr[rows[i].cval],
            .count = out->counter - (rows[i].is_offset && has_el2 ? out->pe.sr[SR_CNTVOFF_EL2] : 0),
        };
    }
}

static void sum_cells(struct machine *m, unsigned cpu, struct ledger_cell *cells)
{
    blocks_fold(m->cpus[cpu]);
    for (size_t i = 0; i < ledger_row_count(m->ledger); i++) {
        const struct ledger_row *row = ledger_row_at(m->ledger, i);
        for (unsigned k = 0; row->key.cpu == cpu && k < COST_CLASS_COUNT; k++) {
            cells[k].count += row->cells[k].count;
            cells[k].cycles += row->cells[k].cycles;
        }
    }
}

void machine_inspect_next(struct machine *m, unsigned cpu, struct inspect *out)
{
    struct cpu *c = m->cpus[cpu];
    uint32_t word;
    memset(out, 0, sizeof *out);
    out->cpu = cpu;
    copy_general(c, out);
    out->context = context_of(&out->pe, &m->config.guest_asids);
    out->in_vm = machine_context_is_vm(m, out->context);
    out->vmid = out->context ? out->context - 1u : 0;
    out->now = c->clock.now;
    out->instructions = c->instructions;
    out->interrupt_is_due = out->pe.powered && interrupt_due(&out->pe, &out->interrupt);
    out->fetched = machine_inspect_code(m, cpu, va(out->pe.pc), &word);
    if (out->fetched) {
        out->insn = insn_decode(&c->pe.model, word);
        out->has_data = fault_decode(c, out->pe.pc, word, &out->data) && !out->data.is_prefetch;
    }
}

void machine_inspect(struct machine *m, unsigned cpu, struct inspect *out)
{
    struct cpu *c = m->cpus[cpu];
    machine_inspect_next(m, cpu, out);
    copy_owned(out);
    out->counter = counter_ticks(&m->counter, c->clock.now);
    out->counter_hz = m->counter.counter_hz;
    out->clock_hz = m->config.clock_hz;
    sum_cells(m, cpu, out->cells);
    inspect_accesses(c, out);
    inspect_timers(c, out);
    gic_look(m->gic, cpu, &out->gic);
}

uint64_t machine_inspect_x(const struct machine *m, unsigned cpu, unsigned n)
{
    return engine_x(m->cpus[cpu]->engine, n);
}

uint64_t machine_inspect_exceptions(const struct machine *m, unsigned cpu)
{
    return m->cpus[cpu]->exceptions;
}

bool machine_inspect_code(struct machine *m, unsigned cpu, va_t at, uint32_t *word)
{
    uint64_t code;
    return at.v % 4 == 0 && code_pa(m->cpus[cpu], at.v, &code) &&
           ram_read(&m->ram, pa(code), word, sizeof *word);
}

const char *machine_inspect_symbol(struct machine *m, unsigned cpu, va_t at, uint64_t *offset)
{
    struct cpu *c = m->cpus[cpu];
    uint64_t code;
    uint32_t id = block_symbol(c, at.v, &code);
    *offset = symbols_offset(m->symbols, id, at, pa(code));
    return id == SYMBOL_UNKNOWN ? NULL : symbols_name(m->symbols, id);
}

bool machine_find_code(const struct machine *m, const char *text, va_t *at, unsigned *el_mask)
{
    struct symbol_scope scope;
    const char *end;
    if (strncmp(text, "0x", 2) == 0) {
        *el_mask = 7;
        return parse_u64(text, 16, &at->v, &end) && *end == '\0';
    }
    if (!symbols_named(m->symbols, text, &scope, at)) {
        return false;
    }
    *el_mask = scope.el_mask;
    return scope.address == SYMBOL_VIRTUAL;
}
