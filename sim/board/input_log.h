/*
 * A record of a run's host input: what came, and at which stamp it entered the machine. Text, a
 * line for each input, so that it can be read, cut and compared:
 *
 *     el2sim-record 1
 *     inputs <SHA-256 of the machine and its files>
 *     console 0 123456789 6c730d        CPU 0 came to the stamp (thousandths of a cycle); bytes
 *     net idle 223456789 5254...        while all CPUs waited
 *     net link 273456789 5254...        from the machine at the other end of a link
 *     down link 283456789 -             which has ended
 *     quit 0 323456789 -
 *     digest <of the run that was recorded>
 */
#ifndef EL2SIM_BOARD_INPUT_LOG_H
#define EL2SIM_BOARD_INPUT_LOG_H

#include "sim/base/err.h"
#include "sim/base/types.h"
#include "sim/image/imagehash.h"
#include "sim/image/loader_file.h"

enum input_kind { INPUT_CONSOLE, INPUT_NET, INPUT_QUIT, INPUT_DOWN, INPUT_KIND_COUNT };

#define INPUT_IDLE      EL2SIM_MAX_CPUS       /* in place of a CPU: all waited */
#define INPUT_LINK      (EL2SIM_MAX_CPUS + 1) /* it came by a link (net_link.h), at its stamp */
#define INPUT_BYTES_MAX 2048

struct input_entry {
    enum input_kind kind;
    unsigned cpu;
    cycles_t at;
    const uint8_t *bytes;
    size_t size_bytes;
};

struct input_writer;

/* Starts a record; NULL with *e. */
struct input_writer *input_writer_open(const char *path, const char *inputs, struct err *e);
void input_writer_add(struct input_writer *w, const struct input_entry *entry);
/* Ends it; false with *e when something could not be written. digest NULL: the run did not end. */
bool input_writer_close(struct input_writer *w, const char *digest, struct err *e);

struct input_record {
    char inputs[IMAGE_HASH_TEXT];
    char digest[33]; /* empty: the recorded run did not come to its end */
    struct input_entry *entries;
    size_t count;
    struct file_bytes file; /* becomes the entries' bytes */
};

bool input_record_read(struct input_record *r, const char *path, struct err *e);
void input_record_free(struct input_record *r);

#endif
