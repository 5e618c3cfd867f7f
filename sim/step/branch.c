#include "sim/step/branch.h"

#include <stdio.h>

#include "sim/base/bits.h"

bool branch_condition_holds(unsigned condition, uint32_t nzcv)
{
    bool n = nzcv >> 31 & 1, z = nzcv >> 30 & 1, c = nzcv >> 29 & 1, v = nzcv >> 28 & 1;
    const bool holds[] = {z, c, n, v, c && !z, n == v, n == v && !z, true};
    bool result = holds[condition >> 1 & 7];
    return condition & 1 && condition != 15 ? !result : result;
}

static uint64_t relative(const struct inspect *now, uint32_t field, unsigned width)
{
    return now->pe.pc + (sign_extend(field & ((1u << width) - 1), width) << 2);
}

static void by_condition(const struct inspect *now, uint32_t word, struct branch *out)
{
    static const char *const names[] = {"equal (Z = 1)",
                                        "not equal (Z = 0)",
                                        "unsigned >= (C = 1)",
                                        "unsigned < (C = 0)",
                                        "negative (N = 1)",
                                        "positive or 0 (N = 0)",
                                        "overflow (V = 1)",
                                        "no overflow (V = 0)",
                                        "unsigned > (C = 1, Z = 0)",
                                        "unsigned <=",
                                        "signed >= (N = V)",
                                        "signed < (N != V)",
                                        "signed > (N = V, Z = 0)",
                                        "signed <=",
                                        "always",
                                        "always"};
    out->is_conditional = true;
    out->is_taken = branch_condition_holds(word & 15, now->pe.ps.nzcv);
    snprintf(out->why, sizeof out->why, "if %s", names[word & 15]);
}

static uint64_t general(const struct inspect *now, uint32_t n)
{
    return n == 31 ? 0 : now->x[n];
}

/* CBZ, CBNZ, TBZ, TBNZ */
static void by_register(const struct inspect *now, uint32_t word, struct branch *out)
{
    uint32_t rt = word & 31;
    bool is_wide = word >> 31, wants_not_zero = word >> 24 & 1, is_test = word >> 25 & 1;
    uint64_t value = general(now, rt);
    unsigned bit_number = (unsigned)(word >> 31 << 5 | (word >> 19 & 31));
    value = is_test ? value >> bit_number & 1 : is_wide ? value : (uint32_t)value;
    out->is_conditional = true;
    out->is_taken = (value != 0) == wants_not_zero;
    if (is_test) {
        snprintf(out->why, sizeof out->why, "if bit %u of X%u is %u", bit_number, (unsigned)rt,
                 wants_not_zero);
    } else {
        snprintf(out->why, sizeof out->why, "if %c%u is %s0", is_wide ? 'X' : 'W', (unsigned)rt,
                 wants_not_zero ? "not " : "");
    }
}

bool branch_of(const struct inspect *now, struct branch *out)
{
    uint32_t word = now->insn.word;
    *out = (struct branch){.is_taken = true};
    if ((word & 0x7c000000) == 0x14000000) { /* B, BL */
        out->target = relative(now, word, 26);
        out->is_call = word >> 31;
    } else if ((word & 0xff000010) == 0x54000000) { /* B.cond */
        out->target = relative(now, word >> 5, 19);
        by_condition(now, word, out);
    } else if ((word & 0x7e000000) == 0x34000000) { /* CBZ, CBNZ */
        out->target = relative(now, word >> 5, 19);
        by_register(now, word, out);
    } else if ((word & 0x7e000000) == 0x36000000) { /* TBZ, TBNZ */
        out->target = relative(now, word >> 5, 14);
        by_register(now, word, out);
    } else if ((word & 0xff9ffc1f) == 0xd61f0000) { /* BR, BLR, RET */
        out->target = general(now, word >> 5 & 31);
        out->is_call = (word >> 21 & 3) == 1;
        out->is_return = (word >> 21 & 3) == 2;
    } else {
        return false;
    }
    return true;
}
