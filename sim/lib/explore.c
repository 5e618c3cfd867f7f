/* The search itself: depth first, from the state where both calls have begun. */
#include "sim/lib/explore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/parse.h"
#include "sim/board/checkpoint.h"
#include "sim/lib/counts.h"

#define STATES_DEFAULT 100000u

/* A state that is not done with: what it was, and which CPU comes next. */
struct frame {
    uint32_t state;
    unsigned next;
    struct checkpoint *point;
};

struct stack {
    struct frame *frames;
    size_t count, room;
};

static bool push(struct stack *stack, uint32_t state, struct exploring *x)
{
    if (stack->count == stack->room) {
        stack->room = stack->room ? 2 * stack->room : 64;
        stack->frames = realloc(stack->frames, stack->room * sizeof *stack->frames);
        BUG_ON(stack->frames == NULL);
    }
    struct checkpoint *point = checkpoint_take(x->m->machine, x->base, library_error());
    stack->frames[stack->count++] = (struct frame){.state = state, .point = point};
    return point != NULL;
}

static void pop(struct stack *stack)
{
    checkpoint_free(stack->frames[--stack->count].point);
}

/* The state that the machine is in. Calls that have returned do not run on, so that is part of it
 * by their pc. */
static uint32_t here(struct exploring *x, bool *is_new)
{
    uint32_t state = states_find(&x->states, checkpoint_state_hash(x->m->machine, x->base), is_new);
    if (*is_new) {
        x->states.states[state].is_end = exploring_is_end(x);
        x->states.states[state].is_broken = !exploring_holds(x);
    }
    return state;
}

/* Follows one edge of the frame on top. False: something went wrong. What is broken or has ended is
 * not followed further. */
static bool follow(struct exploring *x, struct stack *stack, unsigned cpu)
{
    uint32_t from = stack->frames[stack->count - 1].state;
    bool is_new;
    uint32_t count = exploring_run(x, cpu);
    if (count == 0) {
        return false;
    }
    uint32_t to = here(x, &is_new);
    x->states.states[from].next[cpu].to = to;
    x->states.states[from].next[cpu].instructions = count;
    const struct state *state = &x->states.states[to];
    x->is_broken |= state->is_broken;
    return !is_new || state->is_end || state->is_broken || push(stack, to, x);
}

/* False: something went wrong. */
static bool search(struct exploring *x, struct stack *stack)
{
    unsigned limit = x->what->max_states ? x->what->max_states : STATES_DEFAULT;
    bool is_new;
    uint32_t first = here(x, &is_new);
    x->is_broken = x->states.states[first].is_broken;
    bool going = x->is_broken || push(stack, first, x);
    bool is_there = true; /* the machine is in the state on top */
    while (going && stack->count != 0 && !x->is_bound) {
        struct frame *top = &stack->frames[stack->count - 1];
        unsigned cpu = top->next++;
        if (cpu == EXPLORE_CPUS) {
            pop(stack);
            is_there = false;
            continue;
        }
        going = is_there || checkpoint_restore(top->point, x->m->machine, library_error());
        is_there = true;
        if (going && exploring_can_run(x, cpu)) {
            size_t depth = stack->count;
            going = follow(x, stack, cpu);
            is_there = stack->count != depth;
        }
        x->is_bound = x->states.count >= limit;
    }
    return going;
}

/* What is told. */

static void tell_turn(FILE *schedule, FILE *story, const struct exploring *x, unsigned i,
                      uint64_t count)
{
    char where[LIBRARY_PLACE_MAX];
    library_place(x->m, x->calls[i].cpu, where);
    fprintf(schedule, "%s%u*%llu", ftell(schedule) ? " " : "", x->calls[i].cpu,
            (unsigned long long)count);
    fprintf(story, "CPU %u runs %llu instruction%s, to %s\n", x->calls[i].cpu,
            (unsigned long long)count, count == 1 ? "" : "s",
            exploring_has_returned(x, i) ? "its return" : where);
}

/* Runs the way again from the beginning, and tells of it. */
static bool tell(struct exploring *x)
{
    struct way way;
    size_t size;
    FILE *schedule = open_memstream(&x->m->schedule, &size);
    FILE *story = open_memstream(&x->m->story, &size);
    BUG_ON(schedule == NULL || story == NULL);
    states_way(&x->states, &way);
    bool done = checkpoint_restore(x->base, x->m->machine, library_error());
    for (size_t i = 0; done && i < way.length;) {
        unsigned cpu = way.cpus[i];
        uint64_t count = 0;
        for (; done && i < way.length && way.cpus[i] == cpu; i++) {
            done = exploring_run_exactly(x, cpu, way.instructions[i]);
            count += way.instructions[i];
        }
        tell_turn(schedule, story, x, cpu, count);
    }
    fclose(schedule);
    fclose(story);
    way_free(&way);
    return done;
}

static void forget_told(struct el2sim_machine *m)
{
    free(m->schedule);
    free(m->story);
    m->schedule = m->story = NULL;
}

static void conclude(const struct exploring *x, enum el2sim_verdict verdict,
                     struct el2sim_finding *out)
{
    *out = (struct el2sim_finding){.verdict = verdict,
                                   .states = (unsigned)x->states.count,
                                   .runs = (unsigned)x->runs,
                                   .schedule = x->m->schedule ? x->m->schedule : "",
                                   .story = x->m->story ? x->m->story : ""};
}

static enum el2sim_verdict verdict_of(struct exploring *x)
{
    if (x->is_broken) {
        return EL2SIM_BROKEN;
    }
    if (x->is_bound) { /* what is not followed may yet end */
        return EL2SIM_BOUND;
    }
    return states_find_stuck(&x->states) ? EL2SIM_STUCK : EL2SIM_HOLDS;
}

static bool explore(struct exploring *x, struct el2sim_finding *out)
{
    struct stack stack = {.count = 0};
    bool done = search(x, &stack);
    while (stack.count != 0) {
        pop(&stack);
    }
    free(stack.frames);
    enum el2sim_verdict verdict = done ? verdict_of(x) : EL2SIM_BOUND;
    bool is_told = verdict == EL2SIM_BROKEN || verdict == EL2SIM_STUCK;
    done = done && (!is_told || tell(x));
    conclude(x, verdict, out);
    return done;
}

bool el2sim_explore(struct el2sim_machine *m, const struct el2sim_exploration *what,
                    struct el2sim_finding *finding)
{
    struct exploring x = {.m = m, .what = what};
    struct checkpoint *before = checkpoint_take(m->machine, NULL, library_error());
    forget_told(m);
    if (before == NULL || !exploring_begin(&x)) {
        checkpoint_free(before);
        return false;
    }
    states_init(&x.states);
    x.base = checkpoint_take(m->machine, before, library_error());
    bool done = x.base != NULL && explore(&x, finding);
    struct err lost = {""};
    if (!checkpoint_restore(before, m->machine, &lost)) { /* else the first reason counts */
        done = err_set(library_error(), "%s", lost.text);
    }
    el2sim_restart_counts(m);
    states_free(&x.states);
    checkpoint_free(x.base);
    checkpoint_free(before);
    return done;
}

/* "0*57 1*21": the next turn. False with the reason, or, at the end, without one. */
static bool next_turn(const struct exploring *x, const char **at, unsigned *i, uint64_t *count)
{
    uint64_t cpu;
    const char *text = *at;
    while (*text == ' ') {
        text++;
    }
    if (*text == '\0') {
        return false;
    }
    if (!parse_u64(text, 10, &cpu, &text) || *text != '*' ||
        !parse_u64(text + 1, 10, count, &text) || (*text != ' ' && *text != '\0') ||
        (cpu != x->calls[0].cpu && cpu != x->calls[1].cpu)) {
        return err_set(library_error(), "schedule \"%.40s\": CPU*INSTRUCTIONS is expected, as 0*57",
                       *at);
    }
    *i = cpu == x->calls[1].cpu;
    *at = text;
    return true;
}

bool el2sim_replay(struct el2sim_machine *m, const struct el2sim_exploration *what,
                   const char *schedule, struct el2sim_finding *finding)
{
    struct exploring x = {.m = m, .what = what};
    struct err *e = library_error();
    unsigned i = 0;
    uint64_t count = 0;
    if (!exploring_begin(&x)) {
        return false;
    }
    bool holds = exploring_holds(&x);
    while (next_turn(&x, &schedule, &i, &count)) {
        for (; count > 0; count--) {
            if (!exploring_run_exactly(&x, i, 1)) {
                break;
            }
            x.runs++;
            holds = holds && (!exploring_is_at_switch(&x, i) || exploring_holds(&x));
        }
    }
    call_unpark(m, x.parked);
    conclude(&x,
             !holds                 ? EL2SIM_BROKEN
             : exploring_is_end(&x) ? EL2SIM_HOLDS
                                    : EL2SIM_STUCK,
             finding);
    return e->text[0] == '\0';
}
