/*
 * What a CPU holds, for who watches a run (machine_observe()) or comes after it. Looking changes
 * nothing, and is exact where the CPU stands between two instructions: at an event, and at the end.
 */
#ifndef EL2SIM_BOARD_LOOK_H
#define EL2SIM_BOARD_LOOK_H

#include "cpu-el/pe.h"
#include "gic/look.h"
#include "mmu/mmu.h"
#include "sim/board/machine.h"

struct cpu_look {
    uint64_t x[31], sp; /* sp: of the code that runs */
    struct pstate ps;   /* without nzcv */
    uint32_t nzcv;      /* bits 31..28 */
    uint64_t v[32][2];
};

void machine_look(const struct machine *m, unsigned cpu, struct cpu_look *out);

/* A system register as its row says, whatever HCR_EL2.E2H makes of its name. False: reading it does
 * something (ICC_IAR1_EL1 acknowledges). */
bool machine_look_sysreg(const struct machine *m, unsigned cpu, enum sysreg_id id, uint64_t *value);

/* Of a register that a timer or the GIC owns, as it reads now. False: it is none of these, this
 * machine has not its owner, or reading it does something. */
bool look_owned(const struct pe *pe, enum sysreg_id id, uint64_t *value);

/* Where an access of that CPU would lead now: mmu_probe(). */
bool machine_look_page(const struct machine *m, unsigned cpu, const struct mmu_access *access,
                       struct mmu_page *page, struct mmu_fault *fault);

/* What the GIC holds for that CPU. */
void machine_look_gic(const struct machine *m, unsigned cpu, struct gic_look *out);

/* RAM, by physical address; false: not all of it is RAM. */
bool machine_look_ram(const struct machine *m, pa_t at, void *to, uint64_t size_bytes);

/* The CPU's own state and MMU, to explain what it would do: of a machine that will not run. */
struct pe *machine_look_pe(struct machine *m, unsigned cpu);
struct mmu *machine_look_mmu(struct machine *m, unsigned cpu);
unsigned machine_look_cpu_count(const struct machine *m);

#endif
