/* The commands that move a run. */
#include <inttypes.h>
#include <stdio.h>

#include "sim/board/control_through.h"
#include "sim/step/branch.h"
#include "sim/step/session_internal.h"

/* Steps over what only comes back later; each is one instruction of the user's function. */
#define OUT_LIMIT 10000000u

/* Why a command that is made of several moves ends before it is done. */
enum moved { MOVED, STOPPED };

static bool is_done(struct session *s, const struct control_stop *stop)
{
    s->has_ended = s->has_ended || stop->kind == CONTROL_ENDED;
    return stop->kind == CONTROL_STEPPED || stop->kind == CONTROL_EXCEPTION;
}

/* Runs on, with checkpoints to go back to. */
static bool session_continue(struct session *s, struct control_stop *stop)
{
    return s->history ? history_continue(s->history, CYCLES_NEVER, stop)
                      : control_continue(s->control, CYCLES_NEVER, stop);
}

static uint64_t stack_of(struct session *s)
{
    return machine_inspect_x(s->machine, s->cpu, 31);
}

/* Runs until the selected CPU is at one of the places, in this EL and context, with a stack no
 * deeper than `stack`. */
static enum moved run_to(struct session *s, const uint64_t *places, unsigned count,
                         const struct inspect *from, uint64_t stack, struct control_stop *stop)
{
    int points[2];
    bool ours = true;
    for (unsigned i = 0; i < count; i++) {
        points[i] = control_break(s->control, va(places[i]), 1u << from->pe.ps.el, from->context);
    }
    while (ours) {
        ours = session_continue(s, stop) && stop->kind == CONTROL_BREAKPOINT &&
               (stop->point == points[0] || (count > 1 && stop->point == points[1]));
        if (ours && stop->cpu == s->cpu && stack_of(s) >= stack) {
            break;
        }
    }
    for (unsigned i = 0; i < count; i++) {
        control_point_delete(s->control, points[i]);
    }
    is_done(s, stop);
    stop->kind = ours ? CONTROL_STEPPED : stop->kind;
    return ours ? MOVED : STOPPED;
}

static bool step_of(void *ctx, unsigned cpu, struct control_stop *stop)
{
    struct session *s = ctx;
    return s->history ? history_step(s->history, cpu, stop) : control_step(s->control, cpu, stop);
}

static bool continue_of(void *ctx, struct control_stop *stop)
{
    return session_continue(ctx, stop);
}

/* A step, with calls and exceptions carried through to their return. */
static enum moved step_over(struct session *s, struct control_stop *stop)
{
    struct inspect from;
    struct branch b;
    machine_inspect_next(s->machine, s->cpu, &from);
    if (from.fetched && branch_of(&from, &b) && b.is_call && !from.interrupt_is_due) {
        uint64_t behind = from.pe.pc + 4;
        return run_to(s, &behind, 1, &from, from.x[31], stop);
    }
    const struct control_mover by = {step_of, continue_of, s};
    control_step_through(s->control, &by, s->cpu, stop);
    return is_done(s, stop) ? MOVED : STOPPED;
}

static bool returns(const struct inspect *now)
{
    struct branch b;
    return now->insn.kind == INSN_KIND_ERET || (branch_of(now, &b) && b.is_return);
}

static enum moved step_out(struct session *s, struct control_stop *stop)
{
    struct inspect now;
    for (unsigned n = 0; n < OUT_LIMIT && !s->is_interrupted; n++) {
        machine_inspect_next(s->machine, s->cpu, &now);
        bool is_last = now.fetched && !now.interrupt_is_due && returns(&now);
        if (is_last) {
            step_of(s, s->cpu, stop);
            return is_done(s, stop) ? MOVED : STOPPED;
        }
        if (step_over(s, stop) == STOPPED) {
            return STOPPED;
        }
        if (s->config.wants_stop && s->config.wants_stop(s->config.ctx)) {
            s->is_interrupted = true;
        }
    }
    stop->kind = CONTROL_INTERRUPTED;
    return STOPPED;
}

/* Until the selected CPU does what is caught. */
static void catch_and_continue(struct session *s, const struct control_catch *what,
                               enum control_stop_kind kind, struct control_stop *stop)
{
    static const struct control_catch nothing = {.exceptions = 0};
    control_catch(s->control, what);
    while (session_continue(s, stop) && stop->kind == kind && stop->cpu != s->cpu) {
    }
    control_catch(s->control, &nothing);
}

static void say(const struct session *s, const struct control_stop *stop,
                char message[SESSION_MESSAGE])
{
    const char *what = "";
    switch (stop->kind) {
    case CONTROL_ENDED:
        what =
            s->history ? "the run has ended: b goes back, q leaves" : "the run has ended: q leaves";
        break;
    case CONTROL_STEPPED:
    case CONTROL_EXCEPTION:
    case CONTROL_MARK:
    case CONTROL_CYCLE:
        break;
    case CONTROL_BREAKPOINT:
        what = "breakpoint";
        break;
    case CONTROL_WATCHPOINT:
        what = "watchpoint";
        break;
    case CONTROL_EL:
        what = "another exception level";
        break;
    case CONTROL_CONTEXT:
        what = "world switch: other code runs";
        break;
    case CONTROL_INTERRUPTED:
        what = "stopped by a key";
        break;
    case CONTROL_BEGIN:
        what = s->history ? "this is the beginning" : s->no_history.text;
        break;
    }
    snprintf(message, SESSION_MESSAGE, "%.159s", what);
}

static void go(struct session *s, enum session_command command, struct control_stop *stop)
{
    static const struct control_catch el = {.el = true}, world = {.context = true};
    switch (command) {
    case SESSION_STEP:
        step_of(s, s->cpu, stop);
        break;
    case SESSION_OVER:
        step_over(s, stop);
        break;
    case SESSION_OUT:
        step_out(s, stop);
        break;
    case SESSION_TO_EL:
        catch_and_continue(s, &el, CONTROL_EL, stop);
        break;
    case SESSION_TO_WORLD:
        catch_and_continue(s, &world, CONTROL_CONTEXT, stop);
        break;
    case SESSION_TO_CURSOR:
        run_to(s, &s->view.cursor, 1, &s->now, 0, stop);
        break;
    case SESSION_CONTINUE:
        session_continue(s, stop);
        break;
    case SESSION_BACK:
        session_back(s, stop);
        break;
    }
}

void session_do(struct session *s, enum session_command command, char message[SESSION_MESSAGE])
{
    struct control_stop stop = {.kind = CONTROL_ENDED, .cpu = s->cpu};
    s->is_interrupted = false;
    if (s->has_ended && command != SESSION_BACK) {
        say(s, &stop, message);
        return;
    }
    stop.kind = CONTROL_STEPPED;
    go(s, command, &stop);
    is_done(s, &stop);
    bool is_same = stop.kind == CONTROL_ENDED || stop.cpu == s->cpu;
    if (!is_same) {
        s->cpu = stop.cpu;
    }
    session_refresh(s, is_same && command != SESSION_BACK);
    say(s, &stop, message);
}
