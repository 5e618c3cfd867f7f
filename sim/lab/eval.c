#include "sim/lab/eval.h"

#include <string.h>

#include "cpu-el/regfield.h"

struct state {
    const struct lab_run *run;
    size_t moment;
    const char **missing;
};

static uint64_t value_of(const struct expr *x, const struct state *s);

static const struct moment *now(const struct state *s)
{
    return &s->run->moments[s->moment];
}

/* X registers that are not as they were at the exception which this ERET answers. */
static uint64_t changed(const struct state *s)
{
    const struct moment *m = now(s), *entry = &s->run->moments[m->entry];
    uint64_t mask = 0;
    for (unsigned n = 0; n < 31; n++) {
        mask |= (uint64_t)(m->cpu.x[n] != entry->cpu.x[n]) << n;
    }
    return mask;
}

static uint64_t word(enum expr_word w, const struct state *s)
{
    const struct moment *m = now(s);
    const struct arch_event *e = &m->event;
    bool is_exception = m->kind == EV_EXCEPTION;
    switch (w) {
    case WORD_pc:
        return m->pc;
    case WORD_sp:
        return m->cpu.sp;
    case WORD_el:
        return m->cpu.ps.el;
    case WORD_spsel:
        return m->cpu.ps.sp;
    case WORD_daif:
        return m->cpu.ps.daif;
    case WORD_from:
        return e->a >> 8 & 3;
    case WORD_to:
        return is_exception ? e->a >> 4 & 3 : e->a & 3;
    case WORD_type:
        return e->a & 15;
    case WORD_esr:
        return e->b;
    case WORD_ec:
        return is_exception && (e->a & 15) == 0 ? e->b >> 26 : UINT64_MAX;
    case WORD_iss:
        return e->b & 0x1ffffff;
    case WORD_far:
        return m->far;
    case WORD_spsr:
    case WORD_address:
        return e->b;
    case WORD_value:
        return m->kind == EV_MMIO ? e->c : e->b;
    case WORD_size:
        return e->a & 0xff;
    case WORD_write:
        return e->a >> 8 & 1;
    case WORD_function:
        return e->a;
    case WORD_changed:
        return changed(s);
    case WORD_cycle:
        return e->at / CYCLE;
    case WORD_powered_off:
        return s->run->result.end == END_POWER_OFF;
    case WORD_deadlocked:
        return s->run->result.end == END_DEADLOCK;
    case WORD_timed_out:
        return s->run->result.end == END_LIMIT;
    case WORD_COUNT:
        break;
    }
    return 0;
}

/* The layout of CPTR_EL2 and CNTHCTL_EL2 is that of HCR_EL2.E2H, which is always watched, first. */
static uint64_t register_value(const struct expr *x, const struct state *s)
{
    enum sysreg_id id = s->run->watches.ids[x->value];
    uint64_t value = now(s)->watches[x->value];
    bool e2h = now(s)->watches[0] & HCR_E2H;
    const struct regfield *f = NULL;
    while (x->field && (f = regfield_next(id, e2h, f)) != NULL) {
        if (strcmp(f->name, x->field) == 0) {
            return regfield_value(f, value);
        }
    }
    return x->field ? 0 : value; /* a field that this layout has not is 0 */
}

static uint64_t memory(const struct state *s, uint64_t at, unsigned size)
{
    uint64_t value = 0;
    machine_look_ram(s->run->machine, pa(at), &value, size);
    return value;
}

/* Where (el, va) leads as the run has left the tables: to an address, rights, a kind of memory. */
static uint64_t page(enum expr_call what, uint64_t el, uint64_t at, const struct state *s)
{
    struct mmu_access access = {.va = va(at), .type = MMU_READ, .el = (uint8_t)(el & 3)};
    struct mmu_page found;
    struct mmu_fault fault;
    if (!machine_look_page(s->run->machine, 0, &access, &found, &fault)) {
        return what == CALL_prot ? 0 : NO_PAGE;
    }
    return what == CALL_pa ? found.pa.v : what == CALL_prot ? found.prot : found.memory;
}

static uint64_t count(const struct expr *x, const struct state *s)
{
    uint64_t n = 0;
    int kind = moment_kind(x->text);
    for (size_t i = 0; i < s->run->count; i++) {
        struct state there = {.run = s->run, .moment = i, .missing = s->missing};
        n += s->run->moments[i].kind == kind && value_of(x->arguments[1], &there) != 0;
    }
    return n;
}

/* How often a class of the ledger was booked to the function at an address. */
static uint64_t executed(const struct expr *x, const struct state *s)
{
    enum cost_class class = cost_class_by_name(x->text);
    const char *function = x->arguments[1]->text;
    struct ledger *ledger = machine_ledger(s->run->machine);
    uint64_t n = 0;
    for (size_t i = 0; function && i < ledger_row_count(ledger); i++) {
        const struct ledger_row *row = ledger_row_at(ledger, i);
        if (strcmp(machine_symbol_name(s->run->machine, row->key.symbol), function) == 0) {
            n += row->cells[class].count;
        }
    }
    return n;
}

static uint64_t call(const struct expr *x, const struct state *s)
{
    uint64_t v[3] = {0};
    struct state entry = {.run = s->run, .moment = now(s)->entry, .missing = s->missing};
    enum expr_call which = (enum expr_call)x->value;
    for (unsigned i = 0; i < 3 && which != CALL_count && which != CALL_was; i++) {
        v[i] = x->arguments[i] ? value_of(x->arguments[i], s) : 0;
    }
    switch (which) {
    case CALL_u8:
        return memory(s, v[0], 1);
    case CALL_u16:
        return memory(s, v[0], 2);
    case CALL_u32:
        return memory(s, v[0], 4);
    case CALL_u64:
        return memory(s, v[0], 8);
    case CALL_pa:
    case CALL_prot:
    case CALL_memory:
        return page(which, v[0], v[1], s);
    case CALL_was:
        return value_of(x->arguments[0], &entry);
    case CALL_writes:
        return x->arguments[0]->kind == EXPR_REGISTER && now(s)->kind == EV_SYSREG &&
               (now(s)->event.a & 0xffff) ==
                   sysreg_enc(s->run->watches.ids[x->arguments[0]->value]);
    case CALL_bits:
        return v[1] < 64 && v[2] <= v[1] ? v[0] >> v[2] & (~UINT64_C(0) >> (63 - (v[1] - v[2])))
                                         : 0;
    case CALL_count:
        return count(x, s);
    case CALL_executed:
        return executed(x, s);
    case CALL_COUNT:
        break;
    }
    return 0;
}

static uint64_t binary(uint64_t op, uint64_t a, uint64_t b)
{
    switch (op) {
    case OP_EQ:
        return a == b;
    case OP_NE:
        return a != b;
    case OP_LE:
        return a <= b;
    case OP_GE:
        return a >= b;
    case OP_SHL:
        return b < 64 ? a << b : 0;
    case OP_SHR:
        return b < 64 ? a >> b : 0;
    case '<':
        return a < b;
    case '>':
        return a > b;
    case '|':
        return a | b;
    case '^':
        return a ^ b;
    case '&':
        return a & b;
    case '+':
        return a + b;
    case '-':
        return a - b;
    case '*':
        return a * b;
    default:
        return 0;
    }
}

static uint64_t unary(uint64_t op, uint64_t a)
{
    return op == '!' ? a == 0 : op == '~' ? ~a : 0 - a;
}

static uint64_t symbol(const struct expr *x, const struct state *s)
{
    uint64_t at = 0;
    if (!labels_find(&s->run->labels, x->text, &at) && *s->missing == NULL) {
        *s->missing = x->text;
    }
    return at;
}

static uint64_t value_of(const struct expr *x, const struct state *s)
{
    switch (x->kind) {
    case EXPR_NUMBER:
        return x->value;
    case EXPR_X:
        return now(s)->cpu.x[x->value];
    case EXPR_REGISTER:
        return register_value(x, s);
    case EXPR_WORD:
        return word((enum expr_word)x->value, s);
    case EXPR_SYMBOL:
        return symbol(x, s);
    case EXPR_CALL:
        return call(x, s);
    case EXPR_UNARY:
        return unary(x->value, value_of(x->arguments[0], s));
    case EXPR_BINARY:
        break;
    }
    uint64_t a = value_of(x->arguments[0], s);
    if (x->value == OP_AND || x->value == OP_OR) {
        bool decided = (a != 0) == (x->value == OP_OR);
        return decided ? a != 0 : value_of(x->arguments[1], s) != 0;
    }
    return binary(x->value, a, value_of(x->arguments[1], s));
}

uint64_t eval(const struct expr *x, const struct lab_run *run, size_t moment, const char **missing)
{
    struct state s = {.run = run, .moment = moment, .missing = missing};
    return value_of(x, &s);
}

size_t eval_find(const struct expr *x, const struct lab_run *run, int kind, size_t start,
                 const char **missing)
{
    for (size_t i = start; i < run->count; i++) {
        if (run->moments[i].kind != kind) {
            continue;
        }
        if (x == NULL || (eval(x, run, i, missing) != 0 && *missing == NULL)) {
            return i;
        }
    }
    return run->count;
}
