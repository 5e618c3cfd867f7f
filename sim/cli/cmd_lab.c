#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/cli/commands.h"
#include "sim/cli/options.h"
#include "sim/lab/lab.h"

struct lab_options {
    char *words[3]; /* number, what to do, directory */
    unsigned count;
    struct err err;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct lab_options *o = state->input;
    if (key != ARGP_KEY_ARG) {
        return ARGP_ERR_UNKNOWN;
    }
    if (o->count == 3) {
        err_set(&o->err, "unexpected \"%s\": a lab, what to do, and a directory are all", arg);
    } else {
        o->words[o->count++] = arg;
    }
    return 0;
}

static const struct argp argp = {
    NULL,
    parse,
    "[LAB [start|check|solution [DIR]]]",
    "Nine labs on exception levels and virtualization: without words, lists them; with a number, "
    "shows the task.\v"
    "`start` copies the starting point to DIR (default: a directory of the lab's name; where one "
    "stands in it, that), `check` "
    "builds what is there, runs it on the machine and looks for the goals in what the machine did, "
    "`solution` puts the solution into DIR. The exit status of `check` is 0 when all goals are "
    "reached, 1 when not.\n\n"
    "Examples:\n"
    "  el2sim lab 1\n"
    "  el2sim lab 1 start drop\n"
    "  el2sim lab 1 check drop",
    NULL,
    NULL,
    NULL};

static int list(struct err *e)
{
    unsigned count;
    char **names = lab_names(&count, e);
    for (unsigned i = 0; i < count; i++) {
        struct lab *lab = lab_load(names[i], e);
        if (lab) {
            printf("%u  %-36s %s\n", lab->number, lab->title, lab->about);
        }
        lab_free(lab);
        free(names[i]);
    }
    free(names);
    return e->text[0] == '\0' ? EXIT_OK : cli_fail(e);
}

static int check(const struct lab *lab, const char *dir, struct err *e)
{
    char elf[DATA_PATH_MAX];
    bool reached = false;
    if (!lab_build(lab, dir, elf, e)) {
        if (e->text[0] == '\0') { /* the compiler has said why */
            fprintf(stderr, "el2sim: %s does not build yet\n", dir);
            return EXIT_RUN_FAILED;
        }
        return cli_fail(e);
    }
    printf("lab %u: %s\n", lab->number, lab->title);
    if (!lab_judge(lab, elf, stdout, &reached, e)) {
        return cli_fail(e);
    }
    if (reached) {
        printf("All goals are reached.\n");
    } else {
        printf("Not there yet; `el2sim lab %u` shows the task.\n", lab->number);
    }
    return reached ? EXIT_OK : EXIT_RUN_FAILED;
}

static int start(const struct lab *lab, const char *dir, struct err *e)
{
    if (!lab_start(lab, dir, e)) {
        return cli_fail(e);
    }
    printf("%s: lab %u, %s. The task is in %s/README.md; then `el2sim lab %u check %s`.\n", dir,
           lab->number, lab->title, dir, lab->number, dir);
    return EXIT_OK;
}

/* Whether the user is in the directory that `start` has made: its task is that of the lab. */
static bool is_here(const struct lab *lab)
{
    unsigned number = 0;
    FILE *task = fopen("README.md", "r");
    bool found = task && fscanf(task, "# Lab %u:", &number) == 1 && number == lab->number;
    if (task) {
        fclose(task);
    }
    return found;
}

static int act(const struct lab *lab, const struct lab_options *o, struct err *e)
{
    const char *verb = o->count > 1 ? o->words[1] : "show";
    const char *dir = o->count > 2 ? o->words[2] : lab->name;
    dir = o->count == 2 && strcmp(verb, "start") != 0 && is_here(lab) ? "." : dir;
    if (strcmp(verb, "start") == 0) {
        return start(lab, dir, e);
    }
    if (strcmp(verb, "check") == 0) {
        return check(lab, dir, e);
    }
    if (strcmp(verb, "solution") == 0) {
        return lab_solution(lab, dir, e) ? EXIT_OK : cli_fail(e);
    }
    if (o->count > 1) {
        err_set(e, "\"%s\": start, check or solution is expected", verb);
        return cli_fail(e);
    }
    return lab_print_task(lab, stdout, e) ? EXIT_OK : cli_fail(e);
}

int cmd_lab(int argc, char **argv)
{
    struct lab_options o = {.count = 0};
    if (!option_parse(&argp, argc, argv, &o, &o.err)) {
        return cli_fail(&o.err);
    }
    if (o.count == 0) {
        return list(&o.err);
    }
    struct lab *lab = lab_load(o.words[0], &o.err);
    int status = lab ? act(lab, &o, &o.err) : cli_fail(&o.err);
    lab_free(lab);
    return status;
}
