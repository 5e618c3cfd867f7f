/*
 * Registers that EL1 and EL2 read all the time and that the engine, which runs them unprivileged,
 * would trap on: SP_EL0 (Linux's `current`), TPIDR_EL1 and TPIDR_EL2 (its per-CPU base). While such
 * code runs they are kept in the engine's TPIDR_EL0 and TPIDRRO_EL0, whose own values wait in
 * pe.sr[] (engine_lend).
 */
#include "sim/board/cpu.h"

#include "cpu-el/resolve.h"

static enum sysreg_id thread_id(unsigned el)
{
    return el == 2 ? SR_TPIDR_EL2 : SR_TPIDR_EL1;
}

static bool lends(const struct machine *m)
{
    return shortcut_on(m, SHORTCUT_LEND) && shortcut_on(m, SHORTCUT_VIEWS);
}

/* At EL2 DC never traps: where the model's TLB holds the page there is nothing to do, and where the
 * engine's does, that does. */
bool lend_dc_reads(const struct machine *m, unsigned el)
{
    return el == 2 && lends(m) && shortcut_on(m, SHORTCUT_TRAP_IN_HOOK);
}

void lend_init(struct cpu *cpu)
{
    for (unsigned el = 1; lends(cpu->machine) && el <= 2; el++) {
        struct engine_lends lend = {.tpidr_el0 = sysreg_enc(SR_SP_EL0),
                                    .tpidrro_el0 = sysreg_enc(thread_id(el)),
                                    .dc_reads = lend_dc_reads(cpu->machine, el)};
        engine_lend(cpu->engine, el, lend);
    }
}

unsigned lend_kind(const struct machine *m, unsigned el)
{
    return lends(m) ? el : 0;
}

void lend_leave_el(struct cpu *cpu)
{
    if (cpu->pe.ps.el == 0 || !lends(cpu->machine)) {
        cpu->lent[0] = cpu->pe.sr[SR_TPIDR_EL0] = engine_tpidr_el0(cpu->engine);
    }
}

void lend_enter_el(struct cpu *cpu)
{
    const struct pe *pe = &cpu->pe;
    bool lent = pe->ps.el != 0 && lends(cpu->machine);
    uint64_t tpidr = pe->sr[lent ? SR_SP_EL0 : SR_TPIDR_EL0];
    uint64_t tpidrro = pe->sr[lent ? thread_id(pe->ps.el) : SR_TPIDRRO_EL0];
    if (cpu->lent[0] != tpidr) {
        cpu->lent[0] = tpidr;
        engine_set_tpidr_el0(cpu->engine, tpidr);
    }
    if (cpu->lent[1] != tpidrro) {
        cpu->lent[1] = tpidrro;
        engine_set_tpidrro_el0(cpu->engine, tpidrro);
    }
}

void lend_written(struct cpu *cpu, enum sysreg_id id)
{
    if (id == SR_SP_EL0 || id == SR_TPIDR_EL0 || id == SR_TPIDRRO_EL0 ||
        id == thread_id(cpu->pe.ps.el)) {
        lend_leave_el(cpu);
        lend_enter_el(cpu);
    }
}

bool lend_traps(const struct cpu *cpu)
{
    const struct pe *pe = &cpu->pe;
    if (pe->ps.el == 0 || !lends(cpu->machine)) {
        return false;
    }
    enum sysreg_id ids[] = {thread_id(pe->ps.el), SR_SP_EL0};
    for (unsigned i = 0; i < (pe->ps.sp ? 2u : 1u); i++) {
        struct outcome out = resolve_sysreg(pe, sysreg_enc(ids[i]), false);
        if (out.kind != OUT_ACCESS || out.id != ids[i]) {
            return true;
        }
    }
    return false;
}
