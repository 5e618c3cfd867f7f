#include <stdio.h>

#include "sim/board/cpu.h"
#include "sim/lib/library.h"

/* el2sim_error() promises that a reason lives until the next one. */
static _Thread_local struct err last;

struct err *library_error(void)
{
    last.text[0] = '\0';
    return &last;
}

const char *el2sim_error(void)
{
    return last.text;
}

const char *el2sim_version(void)
{
    return EL2SIM_VERSION;
}

bool library_has_cpu(const struct el2sim_machine *m, unsigned cpu)
{
    if (m == NULL) {
        return err_set(library_error(), "there is no machine (NULL)");
    }
    return cpu < m->config.cpu_count ||
           err_set(library_error(), "CPU %u: the machine has CPUs 0 to %u (el2sim_config.cpus)",
                   cpu, m->config.cpu_count - 1);
}

void library_place(const struct el2sim_machine *m, unsigned cpu, char place[LIBRARY_PLACE_MAX])
{
    const struct cpu *at = m->machine->cpus[cpu];
    uint64_t pc = engine_pc(at->engine), start;
    const char *name = names_at(m->names, pc, &start);
    if (!at->pe.powered) {
        snprintf(place, LIBRARY_PLACE_MAX, "no instruction: it is off");
    } else if (name != NULL) {
        snprintf(place, LIBRARY_PLACE_MAX, "EL%u %.60s+0x%llx (0x%llx)%s", at->pe.ps.el, name,
                 (unsigned long long)(pc - start), (unsigned long long)pc,
                 at->pe.waiting ? ", waiting" : "");
    } else {
        snprintf(place, LIBRARY_PLACE_MAX, "EL%u 0x%llx%s", at->pe.ps.el, (unsigned long long)pc,
                 at->pe.waiting ? ", waiting" : "");
    }
}
