/* What ran and what it did as a whole, as JSON: price list, machine, figures of the run. */
#include "sim/report/json_parts.h"

#include <string.h>

static json_t *integer(uint64_t n)
{
    return json_integer((json_int_t)n);
}

json_t *report_images_json(const struct image_list *images)
{
    json_t *list = json_array();
    for (size_t i = 0; i < images->count; i++) {
        const char *slash = strrchr(images->records[i].path, '/');
        json_array_append_new(list, json_pack("{s:s, s:s}", "file",
                                              slash ? slash + 1 : images->records[i].path, "sha256",
                                              images->records[i].sha256));
    }
    return list;
}

/* Prices as the profile has them, each with where it comes from. */
static json_t *prices_json(const struct profile *p)
{
    json_t *list = json_array();
    for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
        if (cost_class_info[k].kind != COST_KIND_W) {
            json_array_append_new(
                list, json_pack("{s:s, s:s, s:o, s:s, s:s}", "class", cost_class_info[k].name,
                                "unit", cost_class_info[k].unit, "millicycles",
                                integer(p->costs[k].price), "kind",
                                source_kind_name(p->costs[k].kind), "source", p->costs[k].source));
        }
    }
    return list;
}

static json_t *fit_json(const struct profile_fit *fit)
{
    json_t *rows = json_array();
    for (unsigned i = 0; i < fit->rows_count; i++) {
        const struct profile_fit_row *r = &fit->rows[i];
        json_array_append_new(rows,
                              json_pack("{s:s, s:s, s:s, s:s, s:s?, s:s}", "row", r->row,
                                        "measured", r->measured, "before", r->before, "after",
                                        r->after, "left_out", r->left_out, "source", r->source));
    }
    return json_pack("{s:s, s:s, s:o}", "from", fit->from, "sha256", fit->sha256, "rows", rows);
}

json_t *report_profile_json(const struct profile *p)
{
    json_t *tlb = json_pack("{s:o, s:o, s:o}", "entries", integer(p->tlb_entries), "ways",
                            integer(p->tlb_ways), "walk_cache", integer(p->walk_cache_entries));
    json_t *profile =
        json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o}", "name", p->name, "title", p->title,
                  "sha256", p->sha256, "clock_hz", integer(p->clock_hz), "counter_hz",
                  integer(p->counter_hz), "tlb", tlb, "prices", prices_json(p));
    if (p->fit) {
        json_object_set_new(profile, "fit", fit_json(p->fit));
    }
    return profile;
}

json_t *report_machine_json(const struct machine_config *c)
{
    return json_pack("{s:s, s:o, s:o, s:o, s:s, s:o, s:o}", "cpu", c->cpu.name, "gic",
                     integer(c->gic_version), "smp", integer(c->cpu_count), "entry_el",
                     integer(c->entry_el), "level",
                     c->level == LEVEL_FUNCTIONAL ? "functional" : "block", "memory_bytes",
                     integer(c->ram_bytes), "quantum_cycles", integer(c->quantum / CYCLE));
}

static json_t *traps_json(const struct run_figures *f)
{
    json_t *list = json_array();
    for (size_t i = 0; i < f->trap_count; i++) {
        json_array_append_new(
            list, json_pack("{s:o, s:o, s:o, s:o}", "from_el", integer(f->traps[i].from_el),
                            "to_el", integer(f->traps[i].to_el), "ec", integer(f->traps[i].ec),
                            "count", integer(f->traps[i].count)));
    }
    return list;
}

static json_t *exits_json(const struct run_figures *f)
{
    json_t *list = json_array();
    for (size_t i = 0; i < f->exit_count; i++) {
        json_array_append_new(
            list,
            json_pack("{s:o, s:o, s:o, s:o, s:o}", "ec", integer(f->exits[i].ec), "count",
                      integer(f->exits[i].count), "millicycles", integer(f->exits[i].cycles),
                      "least", integer(f->exits[i].least), "most", integer(f->exits[i].most)));
    }
    return list;
}

static json_t *unimp_json(const struct run_figures *f)
{
    json_t *list = json_array();
    for (size_t i = 0; i < f->unimp_count; i++) {
        json_array_append_new(list, json_pack("{s:s, s:o, s:o}", "what", f->unimp[i].what, "count",
                                              integer(f->unimp[i].count), "first_pc",
                                              integer(f->unimp[i].first_pc)));
    }
    return list;
}

void report_figures_json(json_t *into, const struct run_figures *f)
{
    json_object_set_new(into, "exceptions", traps_json(f));
    json_object_set_new(into, "exits", exits_json(f));
    json_object_set_new(into, "tlb",
                        json_pack("{s:o, s:o, s:o, s:o, s:o}", "misses", integer(f->tlb.misses),
                                  "walk_steps_s1", integer(f->tlb.walk_steps_s1), "walk_steps_s2",
                                  integer(f->tlb.walk_steps_s2), "evictions",
                                  integer(f->tlb.evictions), "invalidations",
                                  integer(f->tlb.invalidations)));
    json_object_set_new(into, "unmodelled", unimp_json(f));
    json_object_set_new(into, "broken_devices", integer(f->broken_devices));
}
