#include "sim/trace/tarmac.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cpu-el/exception.h"
#include "cpu-el/syndrome.h"
#include "cpu-el/sysreg_table.h"
#include "sim/base/bits.h"
#include "sim/board/look.h"
#include "sim/report/disasm.h"
#include "sim/report/report.h"
#include "sim/trace/timeline.h"

/* An instruction that is announced, and what the CPU held then: it is written when it has run. */
struct announced {
    bool is_held;
    bool is_shown;
    uint64_t pc, count; /* instructions before it */
    uint32_t word;
    unsigned el;
    bool uses_sp_el0;
    cycles_t at;
    struct cpu_look before;
};

struct tarmac {
    FILE *out;
    struct trace_filter filter;
    struct disasm *disasm;
    struct machine *machine;
    struct event_observer observer;
    struct announced cpus[EL2SIM_MAX_CPUS];
    struct fault_address faults[EL2SIM_MAX_CPUS]; /* of the exception that comes next */
    bool in_span;
};

static void put_head(const struct tarmac *t, unsigned cpu, cycles_t at)
{
    fprintf(t->out, "%" PRIu64 " clk cpu%u ", at / CYCLE, cpu);
}

static void put_register(const struct tarmac *t, unsigned cpu, cycles_t at, const char *name,
                         uint64_t value)
{
    put_head(t, cpu, at);
    fprintf(t->out, "R %s %016" PRIx64 "\n", name, value);
}

static void put_vectors(const struct tarmac *t, unsigned cpu, const struct announced *a,
                        const struct cpu_look *now)
{
    for (unsigned n = 0; n < 32; n++) {
        if (memcmp(a->before.v[n], now->v[n], sizeof now->v[n]) != 0) {
            put_head(t, cpu, a->at);
            fprintf(t->out, "R V%u %016" PRIx64 "%016" PRIx64 "\n", n, now->v[n][1], now->v[n][0]);
        }
    }
}

/* What MSR wrote, under the name that the instruction has: SYS and hints are none (op0 >= 2). */
static void put_written(const struct tarmac *t, unsigned cpu, const struct announced *a)
{
    unsigned rt = a->word & 31;
    if ((a->word & 0xfff00000) != 0xd5100000) {
        return;
    }
    uint16_t found = sysreg_find((uint16_t)(a->word >> 5));
    if (found != SR_NONE) {
        put_register(t, cpu, a->at, sysreg_rows[found & ~SYSREG_ALIAS].name,
                     rt == 31 ? 0 : a->before.x[rt]);
    }
}

static void put_changes(const struct tarmac *t, unsigned cpu, const struct announced *a,
                        bool takes_exception)
{
    struct cpu_look now;
    char name[8];
    machine_look(t->machine, cpu, &now);
    for (unsigned n = 0; n < 31; n++) {
        if (now.x[n] != a->before.x[n]) {
            snprintf(name, sizeof name, "X%u", n);
            put_register(t, cpu, a->at, name, now.x[n]);
        }
    }
    if (now.sp != a->before.sp && !takes_exception) { /* else it is being exchanged */
        put_register(t, cpu, a->at, "SP", now.sp);
    }
    if (now.nzcv != a->before.nzcv) {
        put_register(t, cpu, a->at, "NZCV", now.nzcv);
    }
    put_vectors(t, cpu, a, &now);
    put_written(t, cpu, a);
}

/* The instruction that is announced has run, or took an exception instead. */
static void finish(struct tarmac *t, unsigned cpu, bool has_run, bool takes_exception)
{
    struct announced *a = &t->cpus[cpu];
    char text[DISASM_TEXT];
    if (a->is_held && a->is_shown) {
        disasm_insn(t->disasm, a->pc, a->word, text);
        put_head(t, cpu, a->at);
        fprintf(t->out, "%s (%" PRIu64 ") %016" PRIx64 " %08x O EL%u%c_n : %s\n",
                has_run ? "IT" : "IS", a->count + 1, a->pc, a->word, a->el,
                a->uses_sp_el0 ? 't' : 'h', text);
        if (has_run) {
            put_changes(t, cpu, a, takes_exception);
        }
    }
    a->is_held = false;
}

static bool is_of_vm(const struct trace_filter *f, uint16_t context)
{
    for (unsigned i = 0; i < f->vm_count; i++) {
        if (context != 0 && f->vms[i] == context - 1) {
            return true;
        }
    }
    return f->vm_count == 0;
}

static void announce(struct tarmac *t, const struct arch_event *e)
{
    struct announced *a = &t->cpus[e->cpu];
    const struct trace_filter *f = &t->filter;
    if (a->is_held && a->count == e->c && a->pc == e->a) { /* it did not come to run: again */
        a->is_held = false;
    }
    finish(t, e->cpu, true, false);
    *a = (struct announced){
        .is_held = true,
        .pc = e->a,
        .count = e->c,
        .word = (uint32_t)e->b,
        .el = (unsigned)bits(e->b, 33, 32),
        .uses_sp_el0 = bit(e->b, 34),
        .at = e->at,
    };
    a->is_shown = (f->span[0] == '\0' || t->in_span) && f->cpus >> e->cpu & 1 &&
                  f->els >> a->el & 1 && is_of_vm(f, (uint16_t)bits(e->b, 55, 40));
    if (a->is_shown) {
        machine_look(t->machine, e->cpu, &a->before);
    }
}

static void take_exception(struct tarmac *t, const struct arch_event *e)
{
    unsigned from = e->a >> 8 & 15, to = e->a >> 4 & 15, type = e->a & 15;
    const struct announced *a = &t->cpus[e->cpu];
    bool is_shown = a->is_held ? a->is_shown
                               : (t->filter.span[0] == '\0' || t->in_span) &&
                                     t->filter.cpus >> e->cpu & 1 && t->filter.els >> from & 1 &&
                                     t->filter.vm_count == 0;
    const struct fault_address fault = t->faults[e->cpu];
    t->faults[e->cpu] = (struct fault_address){.has_far = false};
    finish(t, e->cpu, type != EXC_SYNC || !a->is_held || e->c != a->pc, true);
    if (is_shown) {
        unsigned ec = type == EXC_SYNC ? (unsigned)(e->b >> 26) : 0x100 + type;
        put_head(t, e->cpu, e->at);
        fprintf(t->out, "E %016" PRIx64 " %08x EL%u to EL%u, %s, return %016" PRIx64, e->b, ec,
                from, to, report_ec_name(ec), e->c);
        if (fault.has_far) {
            fprintf(t->out, ", FAR %016" PRIx64, fault.far);
        }
        if (fault.has_hpfar) {
            fprintf(t->out, ", HPFAR %016" PRIx64, fault.hpfar);
        }
        fputc('\n', t->out);
    }
}

static void take_mark(struct tarmac *t, const struct arch_event *e)
{
    unsigned row = machine_span_row(t->machine, e->c);
    if (row < SPAN_ROWS_MAX &&
        strcmp(machine_spans(t->machine)->rows[row].name, t->filter.span) == 0) {
        t->in_span = e->a != 0;
    }
}

static void seen(void *ctx, const struct arch_event *e)
{
    struct tarmac *t = ctx;
    if (e->kind == NOTE_INSN) {
        announce(t, e);
    } else if (e->kind == NOTE_FAULT) {
        t->faults[e->cpu] = timeline_fault(e);
    } else if (e->kind == EV_EXCEPTION) {
        take_exception(t, e);
    } else if (e->kind == EV_MARK) {
        take_mark(t, e);
    } else if (e->kind == EV_STOP) {
        finish(t, e->cpu, true, false);
    }
}

struct tarmac *tarmac_begin(FILE *out, const struct trace_filter *filter, struct err *e)
{
    struct tarmac *t = calloc(1, sizeof *t);
    BUG_ON(t == NULL);
    t->out = out;
    t->filter = *filter;
    t->disasm = disasm_create(e);
    if (t->disasm == NULL) {
        free(t);
        return NULL;
    }
    return t;
}

void tarmac_attach(struct tarmac *t, struct machine *m)
{
    t->machine = m;
    t->in_span = false;
    memset(t->cpus, 0, sizeof t->cpus);
    memset(t->faults, 0, sizeof t->faults);
    t->observer = (struct event_observer){
        .seen = seen, .ctx = t, .notes = NOTE_BIT(NOTE_INSN) | NOTE_BIT(NOTE_FAULT)};
    machine_observe(m, &t->observer);
}

void tarmac_detach(struct tarmac *t)
{
    machine_unobserve(t->machine, &t->observer);
    t->machine = NULL;
}

void tarmac_end(struct tarmac *t)
{
    disasm_destroy(t->disasm);
    free(t);
}
