/* RAM of checkpoints: pages that are shared between those that have the same. */
#ifndef EL2SIM_BOARD_CHECKPOINT_RAM_H
#define EL2SIM_BOARD_CHECKPOINT_RAM_H

#include "sim/board/cpu.h"

struct ram_image;

/* before: an image of the same RAM, or NULL. */
struct ram_image *ram_image_take(const struct ram *ram, const struct ram_image *before);
void ram_image_free(struct ram_image *image);
/* Writes what differs. The RAM is as large as the one the image was taken of. */
void ram_image_restore(const struct ram_image *image, struct machine *m);
/* What no earlier image had, in bytes. */
size_t ram_image_size(const struct ram_image *image);

#endif
