/*
 * A run in the hands of somebody who looks at it: commands that move it, what they changed, and
 * breakpoints. No terminal is needed.
 */
#ifndef EL2SIM_STEP_SESSION_H
#define EL2SIM_STEP_SESSION_H

#include "sim/board/control.h"
#include "sim/step/view.h"

struct session;

/* What the guest prints. Made before the machine, whose config.console takes it. */
struct session_text;
struct session_text *session_text_create(void);
void session_text_destroy(struct session_text *t);
void session_console(void *text, const char *bytes, size_t length);

struct session_config {
    struct machine *machine; /* loaded; the session's from now on */
    struct session_text *text;
    struct source_set *sources; /* the caller's */
    /* Asked now and then while the machine runs: whether the user wants it to stop. */
    bool (*wants_stop)(void *ctx);
    void *ctx;
};

/* NULL with *e, and the machine destroyed. */
struct session *session_create(const struct session_config *config, struct err *e);
void session_destroy(struct session *s);

enum session_command {
    SESSION_STEP,
    SESSION_OVER,     /* calls and exceptions are one step */
    SESSION_OUT,      /* behind the return of the function, or the ERET of the handler */
    SESSION_TO_EL,    /* the selected CPU's next change of EL */
    SESSION_TO_WORLD, /* the next world switch: host <-> VM, VM <-> VM */
    SESSION_TO_CURSOR,
    SESSION_CONTINUE,
    SESSION_BACK /* the state before the last instruction */
};

#define SESSION_MESSAGE 160

/* Carries a command out; says how it ended in `message`. The CPU that stopped is selected. */
void session_do(struct session *s, enum session_command command, char message[SESSION_MESSAGE]);

bool session_has_ended(const struct session *s);

/* The selected CPU as it stands, ready to be shown. */
struct view *session_view(struct session *s);
void session_select(struct session *s, unsigned cpu);

/* An address, "0x..." or a function's name. False: neither. */
bool session_find(struct session *s, const char *text, uint64_t *at, unsigned *el_mask);

/* A breakpoint there is set, or taken away, in the code that the selected CPU runs (in any, where
 * that has none there)... */
void session_toggle(struct session *s, uint64_t at, char message[SESSION_MESSAGE]);
/* ... or at a name or address, in any context. */
void session_break(struct session *s, const char *text, char message[SESSION_MESSAGE]);

/* Ends the run. */
void session_finish(struct session *s, struct machine_result *result);

#endif
