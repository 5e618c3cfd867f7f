#include "sim/step/session_text.h"

#include <stdlib.h>
#include <string.h>

#include "sim/step/session.h"

struct session_text *session_text_create(void)
{
    return calloc(1, sizeof(struct session_text));
}

void session_text_destroy(struct session_text *t)
{
    free(t);
}

void session_console(void *text, const char *bytes, size_t length)
{
    struct session_text *t = text;
    for (size_t i = 0; i < length; i++) {
        char c = bytes[i];
        if (t->length == SESSION_TEXT_SIZE) { /* forgets the older half */
            memmove(t->bytes, t->bytes + SESSION_TEXT_SIZE / 2, SESSION_TEXT_SIZE / 2);
            t->length = SESSION_TEXT_SIZE / 2;
        }
        if ((c >= ' ' && c <= '~') || c == '\n') {
            t->bytes[t->length++] = c;
        }
    }
    t->bytes[t->length] = '\0';
}
