#include "sim/cli/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/parse.h"
#include "sim/cli/describe.h"

bool option_number(const char *name, const char *text, unsigned long long lowest,
                   unsigned long long highest, unsigned long long *out, struct err *e)
{
    uint64_t n;
    if (!parse_u64(text, 0, &n, NULL) || n < lowest || n > highest) {
        return err_set(e, "%s %s: a number of %llu to %llu is expected", name, text, lowest,
                       highest);
    }
    *out = n;
    return true;
}

bool option_level(const char *text, enum machine_level *out, struct err *e)
{
    if (strcmp(text, "functional") == 0) {
        *out = LEVEL_FUNCTIONAL;
    } else if (strcmp(text, "block") == 0) {
        *out = LEVEL_BLOCK;
    } else {
        return err_set(e, "--level %s: functional or block is expected", text);
    }
    return true;
}

struct shortcut_name {
    const char *name;
    unsigned bit;
};

static const struct shortcut_name shortcut_names[] = {
    {"block-table", SHORTCUT_BLOCK_TABLE},
    {"views", SHORTCUT_VIEWS},
    {"range-flush", SHORTCUT_RANGE_FLUSH},
    {"trap-in-hook", SHORTCUT_TRAP_IN_HOOK},
    {"dc-zva", SHORTCUT_DC_ZVA},
    {"lend", SHORTCUT_LEND},
    {"state", SHORTCUT_STATE},
    {"counts", SHORTCUT_COUNTS},
    {"tlbs", SHORTCUT_TLBS},
    {"resolved", SHORTCUT_RESOLVED},
};

#define SHORTCUTS (sizeof shortcut_names / sizeof shortcut_names[0])

const char *option_shortcut_name(unsigned index)
{
    return index < SHORTCUTS ? shortcut_names[index].name : NULL;
}

bool option_list(char *text, char **parts, unsigned room, unsigned *count, struct err *e)
{
    *count = 0;
    for (char *save = NULL, *part = strtok_r(text, ",", &save); part;
         part = strtok_r(NULL, ",", &save)) {
        if (*count == room) {
            return err_set(e, "more than %u names in one list", room);
        }
        parts[(*count)++] = part;
    }
    return *count != 0 || err_set(e, "an empty list");
}

bool option_shortcuts(const char *text, unsigned *out, struct err *e)
{
    char copy[200];
    char *parts[SHORTCUTS];
    unsigned count;
    snprintf(copy, sizeof copy, "%s", text);
    if (!option_list(copy, parts, SHORTCUTS, &count, e)) {
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        bool found = false;
        for (size_t s = 0; s < SHORTCUTS; s++) {
            if (strcmp(parts[i], "all") == 0 || strcmp(parts[i], shortcut_names[s].name) == 0) {
                *out |= shortcut_names[s].bit;
                found = true;
            }
        }
        if (!found) {
            return err_set(e,
                           "--engine-off %s: all, block-table, views, range-flush, "
                           "trap-in-hook, dc-zva, lend, state or counts",
                           parts[i]);
        }
    }
    return true;
}

FILE *option_output(const char *path, struct err *e)
{
    if (strcmp(path, "-") == 0) {
        return stdout;
    }
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        err_set(e, "%s: cannot write: %s", path, strerror(errno));
    }
    return file;
}

bool option_output_done(FILE *file, const char *path, struct err *e)
{
    bool ok = fflush(file) == 0 && !ferror(file);
    if (file != stdout) {
        ok = fclose(file) == 0 && ok;
    }
    return ok || err_set(e, "%s: writing failed: %s", path, strerror(errno));
}

void option_command_name(const char *command, char **argv)
{
    static char name[64];
    snprintf(name, sizeof name, "el2sim %s", command);
    argv[0] = name;
}

bool option_parse(const struct argp *argp, int argc, char **argv, void *input, struct err *e)
{
    if (describe(argp, argc, argv)) {
        exit(EXIT_SUCCESS); /* as argp does after --help */
    }
    argp_err_exit_status = 2;
    option_command_name(argv[0], argv);
    error_t result = argp_parse(argp, argc, argv, ARGP_LONG_ONLY, NULL, input);
    return result == 0 && e->text[0] == '\0';
}
