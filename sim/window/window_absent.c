#include "sim/window/window.h"

struct window *window_open(struct err *e)
{
    err_set(e, "--window: this el2sim was built without SDL2: install libsdl2-dev and psf-unifont, "
               "and build again");
    return NULL;
}

void window_close(struct window *w)
{
    (void)w;
}

void window_console(void *w, const char *text, size_t length)
{
    (void)w;
    (void)text;
    (void)length;
}

struct host_source window_attach(struct window *w, struct machine *m)
{
    (void)w;
    (void)m;
    return (struct host_source){.ctx = NULL};
}

void window_linger(struct window *w, const char *why)
{
    (void)w;
    (void)why;
}
