#include "sim/step/session.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/board/control_state.h"
#include "sim/step/session_internal.h"

/* Where the code that runs has none at that address, another level's is shown. */
static bool code_word(void *ctx, uint64_t at, uint32_t *word)
{
    static const enum control_space others[] = {SPACE_EL2, SPACE_EL1, SPACE_GUEST, SPACE_EL0};
    struct session *s = ctx;
    bool found = machine_inspect_code(s->machine, s->cpu, va(at), word);
    for (size_t i = 0; !found && i < sizeof others / sizeof others[0]; i++) {
        found = control_read_memory(s->control, s->cpu, others[i], at, word, sizeof *word) ==
                sizeof *word;
    }
    return found;
}

static const char *code_symbol(void *ctx, uint64_t at, uint64_t *offset)
{
    struct session *s = ctx;
    return machine_inspect_symbol(s->machine, s->cpu, va(at), offset);
}

static const char *code_source(void *ctx, uint64_t at, const char **file, unsigned *line)
{
    struct session *s = ctx;
    return source_set_find(s->config.sources, s->now.pe.ps.el, s->now.in_vm, at, file, line);
}

static bool code_is_breakpoint(void *ctx, uint64_t at)
{
    const struct session *s = ctx;
    for (unsigned i = 0; i < s->point_count; i++) {
        if (s->points[i].at == at && (s->points[i].el_mask >> s->now.pe.ps.el & 1)) {
            return true;
        }
    }
    return false;
}

static void look(void *ctx)
{
    struct session *s = ctx;
    if (s->config.wants_stop && s->config.wants_stop(s->config.ctx)) {
        s->is_interrupted = true;
        control_interrupt(s->control);
    }
}

struct session *session_create(const struct session_config *config, struct err *e)
{
    struct session *s = calloc(1, sizeof *s);
    BUG_ON(s == NULL);
    s->config = *config;
    s->machine = config->machine;
    s->disasm = disasm_create(e);
    s->code = (struct view_code){.ctx = s,
                                 .word = code_word,
                                 .symbol = code_symbol,
                                 .source = code_source,
                                 .is_breakpoint = code_is_breakpoint};
    s->view = (struct view){.now = &s->now,
                            .code = &s->code,
                            .log = &s->log,
                            .disasm = s->disasm,
                            .console = config->text->bytes,
                            .cpu_count = machine_cpu_count(s->machine),
                            .wants_source = true};
    if (s->disasm == NULL) {
        session_destroy(s);
        return NULL;
    }
    s->control = control_create(s->machine);
    s->history = history_create(s->control, &s->no_history);
    s->observer = (struct event_observer){.seen = step_log_seen, .ctx = &s->log};
    machine_observe(s->machine, &s->observer);
    control_on_look(s->control, look, s);
    session_refresh(s, false);
    return s;
}

void session_destroy(struct session *s)
{
    if (s == NULL) {
        return;
    }
    history_destroy(s->history);
    if (s->control) {
        control_destroy(s->control);
    }
    machine_destroy(s->machine);
    disasm_destroy(s->disasm);
    free(s);
}

void session_refresh(struct session *s, bool keep_before)
{
    if (keep_before) {
        s->before = s->now;
    }
    machine_inspect(s->machine, s->cpu, &s->now);
    s->view.before = keep_before && s->before.cpu == s->cpu ? &s->before : NULL;
    s->view.cursor = s->now.pe.pc;
}

struct view *session_view(struct session *s)
{
    return &s->view;
}

bool session_has_ended(const struct session *s)
{
    return s->has_ended;
}

void session_select(struct session *s, unsigned cpu)
{
    if (cpu < s->view.cpu_count && cpu != s->cpu) {
        s->cpu = cpu;
        session_refresh(s, false);
    }
}

void session_finish(struct session *s, struct machine_result *result)
{
    control_finish(s->control, result);
}

bool session_find(struct session *s, const char *text, uint64_t *at, unsigned *el_mask)
{
    va_t found;
    bool is_found = machine_find_code(s->machine, text, &found, el_mask);
    *at = is_found ? found.v : *at;
    return is_found;
}

static void set_point(struct session *s, uint64_t at, unsigned el_mask, int context,
                      char message[SESSION_MESSAGE])
{
    char place[VIEW_PLACE];
    view_place(&s->view, at, place);
    if (s->point_count == SESSION_POINTS_MAX) {
        snprintf(message, SESSION_MESSAGE, "no more than %u breakpoints", SESSION_POINTS_MAX);
        return;
    }
    int number = control_break(s->control, va(at), el_mask, context);
    s->points[s->point_count++] = (struct session_point){at, el_mask, number};
    snprintf(message, SESSION_MESSAGE, "breakpoint at %s", place);
}

void session_toggle(struct session *s, uint64_t at, char message[SESSION_MESSAGE])
{
    for (unsigned i = 0; i < s->point_count; i++) {
        if (s->points[i].at == at) {
            control_point_delete(s->control, s->points[i].number);
            s->points[i] = s->points[--s->point_count];
            snprintf(message, SESSION_MESSAGE, "breakpoint at %#" PRIx64 " deleted", at);
            return;
        }
    }
    uint32_t word;
    bool is_ours = machine_inspect_code(s->machine, s->cpu, va(at), &word);
    set_point(s, at, is_ours ? 1u << s->now.pe.ps.el : CONTROL_ANY_EL,
              is_ours ? s->now.context : CONTROL_ANY_CONTEXT, message);
}

void session_break(struct session *s, const char *text, char message[SESSION_MESSAGE])
{
    uint64_t at;
    unsigned el_mask;
    if (!session_find(s, text, &at, &el_mask)) {
        snprintf(message, SESSION_MESSAGE, "\"%.60s\": neither a function nor an address (0x...)",
                 text);
        return;
    }
    set_point(s, at, el_mask, CONTROL_ANY_CONTEXT, message);
}
