#include "sim/step/lines.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void lines_start(struct lines *out, unsigned width)
{
    out->width = width < LINE_TEXT - 1 ? width : LINE_TEXT - 1;
    out->count = 0;
}

void lines_add(struct lines *out, enum line_style style, const char *format, ...)
{
    va_list arguments;
    if (out->count == LINES_MAX) {
        return;
    }
    struct line *line = &out->line[out->count++];
    line->style = style;
    va_start(arguments, format);
    vsnprintf(line->text, sizeof line->text, format, arguments);
    va_end(arguments);
}

void lines_wrap(struct lines *out, enum line_style style, unsigned indent, const char *text)
{
    unsigned used = 0;
    while (*text) {
        unsigned room = out->width > used ? out->width - used : 1;
        size_t length = strlen(text);
        if (length > room) {
            length = room;
            while (length > 0 && text[length] != ' ') {
                length--;
            }
            length = length ? length : room; /* a word longer than the line */
        }
        lines_add(out, style, "%*s%.*s", (int)used, "", (int)length, text);
        text += length;
        text += strspn(text, " ");
        used = indent;
    }
}

void lines_number(unsigned long long n, char text[LINES_NUMBER])
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%llu", n);
    char *to = text;
    for (int i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0) {
            *to++ = ',';
        }
        *to++ = digits[i];
    }
    *to = '\0';
}

void lines_cycles(unsigned long long thousandths, char text[LINES_NUMBER])
{
    lines_number(thousandths / 1000, text);
    if (thousandths % 1000) {
        char rest[8];
        snprintf(rest, sizeof rest, ".%03llu", thousandths % 1000);
        for (size_t end = strlen(rest); rest[end - 1] == '0';) {
            rest[--end] = '\0';
        }
        strcat(text, rest);
    }
}
