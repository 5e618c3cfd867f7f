/* What the last command cost this CPU, by class of the ledger: the parts add up. */
#include <stdlib.h>

#include "sim/step/view.h"

struct part {
    unsigned class;
    uint64_t count;
    cycles_t cycles;
};

static int dearest_first(const void *left, const void *right)
{
    const struct part *a = left, *b = right;
    if (a->cycles != b->cycles) {
        return a->cycles > b->cycles ? -1 : 1;
    }
    return a->class < b->class ? -1 : 1;
}

void pane_cycles(const struct view *v, unsigned height, struct lines *out)
{
    struct part parts[COST_CLASS_COUNT];
    unsigned count = 0;
    char cycles[LINES_NUMBER], insns[LINES_NUMBER];
    (void)height;
    if (v->before == NULL || v->before->now > v->now->now) {
        lines_add(out, LINE_DIM, "nothing has run yet");
        return;
    }
    for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
        const struct ledger_cell *a = &v->before->cells[k], *b = &v->now->cells[k];
        if (a->count != b->count || a->cycles != b->cycles) {
            parts[count++] = (struct part){k, b->count - a->count, b->cycles - a->cycles};
        }
    }
    qsort(parts, count, sizeof parts[0], dearest_first);
    lines_cycles(v->now->now - v->before->now, cycles);
    lines_number(v->now->instructions - v->before->instructions, insns);
    lines_add(out, LINE_HEAD, "last step: %s cycles, %s instruction%s", cycles, insns,
              v->now->instructions - v->before->instructions == 1 ? "" : "s");
    for (unsigned i = 0; i < count; i++) {
        const struct cost_class_info *info = &cost_class_info[parts[i].class];
        lines_cycles(parts[i].cycles, cycles);
        lines_number(parts[i].count, insns);
        lines_add(out, LINE_PLAIN, "%11s  %-18s x%-6s %s", cycles, info->name, insns, info->unit);
    }
}
