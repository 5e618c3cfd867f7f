/*
 * The remote serial protocol's packets ("Debugging with GDB", appendix E.1): $text#sum, with
 * escapes, runs of acknowledgements and the lone 0x03 that interrupts. Whatever bytes come, each
 * is one of these or nothing.
 */
#ifndef EL2SIM_GDB_PACKET_H
#define EL2SIM_GDB_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of text, escapes undone; longer packets are refused like damaged ones. */
#define GDB_PACKET_MAX 16384

enum gdb_input {
    GDB_NOTHING,  /* so far */
    GDB_PACKET,   /* text and length are a packet's */
    GDB_DAMAGED,  /* a packet whose sum is wrong, or that is too long */
    GDB_AGAIN,    /* '-': the last reply was damaged */
    GDB_INTERRUPT /* 0x03 between packets */
};

struct gdb_reader {
    enum { READ_BETWEEN, READ_TEXT, READ_SUM_HIGH, READ_SUM_LOW } state;
    bool is_escaped, is_too_long;
    uint8_t sum;
    unsigned sum_high;
    size_t length;
    char text[GDB_PACKET_MAX + 1]; /* ends with a NUL behind length */
};

enum gdb_input gdb_read_byte(struct gdb_reader *r, uint8_t byte);

/* Text that grows: a reply, or what a monitor command prints. */
struct gdb_text {
    size_t length, room;
    char *bytes;
};

void gdb_add(struct gdb_text *t, const void *bytes, size_t length);
void gdb_print(struct gdb_text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Bytes as hex digits, in their order. */
void gdb_add_hex(struct gdb_text *t, const void *bytes, size_t length);
void gdb_text_free(struct gdb_text *t);

/* A reply as it goes over the wire. */
void gdb_frame(const char *text, size_t length, struct gdb_text *out);

/* Reads hex digits in pairs; how many bytes, up to `room`, before something else comes. *text is
 * moved behind them. */
size_t gdb_take_hex(const char **text, uint8_t *to, size_t room);
/* A number in hex, without 0x. False: there is none. */
bool gdb_take_number(const char **text, uint64_t *value);
/* Moves *text behind `what` if it begins with it. */
bool gdb_take(const char **text, const char *what);

#endif
