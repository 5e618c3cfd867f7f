/* One point of a sweep: what it is, its run, its file. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/catalog/data_files.h"
#include "sim/report/json_parts.h"
#include "sim/study/sweep.h"

/* Which value of each axis: the last axis changes fastest, designs slowest. */
static void find_values(const struct sweep_file *s, unsigned number, unsigned *design,
                        unsigned value[SWEEP_AXES_MAX])
{
    for (unsigned i = s->axes_count; i-- > 0;) {
        value[i] = number % s->axes[i].count;
        number /= s->axes[i].count;
    }
    *design = number;
}

void sweep_label(const struct sweep_file *s, unsigned number, char label[SWEEP_LABEL_MAX])
{
    unsigned design, value[SWEEP_AXES_MAX];
    find_values(s, number, &design, value);
    size_t used = (size_t)snprintf(label, SWEEP_LABEL_MAX, "%s", s->design[design]->name);
    for (unsigned i = 0; i < s->axes_count && used < SWEEP_LABEL_MAX; i++) {
        used += (size_t)snprintf(label + used, SWEEP_LABEL_MAX - used, " %s=%s", s->axes[i].name,
                                 s->axes[i].list[value[i]]);
    }
}

static bool add_feature(struct sweep_point *p, const struct sweep_axis *a, const char *value,
                        struct err *e)
{
    size_t used = strlen(p->features);
    int n = snprintf(p->features + used, sizeof p->features - used, "%s%s=%s", used ? "," : "",
                     a->feature, value);
    return (n > 0 && used + (size_t)n < sizeof p->features) ||
           err_set(e, "axis %s: too many features", a->name);
}

static void set_prices(struct sweep_point *p, const struct sweep_axis *a, uint64_t thousandths)
{
    for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
        if (a->has[k]) {
            p->profile.costs[k].price = a->kind == AXIS_CYCLES
                                            ? thousandths
                                            : p->profile.costs[k].price * thousandths / CYCLE;
        }
    }
}

static void set_size(struct sweep_point *p, const struct sweep_axis *a, unsigned n)
{
    const char *name = a->tlb ? a->tlb : a->machine;
    if (strcmp(name, "entries") == 0) {
        p->profile.tlb_entries = n;
    } else if (strcmp(name, "ways") == 0) {
        p->profile.tlb_ways = n;
    } else if (strcmp(name, "walk-cache") == 0) {
        p->profile.walk_cache_entries = n;
    } else if (strcmp(name, "smp") == 0) {
        p->smp = n;
    } else if (strcmp(name, "quantum-cycles") == 0) {
        p->profile.quantum = n * CYCLE;
    } else {
        p->profile.store_drain_instructions = n;
    }
}

static bool set_value(struct sweep_point *p, const struct sweep_axis *a, unsigned value,
                      struct err *e)
{
    switch (a->kind) {
    case AXIS_FEATURE:
        return add_feature(p, a, a->list[value], e);
    case AXIS_CYCLES:
    case AXIS_FACTOR:
        set_prices(p, a, a->thousandths[value]);
        return true;
    case AXIS_TLB:
    case AXIS_MACHINE:
        set_size(p, a, (unsigned)(a->thousandths[value] / CYCLE));
        return true;
    }
    return true;
}

/* "hypercall,io-user" */
static char *join_rows(const struct sweep_file *s)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    BUG_ON(out == NULL);
    for (unsigned i = 0; i < s->rows_count; i++) {
        fprintf(out, "%s%s", i ? "," : "", s->rows[i]);
    }
    fclose(out);
    return text;
}

static bool find_keys(const struct sweep_file *s, struct sweep_point *p, struct err *e)
{
    const struct design *d = &p->design;
    struct machine_config config = {.level = LEVEL_BLOCK};
    char *rows = join_rows(s), *asked = NULL;
    if (!design_configure(d, &p->profile, &config, e)) {
        free(rows);
        return false;
    }
    config.cpu_count = p->smp ? p->smp : config.cpu_count;
    int n = asprintf(&asked, "%s|%s|%s|%u|%d", d->append ? d->append : "", d->asks ? d->asks : "",
                     rows, s->ops, s->boot_once);
    BUG_ON(n < 0);
    bool ok = design_key(d, &p->profile, &config, asked, p->key, e);
    if (ok && s->boot_once && d->asks && d->snapshot) {
        ok = design_key(d, s->prices[p->design_index], &config, d->append ? d->append : "",
                        p->start, e);
    }
    free(asked);
    free(rows);
    return ok;
}

bool sweep_point_make(const struct sweep_file *s, unsigned number, struct sweep_point *p,
                      struct err *e)
{
    *p = (struct sweep_point){.number = number};
    find_values(s, number, &p->design_index, p->value);
    p->design = *s->design[p->design_index];
    p->profile = *s->prices[p->design_index];
    snprintf(p->features, sizeof p->features, "%s", p->design.features ? p->design.features : "");
    for (unsigned i = 0; i < s->axes_count; i++) {
        if (!set_value(p, &s->axes[i], p->value[i], e)) {
            return false;
        }
    }
    p->design.features = p->features[0] ? p->features : NULL;
    profile_changed(&p->profile);
    return profile_check(&p->profile, e) && find_keys(s, p, e);
}

static json_t *integer(uint64_t n)
{
    return json_integer((json_int_t)n);
}

/* Thousandths by class: what a change of one price changes. */
static json_t *classes_json(const struct report_row *row)
{
    cycles_t sums[COST_CLASS_COUNT] = {0};
    json_t *classes = json_object();
    for (size_t i = 0; i < row->part_count; i++) {
        sums[row->parts[i].class] += row->parts[i].exact;
    }
    for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
        if (sums[k] != 0) {
            json_object_set_new(classes, cost_class_info[k].name, integer(sums[k]));
        }
    }
    return classes;
}

static json_t *rows_json(const struct design_report *r)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < r->row_count; i++) {
        const struct report_row *row = &r->rows[i];
        json_array_append_new(rows,
                              json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "row", row->name,
                                        "operations", integer(row->operations), "millicycles",
                                        integer(row->exact), "traps", integer(row->traps),
                                        "exceptions", integer(row->exceptions), "instructions",
                                        integer(row->instructions), "classes", classes_json(row)));
    }
    return rows;
}

static json_t *point_json(const struct sweep_file *s, const struct sweep_point *p,
                          const struct design_report *r)
{
    json_t *axes = json_object(), *skipped = json_object();
    for (unsigned i = 0; i < s->axes_count; i++) {
        json_object_set_new(axes, s->axes[i].name, json_string(s->axes[i].list[p->value[i]]));
    }
    for (size_t i = 0; i < r->skipped_count; i++) {
        json_object_set_new(skipped, r->skipped[i].name, json_string(r->skipped[i].reason));
    }
    const struct profile *base = s->prices[p->design_index];
    return json_pack("{s:s, s:s, s:s, s:i, s:s, s:s, s:o, s:{s:s, s:s, s:s}, s:b, s:o, s:s, s:o, "
                     "s:o}",
                     "el2sim", EL2SIM_VERSION, "kind", "sweep-point", "sweep", s->name, "point",
                     (int)p->number, "key", p->key, "design", p->design.name, "axes", axes,
                     "profile", "name", base->name, "sha256", base->sha256, "priced_sha256",
                     p->profile.sha256, "boot_once", p->start[0] != '\0', "images",
                     report_images_json(&r->images), "digest", r->result.digest, "rows",
                     rows_json(r), "skipped", skipped);
}

json_t *sweep_point_run(const struct sweep_file *s, const struct sweep_point *p,
                        const char *snapshots, struct err *e)
{
    char *rows = join_rows(s);
    struct design_run run = {.rows = rows,
                             .ops = s->ops,
                             .snapshots = snapshots,
                             .boot_prices = s->boot_once ? s->prices[p->design_index] : NULL,
                             .level = LEVEL_BLOCK,
                             .max_cycles = DESIGN_MAX_CYCLES,
                             .smp = p->smp,
                             .quiet = true};
    struct design_report report;
    bool ok = design_run(&run, &p->design, &p->profile, &report, e);
    json_t *point = ok ? point_json(s, p, &report) : NULL;
    report_design_free(&report);
    free(rows);
    return point;
}

static void path_of(const char *dir, unsigned number, char path[DATA_PATH_MAX])
{
    snprintf(path, DATA_PATH_MAX, "%s/points/%06u.json", dir, number);
}

/* Beside its place, then renamed: whoever sees the file sees all of it. After a crash of the host
 * it may be cut off; it is then no point, and is run again. */
bool sweep_point_write(const char *dir, unsigned number, const json_t *point, struct err *e)
{
    char path[DATA_PATH_MAX], temporary[DATA_PATH_MAX + 32];
    path_of(dir, number, path);
    snprintf(temporary, sizeof temporary, "%s.%ld", path, (long)getpid());
    FILE *out = fopen(temporary, "w");
    if (out == NULL) {
        return err_set(e, "%s: cannot write: %s", temporary, strerror(errno));
    }
    bool ok =
        json_dumpf(point, out, JSON_INDENT(1)) == 0 && fputc('\n', out) != EOF && fflush(out) == 0;
    ok = fclose(out) == 0 && ok && rename(temporary, path) == 0;
    if (!ok) {
        err_set(e, "%s: writing failed: %s", path, strerror(errno));
        unlink(temporary);
    }
    return ok;
}

static bool says(const json_t *point, const char *key, const char *value)
{
    const char *text = json_string_value(json_object_get(point, key));
    return text != NULL && strcmp(text, value) == 0;
}

json_t *sweep_point_read(const char *dir, const struct sweep_point *p)
{
    char path[DATA_PATH_MAX];
    path_of(dir, p->number, path);
    json_t *point = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
    if (point && says(point, "kind", "sweep-point") && says(point, "key", p->key) &&
        json_is_array(json_object_get(point, "rows")) &&
        json_integer_value(json_object_get(point, "point")) == p->number) {
        return point;
    }
    json_decref(point);
    return NULL;
}
