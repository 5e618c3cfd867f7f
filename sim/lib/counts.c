#include "sim/lib/counts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t traps_now(const struct machine *m, unsigned pair, unsigned kind)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        sum += m->cpus[i]->traps.count[pair / 3][pair % 3][kind];
    }
    return sum;
}

static struct ledger *ledger_now(const struct el2sim_machine *m)
{
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        blocks_fold(m->machine->cpus[i]);
    }
    return machine_ledger(m->machine);
}

struct counts *counts_create(void)
{
    struct counts *counts = calloc(1, sizeof *counts);
    BUG_ON(counts == NULL);
    return counts;
}

void counts_destroy(struct counts *counts)
{
    if (counts) {
        free(counts->rows);
        free(counts);
    }
}

void el2sim_restart_counts(struct el2sim_machine *m)
{
    struct counts *before = m->counts;
    struct ledger *ledger = ledger_now(m);
    for (unsigned k = 0; k < EL_PAIRS * TRAP_KINDS; k++) {
        unsigned pair = k / TRAP_KINDS, kind = k % TRAP_KINDS;
        before->traps[pair][kind] = traps_now(m->machine, pair, kind);
    }
    for (unsigned i = 0; i < m->config.cpu_count; i++) {
        before->cycles[i] = machine_cpu_cycles(m->machine, i);
        before->instructions[i] = machine_cpu_instructions(m->machine, i);
    }
    before->row_count = ledger_row_count(ledger);
    before->rows = realloc(before->rows, (before->row_count + 1) * sizeof *before->rows);
    BUG_ON(before->rows == NULL);
    for (size_t i = 0; i < before->row_count; i++) {
        memcpy(before->rows[i], ledger_row_at(ledger, i)->cells, sizeof before->rows[i]);
    }
}

static bool is_wanted(unsigned wanted, unsigned is)
{
    return wanted == EL2SIM_ANY || wanted == is;
}

uint64_t el2sim_traps(const struct el2sim_machine *m, unsigned from_el, unsigned to_el, unsigned ec)
{
    uint64_t sum = 0;
    for (unsigned k = 0; k < EL_PAIRS * TRAP_KINDS; k++) {
        unsigned pair = k / TRAP_KINDS, kind = k % TRAP_KINDS;
        if (is_wanted(from_el, pair / 3) && is_wanted(to_el, pair % 3) && is_wanted(ec, kind)) {
            sum += traps_now(m->machine, pair, kind) - m->counts->traps[pair][kind];
        }
    }
    return sum;
}

uint64_t el2sim_cycles(const struct el2sim_machine *m, unsigned cpu)
{
    return library_has_cpu(m, cpu)
               ? (machine_cpu_cycles(m->machine, cpu) - m->counts->cycles[cpu]) / CYCLE
               : 0;
}

uint64_t el2sim_instructions(const struct el2sim_machine *m, unsigned cpu)
{
    return library_has_cpu(m, cpu)
               ? machine_cpu_instructions(m->machine, cpu) - m->counts->instructions[cpu]
               : 0;
}

/* A cell of a row since then. */
static struct ledger_cell since(const struct el2sim_machine *m, const struct ledger_row *row,
                                unsigned class)
{
    struct ledger_cell cell = row->cells[class];
    if (row->index < m->counts->row_count) {
        cell.count -= m->counts->rows[row->index][class].count;
        cell.cycles -= m->counts->rows[row->index][class].cycles;
    }
    return cell;
}

struct row_part *counts_parts(const struct el2sim_machine *m, unsigned cpu, size_t *count)
{
    struct ledger *ledger = ledger_now(m);
    size_t room = ledger_row_count(ledger) * COST_CLASS_COUNT;
    struct row_part *parts = calloc(room + 1, sizeof *parts);
    BUG_ON(parts == NULL);
    *count = 0;
    for (size_t i = 0; i < ledger_row_count(ledger); i++) {
        const struct ledger_row *row = ledger_row_at(ledger, i);
        for (unsigned k = 0; row->key.cpu == cpu && k < COST_CLASS_COUNT; k++) {
            struct ledger_cell cell = since(m, row, k);
            struct row_part *part = &parts[*count];
            if (cell.count == 0 && cell.cycles == 0) {
                continue;
            }
            *part = (struct row_part){.el = row->key.el,
                                      .in_vm = machine_context_is_vm(m->machine, row->key.context),
                                      .context = row->key.context,
                                      .class = (enum cost_class)k,
                                      .count = cell.count,
                                      .exact = cell.cycles};
            snprintf(part->function, sizeof part->function, "%s",
                     machine_symbol_name(m->machine, row->key.symbol));
            (*count)++;
        }
    }
    return parts;
}

static bool is_function(const struct row_part *part, const char *name)
{
    return strncmp(part->function, name, sizeof part->function - 1) == 0;
}

/* Whether it is a class of exceptions to that EL. */
static bool is_exception(enum cost_class class, unsigned to_el)
{
    switch ((unsigned)class) {
    case COST_EXC_EL1_EL1:
    case COST_EXC_EL0_EL1:
        return is_wanted(to_el, 1);
    case COST_EXC_EL0_EL2:
    case COST_EXC_EL1_EL2:
    case COST_EXC_EL2_EL2:
        return is_wanted(to_el, 2);
    default:
        return false;
    }
}

bool el2sim_function_traps(const struct el2sim_machine *m, const char *function, unsigned to_el,
                           uint64_t *count)
{
    uint64_t address;
    *count = 0;
    for (unsigned cpu = 0; cpu < m->config.cpu_count; cpu++) {
        size_t part_count;
        struct row_part *parts = counts_parts(m, cpu, &part_count);
        for (size_t i = 0; i < part_count; i++) {
            *count += is_function(&parts[i], function) && is_exception(parts[i].class, to_el)
                          ? parts[i].count
                          : 0;
        }
        free(parts);
    }
    return *count != 0 || names_find(m->names, function, &address, library_error());
}

bool el2sim_function_cycles(const struct el2sim_machine *m, const char *function, uint64_t *cycles)
{
    cycles_t sum = 0;
    uint64_t address;
    for (unsigned cpu = 0; cpu < m->config.cpu_count; cpu++) {
        size_t count;
        struct row_part *parts = counts_parts(m, cpu, &count);
        for (size_t i = 0; i < count; i++) {
            sum += is_function(&parts[i], function) ? parts[i].exact : 0;
        }
        free(parts);
    }
    *cycles = sum / CYCLE;
    return sum != 0 || names_find(m->names, function, &address, library_error());
}
