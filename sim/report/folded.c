/* The ledger as folded stacks, for flame graphs: "cpu 0;EL2;host;vgic_hw_save;gic.gich.read 3129".
 */
#include <inttypes.h>
#include <stdlib.h>

#include "sim/base/err.h"
#include "sim/report/report.h"

/* What separates frames, and a stack from its number, stands in none. */
static void put_frame(FILE *out, const char *name)
{
    for (; *name; name++) {
        fputc(*name == ';' || *name == ' ' || *name == '\n' ? '_' : *name, out);
    }
}

static void put_stack(FILE *out, const struct machine *m, const char *root,
                      const struct ledger_key *key, enum cost_class class, uint64_t cycles)
{
    if (root) {
        put_frame(out, root);
        fputc(';', out);
    }
    fprintf(out, "cpu%u;EL%u;", key->cpu, key->el);
    if (machine_context_is_vm(m, key->context)) {
        fprintf(out, "VM%u;", key->context - 1u);
    } else {
        fputs("host;", out);
    }
    put_frame(out, machine_symbol_name(m, key->symbol));
    fprintf(out, ";%s %" PRIu64 "\n", cost_class_info[class].name, cycles);
}

void report_folded(FILE *out, struct machine *m, const char *root)
{
    struct ledger *ledger = machine_ledger(m);
    size_t count = ledger_row_count(ledger) * COST_CLASS_COUNT;
    cycles_t *exact = calloc(count + 1, sizeof *exact);
    uint64_t *whole = calloc(count + 1, sizeof *whole);
    BUG_ON(exact == NULL || whole == NULL);
    for (size_t i = 0; i < count; i++) {
        exact[i] = ledger_row_at(ledger, i / COST_CLASS_COUNT)->cells[i % COST_CLASS_COUNT].cycles;
    }
    report_round(exact, whole, count);
    for (size_t i = 0; i < count; i++) {
        if (whole[i] != 0) {
            put_stack(out, m, root, &ledger_row_at(ledger, i / COST_CLASS_COUNT)->key,
                      (enum cost_class)(i % COST_CLASS_COUNT), whole[i]);
        }
    }
    free(exact);
    free(whole);
}
