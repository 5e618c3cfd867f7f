/*
 * The labs: a task, a starting point, and goals that are looked for in what the machine did
 * (labs/N-name/lab.yaml). How to write one: docs/labs.md.
 */
#ifndef EL2SIM_LAB_LAB_H
#define EL2SIM_LAB_LAB_H

#include <stdio.h>

#include "sim/catalog/data_files.h"
#include "sim/lab/expr.h"

/* What to look for: a moment of a kind where the condition holds. `when` NULL: any. */
struct lab_condition {
    char *at, *when; /* as the file has them; at NULL: the end of the run */
    int kind;
    struct expr *expr;
};

/* What it means when a goal is not reached, and this is so. */
struct lab_hint {
    struct lab_condition sign;
    char *say;
};

/* Goals are looked for in their order: the moment of one comes behind that of the goal before it.
 */
struct lab_goal {
    char *goal;
    struct lab_condition sign;
    struct lab_hint *hints; /* the first whose sign is there is said */
    unsigned hints_count;
};

struct lab {
    unsigned number;
    char *title, *about;
    char *cpu, *features; /* features may be NULL */
    unsigned gic;
    uint64_t max_cycles;
    char **lib; /* files of labs/lib that it is built with */
    unsigned lib_count;
    struct lab_goal *goals;
    unsigned goals_count;
    struct lab_hint *hints; /* of any goal, after its own */
    unsigned hints_count;
    char *name;               /* "1-drop" */
    char dir[DATA_PATH_MAX];  /* task, starting point */
    char root[DATA_PATH_MAX]; /* of all labs */
    struct watch_list watches;
};

/* "3" or "3-stage1". NULL with *e. */
struct lab *lab_load(const char *number_or_name, struct err *e);
void lab_free(struct lab *lab);

/* Names of all labs in order, *count of them. Free each and the array. */
char **lab_names(unsigned *count, struct err *e);

/* The task, as text. */
bool lab_print_task(const struct lab *lab, FILE *out, struct err *e);

/* Copies the starting point into a directory, which is made; what is there already stays, and is
 * an error. solution: over what is there, the files of the solution. */
bool lab_start(const struct lab *lab, const char *dir, struct err *e);
bool lab_solution(const struct lab *lab, const char *dir, struct err *e);

/* Builds dir/lab.elf. False with *e, empty when the compiler has said what is wrong. */
bool lab_build(const struct lab *lab, const char *dir, char elf[DATA_PATH_MAX], struct err *e);

/* Runs it, and says on `out` which goals are reached, and a hint for the first that is not.
 * *reached: all are. False with *e: it could not be run. */
bool lab_judge(const struct lab *lab, const char *elf, FILE *out, bool *reached, struct err *e);

#endif
