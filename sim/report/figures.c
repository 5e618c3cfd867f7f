/* What a whole run did, beside its cycles, kept after its machine is gone. */
#include <stdlib.h>
#include <string.h>

#include "sim/report/report.h"

#define KINDS_MAX 1024 /* of exceptions by ELs, and of exits: more than the machine has */

/* A copy of `count` things of `size`; the caller frees it. */
static void *copy(const void *from, size_t count, size_t size)
{
    void *to = calloc(count + 1, size);
    BUG_ON(to == NULL);
    if (count != 0) {
        memcpy(to, from, count * size);
    }
    return to;
}

void report_figures_take(struct run_figures *out, struct machine *m)
{
    struct trap_count traps[KINDS_MAX];
    struct exit_count exits[KINDS_MAX];
    const struct unimp_entry *unimp = unimp_entries(machine_unimp(m), &out->unimp_count);
    out->trap_count = machine_trap_counts(m, traps, KINDS_MAX);
    out->exit_count = machine_exit_counts(m, exits, KINDS_MAX);
    out->traps = copy(traps, out->trap_count, sizeof *traps);
    out->exits = copy(exits, out->exit_count, sizeof *exits);
    out->unimp = copy(unimp, out->unimp_count, sizeof *unimp);
    out->tlb = machine_tlb_counts(m);
    out->broken_devices = machine_broken_devices(m);
}

void report_figures_free(struct run_figures *figures)
{
    free(figures->traps);
    free(figures->exits);
    free(figures->unimp);
    *figures = (struct run_figures){0};
}
