/* MRS, MSR and SYS: system registers, TLBI, AT, DC and IC. */
#include "sim/board/cpu.h"

#include <string.h>

#include "cpu-el/fields.h"
#include "sim/base/bits.h"

/* Register Xt: 31 is XZR. */
static uint64_t read_xt(struct cpu *cpu, unsigned t)
{
    return t == 31 ? 0 : engine_x(cpu->engine, t);
}

static void write_xt(struct cpu *cpu, unsigned t, uint64_t value)
{
    if (t != 31) {
        engine_set_x(cpu->engine, t, value);
    }
}

static struct outcome resolve(struct cpu *cpu, uint16_t enc, bool write)
{
    return shortcut_on(cpu->machine, SHORTCUT_RESOLVED)
               ? resolved_sysreg(&cpu->resolved, &cpu->pe, enc, write)
               : resolve_sysreg(&cpu->pe, enc, write);
}

static void tlbi(struct cpu *cpu, enum sysreg_id op, uint64_t value)
{
    struct machine *m = cpu->machine;
    struct mmu_tlbi t = mmu_tlbi_of(&cpu->pe, op, value);
    if (!mmu_tlbi_is_broadcast(op, &cpu->pe)) {
        mmu_tlbi_apply(cpu->mmu, &t);
        return;
    }
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        mmu_tlbi_apply(m->cpus[i]->mmu, &t);
    }
}

/* False: the instruction took an exception. */
static bool mmu_op(struct cpu *cpu, enum sysreg_id id, const struct insn *insn, uint64_t pc)
{
    uint64_t value = read_xt(cpu, insn->rt);
    cpu_emit(cpu, EV_SYSREG, insn->enc | 1u << 16, value, pc);
    if (cpu->machine->watcher) {
        watch_mmu_op(cpu, id, value, pc);
    }
    if (bits(insn->enc, 10, 7) == 8) { /* CRn 8: TLBI */
        tlbi(cpu, id, value);
        return true;
    }
    struct mmu_fault fault;
    if (mmu_at(cpu->mmu, id, value, &fault)) {
        return true;
    }
    struct mmu_access access = {
        .va = va(value), .type = MMU_READ, .el = 1, .cache_maintenance = true};
    insn_refund(&cpu->meter, insn);
    fault_raise(cpu, &fault, &access, pc, insn->word);
    return false;
}

static uint64_t cache_op_size(const struct cpu *cpu, enum sysreg_id id)
{
    return id == SR_DC_ZVA ? UINT64_C(4) << bits(cpu->pe.model.dczid, 3, 0) : 64;
}

/* What an operation by address accesses. */
static struct mmu_access cache_op_access(struct cpu *cpu, enum sysreg_id id,
                                         const struct insn *insn)
{
    uint64_t at = read_xt(cpu, insn->rt);
    bool zva = id == SR_DC_ZVA;
    return (struct mmu_access){
        .va = va(zva ? align_down(at, cache_op_size(cpu, id)) : at),
        .type = zva || id == SR_DC_IVAC ? MMU_WRITE : MMU_READ,
        .el = cpu->pe.ps.el,
        .cache_maintenance = !zva,
    };
}

static bool is_by_set_and_way(enum sysreg_id id)
{
    return id == SR_DC_ISW || id == SR_DC_CSW || id == SR_DC_CISW;
}

static bool is_dc_by_address(enum sysreg_id id)
{
    return id == SR_DC_IVAC || id == SR_DC_CVAC || id == SR_DC_CVAU || id == SR_DC_CVAP ||
           id == SR_DC_CIVAC;
}

/* DC and IC. There are no caches at this level: by-address operations translate (and may fault), IC
 * drops translated code. */
static bool cache_op(struct cpu *cpu, enum sysreg_id id, const struct insn *insn, uint64_t pc)
{
    struct machine *m = cpu->machine;
    if (id == SR_IC_IALLU || id == SR_IC_IALLUIS) {
        code_changed_all(m);
        return true;
    }
    if (is_by_set_and_way(id)) {
        return true;
    }
    bool zva = id == SR_DC_ZVA;
    uint64_t size = cache_op_size(cpu, id);
    struct mmu_access access = cache_op_access(cpu, id, insn);
    struct mmu_page page;
    struct mmu_fault fault;
    if (!mmu_translate(cpu->mmu, &access, &page, &fault)) {
        access.va = va(read_xt(cpu, insn->rt));
        insn_refund(&cpu->meter, insn);
        cpu->instructions--; /* as where the engine runs DC ZVA */
        fault_raise(cpu, &fault, &access, pc, insn->word);
        return false;
    }
    if (zva) {
        uint8_t *host = ram_at(&m->ram, page.pa, size);
        if ((page.memory == MEM_DEVICE && fault_mmu_is_on(&cpu->pe, cpu->pe.ps.el)) ||
            host == NULL) {
            fault = (struct mmu_fault){.type = FAULT_ALIGNMENT,
                                       .target_el = exception_target_el(&cpu->pe)};
            access.va = va(read_xt(cpu, insn->rt));
            insn_refund(&cpu->meter, insn);
            cpu->instructions--; /* as where the engine runs DC ZVA */
            fault_raise(cpu, &fault, &access, pc, insn->word);
            return false;
        }
        code_written(m, pa(page.pa.v), size);
        memset(host, 0, size);
        ram_note_written(&m->ram, page.pa, size);
    } else if (id == SR_IC_IVAU && !code_follows_stores(m, page.pa.v)) {
        code_changed(m, pa(align_down(page.pa.v, size)), size);
    }
    return true;
}

static void read_register(struct cpu *cpu, enum sysreg_id id, const struct insn *insn, uint64_t pc)
{
    uint64_t value;
    if (!sync_read(cpu, id, &value)) {
        value = sysreg_read(&cpu->pe, id);
    }
    write_xt(cpu, insn->rt, value);
    if (cpu->machine->watcher) {
        watch_register(cpu, WATCH_READ, id, value, value, pc);
    }
}

/* Reads or writes a resolved register. False: it took an exception. */
static bool access_register(struct cpu *cpu, enum sysreg_id id, const struct insn *insn,
                            uint64_t pc)
{
    bool write = insn->kind != INSN_KIND_MRS;
    switch (sysreg_owner(id)) {
    case OWNER_MMU:
        return mmu_op(cpu, id, insn, pc);
    case OWNER_CACHE:
        return cache_op(cpu, id, insn, pc);
    case OWNER_STORE:
    case OWNER_CORE:
    case OWNER_TIMER:
    case OWNER_GIC:
    case OWNER_COUNT:
        break;
    }
    if (!write) {
        read_register(cpu, id, insn, pc);
        return true;
    }
    uint64_t value =
        insn->kind == INSN_KIND_MSR_IMM ? bits(insn->enc, 6, 3) : read_xt(cpu, insn->rt);
    bool selects_sp = id == SR_SPSel || id == SR_PSTATE_SPSEL;
    enum sysreg_id old_sp = selects_sp ? pe_sp_id(&cpu->pe.ps) : SR_NONE;
    uint64_t old = cpu->pe.sr[id];
    unsigned effects = sysreg_write(&cpu->pe, id, value);
    if (effects & (EFF_REGIME | EFF_CONTEXT)) {
        cpu_emit(cpu, EV_SYSREG, insn->enc | 1u << 16, value, pc);
    }
    if (cpu->machine->watcher || cpu->machine->config.strict) {
        effects = sync_written(cpu, id, old, effects, pc);
    }
    enum sysreg_id new_sp = selects_sp ? pe_sp_id(&cpu->pe.ps) : SR_NONE;
    if (new_sp != old_sp) {
        cpu->pe.sr[old_sp] = engine_x(cpu->engine, 31);
        engine_set_x(cpu->engine, 31, cpu->pe.sr[new_sp]);
        cpu->sp_moved = true;
        lend_enter_el(cpu);
        block_stop_flags_select(cpu);
    }
    lend_written(cpu, id);
    if (rules_look_at(id)) {
        resolved_controls_changed(&cpu->resolved);
    }
    if (cpu->machine->watcher) {
        watch_register(cpu, WATCH_WRITE, id, old, value, pc);
    }
    if (effects != 0 || sysreg_owner(id) != OWNER_STORE) { /* else nothing else looks at it */
        trap_effects(cpu, effects);
    }
    return true;
}

void trap_sysreg(struct cpu *cpu, const struct insn *insn, uint64_t pc)
{
    struct outcome out = resolve(cpu, insn->enc, insn->kind != INSN_KIND_MRS);
    sync_look_sysreg(cpu, insn, &out, pc);
    switch (out.kind) {
    case OUT_ACCESS:
        if (access_register(cpu, out.id, insn, pc)) {
            engine_set_pc(cpu->engine, pc + 4);
        }
        break;
    case OUT_NOP:
        engine_set_pc(cpu->engine, pc + 4);
        break;
    case OUT_UNDEF:
        if (out.id == SR_NONE) {
            unimp_note(cpu->machine->unimp, pc, "%s S%u_%u_C%u_C%u_%u at EL%u",
                       insn->kind == INSN_KIND_MRS ? "MRS" : "MSR",
                       (unsigned)bits(insn->enc, 15, 14), (unsigned)bits(insn->enc, 13, 11),
                       (unsigned)bits(insn->enc, 10, 7), (unsigned)bits(insn->enc, 6, 3),
                       (unsigned)bits(insn->enc, 2, 0), cpu->pe.ps.el);
        }
        trap_exception(cpu, &out, insn, pc);
        break;
    case OUT_MEMORY: /* resolve() gives it with NV2 on only, which no CPU model has yet
                        (docs/limits.md) */
    case OUT_TRAP:
        trap_exception(cpu, &out, insn, pc);
        break;
    }
}

/*
 * A read that takes place in the midst of a block, all of which is charged already: time must not
 * count. The PMU's registers have CRn 9 and 14; only there it is asked which are counters.
 */
static bool is_timeless(enum sysreg_id id, const struct insn *insn)
{
    uint64_t crn = bits(insn->enc, 10, 7);
    enum sysreg_owner owner = sysreg_owner(id);
    return owner == OWNER_STORE ||
           (owner == OWNER_CORE && ((crn != 9 && crn != 14) || !pmu_owns(id)));
}

/* A DC that does nothing here: no fault, no walk to pay. */
static bool is_idle_dc(struct cpu *cpu, enum sysreg_id id, const struct insn *insn)
{
    if (!is_dc_by_address(id)) {
        return is_by_set_and_way(id);
    }
    struct mmu_access access = cache_op_access(cpu, id, insn);
    return mmu_hits(cpu->mmu, &access);
}

/* AT and IC may fault. */
static bool is_without_fault(enum sysreg_id id, const struct insn *insn)
{
    return bits(insn->enc, 15, 14) != 1 ||
           (sysreg_owner(id) == OWNER_MMU && bits(insn->enc, 10, 7) == 8);
}

bool trap_system(void *ctx)
{
    struct cpu *cpu = ctx;
    uint64_t pc = engine_pc(cpu->engine);
    struct insn insn = code_insn(cpu, pc);
    bool read = insn.kind == INSN_KIND_MRS;
    bool is_system = read || insn.kind == INSN_KIND_MSR || insn.kind == INSN_KIND_MSR_IMM;
    if (!is_system || !shortcut_on(cpu->machine, SHORTCUT_TRAP_IN_HOOK)) {
        return false;
    }
    struct outcome out = resolve(cpu, insn.enc, !read);
    if (out.kind != OUT_ACCESS) {
        return false;
    }
    bool dc = is_idle_dc(cpu, out.id, &insn);
    if (!(dc || (read ? is_timeless(out.id, &insn) : is_without_fault(out.id, &insn)))) {
        return false;
    }
    sync_look_sysreg(cpu, &insn, &out, pc);
    if (dc) {
        return true;
    }
    if (read) {
        read_register(cpu, out.id, &insn, pc);
        return true;
    }
    block_settle(cpu);
    cpu->at_boundary = false;
    access_register(cpu, out.id, &insn, pc);
    cpu->current = NULL;
    struct exception exc;
    cpu->stops_next = trap_loop_is_due(cpu) || interrupt_due(&cpu->pe, &exc);
    if (cpu->stops_next) {
        cpu->horizon = 0;
    }
    return true;
}
