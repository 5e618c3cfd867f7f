#include "sim/study/console_lines.h"

#include <string.h>

static void keep_tail(struct console_lines *c, char next)
{
    if (c->tail_length == sizeof c->tail - 1) {
        memmove(c->tail, c->tail + sizeof c->tail / 2, sizeof c->tail / 2);
        c->tail_length -= sizeof c->tail / 2;
    }
    c->tail[c->tail_length++] = next;
    c->tail[c->tail_length] = '\0';
}

/* Text of which no more than fits is kept. */
static void keep_text(char *to, size_t room, const char *from, size_t length)
{
    length = length < room ? length : room - 1;
    memcpy(to, from, length);
    to[length] = '\0';
}

static bool begins(const char *line, const char *with)
{
    return strncmp(line, with, strlen(with)) == 0;
}

/* "row NAME: skipped, REASON" */
static void read_line(struct console_lines *c)
{
    static const char what[] = ": skipped, ";
    struct skipped_row row;
    const char *name = c->line + 4;
    const char *end = begins(c->line, "row ") ? strstr(name, what) : NULL;
    if (end == NULL || end == name || end - name >= SPAN_NAME_MAX) {
        return;
    }
    keep_text(row.name, sizeof row.name, name, (size_t)(end - name));
    keep_text(row.reason, sizeof row.reason, end + strlen(what), strlen(end + strlen(what)));
    for (size_t i = 0; i < c->skipped_count; i++) { /* once for each VM, say */
        if (strcmp(c->skipped[i].name, row.name) == 0) {
            return;
        }
    }
    if (c->skipped_count < SPAN_ROWS_MAX) {
        c->skipped[c->skipped_count++] = row;
    }
}

void console_lines_take(void *lines, const char *text, size_t length)
{
    struct console_lines *c = lines;
    for (size_t i = 0; i < length; i++) {
        keep_tail(c, text[i]);
        if (text[i] == '\n') {
            read_line(c);
            c->line_length = 0;
            c->line[0] = '\0';
        } else if (c->line_length < sizeof c->line - 1 && text[i] >= ' ' && text[i] <= '~') {
            c->line[c->line_length++] = text[i];
            c->line[c->line_length] = '\0';
            c->failed = begins(c->line, "RESULT FAIL");
        }
    }
}
