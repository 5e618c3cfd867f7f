#include "sim/board/look.h"

#include "sim/board/cpu.h"

void machine_look(const struct machine *m, unsigned cpu, struct cpu_look *out)
{
    const struct cpu *c = m->cpus[cpu];
    for (unsigned n = 0; n < 31; n++) {
        out->x[n] = engine_x(c->engine, n);
    }
    out->sp = engine_x(c->engine, 31);
    out->ps = c->pe.ps;
    out->nzcv = engine_nzcv(c->engine);
    for (unsigned n = 0; n < 32; n++) {
        engine_v(c->engine, n, out->v[n]);
    }
}

bool look_owned(const struct pe *pe, enum sysreg_id id, uint64_t *value)
{
    enum sysreg_owner owner = sysreg_owner(id);
    if ((owner != OWNER_TIMER && owner != OWNER_GIC) || sysreg_reading_acts(id) ||
        pe->owners[owner].read == NULL) {
        return false;
    }
    *value = pe->owners[owner].read(pe->owners[owner].ctx, id);
    return true;
}

bool machine_look_sysreg(const struct machine *m, unsigned cpu, enum sysreg_id id, uint64_t *value)
{
    const struct cpu *c = m->cpus[cpu];
    if (id == pe_sp_id(&c->pe.ps)) { /* the engine's while its code runs */
        *value = engine_x(c->engine, 31);
        return true;
    }
    if (sysreg_owner(id) == OWNER_STORE || id == SR_SP_EL0 || id == SR_SP_EL1 || id == SR_SP_EL2) {
        *value = c->pe.sr[id];
        return true;
    }
    return look_owned(&c->pe, id, value);
}

bool machine_look_page(const struct machine *m, unsigned cpu, const struct mmu_access *access,
                       struct mmu_page *page, struct mmu_fault *fault)
{
    return mmu_probe(m->cpus[cpu]->mmu, access, page, fault);
}

void machine_look_gic(const struct machine *m, unsigned cpu, struct gic_look *out)
{
    gic_look(m->gic, cpu, out);
}

bool machine_look_ram(const struct machine *m, pa_t at, void *to, uint64_t size_bytes)
{
    return ram_read(&m->ram, at, to, size_bytes);
}

struct pe *machine_look_pe(struct machine *m, unsigned cpu)
{
    return &m->cpus[cpu]->pe;
}

struct mmu *machine_look_mmu(struct machine *m, unsigned cpu)
{
    return m->cpus[cpu]->mmu;
}

unsigned machine_look_cpu_count(const struct machine *m)
{
    return m->config.cpu_count;
}
