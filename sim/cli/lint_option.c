#include "sim/cli/lint_option.h"

#include <string.h>

#include "sim/cli/options.h"

bool lint_option(const char *arg, struct lint_options *out, struct err *e)
{
    char copy[64];
    char *parts[2];
    unsigned count = 0;
    out->is_on = true;
    snprintf(copy, sizeof copy, "%s", arg ? arg : "");
    if (arg && !option_list(copy, parts, 2, &count, e)) {
        return err_prefix(e, "--lint=");
    }
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(parts[i], "all") == 0) {
            out->is_pedantic = true;
        } else if (strcmp(parts[i], "error") == 0) {
            out->is_error = true;
        } else {
            return err_set(e, "--lint=%s: all or error is expected", parts[i]);
        }
    }
    return true;
}

struct lint *lint_start(const struct lint_options *options, struct machine *m)
{
    return options->is_on ? lint_create(m, options->is_pedantic) : NULL;
}

struct source_set *lint_sources(const char *kernel, const char *const *symbols, unsigned count)
{
    const struct source_scope host = {.el_mask = 7, .in_host = true};
    struct source_set *set = source_set_create();
    for (unsigned i = 0; i < count; i++) {
        source_set_add(set, symbols[i], &host);
    }
    if (kernel) {
        source_set_add(set, kernel, &host);
    }
    return set;
}

int lint_finish(const struct lint_options *options, const struct lint *lint, const char *name,
                struct source_set *sources, int status)
{
    if (lint == NULL) {
        return status;
    }
    report_lint_text(stderr, lint, name, sources);
    return options->is_error && lint_count(lint) != 0 && status == 0 ? 1 : status;
}
