/*
 * Writes of translation and trap controls that no context synchronization event has followed yet.
 * Until then it is the PE's choice whether what looks at such a register sees the old value or the
 * new one (Arm ARM, "Synchronization requirements for AArch64 System registers"). Here it is the
 * new one at once; with --strict the old one until the event. Either way the other value is kept
 * while a strict run must catch up or somebody watches: what an instruction does is then looked at
 * with both.
 */
#include "sim/board/cpu.h"

#include "cpu-el/fields.h"
#include "mmu/context.h"

/* Whether code that runs now is translated by it; who writes HCR_EL2 or VTTBR_EL2 is not. */
static bool translates_here(const struct cpu *cpu, enum sysreg_id id)
{
    enum sysreg_sync what = sysreg_sync(id);
    return what == SYNC_EL2 || (what == SYNC_EL10 && cpu->pe.ps.el == 1);
}

static struct unsynced *find(struct cpu *cpu, enum sysreg_id id)
{
    for (unsigned i = 0; i < cpu->unsynced_count; i++) {
        if (cpu->unsynced[i].id == id) {
            return &cpu->unsynced[i];
        }
    }
    return NULL;
}

static void swap(struct cpu *cpu, struct unsynced *u)
{
    uint64_t now = cpu->pe.sr[u->id];
    cpu->pe.sr[u->id] = u->other;
    u->other = now;
}

void sync_stops_changed(struct cpu *cpu)
{
    bool stops = cpu->unsynced_count != 0 || cpu->barriers_watched;
    if (stops != cpu->stops_at_barriers) {
        cpu->stops_at_barriers = stops;
        block_stop_flags_changed(cpu);
    }
}

unsigned sync_written(struct cpu *cpu, enum sysreg_id id, uint64_t old, unsigned effects,
                      uint64_t pc)
{
    if (sysreg_sync(id) == SYNC_NONE) {
        return effects;
    }
    struct unsynced *u = find(cpu, id);
    if (u == NULL) {
        if (cpu->unsynced_count == UNSYNCED_MAX) {
            sync_event(cpu); /* more than anybody writes in one go */
        }
        u = &cpu->unsynced[cpu->unsynced_count++];
        *u = (struct unsynced){.id = id, .other = old, .is_deferred = cpu->machine->config.strict};
    }
    u->pc = pc;
    u->at = cpu->clock.now;
    u->told = false;
    if (u->is_deferred) {
        u->other = cpu->pe.sr[id];
        cpu->pe.sr[id] = old;
        u->effects |= effects;
        effects = EFF_NONE;
    }
    sync_stops_changed(cpu);
    block_stop_flags_changed(cpu);
    if (cpu->machine->watcher && translates_here(cpu, id)) {
        view_empty_all(cpu); /* each access is looked at */
    }
    return effects;
}

bool sync_read(const struct cpu *cpu, enum sysreg_id id, uint64_t *value)
{
    for (unsigned i = 0; i < cpu->unsynced_count; i++) {
        if (cpu->unsynced[i].is_deferred && cpu->unsynced[i].id == id) {
            *value = cpu->unsynced[i].other;
            return true;
        }
    }
    return false;
}

void sync_event(struct cpu *cpu)
{
    unsigned effects = 0, count = cpu->unsynced_count;
    cpu->unsynced_count = 0;
    for (unsigned i = 0; i < count; i++) {
        if (cpu->unsynced[i].is_deferred) {
            swap(cpu, &cpu->unsynced[i]);
            effects |= cpu->unsynced[i].effects;
        }
    }
    if (count != 0) {
        sync_stops_changed(cpu);
        block_stop_flags_changed(cpu);
    }
    if (effects != 0) {
        trap_effects(cpu, effects);
    }
}

static void tell(struct cpu *cpu, struct unsynced *u, uint64_t pc, const char *what)
{
    if (cpu->machine->watcher && !u->told) {
        u->told = true; /* what follows is its consequence */
        struct watch_event e = {
            .kind = WATCH_UNSYNCED,
            .pc = pc,
            .unsynced = {
                .id = u->id, .written_at = u->pc, .since = cpu->clock.now - u->at, .what = what}};
        watch_tell(cpu, &e);
    }
}

static bool differ(const struct outcome *a, const struct outcome *b)
{
    return a->kind != b->kind || a->id != b->id ||
           (a->kind == OUT_TRAP && a->target_el != b->target_el);
}

void sync_look_sysreg(struct cpu *cpu, const struct insn *insn, const struct outcome *out,
                      uint64_t pc)
{
    for (unsigned i = 0; i < cpu->unsynced_count; i++) {
        struct unsynced *u = &cpu->unsynced[i];
        swap(cpu, u);
        struct outcome other = resolve_sysreg(&cpu->pe, insn->enc, insn->kind != INSN_KIND_MRS);
        swap(cpu, u);
        if (differ(out, &other)) {
            tell(cpu, u, pc, "whether a system register access traps, and which one it is");
        }
    }
}

/* The VMID, and the regime, that a TLBI acts on. */
void sync_look_tlbi(struct cpu *cpu, enum sysreg_id op, uint64_t value, uint64_t pc)
{
    struct mmu_tlbi_scope now, other;
    struct mmu_tlbi t = mmu_tlbi_of(&cpu->pe, op, value);
    mmu_tlbi_scope(&t, &now);
    for (unsigned i = 0; i < cpu->unsynced_count; i++) {
        struct unsynced *u = &cpu->unsynced[i];
        swap(cpu, u);
        t = mmu_tlbi_of(&cpu->pe, op, value);
        mmu_tlbi_scope(&t, &other);
        swap(cpu, u);
        if (((now.tag ^ other.tag) & now.mask) != 0 || now.mask != other.mask) {
            tell(cpu, u, pc, "whose translations a TLBI invalidates");
        }
    }
}

/* Registers that AT at this stage and regime translates by. */
void sync_look_at(struct cpu *cpu, bool of_el2, uint64_t pc)
{
    for (unsigned i = 0; i < cpu->unsynced_count; i++) {
        struct unsynced *u = &cpu->unsynced[i];
        bool decides = sysreg_sync(u->id) == (of_el2 ? SYNC_EL2 : SYNC_EL10) || u->id == SR_HCR_EL2;
        if (decides && u->other != cpu->pe.sr[u->id]) {
            tell(cpu, u, pc, "what an AT finds");
        }
    }
}

/* An access is translated by both values. A descriptor that faults is as good as another page. */
void sync_look_access(struct cpu *cpu, const struct mmu_access *access)
{
    struct mmu_page now, other;
    struct mmu_fault fault;
    for (unsigned i = 0; i < cpu->unsynced_count; i++) {
        struct unsynced *u = &cpu->unsynced[i];
        if (u->told || u->other == cpu->pe.sr[u->id]) {
            continue;
        }
        bool is_now = mmu_probe(cpu->mmu, access, &now, &fault);
        swap(cpu, u);
        bool is_other = mmu_probe(cpu->mmu, access, &other, &fault);
        swap(cpu, u);
        if (is_now != is_other || (is_now && now.pa.v != other.pa.v)) {
            tell(cpu, u, u->pc, "where an access goes, and whether it faults");
        }
    }
}

/* FP and SIMD instructions while CPTR_EL2, CPACR_EL1 or HCR_EL2 is in flux. */
bool sync_fp_depends(struct cpu *cpu)
{
    if (cpu->machine->watcher == NULL) {
        return false;
    }
    enum outcome_kind now = resolve_insn(&cpu->pe, INSN_FP, 0).kind;
    bool depends = false;
    for (unsigned i = 0; i < cpu->unsynced_count; i++) {
        swap(cpu, &cpu->unsynced[i]);
        depends |= !cpu->unsynced[i].told && resolve_insn(&cpu->pe, INSN_FP, 0).kind != now;
        swap(cpu, &cpu->unsynced[i]);
    }
    return depends;
}

void sync_look_fp(struct cpu *cpu, uint64_t pc)
{
    enum outcome_kind now = resolve_insn(&cpu->pe, INSN_FP, 0).kind;
    for (unsigned i = 0; i < cpu->unsynced_count; i++) {
        struct unsynced *u = &cpu->unsynced[i];
        swap(cpu, u);
        bool depends = resolve_insn(&cpu->pe, INSN_FP, 0).kind != now;
        swap(cpu, u);
        if (depends) {
            tell(cpu, u, pc, "whether a floating-point instruction traps");
        }
    }
    block_stop_flags_changed(cpu);
}

/* What is not deferred is of interest to a watcher only, and left out. */
void sync_archive(struct cpu *cpu, struct archive *a)
{
    unsigned count = cpu->machine->config.strict ? cpu->unsynced_count : 0;
    archive_unsigned(a, &count, UNSYNCED_MAX);
    cpu->unsynced_count = a->is_loading ? count : cpu->unsynced_count;
    for (unsigned i = 0; i < count && !a->has_failed; i++) {
        struct unsynced *u = &cpu->unsynced[i];
        unsigned id = u->id;
        archive_unsigned(a, &id, SR_COUNT - 1);
        archive_unsigned(a, &u->effects, UINT32_MAX);
        archive_u64(a, &u->other);
        archive_u64(a, &u->pc);
        archive_u64(a, &u->at);
        u->id = (enum sysreg_id)id;
        u->is_deferred = true;
        if (a->is_loading && sysreg_sync(u->id) == SYNC_NONE) {
            archive_refuse(a, "a register that is never deferred");
        }
    }
}

void sync_barrier(struct cpu *cpu, bool is_isb, uint64_t pc)
{
    if (is_isb) {
        sync_event(cpu);
    }
    if (cpu->barriers_watched) {
        struct watch_event e = {.kind = is_isb ? WATCH_ISB : WATCH_DSB, .pc = pc};
        watch_tell(cpu, &e);
    }
}
