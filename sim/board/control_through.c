/* A step that exceptions do not end. */
#include "sim/board/control_through.h"

#include "sim/board/control_state.h"

/* Interrupts that come before the instruction, one behind the other. */
#define TRIES 8

static uint64_t read_register(struct control *c, unsigned cpu, const char *name)
{
    uint64_t value[2];
    control_read_register(c, cpu, control_register_by_name(name), value);
    return value[0];
}

/* Runs until the exception that was just taken has returned: to where it came from, or behind that
 * where a hypervisor has done what the instruction should. Others' stacks may hold the same places:
 * deeper ones do not count. False: something else has stopped the run. */
static bool return_to(struct control *c, const struct control_mover *by, unsigned cpu,
                      const struct control_cpu *from, uint64_t sp, struct control_stop *stop)
{
    unsigned el = control_cpu_state(c, cpu).el;
    uint64_t at = read_register(c, cpu, el == 2 ? "ELR_EL2" : "ELR_EL1");
    int points[2];
    bool is_ours = true, is_there = false;
    for (unsigned i = 0; i < 2; i++) {
        points[i] = control_break(c, va(at + 4 * i), 1u << from->el, from->context);
    }
    while (is_ours && !is_there) {
        is_ours = by->go_on(by->ctx, stop) && stop->kind == CONTROL_BREAKPOINT &&
                  (stop->point == points[0] || stop->point == points[1]);
        is_there = is_ours && stop->cpu == cpu && read_register(c, cpu, "sp") >= sp;
    }
    for (unsigned i = 0; i < 2; i++) {
        control_point_delete(c, points[i]);
    }
    stop->kind = is_ours ? CONTROL_STEPPED : stop->kind;
    return is_ours;
}

bool control_step_through(struct control *c, const struct control_mover *by, unsigned cpu,
                          struct control_stop *stop)
{
    for (unsigned tries = 0; tries < TRIES; tries++) {
        const struct control_cpu from = control_cpu_state(c, cpu);
        uint64_t sp = read_register(c, cpu, "sp");
        bool goes_on = by->step(by->ctx, cpu, stop);
        bool is_exception = goes_on && stop->kind == CONTROL_STEPPED &&
                            control_cpu_state(c, cpu).exceptions != from.exceptions;
        if (!is_exception) {
            return goes_on;
        }
        if (!return_to(c, by, cpu, &from, sp, stop) || stop->pc != from.pc) {
            return stop->kind != CONTROL_ENDED;
        }
    }
    return true;
}
