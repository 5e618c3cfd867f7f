#include "sim/window/picture.h"

#include <stdio.h>
#include <string.h>

#define GLYPH_WIDTH  8
#define GLYPH_HEIGHT 16
#define CPU_HEIGHT   14

#define BACKGROUND 0x101418
#define TEXT       0xd8dee4
#define CURSOR     0x808890

static const uint8_t glyphs['~' - ' ' + 1][GLYPH_HEIGHT] = {
#include <window_font.h> /* font.py made it */
};

/* EL2 stands out; VMs are warm and green, the host blue. */
static const uint32_t colours[STRIP_OWNERS] = {
    [STRIP_NOBODY] = 0x1c2228, [STRIP_IDLE] = 0x3a424a,   [STRIP_EL0] = 0x8ab8f0,
    [STRIP_EL1] = 0x3b78d8,    [STRIP_EL2] = 0xd83030,    [STRIP_VM] = 0x9a6ad0,
    [STRIP_VM + 1] = 0x3aa648, [STRIP_VM + 2] = 0xe0a020, [STRIP_VM + 3] = 0x20b0b0,
    [STRIP_VM + 4] = 0xd870b0, [STRIP_VM + 5] = 0x90b030,
};

uint32_t picture_colour(enum strip_owner owner)
{
    return colours[owner];
}

static unsigned strips_top(void)
{
    return PICTURE_EDGE + GRID_ROWS * GLYPH_HEIGHT + PICTURE_EDGE;
}

unsigned picture_height(unsigned cpu_count)
{
    return strips_top() + GLYPH_HEIGHT + cpu_count * (CPU_HEIGHT + 4) + PICTURE_EDGE;
}

static void box(uint32_t *pixels, unsigned x, unsigned y, unsigned width, unsigned height,
                uint32_t colour)
{
    for (unsigned row = y; row < y + height; row++) {
        for (unsigned column = x; column < x + width; column++) {
            pixels[row * PICTURE_WIDTH + column] = colour;
        }
    }
}

static void glyph(uint32_t *pixels, unsigned x, unsigned y, char c, uint32_t colour)
{
    if (c < ' ' || c > '~') {
        return;
    }
    for (unsigned row = 0; row < GLYPH_HEIGHT; row++) {
        for (unsigned column = 0; column < GLYPH_WIDTH; column++) {
            if (glyphs[c - ' '][row] & 0x80 >> column) {
                pixels[(y + row) * PICTURE_WIDTH + x + column] = colour;
            }
        }
    }
}

static void draw_console(const struct grid *g, uint32_t *pixels)
{
    for (unsigned row = 0; row < GRID_ROWS; row++) {
        for (unsigned column = 0; column < GRID_COLUMNS; column++) {
            glyph(pixels, PICTURE_EDGE + column * GLYPH_WIDTH, PICTURE_EDGE + row * GLYPH_HEIGHT,
                  g->cells[row][column], TEXT);
        }
    }
    unsigned column = g->column < GRID_COLUMNS ? g->column : GRID_COLUMNS - 1;
    box(pixels, PICTURE_EDGE + column * GLYPH_WIDTH, PICTURE_EDGE + g->row * GLYPH_HEIGHT + 13,
        GLYPH_WIDTH, 2, CURSOR);
}

/* A square of each colour that CPUs have now or may have, and its name. */
static void draw_legend(uint32_t *pixels, unsigned y)
{
    static const struct {
        enum strip_owner owner;
        const char *name;
    } entries[] = {{STRIP_EL2, "EL2"},     {STRIP_EL1, "EL1"},     {STRIP_EL0, "EL0"},
                   {STRIP_VM + 1, "VM 1"}, {STRIP_VM + 2, "VM 2"}, {STRIP_VM + 3, "VM 3 ..."},
                   {STRIP_IDLE, "idle"}};
    unsigned x = PICTURE_EDGE;
    for (unsigned i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        box(pixels, x, y + 3, 10, 10, colours[entries[i].owner]);
        x += 14;
        for (const char *p = entries[i].name; *p; p++, x += GLYPH_WIDTH) {
            glyph(pixels, x, y, *p, TEXT);
        }
        x += 2 * GLYPH_WIDTH;
    }
}

void picture_draw(const struct grid *console, const struct strip *strip, unsigned cpu_count,
                  uint32_t *pixels)
{
    unsigned top = strips_top();
    box(pixels, 0, 0, PICTURE_WIDTH, picture_height(cpu_count), BACKGROUND);
    draw_console(console, pixels);
    draw_legend(pixels, top);
    for (unsigned cpu = 0; cpu < cpu_count; cpu++) {
        unsigned y = top + GLYPH_HEIGHT + 2 + cpu * (CPU_HEIGHT + 4);
        for (unsigned column = 0; column < STRIP_COLUMNS; column++) {
            box(pixels, PICTURE_EDGE + column, y, 1, CPU_HEIGHT,
                colours[strip_owner_at(strip, cpu, column)]);
        }
    }
}
