#include "sim/lint/lint.h"

#include <stdlib.h>

#include "sim/base/err.h"
#include "sim/lint/parts.h"

static void seen(void *ctx, const struct watch_event *e)
{
    struct lint *lint = ctx;
    lint_sync_seen(lint, e);
    lint_tables_seen(lint, e);
    lint_vmid_seen(lint, e);
    lint_state_seen(lint, e);
    lint_irq_seen(lint, e);
}

struct lint *lint_create(struct machine *m, bool is_pedantic)
{
    struct lint *lint = calloc(1, sizeof *lint);
    BUG_ON(lint == NULL);
    lint->machine = m;
    lint->is_pedantic = is_pedantic;
    lint->watcher = (struct machine_watcher){.seen = seen, .ctx = lint};
    lint_sync_create(lint);
    lint_tables_create(lint);
    lint_vmid_create(lint);
    lint_state_create(lint);
    lint_irq_create(lint);
    machine_watch(m, &lint->watcher);
    return lint;
}

void lint_destroy(struct lint *lint)
{
    if (lint) {
        lint_sync_destroy(lint);
        lint_tables_destroy(lint);
        lint_vmid_destroy(lint);
        lint_state_destroy(lint);
        lint_irq_destroy(lint);
        free(lint);
    }
}

void lint_want_barriers(struct lint *lint, unsigned cpu, enum lint_barrier_user user, bool on)
{
    unsigned before = lint->barriers[cpu];
    unsigned now = on ? before | 1u << user : before & ~(1u << user);
    lint->barriers[cpu] = now;
    if ((now != 0) != (before != 0)) {
        machine_watch_barriers(lint->machine, cpu, now != 0);
    }
}
