#include "sim/board/input_script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/parse.h"
#include "sim/device/device_spec.h"
#include "sim/image/loader_file.h"

#define FILE_LIMIT (UINT64_C(1) << 20)
#define TEXT_MAX   256
#define BYTE_NS    86806 /* ten bits at 115,200 baud */

enum step_kind { STEP_EXPECT, STEP_SEND, STEP_WAIT };

struct step {
    enum step_kind kind;
    unsigned line;
    uint64_t ns;
    size_t length;
    char text[TEXT_MAX];
};

struct input_script {
    struct input_script_config config;
    struct step *steps;
    size_t count, next;
    size_t sent;         /* bytes of a send */
    size_t seen;         /* bytes of output since the step began */
    char tail[TEXT_MAX]; /* the last of them, as a ring */
    struct event due;
};

static cycles_t cycles_of(const struct input_script *script, uint64_t ns)
{
    return cycles_of_ns(script->config.clock_hz, ns);
}

/* The step at `next` begins. */
static void begin(struct input_script *script, cycles_t at)
{
    script->sent = script->seen = 0;
    if (script->next == script->count || script->steps[script->next].kind == STEP_EXPECT) {
        return;
    }
    const struct step *step = &script->steps[script->next];
    uint64_t ns = step->kind == STEP_WAIT ? step->ns : BYTE_NS;
    clock_at(script->config.clock, &script->due, at + cycles_of(script, ns));
}

static void due(void *ctx, cycles_t when)
{
    struct input_script *script = ctx;
    const struct step *step = &script->steps[script->next];
    if (step->kind == STEP_SEND) {
        uint8_t byte = (uint8_t)step->text[script->sent];
        script->sent += script->config.type(script->config.ctx, byte, when);
        if (script->sent < step->length) {
            clock_at(script->config.clock, &script->due, when + cycles_of(script, BYTE_NS));
            return;
        }
    }
    script->next++;
    begin(script, when);
}

void input_script_start(struct input_script *script)
{
    begin(script, 0);
}

static bool ends_with(const struct input_script *script, const struct step *step)
{
    if (script->seen < step->length) {
        return false;
    }
    for (size_t i = 0; i < step->length; i++) {
        size_t at = (script->seen - step->length + i) % TEXT_MAX;
        if (script->tail[at] != step->text[i]) {
            return false;
        }
    }
    return true;
}

void input_script_output(struct input_script *script, const char *text, size_t length, cycles_t at)
{
    for (size_t i = 0; i < length && script->next < script->count; i++) {
        const struct step *step = &script->steps[script->next];
        if (step->kind != STEP_EXPECT) {
            return;
        }
        script->tail[script->seen++ % TEXT_MAX] = text[i];
        if (ends_with(script, step)) {
            script->next++;
            begin(script, at);
        }
    }
}

unsigned input_script_line(const struct input_script *script)
{
    return script->next < script->count ? script->steps[script->next].line : 0;
}

/* The character behind a backslash; moves *from behind it. */
static bool escape(const char **from, char *out)
{
    static const char names[] = "nrt\\", values[] = "\n\r\t\\";
    const char *at = *from;
    unsigned high, low;
    const char *found = *at ? strchr(names, *at) : NULL;
    if (found) {
        *out = values[found - names];
        *from = at + 1;
        return true;
    }
    if (*at != 'x' || !parse_hex_digit(at[1], &high) || !parse_hex_digit(at[2], &low)) {
        return false;
    }
    *out = (char)(high << 4 | low);
    *from = at + 3;
    return true;
}

static bool take_text(struct step *step, const char *text, struct err *e)
{
    while (*text) {
        if (step->length == TEXT_MAX) {
            return err_set(e, "line %u: a text of more than %u bytes", step->line, TEXT_MAX);
        }
        char c = *text++;
        if (c == '\\' && !escape(&text, &c)) {
            return err_set(e, "line %u: \\%.1s: \\n \\r \\t \\\\ or \\xHH is expected", step->line,
                           text);
        }
        step->text[step->length++] = c;
    }
    return step->length != 0 || err_set(e, "line %u: no text", step->line);
}

static bool take_line(struct input_script *script, char *line, unsigned number, struct err *e)
{
    if (line[0] == '\0' || line[0] == '#') {
        return true;
    }
    struct step *step = &script->steps[script->count++];
    char *rest = strchr(line, ' ');
    if (rest) {
        *rest++ = '\0';
    } else {
        rest = line + strlen(line);
    }
    step->line = number;
    if (strcmp(line, "wait") == 0) {
        step->kind = STEP_WAIT;
        return device_parse_time(rest, &step->ns, e) || err_prefix(e, "line %u: wait ", number);
    }
    if (strcmp(line, "expect") != 0 && strcmp(line, "send") != 0) {
        return err_set(e, "line %u: \"%.20s\": expect, send or wait is expected", number, line);
    }
    step->kind = line[0] == 'e' ? STEP_EXPECT : STEP_SEND;
    return take_text(step, rest, e);
}

static bool take_lines(struct input_script *script, char *text, struct err *e)
{
    size_t lines = 1;
    for (const char *c = text; *c; c++) {
        lines += *c == '\n';
    }
    script->steps = calloc(lines, sizeof *script->steps);
    BUG_ON(script->steps == NULL);
    unsigned number = 1;
    for (char *line = text; line; number++) {
        char *end = strchr(line, '\n');
        if (end) {
            *end++ = '\0';
        }
        if (!take_line(script, line, number, e)) {
            return false;
        }
        line = end;
    }
    return true;
}

struct input_script *input_script_parse(const char *path, const char *bytes, size_t size_bytes,
                                        const struct input_script_config *config, struct err *e)
{
    struct input_script *script = calloc(1, sizeof *script);
    char *text = malloc(size_bytes + 1);
    BUG_ON(script == NULL || text == NULL);
    memcpy(text, bytes, size_bytes);
    text[size_bytes] = '\0';
    script->config = *config;
    event_init(&script->due, due, script);
    bool ok = take_lines(script, text, e) || err_prefix(e, "%s: ", path);
    ok = ok && e->text[0] == '\0';
    free(text);
    if (!ok) {
        input_script_free(script);
        return NULL;
    }
    return script;
}

struct input_script *input_script_read(const char *path, const struct input_script_config *config,
                                       struct err *e)
{
    struct file_bytes bytes;
    if (!file_read(path, "input script", FILE_LIMIT, &bytes, e)) {
        return NULL;
    }
    struct input_script *script =
        input_script_parse(path, (const char *)bytes.data, bytes.size, config, e);
    file_free(&bytes);
    return script;
}

void input_script_archive(struct input_script *script, struct archive *a)
{
    unsigned next = (unsigned)script->next;
    archive_unsigned(a, &next, (unsigned)script->count);
    script->next = next;
    archive_bytes(a, &script->sent, sizeof script->sent);
    archive_bytes(a, &script->seen, sizeof script->seen);
    archive_bytes(a, script->tail, sizeof script->tail);
    clock_archive_event(script->config.clock, &script->due, a);
}

void input_script_free(struct input_script *script)
{
    if (script) {
        free(script->steps);
        free(script);
    }
}
