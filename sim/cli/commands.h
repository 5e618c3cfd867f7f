/* One file per command. Each gets its own argc and argv (argv[0] is the command's name) and returns
 * the exit status. */
#ifndef EL2SIM_CLI_COMMANDS_H
#define EL2SIM_CLI_COMMANDS_H

#include "sim/base/err.h"

/* Exit statuses beside a guest's own. */
enum { EXIT_OK = 0, EXIT_RUN_FAILED = 1, EXIT_USAGE = 2 };

int cmd_run(int argc, char **argv);
int cmd_step(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_fit(int argc, char **argv);
int cmd_lab(int argc, char **argv);
int cmd_sweep(int argc, char **argv);
int cmd_designs(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_profiles(int argc, char **argv);
int cmd_paper(int argc, char **argv);
int cmd_report(int argc, char **argv);

/* Prints "el2sim: TEXT" on stderr and returns EXIT_USAGE. */
int cli_fail(const struct err *e);

#endif
