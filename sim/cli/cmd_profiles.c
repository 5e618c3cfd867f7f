#include <inttypes.h>
#include <stdlib.h>

#include "sim/catalog/data_files.h"
#include "sim/catalog/profile.h"
#include "sim/cli/commands.h"
#include "sim/cli/options.h"

struct profiles_options {
    const char *name;
    bool classes;
    struct err err;
};

enum { OPT_CLASSES = 256 };

static const struct argp_option options[] = {
    {"classes", OPT_CLASSES, 0, 0, "list the cost classes and what one unit of each is", 0},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct profiles_options *o = state->input;
    switch (key) {
    case OPT_CLASSES:
        o->classes = true;
        return 0;
    case ARGP_KEY_ARG:
        o->name = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    options,
    parse,
    "[PROFILE]",
    "Lists the cost profiles, or shows one: every price, its kind and its source.\v"
    "Kinds: published (cited), measured, fitted, guess, defined. A profile is a YAML file "
    "(sim/profiles); a path works wherever a "
    "name does: copy one, change a line, and compare again.\n\n"
    "Examples:\n"
    "  el2sim profiles xgene1\n"
    "  el2sim profiles --classes",
    NULL,
    NULL,
    NULL};

static void show_fit(const struct profile_fit *fit)
{
    printf("\nfitted by el2sim fit, from %s (sha256 %.16s); cycles of one operation\n", fit->from,
           fit->sha256);
    printf("  %-44s %12s %12s %12s %12s  %s\n", "calibration row", "measured", "before", "after",
           "left out", "source");
    for (unsigned i = 0; i < fit->rows_count; i++) {
        const struct profile_fit_row *r = &fit->rows[i];
        printf("  %-44s %12s %12s %12s %12s  %s\n", r->row, r->measured, r->before, r->after,
               r->left_out ? r->left_out : "-", r->source);
    }
}

static void show(const struct profile *p)
{
    printf("%s: %s\n", p->name, p->title);
    printf("  clock %" PRIu64 " Hz, counter %" PRIu64 " Hz, quantum %" PRIu64
           " cycles, TLB %u entries %u ways, sha256 %.16s\n\n",
           p->clock_hz, p->counter_hz, p->quantum / CYCLE, p->tlb_entries, p->tlb_ways, p->sha256);
    for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
        if (cost_class_info[k].kind != COST_KIND_W) {
            printf("  %-22s %5" PRIu64 ".%03" PRIu64 "  %-9s  %s\n", cost_class_info[k].name,
                   p->costs[k].price / CYCLE, p->costs[k].price % CYCLE,
                   source_kind_name(p->costs[k].kind), p->costs[k].source);
        }
    }
    for (unsigned i = 0; p->has_peer && i < PEER_VALUE_COUNT; i++) {
        printf("  peer %-17s %9" PRIu64 "  %-9s  %s\n", peer_value_name(i), p->peer[i].value,
               source_kind_name(p->peer[i].kind), p->peer[i].source);
    }
    if (p->fit) {
        show_fit(p->fit);
    }
}

static bool list(struct err *e)
{
    unsigned count;
    char **names = data_file_list("profiles", ".yaml", &count);
    bool ok = count != 0 || err_set(e, "no profiles found: set EL2SIM_DATA");
    for (unsigned i = 0; i < count; i++) {
        struct profile *p = ok ? profile_load(names[i], e) : NULL;
        ok = p != NULL;
        if (ok) {
            printf("%-14s %s\n", p->name, p->title);
        }
        profile_free(p);
        free(names[i]);
    }
    free(names);
    return ok;
}

int cmd_profiles(int argc, char **argv)
{
    struct profiles_options o = {0};
    if (!option_parse(&argp, argc, argv, &o, &o.err)) {
        return cli_fail(&o.err);
    }
    if (o.classes) {
        for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
            printf("%-22s %s\n", cost_class_info[k].name, cost_class_info[k].unit);
        }
        return EXIT_OK;
    }
    if (o.name == NULL) {
        return list(&o.err) ? EXIT_OK : cli_fail(&o.err);
    }
    struct profile *p = profile_load(o.name, &o.err);
    if (p == NULL) {
        return cli_fail(&o.err);
    }
    show(p);
    profile_free(p);
    return EXIT_OK;
}
