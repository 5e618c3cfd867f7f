/*
 * The types that cross module borders: three kinds of address that cannot be mixed, and time in two
 * units.
 */
#ifndef EL2SIM_BASE_TYPES_H
#define EL2SIM_BASE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Virtual, intermediate physical and physical addresses (Arm ARM D8.1). Structs, so that the
 * compiler keeps them apart. */
typedef struct {
    uint64_t v;
} va_t;
typedef struct {
    uint64_t v;
} ipa_t;
typedef struct {
    uint64_t v;
} pa_t;

static inline va_t va(uint64_t v)
{
    return (va_t){v};
}

static inline ipa_t ipa(uint64_t v)
{
    return (ipa_t){v};
}

static inline pa_t pa(uint64_t v)
{
    return (pa_t){v};
}

/* CPU time, a stamp or a span, in thousandths of a cycle: cores retire more than one instruction
 * per cycle. */
typedef uint64_t cycles_t;

#define CYCLE        ((cycles_t)1000)
#define CYCLES_NEVER UINT64_MAX

/* Ticks of the system counter (CNTFRQ_EL0 per second). */
typedef uint64_t ticks_t;

#define EL2SIM_MAX_CPUS 16

#endif
