/* Coming back to a checkpoint, in the same machine or another, is going on from there. */
#include "tests/integration/control/guest.h"

#include <string.h>

#include "sim/board/checkpoint.h"
#include "sim/board/control_state.h"
#include "sim/board/history.h"

static const unsigned smp[] = {1, 4};

#define CHECKPOINTS 5

static struct checkpoint *take(struct machine *m, const struct checkpoint *before)
{
    struct err e = {""};
    struct checkpoint *k = checkpoint_take(m, before, &e);
    ck_assert_msg(k != NULL, "%s", e.text);
    return k;
}

static void restore(const struct checkpoint *k, struct machine *m)
{
    struct err e = {""};
    ck_assert_msg(checkpoint_restore(k, m, &e), "%s", e.text);
}

struct history {
    struct checkpoint *at[CHECKPOINTS];
    char digest[CHECKPOINTS][33];
};

/* Runs to the end, with checkpoints on the way. */
static void run_with_checkpoints(struct control *c, cycles_t cycles, struct history *h)
{
    struct control_stop stop;
    for (unsigned i = 0; i < CHECKPOINTS; i++) {
        ck_assert(control_continue(c, cycles / CHECKPOINTS * i + cycles / 17, &stop));
        h->at[i] = take(control_machine(c), i ? h->at[i - 1] : NULL);
        control_digest(c, h->digest[i]);
    }
    ck_assert(!control_continue(c, CYCLES_NEVER, &stop));
}

static void free_history(struct history *h)
{
    for (unsigned i = 0; i < CHECKPOINTS; i++) {
        checkpoint_free(h->at[i]);
    }
}

START_TEST(a_run_taken_back_ends_as_in_one_go)
{
    const struct guest_run *whole = guest_whole_run(smp[_i]);
    struct machine *m = guest_machine(smp[_i]);
    struct control *c = control_create(m);
    struct control_stop stop;
    struct history h;
    char digest[33];
    stop.cpu = 0;
    guest_printed();
    run_with_checkpoints(c, whole->result.cycles, &h);
    static const unsigned order[] = {3, 0};
    for (unsigned i = 0; i < sizeof order / sizeof order[0]; i++) {
        unsigned k = order[i];
        restore(h.at[k], m);
        control_digest(c, digest);
        ck_assert_str_eq(digest, h.digest[k]);
        if (k + 1 < CHECKPOINTS) { /* to the next one, by another way */
            for (unsigned n = 0; n < 100; n++) {
                ck_assert(control_step(c, stop.cpu, &stop));
            }
            cycles_t at = whole->result.cycles / CHECKPOINTS * (k + 1);
            ck_assert(control_continue(c, at + whole->result.cycles / 17, &stop));
            control_digest(c, digest);
            ck_assert_str_eq(digest, h.digest[k + 1]);
        }
        ck_assert(!control_continue(c, CYCLES_NEVER, &stop));
    }
    ck_assert_uint_eq(guest_printed(), whole->printed); /* nothing is shown twice */
    free_history(&h);
    guest_must_be_whole(c, m, smp[_i]);
}
END_TEST

START_TEST(another_machine_goes_on_from_a_checkpoint)
{
    const struct guest_run *whole = guest_whole_run(smp[_i]);
    struct machine *m = guest_machine(smp[_i]), *other = guest_new_machine(smp[_i]);
    struct control *c = control_create(m);
    struct control_stop stop;
    struct history h;
    run_with_checkpoints(c, whole->result.cycles, &h);
    restore(h.at[2], other);
    struct control *c2 = control_create(other);
    char digest[33];
    control_digest(c2, digest);
    ck_assert_str_eq(digest, h.digest[2]);
    ck_assert(!control_continue(c2, CYCLES_NEVER, &stop));
    free_history(&h);
    guest_must_be_whole(c2, other, smp[_i]);
    guest_must_be_whole(c, m, smp[_i]);
}
END_TEST

#define BACK 3

/* Steps forward, the same number back, to the same states, whichever CPU's they are; then back to a
 * breakpoint that was passed, and to the beginning; and the run still is what it was. */
START_TEST(what_was_there_is_there_again)
{
    struct machine *m = guest_machine(smp[_i]);
    struct control *c = control_create(m);
    struct control_stop stop, first;
    struct err e = {""};
    char begin[33], at[BACK + 1][33], now[33];
    control_digest(c, begin);
    struct history *h = history_create(c, &e);
    ck_assert_msg(h != NULL, "%s", e.text);
    int point =
        control_break(c, va(guest_symbol("hyp_vcpu_run")), CONTROL_ANY_EL, CONTROL_ANY_CONTEXT);
    ck_assert(history_continue(h, CYCLES_NEVER, &first));
    ck_assert(history_continue(h, CYCLES_NEVER, &stop));
    unsigned cpu = stop.cpu;
    control_digest(c, at[0]);
    for (unsigned i = 1; i <= BACK; i++) {
        ck_assert(history_step(h, cpu, &stop));
        ck_assert_int_eq(stop.kind, CONTROL_STEPPED);
        control_digest(c, at[i]);
    }
    if (smp[_i] > 1) { /* a CPU that was not there yet: this one runs meanwhile */
        control_point_delete(c, point);
        ck_assert(history_step(h, (cpu + 1) % 2, &stop));
        ck_assert_int_eq(stop.kind, CONTROL_STEPPED);
        point =
            control_break(c, va(guest_symbol("hyp_vcpu_run")), CONTROL_ANY_EL, CONTROL_ANY_CONTEXT);
        ck_assert(history_step_back(h, (cpu + 1) % 2, &stop));
        ck_assert_uint_eq(stop.cpu, (cpu + 1) % 2);
        control_digest(c, now);
        ck_assert_str_eq(now, at[BACK]);
    }
    for (unsigned i = BACK; i-- > 0;) {
        ck_assert(history_step_back(h, cpu, &stop));
        control_digest(c, now);
        ck_assert_str_eq(now, at[i]);
    }
    ck_assert(history_continue_back(h, &stop));
    ck_assert_int_eq(stop.kind, CONTROL_BREAKPOINT);
    ck_assert_uint_eq(stop.cpu, first.cpu);
    ck_assert(!history_continue_back(h, &stop));
    ck_assert_int_eq(stop.kind, CONTROL_BEGIN);
    control_digest(c, now);
    ck_assert_str_eq(now, begin);
    control_point_delete(c, point);
    ck_assert(!history_continue(h, CYCLES_NEVER, &stop));
    history_destroy(h);
    guest_must_be_whole(c, m, smp[_i]);
}
END_TEST

START_TEST(checkpoints_share_what_is_the_same)
{
    struct machine *m = guest_machine(1);
    struct control *c = control_create(m);
    struct control_stop stop;
    ck_assert(control_continue(c, 1000000 * CYCLE, &stop));
    struct checkpoint *first = take(m, NULL), *second = take(m, first);
    ck_assert_uint_lt(checkpoint_size(second), 8192);
    ck_assert_uint_gt(checkpoint_size(first), 20 * checkpoint_size(second));
    checkpoint_free(first);
    ck_assert(!control_continue(c, CYCLES_NEVER, &stop));
    restore(second, m);
    checkpoint_free(second);
    ck_assert(!control_continue(c, CYCLES_NEVER, &stop));
    guest_must_be_whole(c, m, 1);
}
END_TEST

TCase *checkpoint_case(void)
{
    TCase *t = tcase_create("checkpoint");
    tcase_set_timeout(t, 400);
    tcase_add_loop_test(t, a_run_taken_back_ends_as_in_one_go, 0, 2);
    tcase_add_loop_test(t, another_machine_goes_on_from_a_checkpoint, 1, 2);
    tcase_add_loop_test(t, what_was_there_is_there_again, 0, 2);
    tcase_add_test(t, checkpoints_share_what_is_the_same);
    return t;
}
