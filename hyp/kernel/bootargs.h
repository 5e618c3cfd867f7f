/* Boot arguments: words NAME=VALUE of /chosen/bootargs. One table has all that hosts and guests
 * know, since one command line may go to several images: each takes what it has a use for. */
#ifndef EL2SIM_HYP_KERNEL_BOOTARGS_H
#define EL2SIM_HYP_KERNEL_BOOTARGS_H

#include "types.h"

#define BOOTARGS_LIST_MAX 64 /* of words with commas, with the NUL */

/* False: a word is not known, or not its value; the console says which (as `who`), and what is
 * allowed. The functions below take words that are right. */
bool bootargs_check(const char *who, const char *words);

/* Copies the value of "name=value" out of words; false: not there (value is ""). */
bool bootargs_value(const char *words, const char *name, char *value, size_t size);

unsigned bootargs_number(const char *words, const char *name); /* 0: not there */
unsigned bootargs_number_or(const char *words, const char *name, unsigned otherwise);
bool bootargs_say(const char *words, const char *name, const char *value); /* name=value is there */
bool rows_have(const char *rows, const char *name); /* a list with commas; empty: has all */

#endif
