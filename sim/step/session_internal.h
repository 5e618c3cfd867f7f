/* Inside the session: session.c (what it holds) and session_run.c (what moves it). */
#ifndef EL2SIM_STEP_SESSION_INTERNAL_H
#define EL2SIM_STEP_SESSION_INTERNAL_H

#include "sim/board/history.h"
#include "sim/report/source_set.h"
#include "sim/step/session.h"
#include "sim/step/session_text.h"

#define SESSION_POINTS_MAX 64

struct session_point {
    uint64_t at;
    unsigned el_mask;
    int number; /* the control's */
};

struct session {
    struct session_config config;
    struct machine *machine;
    struct control *control;
    struct history *history; /* NULL: the machine cannot go back; no_history says why */
    struct err no_history;
    unsigned cpu; /* selected */
    struct inspect now, before;
    struct view view;
    struct view_code code;
    struct step_log log;
    struct event_observer observer;
    struct disasm *disasm;
    struct session_point points[SESSION_POINTS_MAX];
    unsigned point_count;
    bool has_ended, is_interrupted;
};

/* The state before the last instruction of the selected CPU (session_back.c). */
void session_back(struct session *s, struct control_stop *stop);

/* Looks at the selected CPU again; what it showed becomes `before`, or there is none. */
void session_refresh(struct session *s, bool keep_before);

#endif
