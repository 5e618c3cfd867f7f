/* The syndrome of an access that EL1 is not told: from the instruction. Words are the assembler's,
 * what they say is typed from Arm ARM ESR_ELx, EC 0x24: ISV [24], SAS [23:22], SSE [21], SRT
 * [20:16], SF [15]. */
#include <check.h>

#include "hyp/kvm/depriv/insn.h"
#include "tests/support/run_suite.h"

static const struct {
    uint32_t insn;
    unsigned bytes;
    bool is_signed;
    unsigned rt;
    bool is_64;
} plain[] = {
    {0xf9400023, 8, false, 3, true},   /* ldr x3, [x1] */
    {0xb9400423, 4, false, 3, false},  /* ldr w3, [x1, #4] */
    {0xf900043f, 8, false, 31, true},  /* str xzr, [x1, #8] */
    {0xb9000029, 4, false, 9, false},  /* str w9, [x1] */
    {0x39400443, 1, false, 3, false},  /* ldrb w3, [x2, #1] */
    {0x7940005e, 2, false, 30, false}, /* ldrh w30, [x2] */
    {0x39800043, 1, true, 3, true},    /* ldrsb x3, [x2] */
    {0x39c00043, 1, true, 3, false},   /* ldrsb w3, [x2] */
    {0x79800444, 2, true, 4, true},    /* ldrsh x4, [x2, #2] */
    {0x79c00044, 2, true, 4, false},   /* ldrsh w4, [x2] */
    {0xb9800445, 4, true, 5, true},    /* ldrsw x5, [x2, #4] */
    {0x3900005f, 1, false, 31, false}, /* strb wzr, [x2] */
    {0x79000c47, 2, false, 7, false},  /* strh w7, [x2, #6] */
    {0xf85f8023, 8, false, 3, true},   /* ldur x3, [x1, #-8] */
    {0x381ff023, 1, false, 3, false},  /* sturb w3, [x1, #-1] */
    {0xf8626823, 8, false, 3, true},   /* ldr x3, [x1, x2] */
    {0x7822d823, 2, false, 3, false},  /* strh w3, [x1, w2, sxtw #1] */
    {0xb8a37841, 4, true, 1, true},    /* ldrsw x1, [x2, x3, lsl #2] */
    {0x88dffc23, 4, false, 3, false},  /* ldar w3, [x1] */
};

static const uint32_t others[] = {
    0xf8408423, /* ldr x3, [x1], #8 */
    0xf8408c23, /* ldr x3, [x1, #8]! */
    0xf8400823, /* ldtr x3, [x1] */
    0xa9401023, /* ldp x3, x4, [x1] */
    0xf9800020, /* prfm pldl1keep, [x1] */
    0xf8a26820, /* prfm pldl1keep, [x1, x2] */
    0xfd400023, /* ldr d3, [x1] */
    0xc85f7c23, /* ldxr x3, [x1] */
    0xd50b7423, /* dc zva, x3 */
    0x8b020021, /* add x1, x1, x2 */
};

START_TEST(plain_access_is_described)
{
    unsigned sas = (unsigned)__builtin_ctz(plain[_i].bytes);
    uint64_t iss = UINT64_C(1) << 24 | (uint64_t)sas << 22 | (uint64_t)plain[_i].is_signed << 21 |
                   (uint64_t)plain[_i].rt << 16 | (uint64_t)plain[_i].is_64 << 15;
    ck_assert_msg(insn_access_iss(plain[_i].insn) == iss, "%08x: %#llx, not %#llx", plain[_i].insn,
                  (unsigned long long)insn_access_iss(plain[_i].insn), (unsigned long long)iss);
}
END_TEST

START_TEST(other_instructions_are_not)
{
    ck_assert_msg(insn_access_iss(others[_i]) == 0, "%08x", others[_i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("insn");
    TCase *tc = tcase_create("insn");
    tcase_add_loop_test(tc, plain_access_is_described, 0, sizeof plain / sizeof plain[0]);
    tcase_add_loop_test(tc, other_instructions_are_not, 0, sizeof others / sizeof others[0]);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
