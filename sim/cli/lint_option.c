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

int lint_finish(const struct lint_options *options, struct lint *lint, int status)
{
    if (lint == NULL) {
        return status;
    }
    lint_text(stderr, lint);
    return options->is_error && lint_count(lint) != 0 && status == 0 ? 1 : status;
}
