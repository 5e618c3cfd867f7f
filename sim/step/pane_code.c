/* Instructions around the cursor, with the source lines they were made from. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/step/view.h"

/* Where the listing begins, so that the cursor is a third down. */
static uint64_t first_address(const struct view *v, unsigned height)
{
    uint64_t above = 4 * (uint64_t)(height / 3);
    return v->cursor < above ? 0 : v->cursor - above;
}

static void instruction(const struct view *v, uint64_t at, struct lines *out)
{
    char text[DISASM_TEXT], marks[4] = "   ";
    uint32_t word;
    bool is_pc = at == v->now->pe.pc, is_cursor = at == v->cursor;
    marks[0] = v->code->is_breakpoint(v->code->ctx, at) ? '*' : ' ';
    marks[1] = is_pc ? '>' : is_cursor ? '-' : ' ';
    enum line_style style = is_pc ? LINE_PC : is_cursor ? LINE_CURSOR : LINE_PLAIN;
    if (!v->code->word(v->code->ctx, at, &word)) {
        lines_add(out, LINE_DIM, "%s%16" PRIx64 "  (no code here)", marks, at);
        return;
    }
    disasm_insn(v->disasm, at, word, text);
    if (out->width >= 76) {
        lines_add(out, style, "%s%16" PRIx64 "  %08x  %s", marks, at, word, text);
    } else {
        lines_add(out, style, "%s%16" PRIx64 "  %s", marks, at, text);
    }
}

/* A function's name where it begins, and in the first line. */
static void label(const struct view *v, uint64_t at, struct lines *out)
{
    uint64_t offset = 0;
    const char *name = v->code->symbol(v->code->ctx, at, &offset);
    if (name && (offset == 0 || out->count == 0)) {
        lines_add(out, LINE_HEAD, offset ? "%s+%#" PRIx64 ":" : "%s:", name, offset);
    }
}

/* A line of assembly says what the instruction says. */
static bool is_same_as(const struct view *v, uint64_t at, const char *text)
{
    char insn[DISASM_TEXT];
    uint32_t word;
    if (!v->code->word(v->code->ctx, at, &word)) {
        return false;
    }
    disasm_insn(v->disasm, at, word, insn);
    size_t length = strcspn(insn, " ");
    return strncasecmp(text, insn, length) == 0 && strchr(" \t", text[length]) != NULL;
}

/* Where the last source line is from, so that it is not shown twice. */
struct last_line {
    const char *file;
    unsigned line;
};

static void source(const struct view *v, uint64_t at, struct last_line *last, struct lines *out)
{
    const char *file;
    unsigned line;
    const char *text = v->wants_source ? v->code->source(v->code->ctx, at, &file, &line) : NULL;
    if (text == NULL || (last->file && strcmp(file, last->file) == 0 && line == last->line)) {
        return;
    }
    *last = (struct last_line){file, line};
    const char *base = strrchr(file, '/');
    if (!is_same_as(v, at, text)) {
        lines_add(out, LINE_DIM, "%s:%u  %s", base ? base + 1 : file, line, text);
    }
}

/* Lines from `at` on, and in which row the cursor is; 0: in none. */
static unsigned list(const struct view *v, uint64_t at, unsigned height, struct lines *out)
{
    struct last_line last = {NULL, 0};
    unsigned row = 0;
    out->count = 0;
    for (; out->count < height && out->count < LINES_MAX; at += 4) {
        label(v, at, out);
        source(v, at, &last, out);
        instruction(v, at, out);
        row = at == v->cursor ? out->count : row;
    }
    return row;
}

void pane_code(const struct view *v, unsigned height, struct lines *out)
{
    /* Labels and source lines take room: what is above the cursor gives way. */
    for (uint64_t at = first_address(v, height); at <= v->cursor; at += 4) {
        unsigned row = list(v, at, height, out);
        if (row != 0 && row <= height * 2 / 3) {
            return;
        }
    }
    list(v, v->cursor, height, out);
}
