/* What the next instruction will do, in plain words: for who meets EL2 for the first time. */
#ifndef EL2SIM_STEP_WORDS_H
#define EL2SIM_STEP_WORDS_H

#include "cpu-el/resolve.h"
#include "sim/step/view.h"

#define WORDS_TEXT 600

/* What comes next, and why: first an interrupt that is due, a fetch that fails, a trap with the
 * control that decides, or what the instruction does. *is_exception: it ends in an exception. */
void words_of(const struct view *v, char text[WORDS_TEXT], bool *is_exception);

/* Parts of it, by kind of instruction. Each appends to `text`. */
void words_sysreg(const struct view *v, char text[WORDS_TEXT], bool *is_exception);
void words_memory(const struct view *v, char text[WORDS_TEXT], bool *is_exception);
void words_branch(const struct view *v, char text[WORDS_TEXT]);
void words_plain(const struct view *v, char text[WORDS_TEXT]);

/* printf() at the end of `text`. */
void words_add(char text[WORDS_TEXT], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* "exception to EL2, vector VBAR_EL2+0x400 (0x40081400 <vectors+0x400>)" */
void words_vector(const struct view *v, char text[WORDS_TEXT], unsigned to, unsigned type);

/* A trap or UNDEFINED as resolve() decided it. */
void words_outcome(const struct view *v, char text[WORDS_TEXT], const struct outcome *o);

/* "translation fault, level 3, stage 2" */
void words_fault(const struct mmu_fault *fault, char text[WORDS_TEXT]);

/* What a register is there for; NULL: nothing to say. */
const char *words_register(enum sysreg_id id);

#endif
