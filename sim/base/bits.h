/* Bit fields by position, and the few arithmetic helpers that every model needs. */
#ifndef EL2SIM_BASE_BITS_H
#define EL2SIM_BASE_BITS_H

#include <stdbool.h>
#include <stdint.h>

#define BIT(n) (UINT64_C(1) << (n))

/* Mask of bits hi..lo, both included. */
#define MASK(hi, lo) ((~UINT64_C(0) >> (63 - (hi))) & (~UINT64_C(0) << (lo)))

/* Bits hi..lo of x, right aligned. */
static inline uint64_t bits(uint64_t x, unsigned hi, unsigned lo)
{
    return (x >> lo) & (~UINT64_C(0) >> (63 - (hi - lo)));
}

static inline bool bit(uint64_t x, unsigned n)
{
    return (x >> n) & 1;
}

/* x with bits hi..lo replaced by the low bits of field. */
static inline uint64_t bits_set(uint64_t x, unsigned hi, unsigned lo, uint64_t field)
{
    uint64_t mask = MASK(hi, lo);
    return (x & ~mask) | ((field << lo) & mask);
}

/* The low `width` bits of x, sign extended; width 1..64. */
static inline uint64_t sign_extend(uint64_t x, unsigned width)
{
    unsigned shift = 64 - width;
    return (uint64_t)((int64_t)(x << shift) >> shift);
}

static inline uint64_t align_down(uint64_t x, uint64_t power_of_two)
{
    return x & ~(power_of_two - 1);
}

static inline uint64_t align_up(uint64_t x, uint64_t power_of_two)
{
    return (x + power_of_two - 1) & ~(power_of_two - 1);
}

#endif
