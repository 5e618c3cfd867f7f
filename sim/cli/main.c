#include <stdio.h>
#include <string.h>

#include "sim/cli/commands.h"
#include "sim/cli/describe.h"

const struct command commands[] = {
    {"run", "boot an image and run it to its end", cmd_run},
    {"step", "step through a run and see what EL2 has to do with it", cmd_step},
    {"compare", "run designs over benchmark rows and explain the difference", cmd_compare},
    {"fit", "find the prices with which rows take what was measured", cmd_fit},
    {"sweep", "run designs over all combinations of features and prices", cmd_sweep},
    {"report", "make a page of results: one HTML file with tables and charts", cmd_report},
    {"explain", "say why an instruction traps; decode a syndrome or a register", cmd_explain},
    {"lab", "learn by doing: nine labs, checked by the machine", cmd_lab},
    {"paper", "put predictions beside the tables of a paper", cmd_paper},
    {"designs", "list the designs, or show one", cmd_designs},
    {"profiles", "list the cost profiles, or show one with its sources", cmd_profiles},
    {NULL, NULL, NULL},
};

int cli_fail(const struct err *e)
{
    fprintf(stderr, "el2sim: %s\n", e->text);
    return EXIT_USAGE;
}

static void usage(FILE *to)
{
    fprintf(to, "usage: el2sim COMMAND [OPTION...]\n\n"
                "A cycle-approximate ARMv8-A machine for hypervisor code.\n\n");
    for (const struct command *c = commands; c->name; c++) {
        fprintf(to, "  %-10s %s\n", c->name, c->what);
    }
    fprintf(to, "\n`el2sim COMMAND --help` says more. Start with: el2sim compare --designs "
                "kvm-split,kvm-vhe\n");
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        usage(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        usage(stdout);
        return EXIT_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("el2sim %s\n", EL2SIM_VERSION);
        return EXIT_OK;
    }
    if (strcmp(argv[1], "--help-man") == 0) {
        man_program(stdout);
        return EXIT_OK;
    }
    if (strcmp(argv[1], "--complete") == 0) {
        complete_program(argc - 2, argv + 2);
        return EXIT_OK;
    }
    for (const struct command *c = commands; c->name; c++) {
        if (strcmp(argv[1], c->name) == 0) {
            return c->run(argc - 1, argv + 1);
        }
    }
    fprintf(stderr, "el2sim: no command \"%s\"; `el2sim --help` lists them\n", argv[1]);
    return EXIT_USAGE;
}
