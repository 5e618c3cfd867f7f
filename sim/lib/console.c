#include "sim/lib/console.h"

#include <string.h>

#include "sim/board/control_internal.h"

/* Keeps the last bytes, as many as the text has. */
static bool completes(struct console_wait *w, char next)
{
    size_t length = strlen(w->text);
    memmove(w->last, w->last + 1, length - 1);
    w->last[length - 1] = next;
    return memcmp(w->last, w->text, length) == 0;
}

void console_output(void *ctx, const char *text, size_t length)
{
    struct el2sim_machine *m = ctx;
    for (size_t i = 0; m->wait.is_on && i < length; i++) {
        m->wait.has_come |= completes(&m->wait, text[i]);
    }
    if (m->console != NULL) {
        m->console(m->console_ctx, text, length);
    }
}

/* The write that printed it is an event, of a CPU. */
static void seen(void *ctx, const struct arch_event *e)
{
    struct el2sim_machine *m = ctx;
    if (m->wait.has_come) {
        m->wait.has_come = false;
        control_stop_at(m->machine->cpus[e->cpu], CONTROL_INTERRUPTED);
    }
}

bool console_wait_for(struct el2sim_machine *m, const char *text)
{
    struct console_wait *w = &m->wait;
    size_t length = strlen(text);
    if (length == 0 || length >= sizeof w->text) {
        return err_set(library_error(), "text on the console: 1 to %zu bytes are expected",
                       sizeof w->text - 1);
    }
    memset(w, 0, sizeof *w);
    memcpy(w->text, text, length);
    w->is_on = true;
    w->observer = (struct event_observer){.seen = seen, .ctx = m};
    machine_observe(m->machine, &w->observer);
    return true;
}

void console_wait_no_more(struct el2sim_machine *m)
{
    m->wait.is_on = false;
    machine_unobserve(m->machine, &m->wait.observer);
}
