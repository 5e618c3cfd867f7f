/* What makes the machine run, forwards or back, and how it says why it stopped. */
#include "sim/gdb/server.h"

#include "sim/board/control_through.h"

#include <stdio.h>
#include <string.h>

/* What has no words in a stop reply is said on gdb's console. */
static void say_why(struct gdb *g)
{
    struct control_cpu cpu = control_cpu_state(g->c, g->stop.cpu);
    const char *what = "";
    switch (g->stop.kind) {
    case CONTROL_EXCEPTION:
        what = "an exception was taken: ";
        break;
    case CONTROL_EL:
        what = "the EL has changed: ";
        break;
    case CONTROL_CONTEXT:
        what = cpu.context ? "a VM runs now: " : "the host runs now: ";
        break;
    case CONTROL_MARK:
        what = "a mark: ";
        break;
    case CONTROL_ENDED:
    case CONTROL_STEPPED:
    case CONTROL_BREAKPOINT:
    case CONTROL_WATCHPOINT:
    case CONTROL_CYCLE:
    case CONTROL_INTERRUPTED:
    case CONTROL_BEGIN:
        return;
    }
    char text[80];
    int length = snprintf(text, sizeof text, "%sEL%u, CPU %u\n", what, cpu.el, g->stop.cpu);
    gdb_say(g, text, (size_t)length);
}

static unsigned watch_type(const struct gdb *g)
{
    for (size_t i = 0; i < GDB_POINTS; i++) {
        if (g->points[i].number == g->stop.point && g->stop.point != 0) {
            return g->points[i].type;
        }
    }
    return 2;
}

void gdb_stop_reply(struct gdb *g)
{
    static const char *const watches[] = {[2] = "watch", [3] = "rwatch", [4] = "awatch"};
    const struct control_stop *s = &g->stop;
    if (s->kind == CONTROL_ENDED) {
        gdb_print(&g->reply, "W%02x", (unsigned)control_status(g->c) & 0xff);
        return;
    }
    gdb_print(&g->reply, "T%02xthread:%x;", s->kind == CONTROL_INTERRUPTED ? 2 : 5, s->cpu + 1);
    if (s->kind == CONTROL_BREAKPOINT) {
        gdb_print(&g->reply, "%s:;", watch_type(g) == 1 ? "hwbreak" : "swbreak");
    } else if (s->kind == CONTROL_WATCHPOINT) {
        unsigned type = watch_type(g);
        gdb_print(&g->reply, "%s:%llx;", watches[type < 2 ? 2 : type],
                  (unsigned long long)s->address);
    } else if (s->kind == CONTROL_BEGIN) {
        gdb_print(&g->reply, "replaylog:begin;");
    }
}

static void ran(struct gdb *g)
{
    if (g->stop.kind == CONTROL_ENDED) {
        g->is_over = true;
    } else {
        g->cpu = g->chosen = g->stop.cpu;
        say_why(g);
    }
    gdb_stop_reply(g);
}

static bool step_one(void *ctx, unsigned cpu, struct control_stop *stop)
{
    struct gdb *g = ctx;
    return g->history ? history_step(g->history, cpu, stop) : control_step(g->c, cpu, stop);
}

static bool continue_on(void *ctx, struct control_stop *stop)
{
    struct gdb *g = ctx;
    return g->history ? history_continue(g->history, CYCLES_NEVER, stop)
                      : control_continue(g->c, CYCLES_NEVER, stop);
}

static void step(struct gdb *g, unsigned cpu)
{
    const struct control_mover by = {step_one, continue_on, g};
    if (g->steps_through) {
        control_step_through(g->c, &by, cpu, &g->stop);
    } else {
        step_one(g, cpu, &g->stop);
    }
}

static void go_on(struct gdb *g)
{
    continue_on(g, &g->stop);
}

/* Which CPU steps where no packet says so. */
static unsigned stepper(const struct gdb *g)
{
    return g->moves == NO_THREAD ? g->chosen : g->moves;
}

/* ":THREAD", or nothing. */
static unsigned take_stepper(const struct gdb *g, const char **at)
{
    unsigned cpu = NO_THREAD;
    bool is_there = gdb_take(at, ":") && gdb_take_thread(g, at, &cpu) && cpu != NO_THREAD;
    return is_there ? cpu : g->chosen;
}

/* vCont;action[:thread]...: a step of one CPU, or all go on. */
static void vcont(struct gdb *g, const char *at)
{
    while (*at == ';') {
        char action = *++at;
        at += action != '\0';
        if (action == 'S' || action == 'C') { /* with a signal, which no CPU has */
            uint64_t signal;
            gdb_take_number(&at, &signal);
        }
        if (action == 's' || action == 'S') {
            step(g, take_stepper(g, &at));
            return;
        }
        if (action == 't') { /* all stand already */
            gdb_stop_reply(g);
            return;
        }
        at += strcspn(at, ";");
    }
    go_on(g);
}

static void go_back(struct gdb *g, bool one)
{
    if (g->history == NULL) {
        gdb_say(g, g->no_history.text, strlen(g->no_history.text));
        gdb_say(g, "\n", 1);
        g->stop = (struct control_stop){.kind = CONTROL_BEGIN, .cpu = stepper(g)};
    } else if (one) {
        history_step_back(g->history, stepper(g), &g->stop);
    } else {
        history_continue_back(g->history, &g->stop);
    }
}

bool gdb_resume(struct gdb *g, const char *packet)
{
    uint64_t at[2] = {0, 0};
    const char *rest = packet;
    if (gdb_take(&rest, "vCont;")) {
        vcont(g, rest - 1);
    } else if (strcmp(packet, "bs") == 0 || strcmp(packet, "bc") == 0) {
        go_back(g, packet[1] == 's');
    } else if (*packet == 's' || *packet == 'c') {
        rest = packet + 1;
        if (gdb_take_number(&rest, &at[0])) {
            control_write_register(g->c, stepper(g), REG_PC, at);
            gdb_changed(g);
        }
        if (*packet == 's') {
            step(g, stepper(g));
        } else {
            go_on(g);
        }
    } else {
        return false;
    }
    if (g->reply.length == 0) {
        ran(g);
    }
    return true;
}

static struct gdb_point *find(struct gdb *g, unsigned type, uint64_t at, uint64_t size_bytes)
{
    struct gdb_point *free_one = NULL;
    for (size_t i = 0; i < GDB_POINTS; i++) {
        struct gdb_point *p = &g->points[i];
        if (p->number != 0 && p->type == type && p->at == at && p->size_bytes == size_bytes) {
            return p;
        }
        free_one = p->number == 0 && free_one == NULL ? p : free_one;
    }
    return free_one;
}

void gdb_set_point(struct gdb *g, const char *packet)
{
    const char *at = packet + 1;
    uint64_t type, address, size;
    if (!gdb_take_number(&at, &type) || !gdb_take(&at, ",") || !gdb_take_number(&at, &address) ||
        !gdb_take(&at, ",") || !gdb_take_number(&at, &size)) {
        gdb_print(&g->reply, "E01");
        return;
    }
    if (type > 4) {
        return; /* no such kind */
    }
    struct gdb_point *p = find(g, (unsigned)type, address, size);
    if (p == NULL || (type >= 2 && (size == 0 || size > UINT32_MAX))) {
        gdb_print(&g->reply, "E02");
        return;
    }
    if (*packet == 'z') {
        control_point_delete(g->c, p->number);
        p->number = 0;
    } else if (p->number == 0) {
        *p = (struct gdb_point){.type = (unsigned)type, .at = address, .size_bytes = size};
        p->number = type < 2 ? control_break(g->c, va(address), CONTROL_ANY_EL, CONTROL_ANY_CONTEXT)
                             : control_watch(g->c, va(address), size, type >= 3, type != 3);
    }
    gdb_print(&g->reply, "OK");
}
