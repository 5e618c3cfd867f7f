#include "sim/board/span.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/array.h"
#include "sim/base/err.h"
#include "sim/board/cpu.h"

/* A span that has begun. */
struct open_span {
    struct span_row *row; /* NULL: free */
    unsigned cpu;
    struct booked begin;
};

/* The way of an SGI from a CPU inside a span: what its sender had booked then, and what its
 * receiver had when it went on. */
struct handoff {
    bool sent_valid, woke_valid;
    unsigned from;
    struct booked sent, woke;
};

#define OPEN_SPANS_MAX 16

struct span_state {
    struct open_span open[OPEN_SPANS_MAX];
    size_t open_count; /* how many are in use: 0 is the usual case, and costs nothing */
    struct handoff handoffs[EL2SIM_MAX_CPUS];
    struct booked scratch;
    size_t parts_room[SPAN_ROWS_MAX];
};

void span_init(struct machine *m)
{
    m->span_state = calloc(1, sizeof *m->span_state);
    BUG_ON(m->span_state == NULL);
}

void span_destroy(struct machine *m)
{
    struct span_state *s = m->span_state;
    if (s == NULL) {
        return;
    }
    for (size_t i = 0; i < OPEN_SPANS_MAX; i++) {
        booked_destroy(&s->open[i].begin);
    }
    for (size_t i = 0; i < EL2SIM_MAX_CPUS; i++) {
        booked_destroy(&s->handoffs[i].sent);
        booked_destroy(&s->handoffs[i].woke);
    }
    for (size_t i = 0; i < SPAN_ROWS_MAX; i++) {
        free(m->spans.rows[i].parts);
    }
    booked_destroy(&s->scratch);
    free(s);
}

static struct span_part *part_of(struct machine *m, struct span_row *row, struct ledger_key key,
                                 unsigned class)
{
    for (size_t i = 0; i < row->part_count; i++) {
        struct span_part *p = &row->parts[i];
        if (p->el == key.el && p->context == key.context && p->symbol == key.symbol &&
            p->class == class) {
            return p;
        }
    }
    size_t *room = &m->span_state->parts_room[row - m->spans.rows];
    if (row->part_count == *room) {
        row->parts = array_grown(row->parts, room, sizeof *row->parts);
    }
    row->parts[row->part_count] = (struct span_part){.el = key.el,
                                                     .context = key.context,
                                                     .symbol = key.symbol,
                                                     .class = (enum cost_class) class};
    return &row->parts[row->part_count++];
}

static void add(struct machine *m, struct span_row *row, struct ledger_key key, unsigned class,
                uint64_t count, cycles_t cycles)
{
    struct span_part *p = part_of(m, row, key, class);
    p->count += count;
    p->cycles += cycles;
    row->cycles += cycles;
}

/* Adds what was booked in one row; `later` is NULL only where `earlier` is, both are in order of
 * class. */
static void add_row_difference(struct machine *m, struct span_row *row, size_t index,
                               const struct row_image *earlier, const struct row_image *later)
{
    size_t e = 0;
    for (size_t i = 0; later && i < later->count; i++) {
        const struct image_cell *c = &later->cells[i];
        uint64_t count = c->count;
        cycles_t cycles = c->cycles;
        while (earlier && e < earlier->count && earlier->cells[e].class < c->class) {
            e++;
        }
        if (earlier && e < earlier->count && earlier->cells[e].class == c->class) {
            count -= earlier->cells[e].count;
            cycles -= earlier->cells[e].cycles;
        }
        if (count != 0 || cycles != 0) {
            add(m, row, ledger_row_at(m->ledger, index)->key, c->class, count, cycles);
        }
    }
}

/* Adds what one CPU booked between two moments. */
static void add_difference(struct machine *m, struct span_row *row, const struct booked *earlier,
                           const struct booked *later)
{
    for (size_t i = 0; i < later->count; i++) {
        const struct row_image *before = i < earlier->count ? earlier->rows[i] : NULL;
        if (later->rows[i] != before) {
            add_row_difference(m, row, i, before, later->rows[i]);
        }
    }
    row->traps += later->traps_to_hypervisor - earlier->traps_to_hypervisor;
    row->exceptions += later->exceptions - earlier->exceptions;
    row->instructions += later->instructions - earlier->instructions;
    cause_list_add_difference(&row->causes, &earlier->causes, &later->causes);
}

/* [a-z0-9-] */
bool span_read_name(struct cpu *cpu, uint64_t at, char name[SPAN_NAME_MAX])
{
    for (unsigned i = 0; i < SPAN_NAME_MAX; i++) {
        struct mmu_access access = {.va = va(at + i), .type = MMU_READ, .el = cpu->pe.ps.el};
        struct mmu_page page;
        struct mmu_fault fault;
        if (!mmu_probe(cpu->mmu, &access, &page, &fault) ||
            !ram_read(&cpu->machine->ram, page.pa, &name[i], 1)) {
            return false;
        }
        char c = name[i];
        if (c == '\0') {
            return i != 0;
        }
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) {
            return false;
        }
    }
    return false;
}

static struct span_row *row_of(struct machine *m, const char *name)
{
    struct span_table *t = &m->spans;
    for (size_t i = 0; i < t->row_count; i++) {
        if (strcmp(t->rows[i].name, name) == 0) {
            return &t->rows[i];
        }
    }
    if (t->row_count == SPAN_ROWS_MAX) {
        return NULL;
    }
    struct span_row *row = &t->rows[t->row_count++];
    snprintf(row->name, sizeof row->name, "%s", name);
    return row;
}

static void bad_mark(struct machine *m, const char *what, const char *name)
{
    if (m->spans.errors++ == 0 && !m->config.quiet) {
        fprintf(stderr, "el2sim: benchmark mark: %s%s%s (see hyp/include/abi/mark.h)\n", what,
                name[0] ? ": " : "", name);
    }
}

static struct open_span *find_open(struct span_state *s, const struct span_row *row)
{
    for (size_t i = 0; i < OPEN_SPANS_MAX; i++) {
        if (s->open[i].row == row) {
            return &s->open[i];
        }
    }
    return NULL;
}

static void begin(struct cpu *cpu, struct span_row *row, uint64_t operations)
{
    struct machine *m = cpu->machine;
    struct span_state *s = m->span_state;
    struct open_span *span = find_open(s, row);
    if (span != NULL) {
        bad_mark(m, "begins twice without an end", row->name);
        return;
    }
    span = find_open(s, NULL);
    if (span == NULL) {
        bad_mark(m, "too many spans are open", row->name);
        return;
    }
    span->row = row;
    span->cpu = cpu->pe.index;
    s->open_count++;
    row->operations += operations;
    for (unsigned i = 0; i < EL2SIM_MAX_CPUS; i++) {
        s->handoffs[i].sent_valid &= s->open_count > 1;
    }
    booked_take(cpu, &span->begin);
}

static void end(struct cpu *cpu, struct span_row *row)
{
    struct machine *m = cpu->machine;
    struct span_state *s = m->span_state;
    struct open_span *span = find_open(s, row);
    if (span == NULL) {
        bad_mark(m, "ends without a begin", row->name);
        return;
    }
    booked_take(cpu, &s->scratch);
    const struct handoff *h = &s->handoffs[cpu->pe.index];
    if (span->cpu == cpu->pe.index) {
        add_difference(m, row, &span->begin, &s->scratch);
    } else if (h->sent_valid && h->woke_valid && h->from == span->cpu) {
        add_difference(m, row, &span->begin, &h->sent);
        if (h->woke.at > h->sent.at) {
            struct ledger_key key = {.cpu = (uint8_t)cpu->pe.index, .el = cpu->pe.ps.el};
            add(m, row, key, COST_IDLE, 1, h->woke.at - h->sent.at);
            cause_list_find(&row->causes, CAUSE_WAY)->cycles += h->woke.at - h->sent.at;
        }
        add_difference(m, row, &h->woke, &s->scratch);
    } else {
        bad_mark(m, "ends on another CPU that no interrupt of the first one reached", row->name);
    }
    row->spans++;
    span->row = NULL;
    s->open_count--;
}

static uint64_t hash_of(const char *name)
{
    uint64_t hash = 0;
    for (const char *c = name; *c; c++) {
        hash = (hash ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
    }
    return hash;
}

unsigned machine_span_row(const struct machine *m, uint64_t hash)
{
    for (unsigned i = 0; i < m->spans.row_count; i++) {
        if (hash_of(m->spans.rows[i].name) == hash) {
            return i;
        }
    }
    return SPAN_ROWS_MAX;
}

void span_mark(struct cpu *cpu, bool is_begin, uint64_t name_va, uint64_t operations)
{
    struct machine *m = cpu->machine;
    char name[SPAN_NAME_MAX] = "";
    if (!span_read_name(cpu, name_va, name)) {
        bad_mark(m, "its name is unreadable or not of [a-z0-9-]", "");
        return;
    }
    struct span_row *row = row_of(m, name);
    if (row == NULL) {
        bad_mark(m, "too many rows", name);
        return;
    }
    cpu_emit(cpu, EV_MARK, is_begin, operations * is_begin, hash_of(name));
    if (is_begin) {
        begin(cpu, row, operations);
        snapshot_at_mark(m, false, name);
    } else {
        end(cpu, row);
    }
}

void span_sgi(struct cpu *from, struct cpu *to)
{
    struct span_state *s = from->machine->span_state;
    for (size_t i = 0; s->open_count != 0 && i < OPEN_SPANS_MAX; i++) {
        if (s->open[i].row != NULL && s->open[i].cpu == from->pe.index) {
            struct handoff *h = &s->handoffs[to->pe.index];
            h->from = from->pe.index;
            h->sent_valid = true;
            h->woke_valid = false;
            booked_take(from, &h->sent);
            return;
        }
    }
}

void span_wake(struct cpu *cpu)
{
    struct handoff *h = &cpu->machine->span_state->handoffs[cpu->pe.index];
    if (h->sent_valid && !h->woke_valid) {
        booked_take(cpu, &h->woke);
        h->woke_valid = true;
    }
}

/* What a part at least takes of an archive. */
#define PART_BYTES 31

static void archive_part(struct span_part *p, struct archive *a)
{
    unsigned class = p->class;
    archive_u8(a, &p->el);
    archive_u16(a, &p->context);
    archive_u32(a, &p->symbol);
    archive_unsigned(a, &class, COST_CLASS_COUNT - 1);
    archive_u64(a, &p->count);
    archive_u64(a, &p->cycles);
    p->class = (enum cost_class) class;
}

static void archive_row(struct span_row *row, size_t *room, struct archive *a)
{
    archive_text(a, row->name, sizeof row->name);
    archive_u64(a, &row->operations);
    archive_u64(a, &row->spans);
    archive_u64(a, &row->cycles);
    archive_u64(a, &row->traps);
    archive_u64(a, &row->exceptions);
    archive_u64(a, &row->instructions);
    cause_list_archive(&row->causes, a);
    archive_count(a, &row->part_count, SIZE_MAX, PART_BYTES);
    while (*room < row->part_count) {
        row->parts = array_grown(row->parts, room, sizeof *row->parts);
    }
    for (size_t i = 0; i < row->part_count; i++) {
        archive_part(&row->parts[i], a);
    }
}

static void archive_open(struct machine *m, struct open_span *span, struct archive *a)
{
    const unsigned none = SPAN_ROWS_MAX;
    unsigned row = span->row ? (unsigned)(span->row - m->spans.rows) : none;
    archive_unsigned(a, &row, none);
    if (row == none) {
        span->row = NULL;
        return;
    }
    archive_unsigned(a, &span->cpu, m->config.cpu_count - 1);
    booked_archive(&span->begin, ledger_row_count(m->ledger), a);
    if (row >= m->spans.row_count) {
        archive_refuse(a, "an open span has no row");
        return;
    }
    span->row = &m->spans.rows[row];
    m->span_state->open_count += a->is_loading;
}

void span_archive(struct machine *m, struct archive *a)
{
    struct span_state *s = m->span_state;
    archive_count(a, &m->spans.row_count, SPAN_ROWS_MAX, sizeof(uint64_t));
    archive_u64(a, &m->spans.errors);
    if (a->is_loading) { /* into a machine that ran: what it has beyond that is no more */
        s->open_count = 0;
        for (size_t i = m->spans.row_count; i < SPAN_ROWS_MAX; i++) {
            m->spans.rows[i] = (struct span_row){.parts = m->spans.rows[i].parts};
        }
    }
    for (size_t i = 0; i < m->spans.row_count; i++) {
        archive_row(&m->spans.rows[i], &s->parts_room[i], a);
    }
    for (size_t i = 0; i < OPEN_SPANS_MAX; i++) {
        archive_open(m, &s->open[i], a);
    }
    for (size_t i = 0; i < m->config.cpu_count; i++) {
        struct handoff *h = &s->handoffs[i];
        archive_bool(a, &h->sent_valid);
        archive_bool(a, &h->woke_valid);
        archive_unsigned(a, &h->from, m->config.cpu_count - 1);
        booked_archive(&h->sent, ledger_row_count(m->ledger), a);
        booked_archive(&h->woke, ledger_row_count(m->ledger), a);
    }
}
