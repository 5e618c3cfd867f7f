/* What comes to a machine from outside its code: interrupts, aborts, flipped bits. */
#include "sim/board/cpu.h"
#include "sim/image/memmap.h"
#include "sim/lib/library.h"

#define SGIS         16u
#define PPIS_END     32u
#define GICD_SGIR    0xf00u
#define GICH_ELRSR0  0x30u
#define GICH_LR0     0x100u
#define SGIR_TARGETS 16      /* GICD_SGIR.CPUTargetList (IHI 0048B 4.3.15) */
#define SGI1R_INTID  24      /* ICC_SGI1R_EL1.INTID (IHI 0069 12.2.18) */
#define LR2_PENDING  BIT(28) /* GICH_LRn (IHI 0048B 5.3.7) */
#define LR2_PRIORITY 23
#define LR3_PENDING  BIT(62) /* ICH_LR<n>_EL2 (IHI 0069 12.4.6) */
#define LR3_GROUP1   BIT(60)
#define LR3_PRIORITY 48
#define VIRTUAL_LAST 1019u

/* Whoever waits for it goes on. */
static void settle(struct el2sim_machine *m, unsigned cpu)
{
    gic_update(m->machine->gic, cpu);
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        loop_deadline_changed(m->machine->cpus[i]);
    }
}

bool el2sim_set_interrupt(struct el2sim_machine *m, unsigned cpu, unsigned intid, bool level)
{
    if (!library_has_cpu(m, cpu)) {
        return false;
    }
    if (intid < SGIS || intid >= PPIS_END + MEMMAP_SPI_COUNT) {
        return err_set(
            library_error(),
            "interrupt %u: PPIs are 16 to 31, SPIs 32 to %u; el2sim_send_sgi() sends SGIs", intid,
            PPIS_END + MEMMAP_SPI_COUNT - 1);
    }
    struct irq_line line = gic_line(m->machine->gic, intid, cpu);
    line.sink(line.ctx, line.n, level);
    settle(m, cpu);
    return true;
}

bool el2sim_send_sgi(struct el2sim_machine *m, unsigned from, unsigned to, unsigned intid)
{
    if (!library_has_cpu(m, from) || !library_has_cpu(m, to)) {
        return false;
    }
    if (intid >= SGIS) {
        return err_set(library_error(), "SGI %u: SGIs are 0 to 15", intid);
    }
    if (m->config.gic_version == 2) {
        struct bus_access write = {.offset = GICD_SGIR,
                                   .size_bytes = 4,
                                   .cpu = from,
                                   .write = true,
                                   .value = BIT(SGIR_TARGETS + to) | intid};
        gic_gicd_access(m->machine->gic, &write);
    } else {
        struct sysreg_ops ops = gic_sysreg_ops(m->machine->gic, from);
        ops.write(ops.ctx, SR_ICC_SGI1R_EL1, (uint64_t)intid << SGI1R_INTID | BIT(to));
    }
    settle(m, to);
    return true;
}

/* A list register that is in no use; `count` when there is none. */
static unsigned free_list_register(const struct el2sim_machine *m, uint64_t empty)
{
    unsigned n = 0;
    while (n < m->config.cpu.list_register_count && !(empty >> n & 1)) {
        n++;
    }
    return n;
}

static bool fill_list_register(struct el2sim_machine *m, unsigned cpu, unsigned intid,
                               unsigned priority)
{
    struct gic *gic = m->machine->gic;
    bool v2 = m->config.gic_version == 2;
    struct sysreg_ops ops = gic_sysreg_ops(gic, cpu);
    struct bus_access gich = {.offset = GICH_ELRSR0, .size_bytes = 4, .cpu = cpu};
    if (v2) {
        gic_gich_access(gic, &gich);
    }
    unsigned n = free_list_register(m, v2 ? gich.value : ops.read(ops.ctx, SR_ICH_ELRSR_EL2));
    if (n == m->config.cpu.list_register_count) {
        return err_set(library_error(), "virtual interrupt %u: all %u list registers are in use",
                       intid, n);
    }
    if (v2) {
        gich.offset = GICH_LR0 + 4 * n;
        gich.write = true;
        gich.value = LR2_PENDING | (uint64_t)(priority >> 3) << LR2_PRIORITY | intid;
        gic_gich_access(gic, &gich);
    } else {
        ops.write(ops.ctx, (enum sysreg_id)(SR_ICH_LR0_EL2 + n),
                  LR3_PENDING | LR3_GROUP1 | (uint64_t)priority << LR3_PRIORITY | intid);
    }
    return true;
}

bool el2sim_inject_virtual(struct el2sim_machine *m, unsigned cpu, unsigned intid,
                           unsigned priority)
{
    if (!library_has_cpu(m, cpu)) {
        return false;
    }
    if (m->config.entry_el != 2) {
        return err_set(library_error(), "virtual interrupt %u: the machine has no EL2", intid);
    }
    if (intid > VIRTUAL_LAST || priority > UINT8_MAX) {
        return err_set(library_error(),
                       "virtual interrupt %u at priority %u: 0 to %u and 0 to 255 are there", intid,
                       priority, VIRTUAL_LAST);
    }
    bool done = fill_list_register(m, cpu, intid, priority);
    settle(m, cpu);
    return done;
}

bool el2sim_inject_serror(struct el2sim_machine *m, unsigned cpu, bool is_virtual)
{
    if (!library_has_cpu(m, cpu)) {
        return false;
    }
    struct cpu *target = m->machine->cpus[cpu];
    if (is_virtual && m->config.entry_el != 2) {
        return err_set(library_error(), "virtual SError: the machine has no EL2");
    }
    if (is_virtual) {
        target->pe.sr[SR_HCR_EL2] |= HCR_VSE;
    } else {
        target->pe.inputs[PE_SERROR] = true;
    }
    settle(m, cpu);
    return true;
}

bool el2sim_inject_abort(struct el2sim_machine *m, unsigned cpu, uint64_t address, bool write)
{
    if (!library_has_cpu(m, cpu)) {
        return false;
    }
    struct cpu *target = m->machine->cpus[cpu];
    if (!target->pe.powered || target->pe.waiting) {
        return err_set(library_error(),
                       "abort on CPU %u: it runs no code (off, WFI or WFE): nothing can abort",
                       cpu);
    }
    struct mmu_fault fault = {.type = FAULT_EXTERNAL,
                              .target_el = exception_target_el(&target->pe)};
    if (pe_hcr_effective(&target->pe) & HCR_TEA && target->pe.ps.el < 2) {
        fault.target_el = 2;
    }
    struct mmu_access access = {
        .va = va(address), .type = write ? MMU_WRITE : MMU_READ, .el = target->pe.ps.el};
    fault_raise(target, &fault, &access, engine_pc(target->engine), 0);
    settle(m, cpu);
    return true;
}
