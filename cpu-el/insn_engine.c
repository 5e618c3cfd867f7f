/*
 * Words on which the engine ends the program instead of trapping: Unicorn's translator, with its
 * MAX model, asserts that UNALLOCATED opcodes of two half-precision groups do not occur. Found by a
 * sweep over all values of bits 31..10 (docs/engine.md); the v8.0 model has no such word.
 */
#include "cpu-el/insn.h"

#include "sim/base/bits.h"

/* Arm ARM C4.1.68, "Advanced SIMD three same (FP16)": allocated opcodes by U:a. */
static const uint8_t three_same[4] = {0xdf, 0xc7, 0xfd, 0x75};

/* "Advanced SIMD two-register miscellaneous (FP16)", and the scalar one: allocated by U:a. */
static const uint32_t two_registers[4] = {0x3f000000, 0x2f00f000, 0x3f000000, 0xae00b000};
static const uint32_t two_registers_scalar[4] = {0x3c000000, 0xac007000, 0x3c000000, 0x2c003000};

bool insn_aborts_engine(uint32_t word)
{
    unsigned u_a = (bit(word, 29) ? 2u : 0u) | (bit(word, 23) ? 1u : 0u);
    if ((word & 0x9f60c400) == 0x0e400400) {
        return !bit(three_same[u_a], (unsigned)bits(word, 13, 11));
    }
    if ((word & 0x9f7e0c00) == 0x0e780800) {
        return !bit(two_registers[u_a], (unsigned)bits(word, 16, 12));
    }
    if ((word & 0xdf7e0c00) == 0x5e780800) {
        return !bit(two_registers_scalar[u_a], (unsigned)bits(word, 16, 12));
    }
    return false;
}
