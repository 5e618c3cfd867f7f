/*
 * A scripted engine: the functions of engine.h without Unicorn, for unit tests of a client. It
 * plays a list of steps; each becomes one callback, or an end of the run. Link engine_script
 * instead of engine.
 *
 *     static const struct script_step steps[] = {
 *         {SCRIPT_BLOCK, .at = 0x1000, .size_bytes = 8},
 *         {SCRIPT_SET_X, .n = 0, .value = 5},
 *         {SCRIPT_TRAP, .trap = ENGINE_TRAP_SVC, .at = 0x1004},
 *     };
 *     engine_script_play(engine, steps, 3);
 *
 * Code does not exist here: the PC is what the steps and the client say. Registers keep what is
 * written to them. Everything a client asks of the engine is in the log.
 */
#ifndef EL2SIM_ENGINE_ENGINE_SCRIPT_H
#define EL2SIM_ENGINE_ENGINE_SCRIPT_H

#include "sim/engine/engine.h"

enum script_kind {
    SCRIPT_BLOCK, /* block(at, size_bytes); refused: the run ends, the step is played again */
    SCRIPT_TRAP,  /* trap(trap) with the PC at `at` */
    SCRIPT_FILL, /* fill(at, access) by an instruction at pc `value`; refused: the run ends there */
    SCRIPT_SET_X,  /* code writes X[n] (31: SP) = value */
    SCRIPT_SET_V,  /* V[n] = {value, 0} */
    SCRIPT_UNTIL,  /* an exact run, and only that, ends here; a plain run passes over it */
    SCRIPT_EXPECT, /* the run must be at `at` in view n now, else it fails */
    SCRIPT_FAIL    /* the engine gives up */
};

struct script_step {
    enum script_kind kind;
    uint64_t at;
    uint32_t size_bytes;
    enum engine_trap trap;
    enum engine_access access;
    unsigned n;
    uint64_t value;
};

enum script_call {
    SCRIPT_RUN,
    SCRIPT_RUN_UNTIL,    /* a: until */
    SCRIPT_SET_VIEW,     /* a: view */
    SCRIPT_FLUSH_VIEW,   /* a: view */
    SCRIPT_FLUSH_RANGE,  /* a: view, b: at, c: size */
    SCRIPT_CODE_CHANGED, /* b: at, c: size */
    SCRIPT_CODE_SUSPECT,
    SCRIPT_CLEAR_EXCLUSIVE,
    SCRIPT_SET_NATIVES, /* a: daif, b: dc_zva */
    SCRIPT_MAP_RAM      /* b: at, c: size */
};

struct script_log {
    enum script_call call;
    uint64_t a, b, c;
};

/* Replaces what is left to play; the array must outlive the playing. */
void engine_script_play(struct engine *engine, const struct script_step *steps, size_t count);

/* How many steps were played to their end. */
size_t engine_script_played(const struct engine *engine);

/* What the last fill() granted. */
struct engine_page engine_script_granted(const struct engine *engine);

/* The calls so far, oldest first (the last 256 of them), and how many there are. */
const struct script_log *engine_script_log(const struct engine *engine, size_t *count);
void engine_script_forget_log(struct engine *engine);

#endif
