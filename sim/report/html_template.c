#include "sim/report/html_template.h"

#include <string.h>

#include "sim/base/err.h"
#include "sim/report/html_assets.h"

#define DEPTH_MAX 24 /* of sections and templates within each other */
#define NAME_MAX  32

struct context {
    const json_t *stack[DEPTH_MAX];
    unsigned depth;
    FILE *out;
};

struct tag {
    char kind; /* '#', '^', '/', '>', '<', or 0: a value */
    char name[NAME_MAX];
    const char *begin, *end; /* of what is replaced, its whole line where it stands alone */
};

static const char *asset(const char *name)
{
    for (const struct html_asset *a = html_assets; a->name; a++) {
        if (strcmp(a->name, name) == 0) {
            return a->text;
        }
    }
    err_bug(__FILE__, __LINE__, "no such template");
}

void html_escape(FILE *out, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        case '\'':
            fputs("&#39;", out);
            break;
        default:
            fputc(*text, out);
        }
    }
}

static const json_t *look_up(const struct context *c, const char *name)
{
    if (strcmp(name, ".") == 0) {
        return c->stack[c->depth - 1];
    }
    for (unsigned i = c->depth; i-- > 0;) {
        const json_t *found = json_object_get(c->stack[i], name);
        if (found) {
            return found;
        }
    }
    return NULL;
}

static bool is_there(const json_t *value)
{
    return value && !json_is_null(value) && !json_is_false(value) &&
           !(json_is_array(value) && json_array_size(value) == 0) &&
           !(json_is_string(value) && json_string_length(value) == 0);
}

static void print_value(const struct context *c, const json_t *value)
{
    if (json_is_string(value)) {
        html_escape(c->out, json_string_value(value));
    } else if (json_is_integer(value)) {
        fprintf(c->out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    }
}

/* A tag alone on its line takes the line with it. */
static void take_line(struct tag *t, const char *start)
{
    const char *left = t->begin, *right = t->end;
    while (left > start && (left[-1] == ' ' || left[-1] == '\t')) {
        left--;
    }
    while (*right == ' ' || *right == '\t') {
        right++;
    }
    if ((left == start || left[-1] == '\n') && *right == '\n') {
        t->begin = left;
        t->end = right + 1;
    }
}

/* The next tag of text[at..limit); false: none. */
static bool next_tag(const char *start, const char *at, const char *limit, struct tag *t)
{
    const char *open = strstr(at, "{{");
    if (open == NULL || open >= limit) {
        return false;
    }
    const char *close = strstr(open, "}}");
    const char *name = open + 2;
    BUG_ON(close == NULL);
    t->kind = strchr("#^/><", *name) ? *name++ : 0;
    BUG_ON((size_t)(close - name) >= NAME_MAX);
    memcpy(t->name, name, (size_t)(close - name));
    t->name[close - name] = 0;
    t->begin = open;
    t->end = close + 2;
    if (t->kind) {
        take_line(t, start);
    }
    return true;
}

/* The end of a section: its closing tag. */
static struct tag closing_tag(const char *start, const struct tag *section, const char *limit)
{
    struct tag t;
    const char *at = section->end;
    for (unsigned depth = 1; next_tag(start, at, limit, &t); at = t.end) {
        depth += t.kind == '#' || t.kind == '^' ? 1 : 0;
        depth -= t.kind == '/' ? 1 : 0;
        if (depth == 0) {
            BUG_ON(strcmp(t.name, section->name) != 0);
            return t;
        }
    }
    err_bug(__FILE__, __LINE__, "a section does not end");
}

static void render(struct context *c, const char *start, const char *at, const char *limit);

static void render_within(struct context *c, const json_t *value, const char *start,
                          const char *begin, const char *end)
{
    BUG_ON(c->depth == DEPTH_MAX);
    c->stack[c->depth++] = value;
    render(c, start, begin, end);
    c->depth--;
}

static void render_section(struct context *c, const char *start, const struct tag *t,
                           const char *end)
{
    const json_t *value = look_up(c, t->name);
    if (is_there(value) == (t->kind == '^')) {
        return;
    }
    if (t->kind == '^') {
        render(c, start, t->end, end);
    } else if (json_is_array(value)) {
        for (size_t i = 0; i < json_array_size(value); i++) {
            render_within(c, json_array_get(value, i), start, t->end, end);
        }
    } else {
        render_within(c, value, start, t->end, end);
    }
}

static void render(struct context *c, const char *start, const char *at, const char *limit)
{
    struct tag t;
    for (; next_tag(start, at, limit, &t); at = t.end) {
        fwrite(at, 1, (size_t)(t.begin - at), c->out);
        if (t.kind == '#' || t.kind == '^') {
            struct tag closing = closing_tag(start, &t, limit);
            render_section(c, start, &t, closing.begin);
            t = closing;
        } else if (t.kind == '>') {
            const char *text = asset(t.name);
            render(c, text, text, text + strlen(text));
        } else if (t.kind == '<') {
            fputs(asset(t.name), c->out);
        } else {
            print_value(c, look_up(c, t.name));
        }
    }
    fwrite(at, 1, (size_t)(limit - at), c->out);
}

void html_render(FILE *out, const char *name, const json_t *root)
{
    struct context c = {.stack = {root}, .depth = 1, .out = out};
    const char *text = asset(name);
    render(&c, text, text, text + strlen(text));
}
