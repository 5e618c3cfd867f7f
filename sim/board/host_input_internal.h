/* Host input as the machine's own parts see it (host_input.h is for who runs a machine). */
#ifndef EL2SIM_BOARD_HOST_INPUT_INTERNAL_H
#define EL2SIM_BOARD_HOST_INPUT_INTERNAL_H

#include "sim/base/archive.h"
#include "sim/board/host_input.h"
#include "sim/board/input_log.h"

struct cpu;

/* When the CPU must look for input again; a deadline without effect of its own. */
cycles_t input_look_at(const struct cpu *cpu);
void input_look(struct cpu *cpu);
/* Until when the loop, which goes on at `at`, may wait before it must ask again: with a link, what
 * comes by it may change `at` before long. */
cycles_t input_patience(const struct machine *m, bool is_idle, cycles_t at);
/* The loop goes on at the stamp `at` (CYCLES_NEVER: nothing is due), after waiting or not, and
 * looks at `look`. True: an input came before that, choose again. */
bool input_while_idle(struct machine *m, bool is_idle, cycles_t at, cycles_t look);
/* After that: the machine does nothing before this stamp, but for what comes by the link. */
cycles_t input_quiet_until(const struct machine *m, bool is_idle, cycles_t at, cycles_t look);
/* The machine waits for the one at the other end of its link. True: its user wants to stop it. */
bool input_interrupts(struct machine *m, cycles_t at);
/* Something came by the link. */
void input_from_link(struct machine *m, const struct input_entry *entry);
/* The record's next input, if it came by a link; *is_last: no other one that waits for a stamp. */
const struct input_entry *input_link_replayed(const struct machine *m, bool *is_last);
void input_link_replay_next(struct machine *m);
/* Whether the run took what no record keeps: it, or the machine at the other end. */
bool input_is_lost(const struct machine *m);

/* input_console.c: how many bytes the guest's console has room for; who types them, one alone for a
 * script. */
size_t input_console_room(struct machine *m);
void input_console_type(struct machine *m, const uint8_t *bytes, size_t length, cycles_t at);
bool input_console_type_byte(void *machine, uint8_t byte, cycles_t at);
/* What a console of the guest says. */
void input_console_output(void *machine, const char *text, size_t length);

void input_destroy(struct machine *m);
/* How many inputs have come live, or from a network of the host, that will not come again. */
uint64_t input_count(const struct machine *m);
/* What has come in so far. */
void input_archive(struct machine *m, struct archive *a);
/* Beside that, for a machine with the same sources: where script and replay are. */
void input_archive_progress(struct machine *m, struct archive *a);

#endif
