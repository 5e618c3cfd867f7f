/* States that are known, and ways through them. */
#include <stdlib.h>

#include "sim/lib/explore.h"

void states_init(struct states *s)
{
    *s = (struct states){.slot_count = 4096};
    s->slots = calloc(s->slot_count, sizeof *s->slots);
    BUG_ON(s->slots == NULL);
}

void states_free(struct states *s)
{
    free(s->states);
    free(s->slots);
}

static uint32_t *slot_of(struct states *s, uint64_t hash)
{
    size_t slot = (size_t)hash & (s->slot_count - 1);
    while (s->slots[slot] != 0 && s->states[s->slots[slot] - 1].hash != hash) {
        slot = (slot + 1) & (s->slot_count - 1);
    }
    return &s->slots[slot];
}

static void grow(struct states *s)
{
    free(s->slots);
    s->slot_count *= 2;
    s->slots = calloc(s->slot_count, sizeof *s->slots);
    BUG_ON(s->slots == NULL);
    for (size_t i = 0; i < s->count; i++) {
        *slot_of(s, s->states[i].hash) = (uint32_t)i + 1;
    }
}

uint32_t states_find(struct states *s, uint64_t hash, bool *is_new)
{
    uint32_t *slot = slot_of(s, hash);
    *is_new = *slot == 0;
    if (!*is_new) {
        return *slot - 1;
    }
    if (s->count == s->room) {
        s->room = s->room ? 2 * s->room : 1024;
        s->states = realloc(s->states, s->room * sizeof *s->states);
        BUG_ON(s->states == NULL);
    }
    s->states[s->count] = (struct state){.hash = hash, .next = {{NO_STATE, 0}, {NO_STATE, 0}}};
    *slot = (uint32_t)++s->count;
    if (2 * s->count > s->slot_count) {
        grow(s);
    }
    return (uint32_t)s->count - 1;
}

/* Search for the way: a place is a state and the CPU that ran last; an edge costs 1 if the other
 * one runs. */
struct search {
    uint32_t *from; /* by place: the place before; NO_STATE: not reached */
    uint32_t *cost;
    uint32_t *queue; /* what is reached: cheapest at the front */
    size_t first, last;
};

static void visit(const struct states *s, struct search *q, uint32_t place)
{
    uint32_t state = place / EXPLORE_CPUS;
    for (unsigned cpu = 0; cpu < EXPLORE_CPUS; cpu++) {
        uint32_t to = s->states[state].next[cpu].to;
        bool changes = cpu != place % EXPLORE_CPUS;
        uint32_t cost = q->cost[place] + changes;
        uint32_t next = to * EXPLORE_CPUS + cpu;
        if (to == NO_STATE || (q->from[next] != NO_STATE && q->cost[next] <= cost)) {
            continue;
        }
        q->from[next] = place;
        q->cost[next] = cost;
        q->queue[changes ? q->last++ : --q->first] = next;
    }
}

static void take(const struct states *s, const struct search *q, uint32_t place, struct way *way)
{
    size_t length = 0;
    for (uint32_t at = place; q->from[at] != at; at = q->from[at]) {
        length++;
    }
    way->length = length;
    way->cpus = calloc(length + 1, sizeof *way->cpus);
    way->instructions = calloc(length + 1, sizeof *way->instructions);
    BUG_ON(way->cpus == NULL || way->instructions == NULL);
    for (uint32_t at = place; q->from[at] != at; at = q->from[at]) {
        uint32_t before = q->from[at] / EXPLORE_CPUS;
        way->cpus[--length] = (unsigned char)(at % EXPLORE_CPUS);
        way->instructions[length] = s->states[before].next[at % EXPLORE_CPUS].instructions;
    }
}

/* The cheapest place of a state that is looked for; places come by their cost. */
static uint32_t search(const struct states *s, struct search *q)
{
    while (q->first != q->last) {
        uint32_t place = q->queue[q->first++];
        const struct state *state = &s->states[place / EXPLORE_CPUS];
        if (state->is_broken || state->is_stuck) {
            return place;
        }
        visit(s, q, place);
    }
    return 0;
}

void states_way(const struct states *s, struct way *way)
{
    size_t places = s->count * EXPLORE_CPUS;
    struct search q = {.first = 4 * places, .last = 4 * places};
    q.from = malloc((places + 1) * sizeof *q.from);
    q.cost = calloc(places + 1, sizeof *q.cost);
    q.queue = calloc(8 * places + 1, sizeof *q.queue);
    BUG_ON(q.from == NULL || q.cost == NULL || q.queue == NULL);
    for (size_t i = 0; i < places; i++) {
        q.from[i] = NO_STATE;
    }
    for (uint32_t cpu = 0; cpu < EXPLORE_CPUS; cpu++) {
        q.from[cpu] = cpu; /* the first state: whoever begins changes nothing */
        q.queue[q.last++] = cpu;
    }
    take(s, &q, search(s, &q), way);
    free(q.from);
    free(q.cost);
    free(q.queue);
}

void way_free(struct way *way)
{
    free(way->cpus);
    free(way->instructions);
}

/* Ends are marked first, then whatever leads to a marked state, until nothing is new. */
bool states_find_stuck(struct states *s)
{
    bool *reaches = calloc(s->count + 1, sizeof *reaches);
    bool found = false;
    BUG_ON(reaches == NULL);
    for (bool again = true; again;) {
        again = false;
        for (size_t i = s->count; i-- > 0;) {
            bool does = s->states[i].is_end;
            for (unsigned cpu = 0; cpu < EXPLORE_CPUS; cpu++) {
                uint32_t to = s->states[i].next[cpu].to;
                does = does || (to != NO_STATE && reaches[to]);
            }
            again = again || (does && !reaches[i]);
            reaches[i] = does;
        }
    }
    for (size_t i = 0; i < s->count; i++) {
        s->states[i].is_stuck = !reaches[i];
        found = found || !reaches[i];
    }
    free(reaches);
    return found;
}
