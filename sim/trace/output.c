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

void output_text(struct trace_output *o, const char *text)
{
    size_t length = strlen(text);
    length = length < PIECE_MAX ? length : PIECE_MAX;
    make_room(o);
    memcpy(o->buffer + o->used, text, length);
    o->used += length;
}

/* `digits` at least, with zeros in front. */
static void put_number(struct trace_output *o, uint64_t n, unsigned digits)
{
    char text[20];
    unsigned at = sizeof text;
    make_room(o);
    do {
        text[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n != 0 || sizeof text - at < digits);
    memcpy(o->buffer + o->used, text + at, sizeof text - at);
    o->used += sizeof text - at;
}

static void put_quoted(struct trace_output *o, const char *text)
{
    static const char hex[] = "0123456789abcdef";
    make_room(o);
    char *to = o->buffer + o->used;
    *to++ = '"';
    for (size_t i = 0; text[i] != '\0' && i < PIECE_MAX / 8; i++) {
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
    output_text(o, o->events++ ? ",\n{\"ph\":\"" : "\n{\"ph\":\"");
    o->buffer[o->used++] = phase;
    output_text(o, "\",\"pid\":");
    put_number(o, o->pid, 1);
    output_text(o, ",\"tid\":");
    put_number(o, tid, 1);
    output_text(o, ",\"ts\":");
    put_time(o, at);
}

void output_member(struct trace_output *o, const char *key, const char *text)
{
    output_text(o, ",\"");
    output_text(o, key);
    output_text(o, "\":");
    put_quoted(o, text);
}

void output_name(struct trace_output *o, const char *category, const char *name)
{
    output_member(o, "cat", category);
    output_member(o, "name", name);
}

void output_id(struct trace_output *o, uint64_t id)
{
    output_text(o, ",\"id\":");
    put_number(o, id, 1);
}

static void begin_argument(struct trace_output *o, const char *key)
{
    output_text(o, o->has_arguments ? ",\"" : ",\"args\":{\"");
    o->has_arguments = true;
    output_text(o, key);
    output_text(o, "\":");
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
    output_text(o, o->has_arguments ? "}}" : "}");
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
