#include "sim/window/strip.h"

#include <string.h>

void strip_init(struct strip *s, cycles_t column_cycles)
{
    memset(s, 0, sizeof *s);
    s->column_cycles = column_cycles;
}

enum strip_owner strip_vm(unsigned vmid)
{
    return (enum strip_owner)(STRIP_VM + vmid % STRIP_VMS);
}

static struct strip_cell *cell_of(struct strip *s, unsigned cpu, uint64_t column)
{
    struct strip_cell *cell = &s->cells[cpu][column % STRIP_COLUMNS];
    if (cell->column != column) {
        *cell = (struct strip_cell){.column = column};
    }
    return cell;
}

void strip_turn(struct strip *s, unsigned cpu, cycles_t at, enum strip_owner owner)
{
    cycles_t from = s->cpus[cpu].since, shown = s->column_cycles * STRIP_COLUMNS;
    if (at > shown && from < at - shown) { /* what is no longer seen */
        from = at - shown;
    }
    while (from < at) {
        uint64_t column = from / s->column_cycles;
        cycles_t end = (column + 1) * s->column_cycles;
        end = end < at ? end : at;
        cell_of(s, cpu, column)->cycles[s->cpus[cpu].owner] += end - from;
        s->last = column > s->last ? column : s->last;
        from = end;
    }
    s->cpus[cpu].owner = owner;
    s->cpus[cpu].since = at > s->cpus[cpu].since ? at : s->cpus[cpu].since;
}

enum strip_owner strip_owner_at(const struct strip *s, unsigned cpu, unsigned column)
{
    uint64_t behind = STRIP_COLUMNS - 1 - column;
    if (behind > s->last) {
        return STRIP_NOBODY;
    }
    const struct strip_cell *cell = &s->cells[cpu][(s->last - behind) % STRIP_COLUMNS];
    enum strip_owner best = STRIP_NOBODY;
    for (unsigned n = 0; cell->column == s->last - behind && n < STRIP_OWNERS; n++) {
        best = cell->cycles[n] > cell->cycles[best] ? (enum strip_owner)n : best;
    }
    return best;
}
