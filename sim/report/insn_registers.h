/* Which registers an A64 instruction reads and writes, by its encoding (Arm ARM C4.1). */
#ifndef EL2SIM_REPORT_INSN_REGISTERS_H
#define EL2SIM_REPORT_INSN_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

#define INSN_SP 31 /* the bit of x_read and x_written that is the stack pointer */

/* Bit n is Xn or Wn; of v, bit n is Vn by any of its names. XZR is none. */
struct insn_registers {
    uint32_t x_read, x_written;
    uint32_t v_read, v_written;
    bool nzcv_read, nzcv_written;
};

/* False: neither an integer instruction, a branch, a system instruction, nor a load or store: FP
 * and SIMD data processing, or none at all. *out is all zeroes then. */
bool insn_registers_of(uint32_t word, struct insn_registers *out);

#endif
