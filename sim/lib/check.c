/* Checks whose messages explain: what there was instead, and of what it is made. */
#include <el2sim/el2sim_check.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cpu-el/regfield.h"
#include "sim/board/cpu.h"
#include "sim/lib/counts.h"
#include "sim/lib/library.h"
#include "sim/report/report.h"

#define FUNCTIONS_SHOWN 5
#define NAME_MAX_BYTES  64

static void (*on_failure)(void *ctx, const char *message);
static void *on_failure_ctx;

void el2sim_on_check_failure(void (*handler)(void *ctx, const char *message), void *ctx)
{
    on_failure = handler;
    on_failure_ctx = ctx;
}

/* A message in the making. */
struct message {
    char text[4096];
    FILE *out;
};

static FILE *begin(struct message *message, const char *file, int line)
{
    message->out = fmemopen(message->text, sizeof message->text, "w");
    BUG_ON(message->out == NULL);
    fprintf(message->out, "%s:%d: ", file, line);
    return message->out;
}

static bool fail(struct message *message)
{
    fclose(message->out);
    message->text[sizeof message->text - 1] = '\0';
    if (on_failure == NULL) {
        fprintf(stderr, "%s\n", message->text);
        abort();
    }
    on_failure(on_failure_ctx, message->text);
    return false;
}

bool el2sim_check_done(const char *file, int line, const char *call, bool done)
{
    struct message message;
    if (!done) {
        fprintf(begin(&message, file, line), "%s: %s", call, el2sim_error());
    }
    return done || fail(&message);
}

/* Traps. */

static void print_el(FILE *out, unsigned el)
{
    if (el == EL2SIM_ANY) {
        fputs("any EL", out);
    } else {
        fprintf(out, "EL%u", el);
    }
}

static void print_kind(FILE *out, unsigned from, unsigned to, unsigned ec)
{
    print_el(out, from);
    fputs(" to ", out);
    print_el(out, to);
    if (ec != EL2SIM_ANY) {
        const char *name = report_ec_name(ec);
        fprintf(out, " by %s%s(EC 0x%02x)", name, name[0] ? " " : "", ec);
    }
}

/* All exceptions that were taken, by kind. */
static void print_traps(FILE *out, const struct el2sim_machine *m)
{
    unsigned shown = 0;
    for (unsigned kind = 0; kind < EL_PAIRS * TRAP_KINDS; kind++) {
        unsigned from = kind / TRAP_KINDS / 3, to = kind / TRAP_KINDS % 3, ec = kind % TRAP_KINDS;
        uint64_t count = el2sim_traps(m, from, to, ec);
        if (count != 0) {
            fprintf(out, "\n    %6" PRIu64 "  ", count);
            print_kind(out, from, to, ec);
            shown++;
        }
    }
    fputs(shown ? "" : "\n    none at all", out);
}

bool el2sim_check_traps(struct el2sim_machine *m, const char *file, int line, unsigned from_el,
                        unsigned to_el, unsigned ec, uint64_t count)
{
    uint64_t found = el2sim_traps(m, from_el, to_el, ec);
    struct message message;
    if (found == count) {
        return true;
    }
    FILE *out = begin(&message, file, line);
    fprintf(out, "%" PRIu64 " exception%s from ", found, found == 1 ? "" : "s");
    print_kind(out, from_el, to_el, ec);
    fprintf(out, ", expected %" PRIu64 ". Taken since counts began:", count);
    print_traps(out, m);
    return fail(&message);
}

/* Cycles. */

static void print_dearest(FILE *out, const struct el2sim_machine *m, unsigned cpu)
{
    size_t count;
    struct row_part *parts = counts_parts(m, cpu, &count);
    size_t function_count;
    struct report_function *functions = report_functions(parts, count, &function_count);
    for (size_t i = 0; i < function_count && i < FUNCTIONS_SHOWN; i++) {
        fprintf(out, "\n    %8" PRIu64 "  EL%u %s:", functions[i].cycles, functions[i].el,
                functions[i].name);
        for (size_t p = 0, shown = 0; p < count && shown < 4; p++) {
            if (parts[p].el == functions[i].el &&
                strcmp(parts[p].function, functions[i].name) == 0 && parts[p].exact >= CYCLE) {
                fprintf(out, "%s %s %" PRIu64 " (%" PRIu64 "x)", shown++ ? "," : "",
                        cost_class_info[parts[p].class].name, parts[p].exact / CYCLE,
                        parts[p].count);
            }
        }
    }
    free(functions);
    free(parts);
}

bool el2sim_check_cycles_below(struct el2sim_machine *m, const char *file, int line, unsigned cpu,
                               uint64_t limit)
{
    uint64_t found = el2sim_cycles(m, cpu);
    struct message message;
    if (found < limit) {
        return true;
    }
    FILE *out = begin(&message, file, line);
    fprintf(out,
            "CPU %u took %" PRIu64 " cycles, less than %" PRIu64
            " was expected. Dearest functions:",
            cpu, found, limit);
    print_dearest(out, m, cpu);
    return fail(&message);
}

/* Registers. */

/* "VTTBR_EL2.VMID" -> the register's name, and the field's or NULL. */
static const char *split_name(const char *name, char reg[NAME_MAX_BYTES])
{
    size_t length = library_is_element(name) ? strlen(name) : strcspn(name, ".");
    snprintf(reg, NAME_MAX_BYTES, "%.*s", (int)length, name);
    return name[length] == '.' ? name + length + 1 : NULL;
}

static const struct regfield *find_field(enum sysreg_id id, bool e2h, const char *name)
{
    const struct regfield *f = regfield_next(id, e2h, NULL);
    while (f != NULL && strcasecmp(f->name, name) != 0) {
        f = regfield_next(id, e2h, f);
    }
    return f;
}

/* The fields in which two values differ. */
static void print_differences(FILE *out, enum sysreg_id id, bool e2h, uint64_t found,
                              uint64_t expected)
{
    uint64_t named = 0;
    for (const struct regfield *f = regfield_next(id, e2h, NULL); f;
         f = regfield_next(id, e2h, f)) {
        uint64_t is = regfield_value(f, found), should = regfield_value(f, expected);
        named |= regfield_mask(f);
        if (is != should) {
            fprintf(out, "\n    %s [%u:%u] is %#" PRIx64 ", expected %#" PRIx64 ": %s", f->name,
                    f->high, f->low, is, should, f->what);
        }
    }
    if ((found ^ expected) & ~named && named != 0) {
        fprintf(out, "\n    bits without a name differ: %#" PRIx64, (found ^ expected) & ~named);
    }
}

bool el2sim_check_register(struct el2sim_machine *m, const char *file, int line, unsigned cpu,
                           const char *name, uint64_t expected)
{
    char reg[NAME_MAX_BYTES];
    const char *field_name = split_name(name, reg);
    uint64_t found;
    struct message message;
    if (!el2sim_read_register(m, cpu, reg, &found)) {
        fprintf(begin(&message, file, line), "%s: %s", name, el2sim_error());
        return fail(&message);
    }
    enum sysreg_id id = library_sysreg(reg);
    bool e2h = pe_e2h(&m->machine->cpus[cpu]->pe);
    const struct regfield *f = field_name ? find_field(id, e2h, field_name) : NULL;
    if (field_name && f == NULL) {
        fprintf(begin(&message, file, line), "%s: %s has no such field%s", name, reg,
                e2h ? " with HCR_EL2.E2H = 1" : "");
        return fail(&message);
    }
    if ((f ? regfield_value(f, found) : found) == expected) {
        return true;
    }
    FILE *out = begin(&message, file, line);
    fprintf(out, "CPU %u: %s is %#" PRIx64 ", expected %#" PRIx64, cpu, name,
            f ? regfield_value(f, found) : found, expected);
    if (f) {
        fprintf(out, " (%s; all of %s is %#" PRIx64 ")", f->what, reg, found);
    } else if (id != SR_NONE) {
        print_differences(out, id, e2h, found, expected);
    }
    return fail(&message);
}
