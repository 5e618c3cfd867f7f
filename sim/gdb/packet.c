#include "sim/gdb/packet.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/err.h"
#include "sim/base/parse.h"

#define ESCAPE '}'

static enum gdb_input between(struct gdb_reader *r, uint8_t byte)
{
    switch (byte) {
    case '$':
        r->state = READ_TEXT;
        r->length = 0;
        r->sum = 0;
        r->is_escaped = r->is_too_long = false;
        return GDB_NOTHING;
    case '-':
        return GDB_AGAIN;
    case 3:
        return GDB_INTERRUPT;
    default: /* '+', and noise */
        return GDB_NOTHING;
    }
}

static void take_text(struct gdb_reader *r, uint8_t byte)
{
    if (byte == '#') {
        r->state = READ_SUM_HIGH;
        return;
    }
    r->sum = (uint8_t)(r->sum + byte);
    if (!r->is_escaped && byte == ESCAPE) {
        r->is_escaped = true;
    } else if (r->length == GDB_PACKET_MAX) {
        r->is_too_long = true;
    } else {
        r->text[r->length++] = (char)(r->is_escaped ? byte ^ 0x20 : byte);
        r->is_escaped = false;
    }
}

enum gdb_input gdb_read_byte(struct gdb_reader *r, uint8_t byte)
{
    unsigned digit = 0;
    switch (r->state) {
    case READ_BETWEEN:
        return between(r, byte);
    case READ_TEXT:
        if (byte == '$') { /* the end of the one before was lost: it is never data */
            between(r, byte);
        } else {
            take_text(r, byte);
        }
        return GDB_NOTHING;
    case READ_SUM_HIGH:
        r->is_too_long |= !parse_hex_digit((char)byte, &digit);
        r->sum_high = digit;
        r->state = READ_SUM_LOW;
        return GDB_NOTHING;
    case READ_SUM_LOW:
        break;
    }
    r->state = READ_BETWEEN;
    r->text[r->length] = '\0';
    bool is_digit = parse_hex_digit((char)byte, &digit);
    return is_digit && !r->is_too_long && (r->sum_high << 4 | digit) == r->sum ? GDB_PACKET
                                                                               : GDB_DAMAGED;
}

void gdb_add(struct gdb_text *t, const void *bytes, size_t length)
{
    if (t->room - t->length < length + 1) {
        t->room = (t->length + length) * 2 + 256;
        t->bytes = realloc(t->bytes, t->room);
        BUG_ON(t->bytes == NULL);
    }
    memcpy(t->bytes + t->length, bytes, length);
    t->length += length;
    t->bytes[t->length] = '\0';
}

void gdb_print(struct gdb_text *t, const char *format, ...)
{
    char line[512];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    size_t most = sizeof line - 1;
    gdb_add(t, line, (size_t)length < most ? (size_t)length : most);
}

void gdb_add_hex(struct gdb_text *t, const void *bytes, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *from = bytes;
    for (size_t i = 0; i < length; i++) {
        char pair[2] = {digits[from[i] >> 4], digits[from[i] & 15]};
        gdb_add(t, pair, sizeof pair);
    }
}

void gdb_text_free(struct gdb_text *t)
{
    free(t->bytes);
    *t = (struct gdb_text){.length = 0};
}

void gdb_frame(const char *text, size_t length, struct gdb_text *out)
{
    uint8_t sum = 0;
    gdb_add(out, "$", 1);
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (c == '$' || c == '#' || c == ESCAPE || c == '*') {
            char escaped[2] = {ESCAPE, (char)(c ^ 0x20)};
            gdb_add(out, escaped, 2);
            sum = (uint8_t)(sum + (uint8_t)escaped[0] + (uint8_t)escaped[1]);
        } else {
            gdb_add(out, &c, 1);
            sum = (uint8_t)(sum + (uint8_t)c);
        }
    }
    gdb_print(out, "#%02x", sum);
}

size_t gdb_take_hex(const char **text, uint8_t *to, size_t room)
{
    size_t count = 0;
    unsigned high, low;
    while (count < room && parse_hex_digit((*text)[0], &high) &&
           parse_hex_digit((*text)[1], &low)) {
        to[count++] = (uint8_t)(high << 4 | low);
        *text += 2;
    }
    return count;
}

bool gdb_take_number(const char **text, uint64_t *value)
{
    const char *from = *text;
    unsigned digit;
    *value = 0;
    while (parse_hex_digit(**text, &digit)) {
        *value = *value << 4 | digit;
        (*text)++;
    }
    return *text != from;
}

bool gdb_take(const char **text, const char *what)
{
    size_t length = strlen(what);
    if (strncmp(*text, what, length) != 0) {
        return false;
    }
    *text += length;
    return true;
}
