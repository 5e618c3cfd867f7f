#include <stdlib.h>

#include "sim/board/checkpoint.h"
#include "sim/board/control.h"
#include "sim/lib/counts.h"
#include "sim/lib/library.h"

struct el2sim_snapshot {
    struct el2sim_machine *of;
    struct checkpoint *point;
    bool is_loaded;
};

struct el2sim_snapshot *el2sim_snapshot_take(struct el2sim_machine *m)
{
    struct checkpoint *point = checkpoint_take(m->machine, NULL, library_error());
    if (point == NULL) {
        return NULL;
    }
    struct el2sim_snapshot *snapshot = calloc(1, sizeof *snapshot);
    BUG_ON(snapshot == NULL);
    *snapshot = (struct el2sim_snapshot){.of = m, .point = point, .is_loaded = m->is_loaded};
    return snapshot;
}

void el2sim_snapshot_free(struct el2sim_snapshot *snapshot)
{
    if (snapshot != NULL) {
        checkpoint_free(snapshot->point);
        free(snapshot);
    }
}

bool el2sim_snapshot_restore(struct el2sim_machine *m, const struct el2sim_snapshot *snapshot)
{
    struct err *e = library_error();
    if (snapshot == NULL || snapshot->of != m) {
        return err_set(e, "the snapshot is of another machine");
    }
    if (!checkpoint_restore(snapshot->point, m->machine, e)) {
        return false;
    }
    m->is_loaded = snapshot->is_loaded;
    m->open.count = 0;
    el2sim_restart_counts(m);
    return true;
}

struct el2sim_machine *el2sim_fork(struct el2sim_machine *m)
{
    struct err *e = library_error();
    struct checkpoint *point = checkpoint_take(m->machine, NULL, e);
    struct el2sim_machine *other = point ? library_copy(m, e) : NULL;
    if (other != NULL && !checkpoint_restore(point, other->machine, e)) {
        el2sim_destroy(other);
        other = NULL;
    }
    checkpoint_free(point);
    if (other != NULL) {
        el2sim_restart_counts(other);
    }
    return other;
}

void el2sim_set_schedule_seed(struct el2sim_machine *m, uint64_t seed)
{
    m->config.schedule_seed = m->machine->config.schedule_seed = seed;
}
