#include "sim/report/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/board/host_input.h"
#include "sim/board/net_link.h"
#include "sim/board/snapshot.h"

static void print_traps(FILE *out, const struct machine *m)
{
    struct trap_count counts[512];
    size_t n = machine_trap_counts(m, counts, sizeof counts / sizeof counts[0]);
    fprintf(out,
            "\nexceptions                       count   (< from a lower EL, = from the same)\n");
    for (size_t i = 0; i < n; i++) {
        fprintf(out, "  EL%u -> EL%u  %-16s %10" PRIu64 "\n", counts[i].from_el, counts[i].to_el,
                report_ec_name(counts[i].ec), counts[i].count);
    }
}

/* What VMs cost their hypervisor, by reason. */
static void print_exits(FILE *out, const struct machine *m)
{
    struct exit_count exits[512];
    size_t n = machine_exit_counts(m, exits, sizeof exits / sizeof exits[0]);
    if (n != 0) {
        fprintf(out,
                "\nexits of VMs            count         cycles   cycles/exit   (without waits)\n");
    }
    for (size_t i = 0; i < n; i++) {
        fprintf(out, "  %-16s %10" PRIu64 " %14" PRIu64 " %13.1f\n", report_ec_name(exits[i].ec),
                exits[i].count, exits[i].cycles / CYCLE,
                (double)exits[i].cycles / CYCLE / (double)exits[i].count);
    }
}

/* Cycles of all rows by class, dearest first. */
static void print_classes(FILE *out, struct machine *m)
{
    struct ledger *ledger = machine_ledger(m);
    cycles_t total = 0;
    struct ledger_cell sums[COST_CLASS_COUNT] = {{0}};
    for (size_t i = 0; i < ledger_row_count(ledger); i++) {
        for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
            sums[k].count += ledger_row_at(ledger, i)->cells[k].count;
            sums[k].cycles += ledger_row_at(ledger, i)->cells[k].cycles;
            total += ledger_row_at(ledger, i)->cells[k].cycles;
        }
    }
    fprintf(out, "\nclass                          count         cycles   share\n");
    for (unsigned shown = 0; shown < COST_CLASS_COUNT; shown++) {
        unsigned best = COST_CLASS_COUNT;
        for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
            if (sums[k].count != 0 &&
                (best == COST_CLASS_COUNT || sums[k].cycles > sums[best].cycles)) {
                best = k;
            }
        }
        if (best == COST_CLASS_COUNT) {
            break;
        }
        fprintf(out, "  %-22s %11" PRIu64 " %14" PRIu64 "  %5.1f %%\n", cost_class_info[best].name,
                sums[best].count, sums[best].cycles / CYCLE,
                total ? 100.0 * (double)sums[best].cycles / (double)total : 0.0);
        sums[best] = (struct ledger_cell){0};
    }
}

/* The dearest functions of some parts; nothing where no symbols are known. */
static void print_functions(FILE *out, const char *of, const struct row_part *parts, size_t count,
                            size_t most)
{
    size_t n;
    bool named = false;
    cycles_t total = 0;
    struct report_function *functions = report_functions(parts, count, &n);
    for (size_t i = 0; i < n; i++) {
        total += functions[i].exact;
        named |= strcmp(functions[i].name, "?") != 0;
    }
    if (named) {
        fprintf(out, "\ndearest functions of %-22s cycles   share\n", of);
    }
    for (size_t i = 0; named && i < n && i < most; i++) {
        const struct report_function *f = &functions[i];
        fprintf(out, "  EL%u %-4s %-32s %10" PRIu64 "  %5.1f %%\n", f->el, f->in_vm ? "vm" : "host",
                f->name, f->cycles, total ? 100.0 * (double)f->exact / (double)total : 0.0);
    }
    free(functions);
}

static void print_all_functions(FILE *out, struct machine *m, const struct run_report *report)
{
    size_t count;
    struct row_part *parts = report_ledger_parts(m, &count);
    print_functions(out, "the run, but waits", parts, count, report->functions);
    free(parts);
    struct design_report rows;
    report_design_take(&rows, m, NULL, report->config, &report->result);
    for (size_t i = 0; i < rows.row_count; i++) {
        const struct report_row *row = &rows.rows[i];
        char of[SPAN_NAME_MAX + 8];
        snprintf(of, sizeof of, "row %s", row->name);
        print_functions(out, of, row->parts, row->part_count, report->functions);
    }
    report_design_free(&rows);
}

static void print_unimp(FILE *out, struct machine *m)
{
    size_t count;
    const struct unimp_entry *entries = unimp_entries(machine_unimp(m), &count);
    if (count != 0) {
        fprintf(out, "\nnot modelled                                         count\n");
    }
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "  %-48s %8" PRIu64 "\n", entries[i].what, entries[i].count);
    }
}

/* Without a record, a run that took input cannot be repeated. */
static void print_host_input(FILE *out, const struct machine *m)
{
    struct input_account a = machine_input_account(m);
    if (a.console_bytes != 0 || a.packets != 0) {
        fprintf(out, "  host input: %" PRIu64 " bytes typed, %" PRIu64 " packets: %s\n",
                a.console_bytes, a.packets,
                a.is_replayed   ? "replayed from a record"
                : a.is_recorded ? "recorded"
                                : "NOT RECORDED, so another run will differ");
    }
    if (a.debugger_changes != 0) {
        fprintf(out,
                "  by hand: %" PRIu64 " changes of registers or memory: NOT RECORDED, so another "
                "run will differ\n",
                a.debugger_changes);
    }
}

/* What a guest did wrong: the run went on, but its results may not be what they seem. */
static void print_link(FILE *out, const struct machine *m)
{
    struct net_link_account a = machine_link_account(m);
    if (a.is_there) {
        fprintf(out, "  link: %" PRIu64 " frames sent, %" PRIu64 " received%s%s\n", a.sent,
                a.received, a.is_lost ? "; LOST, so another run will differ" : "",
                a.is_outside ? "; the other machine took input that is NOT RECORDED" : "");
    }
}

static void print_mistakes(FILE *out, const struct machine *m)
{
    if (machine_spans(m)->errors != 0) {
        fprintf(out, "  WRONG marks of rows: %" PRIu64 ": rows lack what they were to measure\n",
                machine_spans(m)->errors);
    }
    if (machine_broken_devices(m) != 0) {
        fprintf(out,
                "  virtio devices that a driver broke, so that they needed a reset: %" PRIu64 "\n",
                machine_broken_devices(m));
    }
}

void report_run_text(FILE *out, struct machine *m, const struct run_report *report)
{
    const struct machine_config *c = &report->config[0];
    fprintf(out, "\n%s; profile %s (%s), level %s\n", report->result.text, report->profile->name,
            report->profile->title, c->level == LEVEL_FUNCTIONAL ? "functional" : "block");
    for (unsigned i = 0; i < c->cpu_count; i++) {
        fprintf(out, "  cpu %u: %" PRIu64 " cycles, %" PRIu64 " instructions\n", i,
                machine_cpu_cycles(m, i) / CYCLE, machine_cpu_instructions(m, i));
    }
    if (c->cpu_count > 1 && c->schedule_seed != 0) {
        fprintf(out,
                "  between CPUs, times are exact to %" PRIu64
                " cycles (two quanta: --schedule-seed %" PRIu64 ")\n",
                2 * c->quantum / CYCLE, c->schedule_seed);
    } else if (c->cpu_count > 1) {
        fprintf(out, "  between CPUs, times are exact to %" PRIu64 " cycles (the quantum)\n",
                c->quantum / CYCLE);
    }
    for (size_t i = 0; machine_snapshot_note(m, i); i++) {
        fprintf(out, "  NOT of one price list: %s\n", machine_snapshot_note(m, i));
    }
    fprintf(out, "  digest %s\n", report->result.digest);
    print_host_input(out, m);
    print_link(out, m);
    print_mistakes(out, m);
    print_classes(out, m);
    print_traps(out, m);
    print_exits(out, m);
    print_all_functions(out, m, report);
    print_unimp(out, m);
    struct engine_stats_sum s = machine_engine_stats(m);
    fprintf(out,
            "\nengine (host side, not part of the result): %" PRIu64 " hooks, %" PRIu64
            " traps, %" PRIu64 " fills, %" PRIu64 " flushes, %" PRIu64
            " exact stops; model: %" PRIu64 " TLB misses, %" PRIu64 " walk steps\n",
            s.hooks, s.traps, s.fills, s.flushes, s.exact_stops, s.tlb_misses, s.walk_steps);
}
