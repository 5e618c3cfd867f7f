/* Rows and constants of a fit from the command line, and from texts of measurements. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/study/fit.h"

static char *copy(const char *text, size_t length)
{
    char *s = strndup(text, length);
    BUG_ON(s == NULL);
    return s;
}

static bool new_row(struct fit_file *f, struct fit_row row, struct err *e)
{
    if (f->rows_count == FIT_ROWS_MAX) {
        free(row.design);
        free(row.row);
        free(row.cycles);
        free(row.ns);
        free(row.source);
        return err_set(e, "more than %d calibration rows", FIT_ROWS_MAX);
    }
    f->rows = realloc(f->rows, (f->rows_count + 1) * sizeof *f->rows);
    BUG_ON(f->rows == NULL);
    f->rows[f->rows_count++] = row;
    return true;
}

bool fit_file_add_row(struct fit_file *f, const char *text, struct err *e)
{
    const char *equals = strchr(text, '=');
    const char *slash = NULL;
    for (const char *c = text; equals && c < equals; c++) { /* a design may be a path */
        slash = *c == '/' ? c : slash;
    }
    if (slash == NULL || slash == text || slash + 1 == equals || equals[1] == '\0' ||
        equals - slash > SPAN_NAME_MAX) {
        return err_set(e, "--row %s: DESIGN/ROW=CYCLES is expected, or =TIMEns", text);
    }
    const char *value = equals + 1;
    size_t length = strlen(value);
    bool is_ns = length > 2 && strcmp(value + length - 2, "ns") == 0;
    return new_row(f,
                   (struct fit_row){.design = copy(text, (size_t)(slash - text)),
                                    .row = copy(slash + 1, (size_t)(equals - slash - 1)),
                                    .cycles = is_ns ? NULL : copy(value, length),
                                    .ns = is_ns ? copy(value, length - 2) : NULL,
                                    .source = copy("given with --row", 16)},
                   e);
}

static bool read_bound(const char **at, bool is_factor, double *out)
{
    char *end;
    if (is_factor && *(*at)++ != 'x') {
        return false;
    }
    if (!isdigit((unsigned char)**at)) {
        return false;
    }
    char text[32];
    size_t length = strspn(*at, "0123456789");
    if ((*at)[length] == '.' && isdigit((unsigned char)(*at)[length + 1])) {
        length += 1 + strspn(*at + length + 1, "0123456789");
    }
    if (length >= sizeof text) {
        return false;
    }
    memcpy(text, *at, length);
    text[length] = '\0';
    *out = strtod(text, &end);
    *at += length;
    return *end == '\0';
}

static bool read_bounds(const char *text, bool *is_factor, double *bounds)
{
    *is_factor = text[0] == 'x';
    if (!read_bound(&text, *is_factor, &bounds[0]) || strncmp(text, "..", 2) != 0) {
        return false;
    }
    text += 2;
    return read_bound(&text, *is_factor, &bounds[1]) && *text == '\0';
}

static void split_classes(struct fit_constant *c, const char *text, size_t length)
{
    for (const char *at = text, *end = text + length; at < end;) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        size_t part = (size_t)((comma ? comma : end) - at);
        c->classes = realloc(c->classes, (c->classes_count + 1) * sizeof *c->classes);
        BUG_ON(c->classes == NULL);
        c->classes[c->classes_count++] = copy(at, part);
        at += part + 1;
    }
}

bool fit_file_add_constant(struct fit_file *f, const char *text, struct err *e)
{
    const char *equals = strchr(text, '=');
    bool is_factor;
    double bounds[2];
    if (equals == NULL || equals == text || !read_bounds(equals + 1, &is_factor, bounds)) {
        return err_set(e, "--vary %s: CLASS,...=LOW..HIGH (cycles) or =xLOW..xHIGH is expected",
                       text);
    }
    if (f->constants_count == FIT_CONSTANTS_MAX) {
        return err_set(e, "--vary %s: more than %d constants", text, FIT_CONSTANTS_MAX);
    }
    struct fit_constant c = {.name = copy(text, (size_t)(equals - text))};
    double *pair = malloc(sizeof bounds);
    BUG_ON(pair == NULL);
    memcpy(pair, bounds, sizeof bounds);
    c.cycles = is_factor ? NULL : pair;
    c.factor = is_factor ? pair : NULL;
    c.cycles_count = is_factor ? 0 : 2;
    c.factor_count = is_factor ? 2 : 0;
    split_classes(&c, text, (size_t)(equals - text));
    f->constants = realloc(f->constants, (f->constants_count + 1) * sizeof *f->constants);
    BUG_ON(f->constants == NULL);
    f->constants[f->constants_count++] = c;
    return true;
}

/* What kvm-unit-tests' arm/micro-bench calls our rows; NULL: none is like it. */
static const struct {
    const char *theirs, *ours;
} micro_bench[] = {
    {"hvc", "hypercall"},   {"mmio_read_user", "io-user"}, {"mmio_read_vgic", "gic-trap"},
    {"eoi", "virtual-eoi"}, {"ipi", "virtual-ipi"},        {"ipi_hw", NULL},
    {"lpi", NULL},          {"timer_10ms", NULL},
};

/* Words of a line. */
#define WORDS_MAX 8

static unsigned split_words(char *line, char *words[WORDS_MAX])
{
    unsigned count = 0;
    line[strcspn(line, "#\r\n")] = '\0';
    for (char *save = NULL, *word = strtok_r(line, " \t=", &save); word && count < WORDS_MAX;
         word = strtok_r(NULL, " \t=", &save)) {
        words[count++] = word;
    }
    return count;
}

/* What the program prints around its table. */
static bool is_frame(char *const words[], unsigned count)
{
    return count == 0 || words[0][strspn(words[0], "-")] == '\0' ||
           (strcmp(words[0], "Timer") == 0 && count > 1 && strcmp(words[1], "Frequency") == 0) ||
           (strcmp(words[0], "name") == 0 && count > 1 && strcmp(words[1], "total") == 0) ||
           (count > 2 && strcmp(words[1], "test") == 0 && strcmp(words[2], "skipped") == 0);
}

struct line {
    const char *path, *design;
    unsigned number;
};

static bool add_line(struct fit_file *f, const struct line *at, const char *name, const char *value,
                     const char *unit, struct err *e)
{
    const char *slash = strrchr(name, '/');
    const char *row = slash ? slash + 1 : name;
    bool is_ns = strcmp(unit, "ns") == 0;
    char source[300];
    if (!is_ns && strcmp(unit, "cycles") != 0) {
        return err_set(e, "%s: line %u: unit \"%s\": cycles or ns is expected", at->path,
                       at->number, unit);
    }
    if (slash == NULL && at->design == NULL) {
        return err_set(e, "%s: line %u: %s of which design? (--design, or DESIGN/%s)", at->path,
                       at->number, name, name);
    }
    if (strlen(row) >= SPAN_NAME_MAX || row[0] == '\0') {
        return err_set(e, "%s: line %u: \"%s\" is no name of a row", at->path, at->number, name);
    }
    const char *file = strrchr(at->path, '/');
    snprintf(source, sizeof source, "%.200s, line %u", file ? file + 1 : at->path, at->number);
    return new_row(f,
                   (struct fit_row){.design = slash ? copy(name, (size_t)(slash - name))
                                                    : copy(at->design, strlen(at->design)),
                                    .row = copy(row, strlen(row)),
                                    .cycles = is_ns ? NULL : copy(value, strlen(value)),
                                    .ns = is_ns ? copy(value, strlen(value)) : NULL,
                                    .source = copy(source, strlen(source))},
                   e);
}

/* "hvc  20058240.0  306.0": total and average, in ns. */
static bool add_micro_bench(struct fit_file *f, const struct line *at, char *const words[],
                            struct err *e)
{
    for (size_t i = 0; i < sizeof micro_bench / sizeof micro_bench[0]; i++) {
        if (strcmp(words[0], micro_bench[i].theirs) != 0) {
            continue;
        }
        if (micro_bench[i].ours == NULL) {
            fprintf(stderr, "el2sim: %s: line %u: %s: no row is like it; left out\n", at->path,
                    at->number, words[0]);
            return true;
        }
        return add_line(f, at, micro_bench[i].ours, words[2], "ns", e);
    }
    return err_set(e, "%s: line %u: \"%s\" is no test of kvm-unit-tests' micro-bench", at->path,
                   at->number, words[0]);
}

static bool is_number(const char *text)
{
    return isdigit((unsigned char)text[0]) && text[strspn(text, "0123456789.")] == '\0';
}

static bool read_line(struct fit_file *f, const struct line *at, char *text, struct err *e)
{
    char *words[WORDS_MAX];
    unsigned count = split_words(text, words);
    if (is_frame(words, count)) {
        return true;
    }
    if (count == 3 && is_number(words[1]) && is_number(words[2])) {
        return add_micro_bench(f, at, words, e);
    }
    if ((count == 2 || count == 3) && is_number(words[1])) {
        return add_line(f, at, words[0], words[1], count == 3 ? words[2] : "cycles", e);
    }
    return err_set(e,
                   "%s: line %u: neither \"[DESIGN/]ROW NUMBER [cycles|ns]\" nor a line of "
                   "kvm-unit-tests' micro-bench",
                   at->path, at->number);
}

bool fit_file_add_measured(struct fit_file *f, const char *path, const char *design, struct err *e)
{
    FILE *in = fopen(path, "r");
    if (in == NULL) {
        return err_set(e, "%s: %s", path, strerror(errno));
    }
    struct line at = {.path = path, .design = design};
    char text[512];
    bool ok = true;
    unsigned before = f->rows_count;
    while (ok && fgets(text, sizeof text, in)) {
        at.number++;
        ok = read_line(f, &at, text, e);
    }
    if (ok && ferror(in)) {
        ok = err_set(e, "%s: %s", path, strerror(errno));
    }
    fclose(in);
    return ok && (f->rows_count > before || err_set(e, "%s: no measurement in it", path));
}
