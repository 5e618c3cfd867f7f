#include "sim/catalog/profile.h"

#include <ctype.h>
#include <cyaml/cyaml.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/catalog/data_files.h"
#include "sim/device/device_spec.h"
#include "sim/image/imagehash.h"

/* The file as libcyaml reads it; profile_load() turns it into a struct profile. */
struct yaml_cost {
    char *class;
    char *cycles;
    int kind;
    char *source;
};

struct yaml_tlb {
    unsigned entries, ways, walk_cache;
};

struct yaml_peer_value {
    uint64_t value;
    int kind;
    char *source;
};

struct yaml_peer {
    struct yaml_peer_value values[PEER_VALUE_COUNT];
};

struct yaml_profile {
    char *name, *title;
    uint64_t clock_hz, counter_hz;
    unsigned quantum_cycles, store_drain_instructions;
    struct yaml_tlb tlb;
    struct yaml_peer *peer; /* NULL: none */
    struct yaml_cost *costs;
    unsigned costs_count;
    struct profile_fit *fit;
};

static const cyaml_strval_t kinds[] = {
    {"published", SOURCE_PUBLISHED}, {"measured", SOURCE_MEASURED}, {"fitted", SOURCE_FITTED},
    {"guess", SOURCE_GUESS},         {"defined", SOURCE_DEFINED},
};

static const cyaml_schema_field_t cost_fields[] = {
    CYAML_FIELD_STRING_PTR("class", CYAML_FLAG_POINTER, struct yaml_cost, class, 1, 64),
    CYAML_FIELD_STRING_PTR("cycles", CYAML_FLAG_POINTER, struct yaml_cost, cycles, 1, 32),
    CYAML_FIELD_ENUM("kind", CYAML_FLAG_STRICT, struct yaml_cost, kind, kinds,
                     CYAML_ARRAY_LEN(kinds)),
    CYAML_FIELD_STRING_PTR("source", CYAML_FLAG_POINTER, struct yaml_cost, source, 1, 2000),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t cost_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct yaml_cost, cost_fields),
};

static const cyaml_schema_field_t fit_row_fields[] = {
    CYAML_FIELD_STRING_PTR("row", CYAML_FLAG_POINTER, struct profile_fit_row, row, 1, 500),
    CYAML_FIELD_STRING_PTR("measured", CYAML_FLAG_POINTER, struct profile_fit_row, measured, 1, 32),
    CYAML_FIELD_STRING_PTR("before", CYAML_FLAG_POINTER, struct profile_fit_row, before, 1, 32),
    CYAML_FIELD_STRING_PTR("after", CYAML_FLAG_POINTER, struct profile_fit_row, after, 1, 32),
    CYAML_FIELD_STRING_PTR("left-out", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                           struct profile_fit_row, left_out, 1, 32),
    CYAML_FIELD_STRING_PTR("source", CYAML_FLAG_POINTER, struct profile_fit_row, source, 1, 2000),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t fit_row_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct profile_fit_row, fit_row_fields),
};

static const cyaml_schema_field_t fit_fields[] = {
    CYAML_FIELD_STRING_PTR("from", CYAML_FLAG_POINTER, struct profile_fit, from, 1, 64),
    CYAML_FIELD_STRING_PTR("sha256", CYAML_FLAG_POINTER, struct profile_fit, sha256, 64, 64),
    CYAML_FIELD_SEQUENCE("rows", CYAML_FLAG_POINTER, struct profile_fit, rows, &fit_row_schema, 1,
                         256),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t tlb_fields[] = {
    CYAML_FIELD_UINT("entries", CYAML_FLAG_DEFAULT, struct yaml_tlb, entries),
    CYAML_FIELD_UINT("ways", CYAML_FLAG_DEFAULT, struct yaml_tlb, ways),
    CYAML_FIELD_UINT("walk-cache", CYAML_FLAG_DEFAULT, struct yaml_tlb, walk_cache),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t peer_value_fields[] = {
    CYAML_FIELD_UINT("value", CYAML_FLAG_DEFAULT, struct yaml_peer_value, value),
    CYAML_FIELD_ENUM("kind", CYAML_FLAG_STRICT, struct yaml_peer_value, kind, kinds,
                     CYAML_ARRAY_LEN(kinds)),
    CYAML_FIELD_STRING_PTR("source", CYAML_FLAG_POINTER, struct yaml_peer_value, source, 1, 2000),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t peer_fields[] = {
    CYAML_FIELD_MAPPING("wire-delay-ns", CYAML_FLAG_DEFAULT, struct yaml_peer, values[PEER_WIRE_NS],
                        peer_value_fields),
    CYAML_FIELD_MAPPING("service-ns", CYAML_FLAG_DEFAULT, struct yaml_peer, values[PEER_SERVICE_NS],
                        peer_value_fields),
    CYAML_FIELD_MAPPING("link-mbit", CYAML_FLAG_DEFAULT, struct yaml_peer, values[PEER_LINK_MBIT],
                        peer_value_fields),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t profile_fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct yaml_profile, name, 1, 64),
    CYAML_FIELD_STRING_PTR("title", CYAML_FLAG_POINTER, struct yaml_profile, title, 1, 400),
    CYAML_FIELD_UINT("clock-hz", CYAML_FLAG_DEFAULT, struct yaml_profile, clock_hz),
    CYAML_FIELD_UINT("counter-hz", CYAML_FLAG_DEFAULT, struct yaml_profile, counter_hz),
    CYAML_FIELD_UINT("quantum-cycles", CYAML_FLAG_DEFAULT, struct yaml_profile, quantum_cycles),
    CYAML_FIELD_UINT("store-drain-instructions", CYAML_FLAG_DEFAULT, struct yaml_profile,
                     store_drain_instructions),
    CYAML_FIELD_MAPPING("tlb", CYAML_FLAG_DEFAULT, struct yaml_profile, tlb, tlb_fields),
    CYAML_FIELD_MAPPING_PTR("peer", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct yaml_profile,
                            peer, peer_fields),
    CYAML_FIELD_SEQUENCE("costs", CYAML_FLAG_POINTER, struct yaml_profile, costs, &cost_schema, 1,
                         256),
    CYAML_FIELD_MAPPING_PTR("fit", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct yaml_profile,
                            fit, fit_fields),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t profile_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct yaml_profile, profile_fields),
};

const char *source_kind_name(enum source_kind kind)
{
    return kinds[kind].str;
}

const char *peer_value_name(enum peer_value which)
{
    return peer_fields[which].key;
}

/* Beyond these a number is a slip of the pen; the sum of a run's times still fits. */
#define HZ_MAX          UINT64_C(100000000000)
#define TLB_ENTRIES_MAX 65536u
#define PEER_NS_MAX     UINT64_C(1000000000)

bool profile_parse_cycles(const char *text, cycles_t *out)
{
    cycles_t whole = 0;
    const char *p = text;
    if (!isdigit((unsigned char)*p)) {
        return false;
    }
    for (; isdigit((unsigned char)*p); p++) {
        whole = whole * 10 + (cycles_t)(*p - '0');
        if (whole > 1000000000) { /* nothing costs a billion cycles */
            return false;
        }
    }
    cycles_t thousandths = 0;
    if (*p == '.') {
        cycles_t place = CYCLE / 10;
        for (p++; isdigit((unsigned char)*p); p++) {
            if (place == 0) {
                return false;
            }
            thousandths += place * (cycles_t)(*p - '0');
            place /= 10;
        }
        if (place == CYCLE / 10) {
            return false;
        }
    }
    *out = whole * CYCLE + thousandths;
    return *p == '\0';
}

/* "every-instruction" and "every-event" stand for all classes of that kind that have no line of
 * their own. */
static bool line_covers(const struct yaml_cost *line, unsigned k)
{
    if (strcmp(line->class, "every-instruction") == 0) {
        return cost_class_info[k].kind == COST_KIND_I;
    }
    if (strcmp(line->class, "every-event") == 0) {
        return cost_class_info[k].kind == COST_KIND_E;
    }
    return strcmp(line->class, cost_class_info[k].name) == 0;
}

static bool is_group(const struct yaml_cost *line)
{
    return strncmp(line->class, "every-", 6) == 0;
}

/* A guest that loops must come to its cycle limit: no instruction is free. */
static bool prices_instructions(const struct yaml_cost *line)
{
    for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
        if (line_covers(line, k) && cost_class_info[k].kind == COST_KIND_I) {
            return true;
        }
    }
    return false;
}

static bool has_source(const char *source)
{
    return source[strspn(source, " ")] != '\0';
}

static bool check_line(const struct yaml_profile *y, unsigned i, struct err *e)
{
    const struct yaml_cost *line = &y->costs[i];
    cycles_t price;
    unsigned matches = 0;
    for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
        matches += line_covers(line, k);
    }
    if (matches == 0) {
        return err_set(e, "costs[%u]: no cost class \"%s\" (el2sim profiles --classes lists them)",
                       i, line->class);
    }
    if (!is_group(line) && cost_class_info[cost_class_by_name(line->class)].kind == COST_KIND_W) {
        return err_set(e, "costs[%u]: \"%s\" is waiting time, which has no price", i, line->class);
    }
    if (!profile_parse_cycles(line->cycles, &price)) {
        return err_set(
            e, "costs[%u]: %s: \"%s\" is no number of cycles (0 or more, three decimals at most)",
            i, line->class, line->cycles);
    }
    if (price == 0 && prices_instructions(line)) {
        return err_set(e, "costs[%u]: %s: an instruction cannot be free", i, line->class);
    }
    if (!has_source(line->source)) {
        return err_set(e, "costs[%u]: %s has no source: say where the number comes from", i,
                       line->class);
    }
    for (unsigned j = 0; j < i; j++) {
        if (strcmp(y->costs[j].class, line->class) == 0) {
            return err_set(e, "costs[%u]: %s stands already in costs[%u]", i, line->class, j);
        }
    }
    return true;
}

static const struct yaml_cost *line_for(const struct yaml_profile *y, unsigned k)
{
    const struct yaml_cost *found = NULL;
    for (unsigned i = 0; i < y->costs_count; i++) {
        if (line_covers(&y->costs[i], k) && (found == NULL || !is_group(&y->costs[i]))) {
            found = &y->costs[i];
        }
    }
    return found;
}

static char *copy(const char *text)
{
    char *s = strdup(text);
    BUG_ON(s == NULL);
    return s;
}

/* The machine's part of a profile. */
static bool check_sizes(const struct profile *p, struct err *e)
{
    if (p->clock_hz == 0 || p->counter_hz == 0 || p->quantum == 0) {
        return err_set(e, "clock-hz, counter-hz and quantum-cycles must be more than 0");
    }
    if (p->clock_hz > HZ_MAX || p->counter_hz > HZ_MAX) {
        return err_set(e, "clock-hz and counter-hz: at most %" PRIu64, HZ_MAX);
    }
    if (p->tlb_entries == 0 || (p->tlb_ways != 0 && p->tlb_entries % p->tlb_ways != 0)) {
        return err_set(
            e,
            "tlb: entries must be more than 0 and a multiple of ways (ways 0: fully associative)");
    }
    if (p->tlb_entries > TLB_ENTRIES_MAX || p->walk_cache_entries > TLB_ENTRIES_MAX) {
        return err_set(e, "tlb: entries and walk-cache: at most %u", TLB_ENTRIES_MAX);
    }
    return true;
}

static bool take_peer(const struct yaml_peer *peer, struct profile *p, struct err *e)
{
    for (unsigned i = 0; i < PEER_VALUE_COUNT; i++) {
        const struct yaml_peer_value *v = &peer->values[i];
        bool is_rate = i == PEER_LINK_MBIT;
        if (v->value > (is_rate ? LINK_MBIT_MAX : PEER_NS_MAX) || (is_rate && v->value == 0)) {
            return err_set(e, "peer: %s: %" PRIu64 " is out of range (%s)", peer_value_name(i),
                           v->value, is_rate ? "1 to 1000000" : "a second at most");
        }
        if (!has_source(v->source)) {
            return err_set(e, "peer: %s has no source: say where the number comes from",
                           peer_value_name(i));
        }
        p->peer[i] = (struct profile_peer){
            .value = v->value, .kind = (enum source_kind)v->kind, .source = copy(v->source)};
    }
    p->has_peer = true;
    return true;
}

bool profile_check(const struct profile *p, struct err *e)
{
    for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
        if (cost_class_info[k].kind == COST_KIND_I && p->costs[k].price == 0) {
            return err_set(e, "%s: an instruction cannot be free", cost_class_info[k].name);
        }
    }
    return check_sizes(p, e);
}

static bool convert(const struct yaml_profile *y, struct profile *p, struct err *e)
{
    p->name = copy(y->name);
    p->title = copy(y->title);
    p->clock_hz = y->clock_hz;
    p->counter_hz = y->counter_hz;
    p->quantum = y->quantum_cycles * CYCLE;
    p->store_drain_instructions = y->store_drain_instructions;
    p->tlb_entries = y->tlb.entries;
    p->tlb_ways = y->tlb.ways;
    p->walk_cache_entries = y->tlb.walk_cache;
    if (!check_sizes(p, e)) {
        return false;
    }
    for (unsigned i = 0; i < y->costs_count; i++) {
        if (!check_line(y, i, e)) {
            return false;
        }
    }
    for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
        if (cost_class_info[k].kind == COST_KIND_W) {
            continue;
        }
        const struct yaml_cost *line = line_for(y, k);
        if (line == NULL) {
            return err_set(e, "costs: nothing for class \"%s\"", cost_class_info[k].name);
        }
        profile_parse_cycles(line->cycles, &p->costs[k].price);
        p->costs[k].kind = (enum source_kind)line->kind;
        p->costs[k].source = copy(line->source);
    }
    return y->peer == NULL || take_peer(y->peer, p, e);
}

static struct profile_fit *copy_fit(const struct profile_fit *from)
{
    struct profile_fit *fit = calloc(1, sizeof *fit);
    struct profile_fit_row *rows = calloc(from->rows_count, sizeof *rows);
    BUG_ON(fit == NULL || rows == NULL);
    *fit = (struct profile_fit){copy(from->from), copy(from->sha256), rows, from->rows_count};
    for (unsigned i = 0; i < from->rows_count; i++) {
        const struct profile_fit_row *r = &from->rows[i];
        rows[i] = (struct profile_fit_row){.row = copy(r->row),
                                           .measured = copy(r->measured),
                                           .before = copy(r->before),
                                           .after = copy(r->after),
                                           .left_out = r->left_out ? copy(r->left_out) : NULL,
                                           .source = copy(r->source)};
    }
    return fit;
}

static void free_fit(struct profile_fit *fit)
{
    for (unsigned i = 0; fit && i < fit->rows_count; i++) {
        struct profile_fit_row *r = &fit->rows[i];
        free(r->row);
        free(r->measured);
        free(r->before);
        free(r->after);
        free(r->left_out);
        free(r->source);
    }
    if (fit) {
        free(fit->rows);
        free(fit->from);
        free(fit->sha256);
        free(fit);
    }
}

void profile_changed(struct profile *p)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    BUG_ON(out == NULL);
    fprintf(out, "%s %" PRIu64 " %" PRIu64 " %" PRIu64 " %u %u %u %u", p->sha256, p->clock_hz,
            p->counter_hz, p->quantum, p->store_drain_instructions, p->tlb_entries, p->tlb_ways,
            p->walk_cache_entries);
    for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
        fprintf(out, " %" PRIu64, p->costs[k].price);
    }
    fclose(out);
    image_hash(text, size, p->sha256);
    free(text);
}

struct profile *profile_load(const char *name_or_path, struct err *e)
{
    char path[DATA_PATH_MAX];
    if (!data_file_find("profiles", name_or_path, ".yaml", path, e)) {
        return NULL;
    }
    struct yaml_profile *y = NULL;
    if (!data_yaml_load(path, &profile_schema, (void **)&y, e)) {
        return NULL;
    }
    struct profile *p = calloc(1, sizeof *p);
    BUG_ON(p == NULL);
    p->path = copy(path);
    p->fit = y->fit ? copy_fit(y->fit) : NULL;
    bool ok = convert(y, p, e) && image_hash_file(path, p->sha256, e);
    data_yaml_free(&profile_schema, y);
    if (!ok) {
        err_prefix(e, "%s: ", path);
        profile_free(p);
        return NULL;
    }
    return p;
}

void profile_free(struct profile *profile)
{
    if (profile == NULL) {
        return;
    }
    for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
        free(profile->costs[k].source);
    }
    free_fit(profile->fit);
    for (unsigned i = 0; i < PEER_VALUE_COUNT; i++) {
        free(profile->peer[i].source);
    }
    free(profile->name);
    free(profile->title);
    free(profile->path);
    free(profile);
}
