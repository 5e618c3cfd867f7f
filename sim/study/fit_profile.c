/* The fitted profile as a file: what was fitted says so, with the rows and their residuals. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "sim/study/fit.h"

/* A YAML string in double quotes. */
static void write_text(FILE *out, const char *text)
{
    fputc('"', out);
    for (const char *c = text; *c; c++) {
        if (*c == '"' || *c == '\\') {
            fputc('\\', out);
        }
        if ((unsigned char)*c < ' ') {
            fprintf(out, "\\x%02x", (unsigned)*c);
        } else {
            fputc(*c, out);
        }
    }
    fputc('"', out);
}

static void write_cycles(FILE *out, cycles_t price)
{
    fprintf(out, "%" PRIu64, price / CYCLE);
    unsigned rest = (unsigned)(price % CYCLE);
    if (rest != 0) {
        unsigned digits = rest % 100 == 0 ? 1 : rest % 10 == 0 ? 2 : 3;
        fprintf(out, ".%0*u", (int)digits,
                digits == 1   ? rest / 100
                : digits == 2 ? rest / 10
                              : rest);
    }
}

static const struct fit_constant *constant_of(const struct fit *fit, unsigned k, unsigned *index)
{
    for (*index = 0; *index < fit->file->constants_count; (*index)++) {
        if (fit->file->constants[*index].has[k]) {
            return &fit->file->constants[*index];
        }
    }
    return NULL;
}

static void write_cost(FILE *out, const struct fit *fit, const struct profile *priced, unsigned k)
{
    const struct profile_cost *was = &fit->profile->costs[k];
    unsigned index;
    const struct fit_constant *c = constant_of(fit, k, &index);
    char source[2000];
    fprintf(out, "  - {class: %s, cycles: ", cost_class_info[k].name);
    write_cycles(out, priced->costs[k].price);
    if (c == NULL) {
        fprintf(out, ", kind: %s, source: ", source_kind_name(was->kind));
        write_text(out, was->source);
    } else {
        int used = snprintf(source, sizeof source, "el2sim fit, constant %.64s", c->name);
        if (c->factor) {
            used += snprintf(source + used, sizeof source - (size_t)used, ": x%.4f", fit->x[index]);
        }
        snprintf(source + used, sizeof source - (size_t)used,
                 "; to the rows of `fit`; was %" PRIu64 ".%03" PRIu64 " (%s: %.1500s)",
                 was->price / CYCLE, was->price % CYCLE, source_kind_name(was->kind), was->source);
        fprintf(out, ", kind: fitted, source: ");
        write_text(out, source);
    }
    fprintf(out, "}\n");
}

static void write_row(FILE *out, const struct fit *fit, unsigned i)
{
    const struct fit_row *r = &fit->file->rows[i];
    char label[FIT_LABEL_MAX];
    fit_row_label(r, label);
    fprintf(out, "    - {row: ");
    write_text(out, label);
    fprintf(out, ", measured: \"%.1f\", before: \"%.1f\", after: \"%.1f\", ", r->measured,
            fit->before[i], fit->after[i]);
    if (!isnan(fit->left_out[i])) {
        fprintf(out, "left-out: \"%.1f\", ", fit->left_out[i]);
    }
    fprintf(out, "source: ");
    write_text(out, r->source);
    fprintf(out, "}\n");
}

/* Nothing of it is fitted. */
static void write_peer(FILE *out, const struct profile *p)
{
    if (p->has_peer) {
        fprintf(out, "peer:\n");
    }
    for (unsigned i = 0; p->has_peer && i < PEER_VALUE_COUNT; i++) {
        fprintf(out, "  %s: {value: %" PRIu64 ", kind: %s, source: ", peer_value_name(i),
                p->peer[i].value, source_kind_name(p->peer[i].kind));
        write_text(out, p->peer[i].source);
        fprintf(out, "}\n");
    }
}

void fit_write_profile(FILE *out, const struct fit *fit)
{
    const struct profile *p = fit->profile;
    const struct fit_file *f = fit->file;
    struct profile priced;
    fit_price(fit, fit->x, &priced);
    fprintf(out, "# Written by el2sim fit: change what it was made from, not this file.\n");
    fprintf(out,
            "# kind: published (cited), measured, fitted, guess, defined. See docs/cost.md.\n");
    fprintf(out, "name: ");
    write_text(out, f->name ? f->name : p->name);
    fprintf(out, "\ntitle: ");
    write_text(out, p->title);
    fprintf(out,
            "\nclock-hz: %" PRIu64 "\ncounter-hz: %" PRIu64 "\nquantum-cycles: %" PRIu64
            "\nstore-drain-instructions: %u\ntlb: {entries: %u, ways: %u, walk-cache: %u}\n",
            p->clock_hz, p->counter_hz, p->quantum / CYCLE, p->store_drain_instructions,
            p->tlb_entries, p->tlb_ways, p->walk_cache_entries);
    write_peer(out, p);
    fprintf(out, "costs:\n");
    for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
        if (cost_class_info[k].kind != COST_KIND_W) {
            write_cost(out, fit, &priced, k);
        }
    }
    fprintf(out, "fit:\n  from: ");
    write_text(out, p->name);
    fprintf(out,
            "\n  sha256: \"%s\"\n  rows:  # cycles of one operation; left-out: as the other "
            "rows predict it\n",
            p->sha256);
    for (unsigned i = 0; i < f->rows_count; i++) {
        write_row(out, fit, i);
    }
}
