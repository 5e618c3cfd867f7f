#include "cpu-el/regfield.h"

const struct regfield regfields[] = {
#define FIELD(register, layout, name, high, low, what)                                             \
    {SR_##register, REGFIELD_##layout, name, high, low, what, 0},
#define ADDRESS(register, layout, name, high, low, bit, what)                                      \
    {SR_##register, REGFIELD_##layout, name, high, low, what, bit},
#include "cpu-el/regfield.def"
#undef FIELD
#undef ADDRESS
};

const size_t regfield_count = sizeof regfields / sizeof regfields[0];

static bool is_of(const struct regfield *f, enum sysreg_id id, bool e2h)
{
    return f->id == id && (f->layout == REGFIELD_ANY || (f->layout == REGFIELD_E2H1) == e2h);
}

const struct regfield *regfield_next(enum sysreg_id id, bool e2h, const struct regfield *previous)
{
    size_t i = previous ? (size_t)(previous - regfields) + 1 : 0;
    for (; i < regfield_count; i++) {
        if (is_of(&regfields[i], id, e2h)) {
            return &regfields[i];
        }
    }
    return NULL;
}

const struct regfield *regfield_at(enum sysreg_id id, bool e2h, unsigned bit)
{
    const struct regfield *f = NULL;
    while ((f = regfield_next(id, e2h, f)) != NULL) {
        if (bit >= f->low && bit <= f->high) {
            return f;
        }
    }
    return NULL;
}
