#include <stdlib.h>
#include <string.h>

#include "sim/catalog/data_files.h"
#include "sim/catalog/design.h"
#include "sim/cli/commands.h"
#include "sim/cli/options.h"

struct designs_options {
    const char *name;
    struct err err;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct designs_options *o = state->input;
    if (key != ARGP_KEY_ARG) {
        return ARGP_ERR_UNKNOWN;
    }
    o->name = arg;
    return 0;
}

static const struct argp argp = {
    NULL,
    parse,
    "[DESIGN]",
    "Lists the designs, or shows one: hardware, image, default price list.\v"
    "A design is a YAML file (sim/designs); a path works wherever a name does.\n\n"
    "Examples:\n"
    "  el2sim designs\n"
    "  el2sim designs kvm-vhe",
    NULL,
    NULL,
    NULL};

static void show(const struct design *d)
{
    printf("%s: %s\n\n%s\n", d->name, d->title, d->about);
    if (d->from) {
        printf("  from     %s\n", d->from);
    }
    printf("  cpu      %s%s%s\n  gic      %u\n  smp      %u\n  memory   %s\n", d->cpu,
           d->features ? ", " : "", d->features ? d->features : "", d->gic, d->smp, d->memory);
    if (d->el) {
        printf("  el       %u\n", d->el);
    }
    printf("  image    %s\n", d->image);
    if (d->initrd) {
        printf("  initrd   %s\n", d->initrd);
    }
    printf("  profile  %s\n", d->profile);
    if (d->asks) {
        printf("  asks     %s\n", d->asks);
    }
    if (d->snapshot) {
        printf("  snapshot %s\n", d->snapshot);
    }
    if (d->append) {
        printf("  append   %s\n", d->append);
    }
}

static bool list(struct err *e)
{
    unsigned count;
    char **names = data_file_list("designs", ".yaml", &count);
    bool ok = count != 0 || err_set(e, "no designs found: set EL2SIM_DATA");
    for (unsigned i = 0; i < count; i++) {
        struct design *d = ok ? design_load(names[i], e) : NULL;
        ok = d != NULL;
        if (ok) {
            printf("%-16s %s\n", d->name, d->title);
        }
        design_free(d);
        free(names[i]);
    }
    free(names);
    return ok;
}

int cmd_designs(int argc, char **argv)
{
    struct designs_options o = {0};
    if (!option_parse(&argp, argc, argv, &o, &o.err)) {
        return cli_fail(&o.err);
    }
    if (o.name == NULL) {
        return list(&o.err) ? EXIT_OK : cli_fail(&o.err);
    }
    struct design *d = design_load(o.name, &o.err);
    if (d == NULL) {
        return cli_fail(&o.err);
    }
    show(d);
    design_free(d);
    return EXIT_OK;
}
