/*
 * A wire. Whoever drives it says its level; the other end sees changes only. Modules that may not
 * include each other (timer, gic, devices, cpu) meet here; machine.c connects the ends.
 */
#ifndef EL2SIM_BASE_IRQ_H
#define EL2SIM_BASE_IRQ_H

#include "sim/base/archive.h"
#include "sim/base/types.h"

struct irq_line {
    void (*sink)(void *ctx, unsigned n, bool level);
    void *ctx;
    unsigned n; /* the sink's own number for this input */
    bool level;
};

static inline void irq_set(struct irq_line *line, bool level)
{
    if (line->level != level) {
        line->level = level;
        if (line->sink) {
            line->sink(line->ctx, line->n, level);
        }
    }
}

/* The level alone: the sink archives what it made of it. */
static inline void irq_archive(struct irq_line *line, struct archive *a)
{
    archive_bool(a, &line->level);
}

#endif
