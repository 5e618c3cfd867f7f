#include "sim/cli/describe.h"

#include <string.h>

void describe_options(const struct argp *argp,
                      void (*see)(void *ctx, const struct argp_option *option), void *ctx)
{
    for (const struct argp_option *o = argp->options; o && (o->name || o->key); o++) {
        if (!(o->flags & (OPTION_HIDDEN | OPTION_ALIAS | OPTION_DOC)) && o->name) {
            see(ctx, o);
        }
    }
    for (const struct argp_child *c = argp->children; c && c->argp; c++) {
        describe_options(c->argp, see, ctx);
    }
}

static const struct command *command_of(const char *name)
{
    const struct command *c = commands;
    while (c->name && strcmp(c->name, name) != 0) {
        c++;
    }
    return c->name ? c : NULL;
}

bool describe(const struct argp *argp, int argc, char **argv)
{
    const struct command *command = command_of(argv[0]);
    if (command && argc == 2 && strcmp(argv[1], "--help-man") == 0) {
        man_command(stdout, argp, command);
        return true;
    }
    if (command && argc > 2 && strcmp(argv[1], "--complete") == 0) {
        complete_command(stdout, argp, argv[0], argc - 2, argv + 2);
        return true;
    }
    return false;
}
