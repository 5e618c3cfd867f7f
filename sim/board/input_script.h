/*
 * Somebody who types by a script, in simulated time: the same in every run. A line of the file is
 *
 *     expect TEXT     goes on when the consoles have written TEXT
 *     send TEXT       types it, at the speed of a line of 115,200 baud
 *     wait TIME       10ms, 500us, ...
 *
 * or empty, or a # comment. In TEXT, \n \r \t \\ and \xHH stand for what they say.
 */
#ifndef EL2SIM_BOARD_INPUT_SCRIPT_H
#define EL2SIM_BOARD_INPUT_SCRIPT_H

#include "sim/base/clock.h"
#include "sim/base/err.h"

struct input_script_config {
    struct clock *clock; /* the board's queue */
    uint64_t clock_hz;
    /* Types a byte at a stamp; false: the console has no room now. */
    bool (*type)(void *ctx, uint8_t byte, cycles_t at);
    void *ctx;
};

struct input_script;

/* Of a text that `path` stands for in errors. NULL with *e. */
struct input_script *input_script_parse(const char *path, const char *bytes, size_t size_bytes,
                                        const struct input_script_config *config, struct err *e);

/* NULL with *e. */
struct input_script *input_script_read(const char *path, const struct input_script_config *config,
                                       struct err *e);
/* How far it has come; behind the clock. */
void input_script_archive(struct input_script *script, struct archive *a);
void input_script_free(struct input_script *script);

void input_script_start(struct input_script *script);
/* The guest wrote to a console at the stamp. */
void input_script_output(struct input_script *script, const char *text, size_t length, cycles_t at);
/* The number in the file of the line that it has come to; 0: all are done. */
unsigned input_script_line(const struct input_script *script);

#endif
