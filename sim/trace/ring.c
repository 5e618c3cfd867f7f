#include <stdlib.h>

#include "sim/base/err.h"
#include "sim/trace/timeline.h"

struct ring {
    size_t room, first, count;
    struct arch_event events[];
};

struct ring *ring_create(size_t count)
{
    struct ring *ring = malloc(sizeof *ring + count * sizeof ring->events[0]);
    BUG_ON(ring == NULL);
    ring->room = count;
    ring->first = ring->count = 0;
    return ring;
}

void ring_free(struct ring *ring)
{
    free(ring);
}

bool ring_put(struct ring *ring, const struct arch_event *e, struct arch_event *out)
{
    bool is_full = ring->count == ring->room;
    if (is_full) {
        ring_take(ring, out);
    }
    size_t at = ring->first + ring->count++;
    ring->events[at < ring->room ? at : at - ring->room] = *e;
    return is_full;
}

bool ring_take(struct ring *ring, struct arch_event *out)
{
    if (ring->count == 0) {
        return false;
    }
    *out = ring->events[ring->first];
    ring->first = ring->first + 1 == ring->room ? 0 : ring->first + 1;
    ring->count--;
    return true;
}
