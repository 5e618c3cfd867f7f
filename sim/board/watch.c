#include "sim/board/watch.h"
#include "mmu/walk.h"
#include "sim/base/bits.h"
#include "sim/board/cpu.h"

void watch_irq(struct cpu *cpu, const struct gic_note *irq)
{
    struct watch_event e = {.kind = WATCH_IRQ, .pc = engine_pc(cpu->engine), .irq = irq};
    watch_tell(cpu, &e);
}

void machine_watch(struct machine *m, const struct machine_watcher *watcher)
{
    m->watcher = watcher;
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        mmu_watch(m->cpus[i]->mmu, watch_descriptor);
    }
    note_gic_watched(m);
}

void watch_tell(struct cpu *cpu, struct watch_event *e)
{
    e->cpu = cpu->pe.index;
    e->pe = &cpu->pe;
    e->at = cpu->clock.now;
    cpu->machine->watcher->seen(cpu->machine->watcher->ctx, e);
}

void watch_descriptor(void *ctx, const struct mmu_descriptor *d)
{
    struct cpu *cpu = ctx;
    struct watch_event e = {
        .kind = WATCH_DESCRIPTOR, .pc = engine_pc(cpu->engine), .descriptor = d};
    watch_tell(cpu, &e);
}

void watch_register(struct cpu *cpu, enum watch_kind kind, enum sysreg_id id, uint64_t old,
                    uint64_t value, uint64_t pc)
{
    struct watch_event e = {.kind = kind, .pc = pc, .reg = {.id = id, .old = old, .value = value}};
    watch_tell(cpu, &e);
}

void watch_return(struct cpu *cpu, uint64_t spsr)
{
    bool is_illegal = exception_return_is_illegal(&cpu->pe, spsr);
    unsigned named = (unsigned)bits(spsr, 3, 2);
    struct watch_event e = {.kind = WATCH_RETURN,
                            .pc = engine_pc(cpu->engine),
                            .ret = {.to_el = is_illegal ? cpu->pe.ps.el : named,
                                    .spsr = spsr,
                                    .is_illegal = is_illegal}};
    watch_tell(cpu, &e);
}

void watch_mmu_op(struct cpu *cpu, enum sysreg_id id, uint64_t value, uint64_t pc)
{
    struct mmu_tlbi op = mmu_tlbi_of(&cpu->pe, id, value);
    struct mmu_tlbi_scope scope;
    if (!mmu_tlbi_scope(&op, &scope)) { /* AT */
        sync_look_at(cpu, id == SR_AT_S1E2R || id == SR_AT_S1E2W, pc);
        watch_register(cpu, WATCH_AT, id, value, value, pc);
        return;
    }
    sync_look_tlbi(cpu, id, value, pc);
    struct watch_event e = {.kind = WATCH_TLBI,
                            .pc = pc,
                            .tlbi = {.op = &op, .broadcast = mmu_tlbi_is_broadcast(id, &cpu->pe)}};
    watch_tell(cpu, &e);
}

void watch_access(struct cpu *cpu, const struct mmu_access *access)
{
    struct mmu_context ctx = mmu_context_of(&cpu->pe, mmu_regime(&cpu->pe, access->el));
    uint64_t at = va_canonical(access->va.v);
    const struct tlb_entry *held = tlb_find(&cpu->mmu->tlb, at, ctx.tag);
    struct watch_event e = {.kind = WATCH_ACCESS,
                            .pc = engine_pc(cpu->engine),
                            .access = {.access = access, .tag = ctx.tag, .is_held = held}};
    if (held) {
        e.access.at_ipa = held->t.ipa | (at & (BIT(held->t.shift) - 1));
    }
    watch_tell(cpu, &e);
    if (cpu->unsynced_count != 0) {
        sync_look_access(cpu, access);
    }
}

void machine_watch_barriers(struct machine *m, unsigned cpu, bool on)
{
    if (m->cpus[cpu]->barriers_watched != on) {
        m->cpus[cpu]->barriers_watched = on;
        sync_stops_changed(m->cpus[cpu]);
    }
}

void machine_ask_again(struct machine *m)
{
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        view_empty_all(m->cpus[i]);
    }
}

bool machine_tlb_holds(const struct machine *m, unsigned cpu, uint64_t tag, uint64_t mask,
                       bool by_ipa, uint64_t first, uint64_t last)
{
    const struct tlb *tlb = &m->cpus[cpu]->mmu->tlb;
    for (unsigned i = 0; i < tlb->entry_count; i++) {
        const struct tlb_entry *e = &tlb->entries[i];
        uint64_t from = by_ipa ? e->t.ipa : tlb_entry_address(e);
        if (e->valid && ((e->tag ^ tag) & mask & e->tag_mask) == 0 && from <= last &&
            (from | (BIT(e->t.shift) - 1)) >= first) {
            return true;
        }
    }
    return false;
}

void machine_code_place(struct machine *m, unsigned cpu, uint64_t pc, struct code_place *out)
{
    struct cpu *c = m->cpus[cpu];
    uint64_t at;
    *out = (struct code_place){.el = c->pe.ps.el, .context = (uint16_t)(c->block_key >> 8)};
    uint32_t id = block_symbol(c, pc, &at);
    out->function = symbols_name(m->symbols, id);
    out->offset = id == SYMBOL_UNKNOWN ? 0 : symbols_offset(m->symbols, id, va(pc), pa(at));
}
