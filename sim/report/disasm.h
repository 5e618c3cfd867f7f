/*
 * A64 as text, over Capstone. System registers and system instructions have the names of our own
 * register table, so that what is printed is what `el2sim explain` understands.
 */
#ifndef EL2SIM_REPORT_DISASM_H
#define EL2SIM_REPORT_DISASM_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/err.h"
#include "sim/report/insn_registers.h"

struct disasm;

/* NULL with *e: Capstone cannot be used. Free with disasm_destroy(). */
struct disasm *disasm_create(struct err *e);
void disasm_destroy(struct disasm *d);

#define DISASM_TEXT 112

/* The instruction `word` at `pc` as an assembler writes it, in lower case but for system registers:
 * "ldr x0, [x1, #8]", "msr HCR_EL2, x0", "b 0x40080000"; ".inst 0xd4000001" for what is none. */
void disasm_insn(struct disasm *d, uint64_t pc, uint32_t word, char text[DISASM_TEXT]);

/* Registers that an instruction reads and writes; all zeroes for what is none. */
void disasm_registers(struct disasm *d, uint32_t word, struct insn_registers *out);

#endif
