#include "sim/base/err.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool err_set(struct err *e, const char *format, ...)
{
    if (e->text[0] == '\0') {
        va_list args;
        va_start(args, format);
        vsnprintf(e->text, sizeof e->text, format, args);
        va_end(args);
    }
    return false;
}

bool err_prefix(struct err *e, const char *format, ...)
{
    char old[sizeof e->text];
    memcpy(old, e->text, sizeof old);
    va_list args;
    va_start(args, format);
    int n = vsnprintf(e->text, sizeof e->text, format, args);
    va_end(args);
    if (n >= 0 && (size_t)n < sizeof e->text) {
        snprintf(e->text + n, sizeof e->text - (size_t)n, "%s", old);
    }
    return false;
}

void err_bug(const char *file, int line, const char *what)
{
    fprintf(stderr, "el2sim: internal error at %s:%d: %s\n", file, line, what);
    signal(SIGABRT, SIG_DFL); /* the engine catches aborts of its own (sim/engine/engine_abort.c) */
    abort();
}
