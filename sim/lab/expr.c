#include "sim/lab/expr.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cpu-el/regfield.h"

struct parser {
    const char *text, *at;
    struct watch_list *watches;
    struct err *e;
};

static struct expr *parse_binary(struct parser *p, unsigned lowest);

int moment_kind(const char *name)
{
    static const struct {
        const char *name;
        int kind;
    } kinds[] = {
        {"exception", EV_EXCEPTION}, {"eret", EV_ERET},   {"mmio", EV_MMIO},
        {"sysreg", EV_SYSREG},       {"wait", EV_WAIT},   {"firmware", EV_FIRMWARE},
        {"mark", EV_MARK},           {"end", MOMENT_END},
    };
    for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(name, kinds[i].name) == 0) {
            return kinds[i].kind;
        }
    }
    return -1;
}

bool watch_add(struct watch_list *watches, enum sysreg_id id, unsigned *index, struct err *e)
{
    for (unsigned i = 0; i < watches->count; i++) {
        if (watches->ids[i] == id) {
            *index = i;
            return true;
        }
    }
    if (watches->count == WATCHES_MAX) {
        return err_set(e, "more than %u system registers", WATCHES_MAX);
    }
    *index = watches->count;
    watches->ids[watches->count++] = id;
    return true;
}

void expr_free(struct expr *x)
{
    if (x) {
        for (unsigned i = 0; i < 3; i++) {
            expr_free(x->arguments[i]);
        }
        free(x->text);
        free(x);
    }
}

static struct expr *node(enum expr_kind kind, uint64_t value)
{
    struct expr *x = calloc(1, sizeof *x);
    BUG_ON(x == NULL);
    x->kind = kind;
    x->value = value;
    return x;
}

static struct expr *fail(struct parser *p, struct expr *x, const char *what)
{
    expr_free(x);
    err_set(p->e, "condition \"%s\": %s at \"%s\"", p->text, what, p->at);
    return NULL;
}

static void skip_blanks(struct parser *p)
{
    p->at += strspn(p->at, " \t\n");
}

static bool take(struct parser *p, char c)
{
    skip_blanks(p);
    bool is_there = *p->at == c;
    p->at += is_there;
    return is_there;
}

static struct expr *parse_number(struct parser *p)
{
    char *end;
    bool binary = p->at[0] == '0' && p->at[1] == 'b';
    uint64_t n = binary ? strtoull(p->at + 2, &end, 2) : strtoull(p->at, &end, 0);
    p->at = end;
    return isalnum((unsigned char)*end) ? fail(p, NULL, "a number ends in letters")
                                        : node(EXPR_NUMBER, n);
}

static size_t word_length(const char *text)
{
    size_t n = 0;
    while (isalnum((unsigned char)text[n]) || text[n] == '_') {
        n++;
    }
    return n;
}

static const char *const words[] = {
#define X(name) #name,
    EXPR_WORDS(X)
#undef X
};

static const struct {
    const char *name;
    unsigned arguments;
    bool quoted;
} calls[] = {
#define X(name, arguments, quoted) {#name, arguments, quoted},
    EXPR_CALLS(X)
#undef X
};

/* The word in front of the others: an event's kind, or a class of cycles. */
static bool is_known(unsigned which, const char *text)
{
    return which == CALL_count ? moment_kind(text) >= 0
                               : cost_class_by_name(text) != COST_CLASS_COUNT;
}

static struct expr *parse_call(struct parser *p, unsigned which)
{
    struct expr *x = node(EXPR_CALL, which);
    for (unsigned i = 0; i < calls[which].arguments; i++) {
        if (!take(p, i == 0 ? '(' : ',')) {
            return fail(p, x, "an argument is missing");
        }
        skip_blanks(p);
        if (i == 0 && calls[which].quoted) {
            size_t length = strcspn(p->at, ",) ");
            x->text = strndup(p->at, length);
            BUG_ON(x->text == NULL);
            if (!is_known(which, x->text)) {
                return fail(p, x, "no such event or class");
            }
            p->at += length;
        } else if ((x->arguments[i] = parse_binary(p, 0)) == NULL) {
            expr_free(x);
            return NULL;
        }
    }
    return take(p, ')') ? x : fail(p, x, "\")\" is missing");
}

/* A field of the register, in whichever layout has it. */
static const char *field_of(enum sysreg_id id, const char *name, size_t length)
{
    for (size_t i = 0; i < regfield_count; i++) {
        if (regfields[i].id == id && strlen(regfields[i].name) == length &&
            memcmp(regfields[i].name, name, length) == 0) {
            return regfields[i].name;
        }
    }
    return NULL;
}

static struct expr *parse_register(struct parser *p, enum sysreg_id id)
{
    unsigned index = 0;
    if (!watch_add(p->watches, id, &index, p->e)) {
        return NULL;
    }
    struct expr *x = node(EXPR_REGISTER, index);
    if (*p->at == '.') {
        size_t length = word_length(++p->at);
        x->field = field_of(id, p->at, length);
        if (x->field == NULL) {
            return fail(p, x, "the register has no such field");
        }
        p->at += length;
    }
    return x;
}

static struct expr *parse_name(struct parser *p)
{
    char name[80] = "";
    size_t length = word_length(p->at);
    if (length == 0 || length >= sizeof name) {
        return fail(p, NULL, "a value is missing");
    }
    memcpy(name, p->at, length);
    p->at += length;
    for (unsigned i = 0; i < CALL_COUNT; i++) {
        if (strcmp(name, calls[i].name) == 0) {
            return parse_call(p, i);
        }
    }
    for (unsigned i = 0; i < WORD_COUNT; i++) {
        if (strcmp(name, words[i]) == 0) {
            return node(EXPR_WORD, i);
        }
    }
    if (name[0] == 'x' && isdigit((unsigned char)name[1])) {
        unsigned long n = strtoul(name + 1, NULL, 10);
        return n < 31 ? node(EXPR_X, n) : fail(p, NULL, "x0 to x30 there are");
    }
    enum sysreg_id id = sysreg_by_name(name);
    if (id != SR_NONE) {
        return parse_register(p, id);
    }
    struct expr *x = node(EXPR_SYMBOL, 0);
    x->text = strdup(name);
    BUG_ON(x->text == NULL);
    return x;
}

static struct expr *parse_unary(struct parser *p)
{
    skip_blanks(p);
    char c = *p->at;
    if (c == '!' || c == '~' || c == '-') {
        p->at++;
        struct expr *inner = parse_unary(p);
        struct expr *x = inner ? node(EXPR_UNARY, (unsigned char)c) : NULL;
        if (x) {
            x->arguments[0] = inner;
        }
        return x;
    }
    if (take(p, '(')) {
        struct expr *x = parse_binary(p, 0);
        return x == NULL || take(p, ')') ? x : fail(p, x, "\")\" is missing");
    }
    return isdigit((unsigned char)c) ? parse_number(p) : parse_name(p);
}

/* Binding as in C, loosest first; those of two characters before their beginnings. */
static const struct {
    const char *text;
    unsigned op, binding;
} operators[] = {
    {"||", OP_OR, 1}, {"&&", OP_AND, 2}, {"==", OP_EQ, 6},  {"!=", OP_NE, 6},
    {"<=", OP_LE, 7}, {">=", OP_GE, 7},  {"<<", OP_SHL, 8}, {">>", OP_SHR, 8},
    {"|", '|', 3},    {"^", '^', 4},     {"&", '&', 5},     {"<", '<', 7},
    {">", '>', 7},    {"+", '+', 9},     {"-", '-', 9},     {"*", '*', 10},
};

static int find_operator(const struct parser *p)
{
    for (unsigned i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        if (strncmp(p->at, operators[i].text, strlen(operators[i].text)) == 0) {
            return (int)i;
        }
    }
    return -1;
}

static struct expr *parse_binary(struct parser *p, unsigned lowest)
{
    struct expr *left = parse_unary(p);
    while (left) {
        skip_blanks(p);
        int i = find_operator(p);
        if (i < 0 || operators[i].binding <= lowest) {
            break;
        }
        p->at += strlen(operators[i].text);
        struct expr *right = parse_binary(p, operators[i].binding);
        struct expr *x = right ? node(EXPR_BINARY, operators[i].op) : NULL;
        if (x == NULL) {
            expr_free(left);
            return NULL;
        }
        x->arguments[0] = left;
        x->arguments[1] = right;
        left = x;
    }
    return left;
}

struct expr *expr_parse(const char *text, struct watch_list *watches, struct err *e)
{
    struct parser p = {.text = text, .at = text, .watches = watches, .e = e};
    struct expr *x = parse_binary(&p, 0);
    skip_blanks(&p);
    return x && *p.at != '\0' ? fail(&p, x, "something is left over") : x;
}
