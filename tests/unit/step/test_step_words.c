/* What is said of an instruction is what resolve() and the architecture make of it. */
#include <string.h>

#include "cpu-el/fields.h"
#include "sim/step/words.h"
#include "tests/support/run_suite.h"
#include "tests/unit/step/step_view.h"

#define HCR_TWI_BIT (UINT64_C(1) << 13)
#define HCR_TVM_BIT (UINT64_C(1) << 26)
#define HCR_HCD_BIT (UINT64_C(1) << 29)

static char text[WORDS_TEXT];
static bool is_exception;

static void say(const struct view *v)
{
    words_of(v, text, &is_exception);
    ck_assert_msg(text[0] != '\0', "nothing was said");
}

START_TEST(hvc_names_its_vector_and_what_the_registers_get)
{
    say(step_view("hvc #0"));
    ck_assert_str_eq(text, "HVC #0: exception to EL2, vector VBAR_EL2+0x400 = vectors+0x400. "
                           "ELR_EL2 gets the address behind it, ESR_EL2 the number and EC 0x16.");
    ck_assert(is_exception);
    step_view_destroy();
}
END_TEST

START_TEST(hvc_that_is_disabled_is_undefined_by_its_control)
{
    const struct view *v = step_view("hvc #0");
    step_now()->pe.sr[SR_HCR_EL2] = HCR_HCD_BIT;
    say(v);
    ck_assert_msg(strstr(text, "UNDEFINED here by HCR_EL2.HCD"), "%s", text);
    ck_assert_msg(strstr(text, "exception to EL1, vector VBAR_EL1+0x200"), "%s", text);
    step_view_destroy();
}
END_TEST

START_TEST(a_register_write_says_its_value_or_the_trap)
{
    const struct view *v = step_view("msr ttbr0_el1, x3");
    step_now()->x[3] = 0x41000000;
    say(v);
    ck_assert_str_eq(text, "Writes 0x41000000 to TTBR0_EL1 (stage-1 tables of the lower half, and "
                           "the ASID). Nothing traps it.");
    ck_assert(!is_exception);
    step_now()->pe.sr[SR_HCR_EL2] = HCR_TVM_BIT;
    say(v);
    ck_assert_msg(strstr(text, "traps by HCR_EL2.TVM: exception to EL2"), "%s", text);
    ck_assert(is_exception);
    step_view_destroy();
}
END_TEST

START_TEST(with_e2h_a_name_means_another_register)
{
    const struct view *v = step_view("mrs x0, sctlr_el1");
    step_now()->pe.ps.el = 2;
    step_now()->pe.sr[SR_HCR_EL2] = HCR_E2H;
    say(v);
    ck_assert_msg(strstr(text, "Reads SCTLR_EL2 into X0, which is what SCTLR_EL1 names here"), "%s",
                  text);
    step_view_destroy();
}
END_TEST

START_TEST(eret_says_where_to_and_into_which_vm)
{
    const struct view *v = step_view("eret");
    struct pe *pe = &step_now()->pe;
    pe->ps.el = 2;
    pe->sr[SR_ELR_EL2] = 0x80000;
    pe->sr[SR_SPSR_EL2] = 0x3c5;
    pe->sr[SR_HCR_EL2] = HCR_VM;
    pe->sr[SR_VTTBR_EL2] = UINT64_C(7) << 48;
    say(v);
    ck_assert_str_eq(text, "Returns from the exception: to EL1h at 0x80000 (ELR_EL2), with PSTATE "
                           "from SPSR_EL2 = 0x3c5. Stage 2 is on: into the VM with VMID 7.");
    pe->sr[SR_SPSR_EL2] = 0x3cd; /* EL3 */
    say(v);
    ck_assert_msg(strstr(text, "illegal return"), "%s", text);
    step_view_destroy();
}
END_TEST

START_TEST(wfi_waits_traps_or_goes_on)
{
    const struct view *v = step_view("wfi");
    say(v);
    ck_assert_msg(strstr(text, "Waits until an interrupt comes"), "%s", text);
    step_now()->pe.sr[SR_HCR_EL2] = HCR_TWI_BIT;
    say(v);
    ck_assert_msg(strstr(text, "traps by HCR_EL2.TWI: exception to EL2"), "%s", text);
    step_now()->pe.inputs[PE_IRQ] = true;
    say(v);
    ck_assert_msg(strstr(text, "goes on at once"), "%s", text);
    step_view_destroy();
}
END_TEST

START_TEST(an_interrupt_that_is_due_comes_first)
{
    const struct view *v = step_view("nop");
    step_now()->interrupt_is_due = true;
    step_now()->interrupt = (struct exception){.type = EXC_IRQ, .target_el = 2};
    say(v);
    ck_assert_msg(strstr(text, "First an IRQ is taken: exception to EL2, vector VBAR_EL2+0x480 = "
                               "vectors+0x480"),
                  "%s", text);
    step_view_destroy();
}
END_TEST

START_TEST(a_load_says_the_stage_that_refuses_it)
{
    const struct view *v = step_view("ldr x0, [x1]");
    struct inspect *now = step_now();
    now->has_data = true;
    now->data = (struct ldst){.is_load = true, .size_bytes = 8, .register_count = 1};
    now->access = (struct inspect_access){
        .access = {.va = va(0x9000000), .type = MMU_READ, .el = 1},
        .size_bytes = 8,
        .fault = {.type = FAULT_TRANSLATION, .level = 3, .stage2 = true, .target_el = 2}};
    say(v);
    ck_assert_msg(strstr(text, "Loads 8 bytes at VA 0x9000000: translation fault, level 3 of stage "
                               "2, so a data abort: exception to EL2"),
                  "%s", text);
    now->access.translates = true;
    now->access.page.pa = pa(0x9000000);
    now->access.device = "PL011";
    say(v);
    ck_assert_str_eq(text, "Loads 8 bytes at VA 0x9000000 (PL011).");
    step_view_destroy();
}
END_TEST

/* Flags and registers decide where a branch goes. */
static const struct {
    const char *line;
    uint32_t nzcv;
    uint64_t x0;
    const char *said;
} branches[] = {
    {"b.eq .+16", UINT32_C(1) << 30, 0, "if equal (Z = 1): goes to guest_main+0x10."},
    {"b.eq .+16", 0, 0, "if equal (Z = 1): does not go to guest_main+0x10."},
    {"b.hi .+16", UINT32_C(1) << 29, 0, "if unsigned > (C = 1, Z = 0): goes to guest_main+0x10."},
    {"b.lt .+16", UINT32_C(1) << 31, 0, "if signed < (N != V): goes to guest_main+0x10."},
    {"cbz x0, .+8", 0, 0, "if X0 is 0: goes to guest_main+0x8."},
    {"cbnz w0, .+8", 0, UINT64_C(1) << 32, "if W0 is not 0: does not go to guest_main+0x8."},
    {"tbnz x0, #33, .+8", 0, UINT64_C(1) << 33, "if bit 33 of X0 is 1: goes to guest_main+0x8."},
    {"bl .+0x100", 0, 0, "Calls guest_main+0x100. X30 gets the return address."},
    {"br x0", 0, 0x1234, "Goes to 0x1234."},
};

START_TEST(a_branch_says_whether_and_where_it_goes)
{
    const struct view *v = step_view(branches[_i].line);
    step_now()->pe.ps.nzcv = branches[_i].nzcv;
    step_now()->x[0] = branches[_i].x0;
    say(v);
    ck_assert_str_eq(text, branches[_i].said);
    step_view_destroy();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("step_words");
    TCase *tc = tcase_create("words");
    tcase_add_test(tc, hvc_names_its_vector_and_what_the_registers_get);
    tcase_add_test(tc, hvc_that_is_disabled_is_undefined_by_its_control);
    tcase_add_test(tc, a_register_write_says_its_value_or_the_trap);
    tcase_add_test(tc, with_e2h_a_name_means_another_register);
    tcase_add_test(tc, eret_says_where_to_and_into_which_vm);
    tcase_add_test(tc, wfi_waits_traps_or_goes_on);
    tcase_add_test(tc, an_interrupt_that_is_due_comes_first);
    tcase_add_test(tc, a_load_says_the_stage_that_refuses_it);
    tcase_add_loop_test(tc, a_branch_says_whether_and_where_it_goes, 0,
                        sizeof branches / sizeof branches[0]);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
