#include "sim/board/control_state.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "sim/base/bits.h"
#include "gic/look.h"
#include "sim/base/parse.h"
#include "sim/board/checkpoint.h"
#include "sim/board/control_internal.h"
#include "sim/board/snapshot_parts.h"

static struct cpu *cpu_of(struct control *c, unsigned cpu)
{
    return c->m->cpus[cpu];
}

/* Names. */

static bool numbered(const char *name, char letter, unsigned limit, unsigned *n)
{
    uint64_t value;
    bool found = (name[0] | 0x20) == letter && parse_u64(name + 1, 10, &value, NULL) &&
                 value < limit && (name[1] != '0' || name[2] == '\0');
    *n = found ? (unsigned)value : 0;
    return found;
}

unsigned control_register_by_name(const char *name)
{
    static const struct {
        const char *name;
        unsigned reg;
    } others[] = {
        {"sp", REG_SP},     {"pc", REG_PC},     {"pstate", REG_PSTATE}, {"cpsr", REG_PSTATE},
        {"fpsr", REG_FPSR}, {"fpcr", REG_FPCR}, {"lr", REG_X0 + 30},    {"fp", REG_X0 + 29},
    };
    unsigned n;
    if (numbered(name, 'x', 31, &n)) {
        return REG_X0 + n;
    }
    if (numbered(name, 'v', 32, &n)) {
        return REG_V0 + n;
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (strcasecmp(name, others[i].name) == 0) {
            return others[i].reg;
        }
    }
    for (unsigned id = SR_NONE + 1; id < SR_COUNT; id++) {
        if (sysreg_holds_value((enum sysreg_id)id) &&
            strcasecmp(name, sysreg_name((enum sysreg_id)id)) == 0) {
            return REG_SYSTEM + id;
        }
    }
    return REG_COUNT;
}

static enum sysreg_id id_of(unsigned reg)
{
    return (enum sysreg_id)(reg - REG_SYSTEM);
}

const char *control_register_name(unsigned reg)
{
    return reg > REG_SYSTEM && reg < REG_COUNT ? sysreg_name(id_of(reg)) : NULL;
}

bool control_has_register(const struct control *c, unsigned reg)
{
    if (reg < REG_SYSTEM) {
        return true;
    }
    if (reg <= REG_SYSTEM || reg >= REG_COUNT) {
        return false;
    }
    enum sysreg_id id = id_of(reg);
    return sysreg_holds_value(id) && resolve_is_present(&c->m->cpus[0]->pe.model, id) &&
           !sysreg_reading_acts(id);
}

bool control_is_writable(const struct control *c, unsigned reg)
{
    return control_has_register(c, reg) && (reg < REG_SYSTEM || sysreg_is_writable(id_of(reg)));
}

/* Reading. */

static uint64_t read_system(struct cpu *cpu, enum sysreg_id id)
{
    if (id == pe_sp_id(&cpu->pe.ps)) {
        return engine_x(cpu->engine, 31);
    }
    if (id == SR_FPCR || id == SR_FPSR) {
        return id == SR_FPCR ? engine_fpcr(cpu->engine) : engine_fpsr(cpu->engine);
    }
    cpu_save(cpu); /* NZCV */
    lend_leave_el(cpu);
    uint64_t value = sysreg_read(&cpu->pe, id);
    lend_enter_el(cpu);
    return value;
}

void control_read_register(struct control *c, unsigned cpu_index, unsigned reg, uint64_t value[2])
{
    struct cpu *cpu = cpu_of(c, cpu_index);
    value[0] = value[1] = 0;
    if (reg <= REG_SP) {
        value[0] = engine_x(cpu->engine, reg);
    } else if (reg == REG_PC) {
        value[0] = engine_pc(cpu->engine);
    } else if (reg == REG_PSTATE) {
        cpu_save(cpu);
        value[0] = pstate_to_spsr(&cpu->pe);
    } else if (reg < REG_FPSR) {
        engine_v(cpu->engine, reg - REG_V0, value);
    } else if (reg == REG_FPSR) {
        value[0] = engine_fpsr(cpu->engine);
    } else if (reg == REG_FPCR) {
        value[0] = engine_fpcr(cpu->engine);
    } else if (control_has_register(c, reg)) {
        value[0] = read_system(cpu, id_of(reg));
    }
}

/* Writing. */

/* The instruction that was to run is another one now. */
static void moved(struct cpu *cpu)
{
    cpu->current = NULL;
    cpu->at_boundary = true;
    cpu->machine->control->passed[cpu->pe.index].is_set = false;
}

static void write_sp(struct cpu *cpu, uint64_t value)
{
    engine_set_x(cpu->engine, 31, value);
    cpu->sp_moved = true;
    loop_deadline_changed(cpu);
}

static bool write_pstate(struct cpu *cpu, uint32_t spsr)
{
    enum sysreg_id old_sp = pe_sp_id(&cpu->pe.ps);
    unsigned el = (unsigned)bits(spsr, 3, 2);
    if (spsr & (BIT(4) | BIT(1)) || el > cpu->machine->config.entry_el || (el == 0 && spsr & 1)) {
        return false; /* AArch32, a reserved mode, an EL that is not there, EL0h */
    }
    cpu_save(cpu);
    lend_leave_el(cpu);
    pstate_from_spsr(&cpu->pe, spsr);
    engine_set_nzcv(cpu->engine, cpu->pe.ps.nzcv);
    cpu_load(cpu, old_sp);
    trap_effects(cpu, EFF_IRQ);
    moved(cpu);
    return true;
}

static void write_system(struct cpu *cpu, enum sysreg_id id, uint64_t value)
{
    if (id == pe_sp_id(&cpu->pe.ps)) {
        write_sp(cpu, value);
        return;
    }
    if (id == SR_FPCR || id == SR_FPSR) {
        (id == SR_FPCR ? engine_set_fpcr : engine_set_fpsr)(cpu->engine, (uint32_t)value);
        return;
    }
    cpu_save(cpu);
    sync_event(cpu); /* what the guest wrote, and waits, is older than this */
    lend_leave_el(cpu);
    unsigned effects = sysreg_write(&cpu->pe, id, value);
    lend_enter_el(cpu);
    engine_set_nzcv(cpu->engine, cpu->pe.ps.nzcv);
    trap_effects(cpu, effects);
}

bool control_write_register(struct control *c, unsigned cpu_index, unsigned reg,
                            const uint64_t value[2])
{
    struct cpu *cpu = cpu_of(c, cpu_index);
    if (!control_is_writable(c, reg) ||
        (reg == REG_PSTATE && !write_pstate(cpu, (uint32_t)value[0]))) {
        return false;
    }
    control_note_change(c);
    if (reg < REG_SP) {
        engine_set_x(cpu->engine, reg, value[0]);
    } else if (reg == REG_SP) {
        write_sp(cpu, value[0]);
    } else if (reg == REG_PC) {
        engine_set_pc(cpu->engine, value[0]);
        cpu->pe.pc = value[0];
        moved(cpu);
    } else if (reg >= REG_V0 && reg < REG_FPSR) {
        engine_set_v(cpu->engine, reg - REG_V0, value);
    } else if (reg == REG_FPSR) {
        engine_set_fpsr(cpu->engine, (uint32_t)value[0]);
    } else if (reg == REG_FPCR) {
        engine_set_fpcr(cpu->engine, (uint32_t)value[0]);
    } else if (reg >= REG_SYSTEM) {
        write_system(cpu, id_of(reg), value[0]);
    }
    return true;
}

struct control_cpu control_cpu_state(struct control *c, unsigned cpu_index)
{
    const struct cpu *cpu = cpu_of(c, cpu_index);
    return (struct control_cpu){
        .is_on = cpu->pe.powered,
        .is_waiting = cpu->pe.waiting,
        .el = cpu->pe.ps.el,
        .context = context_of(&cpu->pe, &c->m->config.guest_asids),
        .pc = engine_pc(cpu->engine),
        .instructions = cpu->instructions,
        .exceptions = cpu->exceptions,
        .now = cpu->clock.now,
    };
}

const struct pe *control_pe(struct control *c, unsigned cpu)
{
    cpu_save(cpu_of(c, cpu));
    return &cpu_of(c, cpu)->pe;
}

void control_look_gic(struct control *c, unsigned cpu, struct gic_look *out)
{
    gic_look(c->m->gic, cpu, out);
}

struct ledger *control_ledger(struct control *c)
{
    for (unsigned i = 0; i < c->m->config.cpu_count; i++) {
        blocks_fold(c->m->cpus[i]);
    }
    return c->m->ledger;
}

bool control_save(struct control *c, const struct snapshot_plan *plan, struct err *e)
{
    return checkpoint_is_possible(c->m, e) && snapshot_write(c->m, plan, e);
}
