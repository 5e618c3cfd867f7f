/* explain walk: tables written by hand, what is said of them, and what the MMU then does. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/report/explain.h"
#include "tests/support/run_suite.h"
#include "tests/unit/mmu/toy.h"

#define PAGE (TOY_RAM_BASE + 0x600000)
#define IPA  UINT64_C(0x80000000)
#define AT   UINT64_C(0x5000)

static struct toy *toy;
static struct toy_tables s1, s2;
static struct profile *profile;
static char *text;

static void setup(void)
{
    struct err e = {.text = ""};
    profile = profile_load("unit", &e);
    ck_assert_msg(profile != NULL, "%s", e.text);
    toy = toy_create();
    s1 = toy_stage1_el1(toy);
    s2 = toy_stage2(toy);
}

static void teardown(void)
{
    free(text);
    text = NULL;
    toy_destroy(toy);
    profile_free(profile);
}

/* Explains the access, then does it: both must say the same of where it goes. */
static void explain(unsigned el, enum mmu_access_type type, uint64_t at)
{
    size_t size;
    char line[64];
    struct mmu_access access = {.va = va(at), .type = type, .el = (uint8_t)el};
    free(text);
    FILE *out = open_memstream(&text, &size);
    ck_assert_ptr_nonnull(out);
    explain_walk(out, &toy->pe, toy->mmu, profile, &access);
    fclose(out);
    struct toy_result r = toy_access(toy, el, type, at);
    if (r.ok) {
        snprintf(line, sizeof line, "\nPA %#llx: EL%u may ", (unsigned long long)r.page.pa.v, el);
    } else {
        snprintf(line, sizeof line, "level %u, of stage %u", r.fault.level, r.fault.stage2 ? 2 : 1);
    }
    ck_assert_msg(strstr(text, line) != NULL, "no \"%s\" in\n%s", line, text);
}

#define ck_says(what)         ck_assert_msg(strstr(text, what) != NULL, "no \"%s\" in\n%s", what, text)
#define ck_does_not_say(what) ck_assert_msg(strstr(text, what) == NULL, "\"%s\" in\n%s", what, text)

static unsigned count(const char *what)
{
    unsigned n = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at++) {
        n++;
    }
    return n;
}

START_TEST(both_stages_are_told_step_by_step)
{
    toy_map(toy, &s1, AT, IPA | D_USER | D_NG | D_UXN | D_SH(3), 3);
    toy_map(toy, &s2, IPA, PAGE | D_S2_ALL | D_S2XN(2), 3);
    explain(1, MMU_READ, AT + 0x123);
    ck_says("read of VA 0x5123 at EL1: regime EL1&0 with stage 2");
    ck_says("stage 1: TTBR0_EL1 = ");
    ck_says("4 KiB granule, 48-bit input, 48-bit output, from level 0");
    ck_says("stage 2 of IPA 0x80000123: VTTBR_EL2 = ");
    ck_says("40-bit input");
    ck_says("to IPA 0x80000000\n");
    ck_says("to PA 0x40600000\n");
    ck_says("AP 1 (read/write), SH 3 (Inner Shareable), AF 1, nG 1, DBM 0, Contiguous 0, PXN 0, "
            "UXN/XN 1");
    ck_says("MemAttr 0xf (Normal, cacheable), S2AP 3 (read/write)");
    ck_says("PA 0x40600123: EL1 may read, write");
    ck_assert_uint_eq(count("level "), 4 + 4 * 2 + 3 + 2); /* descriptors; two start levels */
    ck_assert_uint_eq(count("the descriptor's IPA"), 4);
    ck_says("+ 4 x mmu.walk-s1 1 + 11 x mmu.walk-s2 1 = 16 cycles");
    ck_does_not_say("the TLB holds");
    explain(1, MMU_READ, AT);
    ck_says("the TLB holds");
}
END_TEST

/* S2AP 0b10 (Arm ARM D8.4.1, stage 2 data access permissions). */
START_TEST(a_page_that_can_only_be_written_is_called_so)
{
    toy_map(toy, &s1, AT, IPA | D_USER, 3);
    toy_map(toy, &s2, IPA, PAGE | (D_S2_ALL & ~UINT64_C(0x40)) | D_S2XN(2), 3);
    explain(0, MMU_WRITE, AT);
    ck_says("S2AP 2 (write)");
    ck_says("EL0 may write, and not read, there;");
}
END_TEST

START_TEST(block_and_hierarchical_permissions_are_decoded)
{
    toy->pe.sr[SR_HCR_EL2] = 0;
    toy_map_with(toy, &s1, 0x40200000, (TOY_RAM_BASE + 0x200000) | D_AF | D_AP(2), 2,
                 T_AP(2) | T_PXN);
    explain(1, MMU_WRITE, 0x40201234);
    ck_says("(NSTable 0, APTable 2, UXNTable/XNTable 0, PXNTable 1)");
    ck_says("block of 2 MiB, to PA 0x40200000");
    ck_says("AP 2 (privileged read-only)");
    ck_says("Permission fault, level 2, of stage 1: exception to EL1");
    ck_says("ESR 0x9600004e"); /* EC 0x25, IL, WnR, DFSC 0b001110 */
    ck_says("FAR_EL1 = 0x40201234");
    ck_does_not_say("HPFAR");
}
END_TEST

START_TEST(stage_2_fault_of_the_access_has_its_ipa)
{
    toy_map(toy, &s1, AT, IPA | D_USER, 3);
    explain(0, MMU_READ, AT + 8);
    ck_says("Translation fault, level ");
    ck_says("of stage 2: exception to EL2");
    ck_says("FAR_EL2 = 0x5008");
    ck_says("HPFAR_EL2 = 0x800000: the page of IPA 0x80000008"); /* FIPA[39:4] is IPA[47:12] */
    ck_says("invalid");
}
END_TEST

START_TEST(stage_2_fault_on_a_table_says_so)
{
    toy_map(toy, &s1, AT, PAGE | D_USER, 3);
    toy_write(toy, s1.start, (IPA + 0x1000) | 3);
    explain(1, MMU_FETCH, AT);
    ck_says("on the way to a stage-1 descriptor: exception to EL2");
    ck_says("the descriptor's IPA 0x80001000, by stage 2");
    ck_says("S1PTW");
    ck_says("HPFAR_EL2 = 0x800010");
}
END_TEST

START_TEST(stages_that_are_off_are_said_to_be)
{
    toy->pe.sr[SR_SCTLR_EL1] = 0;
    toy->pe.sr[SR_HCR_EL2] = 0;
    explain(1, MMU_READ, TOY_RAM_BASE + 0x10);
    ck_says("stage 1 is off");
    ck_says("PA 0x40000010");
    ck_does_not_say("cost of a TLB miss");
}
END_TEST

START_TEST(addresses_outside_the_tables_are_refused)
{
    explain(1, MMU_READ, UINT64_C(0x5a00000000005000));
    ck_says("bits 63 to 56 are neither");
    explain(1, MMU_READ, UINT64_C(0x0080000000000000));
    ck_says("Translation fault, level 0, of stage 1");
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("explain walk");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, both_stages_are_told_step_by_step);
    tcase_add_test(tc, a_page_that_can_only_be_written_is_called_so);
    tcase_add_test(tc, block_and_hierarchical_permissions_are_decoded);
    tcase_add_test(tc, stage_2_fault_of_the_access_has_its_ipa);
    tcase_add_test(tc, stage_2_fault_on_a_table_says_so);
    tcase_add_test(tc, stages_that_are_off_are_said_to_be);
    tcase_add_test(tc, addresses_outside_the_tables_are_refused);
    Suite *suite = suite_create("explain walk");
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
