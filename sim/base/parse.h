/* Numbers in text: options, names of places, records and scripts. */
#ifndef EL2SIM_BASE_PARSE_H
#define EL2SIM_BASE_PARSE_H

#include <stdbool.h>
#include <stdint.h>

/* A whole number at the start of the text: base 10, or 0 for 0x.. and 0.. as in C. *rest is what is
 * behind it; NULL: nothing may be. False where no digit begins it (a sign or a blank), or it does
 * not fit. */
bool parse_u64(const char *text, int base, uint64_t *out, const char **rest);

bool parse_hex_digit(char c, unsigned *value);

#endif
