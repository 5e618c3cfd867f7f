/*
 * What a command's options are, told to others than people who ask for --help: manual pages and
 * shells. Both come from the same tables that argp parses by, so they cannot say anything else.
 *
 *     el2sim COMMAND --help-man            its manual page, in mdoc
 *     el2sim COMMAND --complete WORD...    words that may stand where the last one is
 */
#ifndef EL2SIM_CLI_DESCRIBE_H
#define EL2SIM_CLI_DESCRIBE_H

#include <argp.h>
#include <stdbool.h>
#include <stdio.h>

/* One of the commands (main.c). */
struct command {
    const char *name, *what;
    int (*run)(int argc, char **argv);
};

/* The table; the last one has no name. */
extern const struct command commands[];

/* Whether the arguments ask for that; then it has been printed. argv[0] is the command's name. */
bool describe(const struct argp *argp, int argc, char **argv);

/* The page of a command, and that of the program. */
void man_command(FILE *out, const struct argp *argp, const struct command *command);
void man_program(FILE *out);

/* Words, one a line, that may be in place of the last of words[0..count), which stand behind the
 * command's name. A line ":files": names of files. */
void complete_command(FILE *out, const struct argp *argp, const char *command, int count,
                      char *const *words);
/* The same for all that stands behind "el2sim", on stdout. */
void complete_program(int count, char **words);

/* Calls `see` with each option of a parser and of its children; aliases and headings left out. */
void describe_options(const struct argp *argp,
                      void (*see)(void *ctx, const struct argp_option *option), void *ctx);

#endif
