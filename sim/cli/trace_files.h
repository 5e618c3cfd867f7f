/* Options that write down what a run does while it does it: a timeline,
 * folded stacks, each instruction. */
#ifndef EL2SIM_CLI_TRACE_FILES_H
#define EL2SIM_CLI_TRACE_FILES_H

#include <argp.h>
#include <stdio.h>

#include "sim/trace/tarmac.h"
#include "sim/trace/trace.h"

struct trace_files {
    const char *path, *filter; /* NULL: not given */
    const char *folded_path, *tarmac_path;
    struct trace_options options;
    FILE *file;
    struct trace *trace; /* NULL: none is asked for */
    FILE *folded;        /* NULL: the same */
    struct tarmac *tarmac;
    FILE *tarmac_file;
    struct machine *machine;
    const char *name;
    struct err err; /* of parsing */
};

/* A child parser; its input is a struct trace_files. */
extern const struct argp trace_files_argp;

/* Checks the options and opens the file. False with *e. Close with trace_files_close(), either
 * way. */
bool trace_files_open(struct trace_files *f, struct err *e);
/* A machine is about to run, and has run; nothing where no file is asked for. The name of a design;
 * NULL: it has none. */
void trace_files_attach(struct trace_files *f, struct machine *m, const char *name,
                        uint64_t clock_hz);
void trace_files_detach(struct trace_files *f);
/* False with *e: the file could not be written. */
bool trace_files_close(struct trace_files *f, struct err *e);

#endif
