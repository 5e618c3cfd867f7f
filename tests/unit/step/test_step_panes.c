/* Panes as lines. */
#include <string.h>

#include "cpu-el/fields.h"
#include "sim/step/help.h"
#include "tests/support/run_suite.h"
#include "tests/unit/step/step_view.h"

static struct lines lines;

static void make(pane *p, const struct view *v, unsigned width, unsigned height)
{
    lines_start(&lines, width);
    p(v, height, &lines);
}

/* Some line has that in it. */
static bool says(const char *part)
{
    for (unsigned i = 0; i < lines.count; i++) {
        if (strstr(lines.line[i].text, part)) {
            return true;
        }
    }
    return false;
}

START_TEST(numbers_are_grouped)
{
    char text[LINES_NUMBER];
    lines_number(0, text);
    ck_assert_str_eq(text, "0");
    lines_number(1234567, text);
    ck_assert_str_eq(text, "1,234,567");
    lines_cycles(1234500, text);
    ck_assert_str_eq(text, "1,234.5");
    lines_cycles(2000, text);
    ck_assert_str_eq(text, "2");
}
END_TEST

START_TEST(texts_are_broken_at_blanks)
{
    lines_start(&lines, 10);
    lines_wrap(&lines, LINE_PLAIN, 2, "one two three fourteencharacters x");
    ck_assert_str_eq(lines.line[0].text, "one two");
    ck_assert_str_eq(lines.line[1].text, "  three");
    ck_assert_str_eq(lines.line[2].text, "  fourteen");
    ck_assert_str_eq(lines.line[3].text, "  characte");
    ck_assert_str_eq(lines.line[4].text, "  rs x");
}
END_TEST

START_TEST(code_marks_pc_breakpoint_function_and_source)
{
    struct view *v = step_view("hvc #0");
    v->wants_source = true;
    make(pane_code, v, 80, 8);
    ck_assert(says("guest_main:"));
    ck_assert(says("main.c:12  call(hypervisor);"));
    ck_assert(says(" >         40080000  d4000002  hvc #0"));
    ck_assert(says("*          40080004  (no code here)"));
    ck_assert(!says("call(hypervisor);:"));
    step_view_destroy();
}
END_TEST

START_TEST(registers_show_what_a_write_of_hcr_el2_changes)
{
    struct view *v = step_view("msr hcr_el2, x1");
    step_now()->pe.ps.el = 2;
    step_now()->x[1] = HCR_VM;
    step_now()->pe.legal[SR_HCR_EL2].can_be_one = ~UINT64_C(0);
    make(pane_registers, v, 80, 20);
    ck_assert(says("X1    0000000000000001  read"));
    ck_assert(says("HCR_EL2 0000000000000000"));
    ck_assert(says("  VM        0 -> 1"));
    step_view_destroy();
}
END_TEST

START_TEST(what_changed_names_no_register_that_the_cpu_lacks)
{
    static struct inspect before;
    struct view *v = step_view("nop");
    before = *step_now();
    v->before = &before;
    step_now()->pe.sr[SR_ICC_PMR_EL1] = 0xf0;
    step_now()->pe.model.has[FEAT_GICV3_SYSREGS] = true;
    make(pane_registers, v, 80, 20);
    ck_assert(says("ICC_PMR_EL1 0 -> f0"));
    step_now()->pe.model.has[FEAT_GICV3_SYSREGS] = false; /* GICv2 */
    make(pane_registers, v, 80, 20);
    ck_assert(!says("ICC_PMR_EL1"));
    step_view_destroy();
}
END_TEST

START_TEST(cycles_add_up_by_class)
{
    static struct inspect before;
    struct view *v = step_view("nop");
    before = *step_now();
    v->before = &before;
    step_now()->now = 1500;
    step_now()->instructions = 1;
    step_now()->cells[COST_INSN_ALU] = (struct ledger_cell){1, 500};
    step_now()->cells[COST_TLB_MISS] = (struct ledger_cell){1, 1000};
    make(pane_cycles, v, 80, 10);
    ck_assert(strcmp(lines.line[0].text, "last step: 1.5 cycles, 1 instruction") == 0);
    ck_assert(strstr(lines.line[1].text, "mmu.tlb-miss")); /* the dearest first */
    ck_assert(strstr(lines.line[2].text, "insn.alu"));
    ck_assert_uint_eq(lines.count, 3);
    step_view_destroy();
}
END_TEST

START_TEST(exceptions_come_newest_first_with_their_syndrome)
{
    static struct step_log log;
    struct view *v = step_view("nop");
    const struct arch_event hvc = {EV_EXCEPTION, 0, 5000, 1 << 8 | 2 << 4, 0x5a000000, 0x40080004};
    const struct arch_event eret = {EV_ERET, 0, 9000, 2 << 8 | 1, 0x3c5, 0x40080004};
    log.count = 0;
    v->log = &log;
    step_log_seen(&log, &hvc);
    make(pane_exceptions, v, 80, 10);
    ck_assert(strstr(lines.line[0].text, "EL1 -> EL2  HVC, back to 0x40080004"));
    ck_assert(says("EC 0x16"));
    step_log_seen(&log, &eret);
    make(pane_exceptions, v, 80, 10);
    ck_assert(strstr(lines.line[0].text, "EL2 -> EL1  ERET"));
    ck_assert(strstr(lines.line[1].text, "HVC"));
    /* Going back to before the return forgets it. */
    step_log_rewind(&log, &(cycles_t){8000}, 1);
    ck_assert_uint_eq(log.count, 1);
    ck_assert_int_eq(step_log_at(&log, 0)->kind, EV_EXCEPTION);
    step_view_destroy();
}
END_TEST

START_TEST(the_log_keeps_the_last_events)
{
    static struct step_log log;
    for (unsigned n = 0; n < STEP_LOG_SIZE + 10; n++) {
        step_log_seen(&log, &(struct arch_event){EV_WAIT, 0, n, 0, 0, n});
    }
    ck_assert_uint_eq(step_log_at(&log, 0)->c, STEP_LOG_SIZE + 9);
    ck_assert_uint_eq(step_log_at(&log, STEP_LOG_SIZE - 1)->c, 10);
    ck_assert_ptr_null(step_log_at(&log, STEP_LOG_SIZE));
}
END_TEST

START_TEST(translation_shows_each_descriptor_and_a_stale_tlb)
{
    struct view *v = step_view("ldr x0, [x1]");
    struct inspect *now = step_now();
    struct inspect_access *a = &now->access;
    now->has_data = true;
    a->access = (struct mmu_access){.va = va(0x5008), .type = MMU_READ, .el = 1};
    a->size_bytes = 8;
    a->translates = true;
    a->page = (struct mmu_page){
        .pa = pa(0x40600008), .size_bytes = 4096, .prot = PROT_R, .memory = MEM_NORMAL};
    a->device = "RAM";
    a->steps = (struct mmu_steps){.has_stage1 = true,
                                  .has_stage2 = true,
                                  .count = 3,
                                  .at = {{true, true, 3, 0x1000, pa(0x2000), 0x1403},
                                         {false, false, 3, 0x5008, pa(0x1028), 0x80000403},
                                         {true, false, 3, 0x80000008, pa(0x3000), 0x40600403}}};
    make(pane_translation, v, 80, 20);
    ck_assert(says("load, 8 bytes, as EL1"));
    ck_assert(says("stage 1: TTBR0_EL1"));
    ck_assert(says(" L3 0000001028: 0000000080000403 page"));
    ck_assert(says("+ 1 stage-2 reads to find them"));
    ck_assert(says("IPA 0000000080000008"));
    ck_assert(says(" L3 0000003000: 0000000040600403 page"));
    ck_assert(says("PA  0000000040600008  RAM"));
    ck_assert(says("r-- for EL1, Normal, 4 KiB"));
    ck_assert(says("not held"));
    a->is_held = a->held_translates = true;
    a->held_pa = pa(0x40700008);
    make(pane_translation, v, 80, 20);
    ck_assert(says("a TLBI is missing"));
    step_view_destroy();
}
END_TEST

START_TEST(list_registers_and_timers_are_told)
{
    struct view *v = step_view("nop");
    struct gic_look *g = &step_now()->gic;
    g->version = 2;
    g->has_virtualization = true;
    g->next = 27;
    g->lr_count = 2;
    g->lr_next = 1;
    g->lrs[1] = (struct gic_look_lr){
        .vintid = 27, .pintid = 27, .priority = 0xa0, .hw = true, .pending = true};
    g->count = 1;
    g->interrupts[0] = (struct gic_look_interrupt){
        .intid = 27, .priority = 0xa0, .enabled = true, .pending = true};
    make(pane_gic, v, 80, 20);
    ck_assert(says("LR0  free"));
    ck_assert(says("LR1  pending        INTID 27  prio a0  HW 27  next"));
    ck_assert(says("27 pending        prio a0  next  virtual timer"));
    step_now()->timers[TIMER_VIRT] = (struct inspect_timer){
        .intid = 27, .exists = true, .enabled = true, .compare = 5050, .count = 50};
    make(pane_timers, v, 80, 20);
    ck_assert(says("virtual        fires in 5000 ticks (100 us), INTID 27"));
    step_view_destroy();
}
END_TEST

START_TEST(the_console_shows_its_last_lines)
{
    struct view *v = step_view("nop");
    v->console = "one\ntwo\nthree\nfour";
    make(pane_console, v, 80, 2);
    ck_assert_str_eq(lines.line[0].text, "three");
    ck_assert_str_eq(lines.line[1].text, "four");
    step_view_destroy();
}
END_TEST

START_TEST(help_fits_a_small_terminal)
{
    lines_start(&lines, 80);
    help_lines(&lines);
    ck_assert_uint_le(lines.count, 22);
    for (unsigned i = 0; i < lines.count; i++) {
        ck_assert_msg(strlen(lines.line[i].text) <= 80, "%s", lines.line[i].text);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("step_panes");
    TCase *tc = tcase_create("panes");
    tcase_add_test(tc, numbers_are_grouped);
    tcase_add_test(tc, texts_are_broken_at_blanks);
    tcase_add_test(tc, code_marks_pc_breakpoint_function_and_source);
    tcase_add_test(tc, registers_show_what_a_write_of_hcr_el2_changes);
    tcase_add_test(tc, what_changed_names_no_register_that_the_cpu_lacks);
    tcase_add_test(tc, cycles_add_up_by_class);
    tcase_add_test(tc, exceptions_come_newest_first_with_their_syndrome);
    tcase_add_test(tc, the_log_keeps_the_last_events);
    tcase_add_test(tc, translation_shows_each_descriptor_and_a_stale_tlb);
    tcase_add_test(tc, list_registers_and_timers_are_told);
    tcase_add_test(tc, the_console_shows_its_last_lines);
    tcase_add_test(tc, help_fits_a_small_terminal);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
