/* The window's contents as pixels, 0xRRGGBB. */
#ifndef EL2SIM_WINDOW_PICTURE_H
#define EL2SIM_WINDOW_PICTURE_H

#include <stdint.h>

#include "sim/window/grid.h"
#include "sim/window/strip.h"

#define PICTURE_WIDTH 656
#define PICTURE_EDGE  8 /* left, right, between the parts */

unsigned picture_height(unsigned cpu_count);

/* pixels: PICTURE_WIDTH * picture_height() of them. */
void picture_draw(const struct grid *console, const struct strip *strip, unsigned cpu_count,
                  uint32_t *pixels);

uint32_t picture_colour(enum strip_owner owner);

#endif
