/* What several commands take, parsed once: numbers, lists, and the output file. */
#ifndef EL2SIM_CLI_OPTIONS_H
#define EL2SIM_CLI_OPTIONS_H

#include <argp.h>
#include <stdio.h>

#include "sim/base/err.h"
#include "sim/board/machine.h"

/* A whole number of lowest..highest. */
bool option_number(const char *name, const char *text, unsigned long long lowest,
                   unsigned long long highest, unsigned long long *out, struct err *e);

bool option_level(const char *text, enum machine_level *out, struct err *e);

/* "block-table,views,..." or "all": engine shortcuts to switch off. */
bool option_shortcuts(const char *text, unsigned *out, struct err *e);

/* The names it takes, from 0; NULL past the last. */
const char *option_shortcut_name(unsigned index);

/* Splits "a,b,c" in place; at most `room` parts. */
bool option_list(char *text, char **parts, unsigned room, unsigned *count, struct err *e);

/* Opens a file for writing, "-" is stdout. NULL with *e. */
FILE *option_output(const char *path, struct err *e);

/* Flushes and closes (not stdout); false with *e on a full disk and the like. */
bool option_output_done(FILE *file, const char *path, struct err *e);

/* Runs argp with the conventions of all commands: bad usage ends with status 2. True: go on. */
bool option_parse(const struct argp *argp, int argc, char **argv, void *input, struct err *e);

/* argp takes a program's name from here. */
void option_command_name(const char *command, char **argv);

#define FUNCTIONS_DEFAULT 10 /* of a run and of each row: how many are listed */

#endif
