/*
 * Host-side errors: a bad file, option or resource. One line that names file, place and remedy; the
 * caller prints it and ends with status 2. A guest's mistakes are never errors of this kind: they
 * are values (a fault, an UNDEF, a count in the report).
 */
#ifndef EL2SIM_BASE_ERR_H
#define EL2SIM_BASE_ERR_H

#include <stdbool.h>

struct err {
    char text[512]; /* empty: no error */
};

/* Fills *e (printf style) and returns false, so that a function can `return err_set(e, "...")`. The
 * first error wins. */
bool err_set(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts a prefix ("profile.yaml: ") before the text that is there. */
bool err_prefix(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Our own mistake, never the user's or the guest's: prints where, and aborts. */
#define BUG_ON(condition)                                                                          \
    do {                                                                                           \
        if (condition) {                                                                           \
            err_bug(__FILE__, __LINE__, #condition);                                               \
        }                                                                                          \
    } while (0)

_Noreturn void err_bug(const char *file, int line, const char *what);

#endif
