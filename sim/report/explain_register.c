#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "cpu-el/regfield.h"
#include "sim/report/explain.h"

#define LINE_WIDTH 100

static void print_field(FILE *out, const struct regfield *f, uint64_t value)
{
    char bits[16];
    if (f->high == f->low) {
        snprintf(bits, sizeof bits, "[%u]", f->high);
    } else {
        snprintf(bits, sizeof bits, "[%u:%u]", f->high, f->low);
    }
    fprintf(out, "  %8s  %-11s %#-6" PRIx64 "  %s", bits, f->name, regfield_value(f, value),
            f->what);
    if (f->address_bit) {
        fprintf(out, ": %#" PRIx64, regfield_value(f, value) << f->address_bit);
    }
    fputc('\n', out);
}

static void print_zero_fields(FILE *out, enum sysreg_id id, uint64_t value, bool e2h)
{
    size_t column = 0;
    for (const struct regfield *f = regfield_next(id, e2h, NULL); f;
         f = regfield_next(id, e2h, f)) {
        if (value & regfield_mask(f)) {
            continue;
        }
        size_t length = strlen(f->name) + 1;
        if (column == 0 || column + length > LINE_WIDTH) {
            column = (size_t)fprintf(out, "%s         0:", column ? "\n" : "");
        }
        column += (size_t)fprintf(out, " %s", f->name);
    }
    fputs(column ? "\n" : "", out);
}

void explain_register(FILE *out, enum sysreg_id id, uint64_t value, bool e2h)
{
    uint64_t named = 0;
    bool has_layouts = false;
    for (const struct regfield *f = regfield_next(id, e2h, NULL); f;
         f = regfield_next(id, e2h, f)) {
        named |= regfield_mask(f);
        has_layouts = has_layouts || f->layout != REGFIELD_ANY;
    }
    fprintf(out, "%s = %#" PRIx64 "%s\n", sysreg_name(id), value,
            !has_layouts ? ""
            : e2h        ? " (layout of HCR_EL2.E2H = 1)"
                         : " (layout of HCR_EL2.E2H = 0)");
    if (named == 0) {
        fprintf(out, "  one value, without fields\n");
        return;
    }
    for (const struct regfield *f = regfield_next(id, e2h, NULL); f;
         f = regfield_next(id, e2h, f)) {
        if (value & regfield_mask(f)) {
            print_field(out, f, value);
        }
    }
    print_zero_fields(out, id, value, e2h);
    if (value & ~named) {
        fprintf(out, "  bits without a name here: %#" PRIx64 "\n", value & ~named);
    }
}

void explain_bits(enum sysreg_id id, uint64_t mask, bool e2h, char name[EXPLAIN_BITS_MAX])
{
    size_t used = (size_t)snprintf(name, EXPLAIN_BITS_MAX, "%s", sysreg_name(id));
    char separator = '.';
    for (unsigned bit = 0; bit < 64; bit++) {
        const struct regfield *f = mask >> bit & 1 ? regfield_at(id, e2h, bit) : NULL;
        if (f && used < EXPLAIN_BITS_MAX) {
            used +=
                (size_t)snprintf(name + used, EXPLAIN_BITS_MAX - used, "%c%s", separator, f->name);
            separator = '+';
            bit = f->high;
        }
    }
}

bool explain_has_layouts(enum sysreg_id id)
{
    for (size_t i = 0; i < regfield_count; i++) {
        if (regfields[i].id == id && regfields[i].layout != REGFIELD_ANY) {
            return true;
        }
    }
    return false;
}

bool explain_set_field(struct pe *pe, enum sysreg_id id, const char *field, uint64_t value)
{
    const struct regfield *f = NULL;
    while ((f = regfield_next(id, pe_e2h(pe), f)) != NULL) {
        if (strcasecmp(f->name, field) == 0) {
            pe->sr[id] = (pe->sr[id] & ~regfield_mask(f)) | value << f->low;
            return value << f->low >> f->low == value && (value << f->low & ~regfield_mask(f)) == 0;
        }
    }
    return false;
}
