/*
 * Exploring: the graph of states that two calls can come to. A state is where both CPUs stand
 * before an access that the other one may see; an edge is one of them running to its next such
 * place.
 */
#ifndef EL2SIM_LIB_EXPLORE_H
#define EL2SIM_LIB_EXPLORE_H

#include "sim/board/checkpoint.h"
#include "sim/lib/call.h"

#define EXPLORE_CPUS 2
#define NO_STATE     UINT32_MAX

struct state {
    uint64_t hash;
    struct {
        uint32_t to;           /* NO_STATE: the call has returned, or it was not followed */
        uint32_t instructions; /* run on the way */
    } next[EXPLORE_CPUS];
    bool is_end, is_broken, is_stuck;
};

/* All states that were seen, the first one first. */
struct states {
    struct state *states;
    size_t count, room;
    uint32_t *slots; /* by hash: number + 1, 0 = free */
    size_t slot_count;
};

void states_init(struct states *s);
void states_free(struct states *s);
/* The state of that hash, made when new. */
uint32_t states_find(struct states *s, uint64_t hash, bool *is_new);

/* A way through the graph from the first state: which CPU runs on, state by state. */
struct way {
    unsigned char *cpus;
    uint32_t *instructions;
    size_t length;
};

/* Finds the states from which no end can be reached; false: there is none. For a graph without open
 * edges. */
bool states_find_stuck(struct states *s);

/* The way to a state that is broken or stuck with the fewest changes from one CPU to the other. */
void states_way(const struct states *s, struct way *way);
void way_free(struct way *way);

/* What is explored: the machine, and the two calls that are under way in it. */
struct exploring {
    struct el2sim_machine *m;
    const struct el2sim_exploration *what;
    struct call calls[EXPLORE_CPUS];
    struct checkpoint *base; /* both calls have begun */
    struct states states;
    bool is_broken, is_bound; /* something was; there were too many states */
    uint64_t runs;
    unsigned parked;
};

/* Puts both CPUs into their calls, others aside. False with the reason. */
bool exploring_begin(struct exploring *x);
bool exploring_has_returned(const struct exploring *x, unsigned i);
/* Whether the call's CPU can run: it has not returned, and does not wait for the other one. */
bool exploring_can_run(const struct exploring *x, unsigned i);
/* Whether the call's CPU stands before an access that the other one may see, or has returned. */
bool exploring_is_at_switch(struct exploring *x, unsigned i);
/* Runs the call's CPU to its next access that the other one may see. Returns the instructions; 0
 * with the reason: there is no end of it. */
uint32_t exploring_run(struct exploring *x, unsigned i);
/* `count` instructions of it. */
bool exploring_run_exactly(struct exploring *x, unsigned i, uint32_t count);
/* Whether what the user wants to hold does. */
bool exploring_holds(const struct exploring *x);
bool exploring_is_end(const struct exploring *x);

#endif
