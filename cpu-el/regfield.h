/* Fields of registers by name, for whoever explains a value (cpu-el/regfield.def). */
#ifndef EL2SIM_CPU_EL_REGFIELD_H
#define EL2SIM_CPU_EL_REGFIELD_H

#include <stddef.h>

#include "cpu-el/sysreg.h"

/* For which HCR_EL2.E2H a field is there. */
enum regfield_layout { REGFIELD_ANY, REGFIELD_E2H0, REGFIELD_E2H1 };

struct regfield {
    uint16_t id;    /* enum sysreg_id */
    uint8_t layout; /* enum regfield_layout */
    const char *name;
    uint8_t high, low; /* bits */
    const char *what;
    uint8_t address_bit; /* of an address: the bit of it that `low` holds; 0: it is none */
};

extern const struct regfield regfields[];
extern const size_t regfield_count;

/* The next field of a register in that layout after `previous` (NULL: the first); NULL past the
 * last. */
const struct regfield *regfield_next(enum sysreg_id id, bool e2h, const struct regfield *previous);

/* The field that holds this bit; NULL if none does. */
const struct regfield *regfield_at(enum sysreg_id id, bool e2h, unsigned bit);

static inline uint64_t regfield_mask(const struct regfield *f)
{
    return (~UINT64_C(0) >> (63 - (f->high - f->low))) << f->low;
}

static inline uint64_t regfield_value(const struct regfield *f, uint64_t value)
{
    return (value & regfield_mask(f)) >> f->low;
}

#endif
