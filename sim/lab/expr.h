/*
 * The conditions of a lab's goals: expressions over 64-bit numbers, as in C, in whose names a
 * moment of the run answers (docs/labs.md lists them).
 *
 *     from == 2 && SPSR_EL2.M == 0b0101 && pc == el1_main
 */
#ifndef EL2SIM_LAB_EXPR_H
#define EL2SIM_LAB_EXPR_H

#include "cpu-el/sysreg.h"
#include "sim/base/err.h"
#include "sim/base/event.h"

/* What a goal can look at: enum arch_event_kind, or the end of the run. */
enum { MOMENT_END = 100 };

/* "exception", "eret", ..., "end"; -1 if it is none. */
int moment_kind(const char *name);

/* System registers that some condition of a lab asks for: a moment keeps these. */
#define WATCHES_MAX 64

struct watch_list {
    enum sysreg_id ids[WATCHES_MAX];
    unsigned count;
};

/* Index of the register, added when new. */
bool watch_add(struct watch_list *watches, enum sysreg_id id, unsigned *index, struct err *e);

enum expr_kind {
    EXPR_NUMBER,   /* value */
    EXPR_X,        /* value: which one */
    EXPR_REGISTER, /* value: index of the watch; field: of it, or NULL */
    EXPR_WORD,     /* value: enum expr_word */
    EXPR_SYMBOL,   /* text: a label of the student's program */
    EXPR_CALL,     /* value: enum expr_call; arguments; text: the quoted one */
    EXPR_UNARY,    /* value: operator; arguments[0] */
    EXPR_BINARY    /* value: operator; two arguments */
};

/* clang-format off */
#define EXPR_WORDS(X) \
    X(pc) X(sp) X(el) X(spsel) X(daif) X(from) X(to) X(type) X(esr) X(ec) X(iss) X(far) X(spsr) \
    X(address) X(value) X(size) X(write) X(function) X(changed) X(cycle) \
    X(powered_off) X(deadlocked) X(timed_out)
/* clang-format on */

enum expr_word {
#define X(name) WORD_##name,
    EXPR_WORDS(X)
#undef X
        WORD_COUNT
};

/* Name, arguments, whether the first of them is a word: an event's kind, a class of cycles. */
/* clang-format off */
#define EXPR_CALLS(X) \
    X(u8, 1, 0) X(u16, 1, 0) X(u32, 1, 0) X(u64, 1, 0) X(pa, 2, 0) X(prot, 2, 0) X(memory, 2, 0) \
    X(was, 1, 0) X(writes, 1, 0) X(bits, 3, 0) X(count, 2, 1) X(executed, 2, 1)
/* clang-format on */

enum expr_call {
#define X(name, arguments, quoted) CALL_##name,
    EXPR_CALLS(X)
#undef X
        CALL_COUNT
};

struct expr {
    enum expr_kind kind;
    uint64_t value;
    const char *field;
    char *text;
    struct expr *arguments[3];
};

/* Operators of two characters. */
enum { OP_SHL = 256, OP_SHR, OP_EQ, OP_NE, OP_LE, OP_GE, OP_AND, OP_OR };

/* NULL with *e, which says where. What it asks for is added to *watches. Free with expr_free(). */
struct expr *expr_parse(const char *text, struct watch_list *watches, struct err *e);
void expr_free(struct expr *x);

#endif
