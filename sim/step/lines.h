/* What a pane shows: lines with a style each, before anybody draws them. */
#ifndef EL2SIM_STEP_LINES_H
#define EL2SIM_STEP_LINES_H

#include <stddef.h>

/* What a line is, not how it looks: screen.c decides that. */
enum line_style {
    LINE_PLAIN,
    LINE_HEAD,    /* begins a part */
    LINE_DIM,     /* is there, but does not matter now */
    LINE_CHANGED, /* the last step changed it */
    LINE_PC,      /* the next instruction */
    LINE_CURSOR,
    LINE_WARN, /* traps, faults */
    LINE_EL0,
    LINE_EL1,
    LINE_EL2
};

#define LINE_TEXT 200
#define LINES_MAX 128

struct line {
    enum line_style style;
    char text[LINE_TEXT]; /* ASCII */
};

struct lines {
    unsigned width; /* columns that there are; longer lines are cut when drawn */
    unsigned count;
    struct line line[LINES_MAX];
};

void lines_start(struct lines *out, unsigned width);

/* One more line; the last ones are dropped when there is no room. */
void lines_add(struct lines *out, enum line_style style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A text in as many lines as its width needs, broken at blanks; further ones begin with `indent`
 * blanks. */
void lines_wrap(struct lines *out, enum line_style style, unsigned indent, const char *text);

/* "1,234,567"; of thousandths of a cycle, "1,234.5". */
#define LINES_NUMBER 40
void lines_number(unsigned long long n, char text[LINES_NUMBER]);
void lines_cycles(unsigned long long thousandths, char text[LINES_NUMBER]);

#endif
