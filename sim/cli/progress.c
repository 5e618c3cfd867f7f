#include "sim/cli/progress.h"

#include <stdio.h>
#include <unistd.h>

#define QUIET_SECONDS 2.0

static double elapsed(const struct progress *p)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - p->start.tv_sec) + (double)(now.tv_nsec - p->start.tv_nsec) / 1e9;
}

void progress_start(struct progress *p, const char *what, cycles_t goal)
{
    *p = (struct progress){.what = what, .goal = goal, .visible = isatty(STDERR_FILENO) == 1};
    clock_gettime(CLOCK_MONOTONIC, &p->start);
}

static void show(struct progress *p, double part, cycles_t now)
{
    double seconds = elapsed(p);
    if (!p->visible || seconds < QUIET_SECONDS) {
        return;
    }
    p->shown = true;
    if (part > 0) {
        fprintf(stderr, "\r%s: %3.0f %%, %.0f s left \033[K", p->what, part * 100,
                seconds * (1 - part) / part);
    } else {
        fprintf(stderr, "\r%s: %llu Mcycles in %.0f s \033[K", p->what,
                (unsigned long long)(now / CYCLE / 1000000), seconds);
    }
    fflush(stderr);
}

void progress_steps(struct progress *p, const char *what, unsigned done, unsigned all)
{
    p->what = what;
    p->done_steps = done;
    p->all_steps = all;
    show(p, all ? (double)done / all : 0, 0);
}

void progress_update(void *progress, cycles_t now)
{
    struct progress *p = progress;
    double part = p->all_steps ? (double)p->done_steps / p->all_steps
                  : p->goal    ? (double)now / (double)p->goal
                               : 0;
    show(p, part, now);
}

void progress_end(struct progress *p)
{
    if (p->shown) {
        fputs("\r\033[K", stderr);
    }
}
