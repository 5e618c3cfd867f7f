/* An outside oracle for encodings: the GNU assembler. */
#ifndef EL2SIM_TESTS_UNIT_CPU_EL_ASSEMBLE_H
#define EL2SIM_TESTS_UNIT_CPU_EL_ASSEMBLE_H

#include <stddef.h>
#include <stdint.h>

/* Assembles one instruction per line (Armv8.5-A and the extensions that the decoder tells apart).
 * Fails the running test with the assembler's message. words has room for `count`. */
void assemble(const char *const *lines, size_t count, uint32_t *words);

#endif
