#include "sim/board/cpu.h"

#include "cpu-el/core_sysreg.h"
#include "cpu-el/fields.h"
#include "cpu-el/vmcb.h"
#include "sim/base/bits.h"

#define SEMIHOSTING_IMM      0xf000
#define SEMIHOSTING_EXIT     0x18
#define SEMIHOSTING_EXIT_EXT 0x20
#define ADP_APPLICATION_EXIT 0x20026 /* "Semihosting for AArch32 and AArch64", SYS_EXIT */

/* hyp/include/abi/mark.h: hints. */
#define MARK_BEGIN    0x70
#define MARK_END      0x71
#define MARK_SNAPSHOT 0x72

void cpu_emit(struct cpu *cpu, enum arch_event_kind kind, uint64_t a, uint64_t b, uint64_t c)
{
    struct arch_event e = {
        .kind = kind, .cpu = cpu->pe.index, .at = cpu->clock.now, .a = a, .b = b, .c = c};
    event_emit(cpu->machine->events, &e);
}

void trap_effects(struct cpu *cpu, unsigned effects)
{
    if (effects & (EFF_CONTEXT | EFF_REGIME | EFF_TRAPS)) {
        view_tags_changed(cpu);
    }
    if (effects & EFF_CONTEXT) {
        block_context_changed(cpu);
    }
    if (effects & EFF_TRAPS) {
        trap_natives_changed(cpu);
        block_stop_flags_changed(cpu);
        step_changed(cpu);
        cpu->sp_moved = true; /* SCTLR_ELx.SA: look at SP again */
    }
    if (effects & EFF_REGIME) {
        view_select(cpu);
    }
    if (effects & EFF_DEBUG) {
        step_changed(cpu);
    }
    if (effects & EFF_IRQ) {
        gic_update(cpu->machine->gic, cpu->pe.index);
        loop_wake_others(cpu);
    }
    loop_deadline_changed(cpu);
}

void trap_exception(struct cpu *cpu, const struct outcome *out, const struct insn *insn,
                    uint64_t pc)
{
    struct outcome undef = {.kind = OUT_UNDEF};
    if (out->kind != OUT_TRAP) {
        undef = resolve_undef(&cpu->pe);
        undef.kind = OUT_UNDEF;
        out = &undef;
    }
    uint32_t esr = out->esr;
    bool sysreg = syndrome_ec(esr) == EC_SYSREG;
    bool calls =
        out->kind == OUT_TRAP && (insn->kind == INSN_KIND_SVC || insn->kind == INSN_KIND_HVC);
    if (sysreg) {
        esr |= (uint32_t)insn->rt << 5;
        if (insn->kind == INSN_KIND_MSR_IMM) { /* CRm is the operand */
            esr |= (uint32_t)bits(insn->enc, 6, 3) << 1;
        }
    }
    if (!calls) { /* the instruction did not do what its class stands for */
        insn_refund(&cpu->meter, insn);
    }
    cpu_save(cpu);
    struct exception exc = {
        .type = EXC_SYNC,
        .target_el = out->target_el,
        .return_address = calls ? pc + 4 : pc,
        .esr = esr,
    };
    cpu_exception(cpu, &exc);
}

static void next_insn(struct cpu *cpu, uint64_t pc)
{
    engine_set_pc(cpu->engine, pc + 4);
}

/* PSCI, from SMC on a machine with EL2 and from HVC on one without. */
static void firmware_call(struct cpu *cpu, uint64_t pc)
{
    struct machine *m = cpu->machine;
    uint64_t x[4];
    for (unsigned i = 0; i < 4; i++) {
        x[i] = engine_x(cpu->engine, i);
    }
    uint64_t function = x[0];
    struct psci_request request;
    if (!psci_call(&m->psci, cpu->pe.index, x, &request)) {
        unimp_note(m->unimp, pc, "firmware call 0x%08x", (unsigned)function);
    }
    cost_charge(&cpu->meter, COST_FIRMWARE, 1);
    cpu_emit(cpu, EV_FIRMWARE, function, x[0], pc);
    engine_set_x(cpu->engine, 0, x[0]);
    next_insn(cpu, pc);
    switch (request.action) {
    case PSCI_GO_ON:
        break;
    case PSCI_START:
        cpu_start(m->cpus[request.cpu], request.entry.v, request.context_id, cpu->clock.now);
        loop_end_turn(cpu);
        break;
    case PSCI_STOP:
        cpu->pe.powered = false;
        cpu->leave = true;
        break;
    case PSCI_STANDBY:
        cpu_wait(cpu);
        break;
    case PSCI_POWEROFF:
        machine_end(m, END_POWER_OFF, 0, "power off (PSCI SYSTEM_OFF)");
        break;
    case PSCI_RESET:
        machine_end(m, END_RESET, 0, "reset (PSCI SYSTEM_RESET)");
        break;
    }
}

static void semihosting(struct cpu *cpu, uint64_t pc)
{
    struct machine *m = cpu->machine;
    uint64_t operation = engine_x(cpu->engine, 0);
    if (operation != SEMIHOSTING_EXIT && operation != SEMIHOSTING_EXIT_EXT) {
        unimp_note(m->unimp, pc, "semihosting operation 0x%x", (unsigned)operation);
        engine_set_x(cpu->engine, 0, UINT64_MAX);
        next_insn(cpu, pc);
        return;
    }
    struct mmu_access access = {
        .va = va(engine_x(cpu->engine, 1)), .type = MMU_READ, .el = cpu->pe.ps.el};
    struct mmu_page page;
    struct mmu_fault fault;
    uint64_t block[2] = {0, 1};
    if (mmu_probe(cpu->mmu, &access, &page, &fault)) {
        ram_read(&m->ram, page.pa, block, sizeof block);
    }
    int status = block[0] == ADP_APPLICATION_EXIT ? (int)(block[1] & 0xff) : 1;
    machine_end(m, END_EXIT, status, "semihosting exit, status %d", status);
}

static void wait_insn(struct cpu *cpu, const struct insn *insn, uint64_t pc)
{
    bool wfe = insn->kind == INSN_KIND_WFE;
    struct outcome out = resolve_insn(&cpu->pe, wfe ? INSN_WFE : INSN_WFI, 0);
    if (wfe && cpu->pe.event_register) { /* completes at once, and does not trap (D1.16.1) */
        cpu->pe.event_register = false;
        next_insn(cpu, pc);
        return;
    }
    if (out.kind == OUT_TRAP || out.kind == OUT_UNDEF) {
        trap_exception(cpu, &out, insn, pc);
        return;
    }
    next_insn(cpu, pc);
    if (out.kind != OUT_NOP && !interrupt_wakes(&cpu->pe)) {
        cpu_emit(cpu, EV_WAIT, wfe, 0, pc);
        cpu->in_wfe = wfe;
        cpu_wait(cpu);
    }
}

static void exception_insn(struct cpu *cpu, const struct insn *insn, enum special_insn what,
                           uint64_t pc)
{
    struct outcome out = resolve_insn(&cpu->pe, what, insn->imm16);
    if (out.kind == OUT_TRAP || out.kind == OUT_UNDEF) {
        trap_exception(cpu, &out, insn, pc);
    } else if (what == INSN_ERET) {
        if (!vmcb_enters(&cpu->pe) || vm_enter(cpu, insn, pc)) {
            cpu_return(cpu);
        }
    } else if (what == INSN_SMC) {
        firmware_call(cpu, pc);
    } else {
        next_insn(cpu, pc);
    }
}

static void send_event(struct cpu *by)
{
    struct machine *m = by->machine;
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        struct cpu *cpu = m->cpus[i];
        if (cpu->pe.waiting && cpu->in_wfe) {
            cpu->wfe_stamp = by->clock.now;
            loop_end_turn(by);
        } else {
            cpu->pe.event_register = true;
        }
    }
}

/* A load or store that is looked at before the engine runs it: alignment, and EL0's permissions for
 * LDTR and STTR. */
static void checked_access(struct cpu *cpu, const struct insn *insn, uint64_t pc)
{
    if (align_faults(cpu, insn, pc) || fault_unprivileged(cpu, insn, pc)) {
        return;
    }
    cpu->grant_stays = cpu->grant_refused;
    loop_engine_stopped(cpu, loop_run_until(cpu, va(pc + 4)));
    cpu->grant_refused = cpu->grant_stays = false;
}

void trap_natives_select(struct cpu *cpu)
{
    struct engine_natives natives = {.dc_zva = cpu->zva_runs[cpu->pe.ps.el]};
    if (natives.dc_zva != cpu->natives.dc_zva) {
        cpu->natives = natives;
        engine_set_natives(cpu->engine, natives);
    }
}

/*
 * Where EL0 may not use DC ZVA but another EL may, the engine is told at each change of EL, which
 * is slow: only while EL0 has no MMU, when a hypervisor prepares its guests. With one it runs, and
 * DC ZVA then traps at each EL.
 */
void trap_natives_changed(struct cpu *cpu)
{
    const struct pe *pe = &cpu->pe;
    bool may_run = shortcut_on(cpu->machine, SHORTCUT_DC_ZVA) &&
                   !(fault_mmu_is_on(pe, 0) && core_dc_zva_is_prohibited(pe, 0));
    for (unsigned el = 0; el <= 2; el++) {
        cpu->zva_runs[el] = may_run && !core_dc_zva_is_prohibited(pe, el);
    }
    trap_natives_select(cpu);
}

/* An instruction of an extension that this CPU has not got is counted; UDF and unallocated words
 * are the guest's own affair. */
static void note_undefined(struct machine *m, uint32_t word, uint64_t pc)
{
    static const struct {
        uint32_t mask, value;
        const char *name;
    } extensions[] = {
        {0x1e000000, 0x04000000, "SVE"},
        {0xffff8000, 0xdac10000, "PAuth data processing"},
        {0xfe9ff000, 0xd61f0000, "PAuth branch"},
        {0xff200400, 0xf8200400, "PAuth load"},
        {0xff200000, 0xd9200000, "MTE load/store"},
        {0x3b200c00, 0x38200000, "LSE atomic"},
        {0x3fa07c00, 0x08a07c00, "LSE compare and swap"},
    };
    for (size_t i = 0; i < sizeof extensions / sizeof extensions[0]; i++) {
        if ((word & extensions[i].mask) == extensions[i].value) {
            unimp_note(m->unimp, pc, "%s instruction", extensions[i].name);
            return;
        }
    }
}

/* hyp/include/abi/mark.h */
static void mark(struct cpu *cpu, const struct insn *insn)
{
    uint64_t name_va = engine_x(cpu->engine, 0);
    char name[SPAN_NAME_MAX] = "";
    switch (insn->imm16) {
    case MARK_BEGIN:
    case MARK_END:
        span_mark(cpu, insn->imm16 == MARK_BEGIN, name_va, engine_x(cpu->engine, 1));
        break;
    case MARK_SNAPSHOT:
        if (name_va != 0 && !span_read_name(cpu, name_va, name)) {
            name[0] = '\0';
        }
        snapshot_at_mark(cpu->machine, true, name);
        break;
    }
}

void trap_execute(struct cpu *cpu, const struct insn *insn, uint64_t pc)
{
    struct machine *m = cpu->machine;
    struct outcome fp = {.kind = OUT_ACCESS};
    struct outcome undef = {.kind = OUT_UNDEF};
    if (insn->flags & INSN_FLAG_FP) {
        fp = resolve_insn(&cpu->pe, INSN_FP, 0);
    }
    if (insn->flags & INSN_FLAG_FP && sync_fp_depends(cpu)) {
        sync_look_fp(cpu, pc);
        if (fp.kind == OUT_ACCESS) { /* the engine's own, stopped at for this look */
            loop_engine_stopped(cpu, loop_run_until(cpu, va(pc + 4)));
            return;
        }
    }
    if (fp.kind != OUT_ACCESS && insn->kind != INSN_KIND_UNDEF) {
        trap_exception(cpu, &fp, insn, pc);
        return;
    }
    switch (insn->kind) {
    case INSN_KIND_MRS:
    case INSN_KIND_MSR:
    case INSN_KIND_MSR_IMM:
        trap_sysreg(cpu, insn, pc);
        break;
    case INSN_KIND_SVC:
        exception_insn(cpu, insn, INSN_SVC, pc);
        break;
    case INSN_KIND_HVC:
        if (m->config.entry_el == 1 && cpu->pe.ps.el != 0) { /* at EL0 it is UNDEFINED */
            firmware_call(cpu, pc);
        } else {
            exception_insn(cpu, insn, INSN_HVC, pc);
        }
        break;
    case INSN_KIND_SMC:
        if (m->config.entry_el == 1) {
            trap_exception(cpu, &undef, insn, pc);
        } else {
            exception_insn(cpu, insn, INSN_SMC, pc);
        }
        break;
    case INSN_KIND_ERET:
        exception_insn(cpu, insn, INSN_ERET, pc);
        break;
    case INSN_KIND_BRK:
        exception_insn(cpu, insn, INSN_BRK, pc);
        break;
    case INSN_KIND_HLT:
        if (m->config.semihosting && insn->imm16 == SEMIHOSTING_IMM) {
            semihosting(cpu, pc);
        } else {
            trap_exception(cpu, &undef, insn, pc);
        }
        break;
    case INSN_KIND_WFI:
    case INSN_KIND_WFE:
        wait_insn(cpu, insn, pc);
        break;
    case INSN_KIND_SEV:
        if (insn->imm16 == 5) { /* SEVL: this PE only */
            cpu->pe.event_register = true;
        } else {
            send_event(cpu);
        }
        next_insn(cpu, pc);
        break;
    case INSN_KIND_ESB:
        exception_esb(&cpu->pe);
        next_insn(cpu, pc);
        break;
    case INSN_KIND_MARK:
        mark(cpu, insn);
        next_insn(cpu, pc);
        break;
    case INSN_KIND_LOADSTORE:
        checked_access(cpu, insn, pc);
        break;
    case INSN_KIND_ISB:
    case INSN_KIND_DSB:
        sync_barrier(cpu, insn->kind == INSN_KIND_ISB, pc);
        next_insn(cpu, pc);
        break;
    case INSN_KIND_OTHER:
    case INSN_KIND_BRANCH:
    case INSN_KIND_DMB:
    case INSN_KIND_UNDEF:
        note_undefined(m, insn->word, pc);
        trap_exception(cpu, &undef, insn, pc);
        break;
    }
}

void trap_handle(struct cpu *cpu)
{
    uint64_t pc = engine_pc(cpu->engine);
    struct block *b = cpu->current;
    struct insn insn = code_insn(cpu, pc);
    if (b != NULL && pc >= b->pc && pc + 4 < b->pc + b->size_bytes) {
        block_refund_from(cpu, pc + 4); /* it trapped in the middle: the rest did not run */
    }
    cpu->at_boundary = false;
    if (cpu->trap_misaligned) {
        cpu->trap_misaligned = false;
        align_faults(cpu, &insn, pc);
    } else {
        /* A load, store or barrier that traps is one that the engine lacks: to run it would trap
         * again. */
        bool lacks = insn.kind == INSN_KIND_LOADSTORE || insn.kind == INSN_KIND_ISB ||
                     insn.kind == INSN_KIND_DSB;
        insn.kind = lacks ? INSN_KIND_UNDEF : insn.kind;
        trap_execute(cpu, &insn, pc);
    }
    cpu->current = NULL;
    if (!cpu->leave) {
        cpu_interrupt(cpu);
    }
}

bool trap_loop_is_due(const struct cpu *cpu)
{
    return cpu->clock.now >= cpu->deadline ||
           (cpu->at_boundary && cpu->clock.now >= cpu->turn_end) || cpu->leave || cpu->held ||
           cpu->stepping;
}

enum engine_next trap_taken(void *ctx, enum engine_trap kind)
{
    struct cpu *cpu = ctx;
    block_settle(cpu);
    cpu->trap_misaligned =
        kind == ENGINE_TRAP_ALIGNMENT; /* otherwise the instruction says it all */
    if (!shortcut_on(cpu->machine, SHORTCUT_TRAP_IN_HOOK)) {
        cpu->trap_waits = true;
        return ENGINE_STOP;
    }
    trap_handle(cpu);
    return trap_loop_is_due(cpu) ? ENGINE_STOP : ENGINE_CONTINUE;
}
