/*
 * What resolve_sysreg() and resolve_insn() say about every register, operation and instruction: at
 * each EL, read and written, under each setting of E2H and TGE, with everything permitted and then
 * with each control of trap.def set to trap. As text for people to review.
 */
#ifndef EL2SIM_TESTS_SUPPORT_RESOLVE_MATRIX_H
#define EL2SIM_TESTS_SUPPORT_RESOLVE_MATRIX_H

#include "cpu-el/pe.h"
#include "cpu-el/sysreg_table.h"

/* A growing string. */
struct text {
    char *chars;
    size_t length, size;
};

void text_add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* All features and the largest numbers; every control permissive, every enable on. */
void matrix_open(struct pe *pe);

/* Sets the control of a rule so that it traps. */
void matrix_close(struct pe *pe, const struct trap_rule *rule);

/* The matrix of the registers that list one of these groups (T(...)), and of all that has no row;
 * ALL_GROUPS: everything. Registers of the same behaviour stand together. The caller frees
 * text->chars. */
#define ALL_GROUPS UINT64_MAX
void matrix_print(struct text *text, uint64_t groups);

#endif
