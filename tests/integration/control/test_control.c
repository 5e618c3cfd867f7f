/* Stopping and stepping change nothing. */
#include "tests/integration/control/guest.h"

#include "cpu-el/sysreg.h"
#include "sim/board/control_state.h"

static const unsigned smp[] = {1, 4};

static unsigned run_to_end(struct control *c, enum control_stop_kind kind)
{
    struct control_stop stop;
    unsigned stops = 0;
    while (control_continue(c, CYCLES_NEVER, &stop)) {
        ck_assert_int_eq(stop.kind, kind);
        stops++;
    }
    ck_assert_int_eq(stop.kind, CONTROL_ENDED);
    return stops;
}

START_TEST(breakpoints_at_both_levels_stop_before_their_instruction)
{
    struct machine *m = guest_machine(smp[_i]);
    struct control *c = control_create(m);
    uint64_t run = guest_symbol("hyp_vcpu_run"), loop = guest_symbol("vcpu_run");
    int at_el2 = control_break(c, va(run), 1u << 2, CONTROL_ANY_CONTEXT);
    int at_el1 = control_break(c, va(loop), CONTROL_ANY_EL, CONTROL_ANY_CONTEXT);
    struct control_stop stop;
    unsigned el2 = 0, el1 = 0;
    while (control_continue(c, CYCLES_NEVER, &stop)) {
        ck_assert_int_eq(stop.kind, CONTROL_BREAKPOINT);
        struct control_cpu cpu = control_cpu_state(c, stop.cpu);
        ck_assert_uint_eq(cpu.pc, stop.pc);
        ck_assert_uint_eq(cpu.el, stop.point == at_el2 ? 2 : 1);
        ck_assert_uint_eq(stop.pc, stop.point == at_el2 ? run : loop);
        el2 += stop.point == at_el2;
        el1 += stop.point == at_el1;
    }
    ck_assert_uint_gt(el2, el1); /* many entries for each call of the loop */
    ck_assert_uint_gt(el1, 0);
    guest_must_be_whole(c, m, smp[_i]);
}
END_TEST

START_TEST(a_breakpoint_of_another_level_or_deleted_stops_nothing)
{
    struct machine *m = guest_machine(1);
    struct control *c = control_create(m);
    uint64_t run = guest_symbol("hyp_vcpu_run");
    struct control_stop stop;
    control_break(c, va(run), 1u << 1, CONTROL_ANY_CONTEXT);
    control_break(c, va(run), CONTROL_ANY_EL, 12345);
    int gone = control_break(c, va(run), CONTROL_ANY_EL, CONTROL_ANY_CONTEXT);
    ck_assert(control_continue(c, CYCLES_NEVER, &stop));
    ck_assert_int_eq(stop.point, gone);
    ck_assert(control_point_delete(c, gone));
    ck_assert(!control_point_delete(c, gone));
    ck_assert_uint_eq(run_to_end(c, CONTROL_BREAKPOINT), 0);
    guest_must_be_whole(c, m, 1);
}
END_TEST

START_TEST(stops_at_cycles_change_nothing)
{
    const struct guest_run *whole = guest_whole_run(smp[_i]);
    struct machine *m = guest_machine(smp[_i]);
    struct control *c = control_create(m);
    struct control_stop stop;
    for (cycles_t at = 0; control_continue(c, at, &stop); at += whole->result.cycles / 211) {
        ck_assert_int_eq(stop.kind, CONTROL_CYCLE);
    }
    guest_must_be_whole(c, m, smp[_i]);
}
END_TEST

/* Out of a host, through the switch, into the guest and back. */
START_TEST(stepping_changes_nothing)
{
    struct machine *m = guest_machine(smp[_i]);
    struct control *c = control_create(m);
    struct control_stop stop;
    unsigned in_guest = 0, at_el2 = 0;
    control_break(c, va(guest_symbol("hyp_vcpu_run")), CONTROL_ANY_EL, CONTROL_ANY_CONTEXT);
    for (unsigned i = 0; i < 3; i++) {
        ck_assert(control_continue(c, CYCLES_NEVER, &stop));
    }
    control_point_delete(c, 1);
    unsigned cpu = stop.cpu;
    for (unsigned i = 0; i < 1500; i++) {
        struct control_cpu before = control_cpu_state(c, cpu);
        ck_assert(control_step(c, cpu, &stop));
        struct control_cpu after = control_cpu_state(c, cpu);
        ck_assert_int_eq(stop.kind, CONTROL_STEPPED);
        ck_assert_uint_eq(stop.cpu, cpu);
        ck_assert_uint_le(after.instructions - before.instructions, 1);
        ck_assert_uint_ge(after.instructions + after.exceptions,
                          before.instructions + before.exceptions + 1);
        in_guest += after.context != 0;
        at_el2 += after.el == 2;
    }
    ck_assert_uint_gt(in_guest, 0);
    ck_assert_uint_gt(at_el2, 0);
    run_to_end(c, CONTROL_ENDED);
    guest_must_be_whole(c, m, smp[_i]);
}
END_TEST

START_TEST(a_watchpoint_stops_before_the_store)
{
    struct machine *m = guest_machine(smp[_i]);
    struct control *c = control_create(m);
    uint64_t at = guest_symbol("cpu_in_guest"), before[8] = {0}, after[8];
    struct control_stop stop;
    unsigned stops = 0, changed = 0;
    control_watch(c, va(at), 8 * smp[_i], false, true);
    while (control_continue(c, CYCLES_NEVER, &stop)) {
        ck_assert_int_eq(stop.kind, CONTROL_WATCHPOINT);
        ck_assert(stop.is_write);
        ck_assert_uint_lt(stop.address - at, 8 * smp[_i]);
        control_read_memory(c, stop.cpu, SPACE_CURRENT, at, before, 8 * smp[_i]);
        stops++;
        if (stops % 7 == 0 && control_step(c, stop.cpu, &stop) && stop.kind == CONTROL_STEPPED) {
            control_read_memory(c, stop.cpu, SPACE_CURRENT, at, after, 8 * smp[_i]);
            changed += before[stop.cpu] != after[stop.cpu];
        }
    }
    ck_assert_uint_gt(stops, 20);
    ck_assert_uint_gt(changed, 0);
    guest_must_be_whole(c, m, smp[_i]);
}
END_TEST

START_TEST(exceptions_changes_of_el_and_worlds_are_caught)
{
    static const struct {
        struct control_catch what;
        enum control_stop_kind kind;
    } cases[] = {
        {{.exceptions = 1u << 2}, CONTROL_EXCEPTION},
        {{.el = true}, CONTROL_EL},
        {{.context = true}, CONTROL_CONTEXT},
        {{.marks = true}, CONTROL_MARK},
    };
    struct machine *m = guest_machine(4);
    struct control *c = control_create(m);
    struct control_stop stop;
    unsigned el = 0, context = 0;
    control_catch(c, &cases[_i].what);
    for (unsigned stops = 0; control_continue(c, CYCLES_NEVER, &stop); stops++) {
        struct control_cpu cpu = control_cpu_state(c, stop.cpu);
        ck_assert_int_eq(stop.kind, cases[_i].kind);
        if (stop.kind == CONTROL_EXCEPTION) {
            ck_assert_uint_eq(cpu.el, 2);
            ck_assert_uint_eq(stop.pc % 0x80, 0); /* a vector */
        }
        el |= 1u << cpu.el;
        context |= cpu.context != 0 ? 2 : 1;
        if (stops == 500) {
            control_catch(c, &(struct control_catch){.el = false});
        }
    }
    ck_assert_uint_eq(el, _i == 0 ? 4 : _i == 1 ? 7 : el);
    ck_assert_uint_eq(context, _i == 2 ? 3 : context);
    guest_must_be_whole(c, m, 4);
}
END_TEST

static unsigned looks;

static void look(void *ctx)
{
    if (++looks % 3 == 0) {
        control_interrupt(ctx);
    }
}

START_TEST(an_interrupt_stops_the_run)
{
    struct machine *m = guest_machine(smp[_i]);
    struct control *c = control_create(m);
    looks = 0;
    control_on_look(c, look, c);
    ck_assert_uint_gt(run_to_end(c, CONTROL_INTERRUPTED), 0);
    guest_must_be_whole(c, m, smp[_i]);
}
END_TEST

START_TEST(who_leaves_early_is_told_so)
{
    struct machine *m = guest_machine(1);
    struct control *c = control_create(m);
    struct control_stop stop;
    struct machine_result result;
    ck_assert(control_continue(c, 100000 * CYCLE, &stop));
    control_finish(c, &result);
    ck_assert_int_eq(result.end, END_QUIT);
    ck_assert_uint_ge(result.cycles, 100000 * CYCLE);
    control_destroy(c);
    machine_destroy(m);
}
END_TEST

TCase *control_case(void)
{
    TCase *t = tcase_create("control");
    tcase_set_timeout(t, 400);
    tcase_add_loop_test(t, breakpoints_at_both_levels_stop_before_their_instruction, 1, 2);
    tcase_add_test(t, a_breakpoint_of_another_level_or_deleted_stops_nothing);
    tcase_add_loop_test(t, stops_at_cycles_change_nothing, 1, 2);
    tcase_add_loop_test(t, stepping_changes_nothing, 0, 2);
    tcase_add_loop_test(t, a_watchpoint_stops_before_the_store, 1, 2);
    tcase_add_loop_test(t, exceptions_changes_of_el_and_worlds_are_caught, 0, 4);
    tcase_add_loop_test(t, an_interrupt_stops_the_run, 1, 2);
    tcase_add_test(t, who_leaves_early_is_told_so);
    return t;
}
