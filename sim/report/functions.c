/* Cycles by function: what is dearest in a row or in a whole run. */
#include <stdlib.h>
#include <string.h>

#include "sim/report/report.h"

static int by_function(const void *a, const void *b)
{
    const struct row_part *x = *(const struct row_part *const *)a;
    const struct row_part *y = *(const struct row_part *const *)b;
    if (x->el != y->el) {
        return x->el < y->el ? -1 : 1;
    }
    if (x->in_vm != y->in_vm) {
        return x->in_vm < y->in_vm ? -1 : 1;
    }
    return strcmp(x->function, y->function);
}

static int by_cost(const void *a, const void *b)
{
    const struct report_function *x = a, *y = b;
    if (x->exact != y->exact) {
        return x->exact > y->exact ? -1 : 1;
    }
    if (x->el != y->el) {
        return x->el < y->el ? -1 : 1;
    }
    if (x->in_vm != y->in_vm) {
        return x->in_vm < y->in_vm ? -1 : 1;
    }
    return strcmp(x->name, y->name);
}

static void round_functions(struct report_function *functions, size_t count)
{
    cycles_t *exact = calloc(count + 1, sizeof *exact);
    uint64_t *whole = calloc(count + 1, sizeof *whole);
    BUG_ON(exact == NULL || whole == NULL);
    for (size_t i = 0; i < count; i++) {
        exact[i] = functions[i].exact;
    }
    report_round(exact, whole, count);
    for (size_t i = 0; i < count; i++) {
        functions[i].cycles = whole[i];
    }
    free(exact);
    free(whole);
}

struct report_function *report_functions(const struct row_part *parts, size_t part_count,
                                         size_t *count)
{
    struct report_function *functions = calloc(part_count + 1, sizeof *functions);
    const struct row_part **order = calloc(part_count + 1, sizeof *order);
    BUG_ON(functions == NULL || order == NULL);
    for (size_t i = 0; i < part_count; i++) {
        order[i] = &parts[i];
    }
    qsort(order, part_count, sizeof *order, by_function);
    *count = 0;
    for (size_t i = 0; i < part_count; i++) {
        if (i == 0 || by_function(&order[i - 1], &order[i]) != 0) {
            functions[(*count)++] = (struct report_function){
                .name = order[i]->function, .el = order[i]->el, .in_vm = order[i]->in_vm};
        }
        functions[*count - 1].exact += order[i]->exact;
    }
    free(order);
    qsort(functions, *count, sizeof *functions, by_cost);
    round_functions(functions, *count);
    return functions;
}

struct row_part *report_ledger_parts(struct machine *m, size_t *count)
{
    struct ledger *ledger = machine_ledger(m);
    struct row_part *parts = calloc(ledger_row_count(ledger) + 1, sizeof *parts);
    BUG_ON(parts == NULL);
    *count = ledger_row_count(ledger);
    for (size_t i = 0; i < *count; i++) {
        const struct ledger_row *row = ledger_row_at(ledger, i);
        struct row_part *p = &parts[i];
        p->el = row->key.el;
        p->context = row->key.context;
        p->in_vm = machine_context_is_vm(m, row->key.context);
        snprintf(p->function, sizeof p->function, "%s", machine_symbol_name(m, row->key.symbol));
        for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
            p->exact += k == COST_IDLE ? 0 : row->cells[k].cycles;
        }
    }
    return parts;
}
