#include "sim/trace/output.h"

#include <string.h>

/* More than any one piece of text is long, escaped. */
#define PIECE_MAX 1024

void output_flush(struct trace_output *o)
{
    fwrite(o->buffer, 1, o->used, o->file);
    o->used = 0;
}

static void make_room(struct trace_output *o)
{
    if (o->used + PIECE_MAX > sizeof o->buffer) {
        output_flush(o);
    }
}

static void put_bytes(struct trace_output *o, const char *text, size_t length)
{
    make_room(o);
    memcpy(o->buffer + o->used, text, length);
    o->used += length;
}

/* Of a literal the length is known here: there are some ten in each event. */
#define PUT(o, literal) put_bytes(o, literal, sizeof literal - 1)

void output_text(struct trace_output *o, const char *text)
{
    size_t length = strlen(text);
    put_bytes(o, text, length < PIECE_MAX ? length : PIECE_MAX);
}

/* `digits` at least, with zeros in front. */
static void put_number(struct trace_output *o, uint64_t n, unsigned digits)
{
    static const char pairs[] = "0001020304050607080910111213141516171819202122232425262728293031"
                                "3233343536373839404142434445464748495051525354555657585960616263"
                                "6465666768697071727374757677787980818283848586878889909192939495"
                                "96979899";
    char text[24];
    unsigned at = sizeof text;
    for (; n >= 100; n /= 100) {
        at -= 2;
        memcpy(text + at, pairs + 2 * (n % 100), 2);
    }
    if (n >= 10) {
        at -= 2;
        memcpy(text + at, pairs + 2 * n, 2);
    } else {
        text[--at] = (char)('0' + n);
    }
    while (sizeof text - at < digits) {
        text[--at] = '0';
    }
    put_bytes(o, text + at, sizeof text - at);
}

/* As it is in a JSON string; a NUL is not. */
static bool is_plain(unsigned char c)
{
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

static void put_quoted(struct trace_output *o, const char *text)
{
    static const char hex[] = "0123456789abcdef";
    make_room(o);
    char *to = o->buffer + o->used;
    size_t plain = 0;
    *to++ = '"';
    while (plain < PIECE_MAX / 8 && is_plain((unsigned char)text[plain])) {
        plain++;
    }
    memcpy(to, text, plain); /* mostly all of it */
    to += plain;
    for (size_t i = plain; text[i] != '\0' && i < PIECE_MAX / 8; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\') {
            *to++ = '\\';
        }
        if (c < ' ' || c > '~') { /* a symbol's bytes may be anything */
            memcpy(to, "\\u00", 4);
            to[4] = hex[c >> 4];
            to[5] = hex[c & 15];
            to += 6;
        } else {
            *to++ = (char)c;
        }
    }
    *to++ = '"';
    o->used = (size_t)(to - o->buffer);
}

/*
 * thousandths of a cycle / (clock_hz * 1000) seconds, as microseconds and picoseconds. Whole
 * seconds first: then nothing is above clock_hz * 1e9, which 64 bits hold up to 18 GHz.
 */
static void put_time(struct trace_output *o, cycles_t at)
{
    uint64_t second = o->clock_hz * 1000;
    uint64_t microseconds = at / second * 1000000;
    uint64_t rest = at % second * 1000000;
    microseconds += rest / second;
    put_number(o, microseconds, 1);
    o->buffer[o->used++] = '.';
    put_number(o, rest % second * 1000 / (second / 1000), 6);
}

void output_event(struct trace_output *o, char phase, unsigned tid, cycles_t at)
{
    if (o->events++) {
        PUT(o, ",");
    }
    PUT(o, "\n{\"ph\":\"");
    o->buffer[o->used++] = phase;
    PUT(o, "\",\"pid\":");
    put_number(o, o->pid, 1);
    PUT(o, ",\"tid\":");
    put_number(o, tid, 1);
    PUT(o, ",\"ts\":");
    put_time(o, at);
}

void output_member(struct trace_output *o, const char *key, const char *text)
{
    PUT(o, ",\"");
    output_text(o, key);
    PUT(o, "\":");
    put_quoted(o, text);
}

void output_name(struct trace_output *o, const char *category, const char *name)
{
    PUT(o, ",\"cat\":\"");
    output_text(o, category);
    PUT(o, "\",\"name\":");
    put_quoted(o, name);
}

void output_id(struct trace_output *o, uint64_t id)
{
    PUT(o, ",\"id\":");
    put_number(o, id, 1);
}

static void begin_argument(struct trace_output *o, const char *key)
{
    if (o->has_arguments) {
        PUT(o, ",\"");
    } else {
        PUT(o, ",\"args\":{\"");
    }
    o->has_arguments = true;
    output_text(o, key);
    PUT(o, "\":");
}

void output_arg(struct trace_output *o, const char *key, const char *text)
{
    begin_argument(o, key);
    put_quoted(o, text);
}

void output_arg_number(struct trace_output *o, const char *key, uint64_t n)
{
    begin_argument(o, key);
    put_number(o, n, 1);
}

void output_arg_hex(struct trace_output *o, const char *key, uint64_t n)
{
    char text[24];
    snprintf(text, sizeof text, "0x%llx", (unsigned long long)n);
    output_arg(o, key, text);
}

void output_arg_cycles(struct trace_output *o, const char *key, cycles_t n)
{
    begin_argument(o, key);
    put_number(o, n / CYCLE, 1);
    o->buffer[o->used++] = '.';
    put_number(o, n % CYCLE, 3);
}

void output_end(struct trace_output *o)
{
    PUT(o, "}");
    if (o->has_arguments) {
        PUT(o, "}");
    }
    o->has_arguments = false;
}

void output_metadata(struct trace_output *o, unsigned tid, const char *what, const char *name)
{
    output_event(o, 'M', tid, 0);
    output_member(o, "name", what);
    output_arg(o, "name", name);
    output_end(o);
}

void output_order(struct trace_output *o, unsigned tid, const char *what, unsigned place)
{
    output_event(o, 'M', tid, 0);
    output_member(o, "name", what);
    output_arg_number(o, "sort_index", place);
    output_end(o);
}
