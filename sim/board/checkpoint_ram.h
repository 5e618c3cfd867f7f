/*
 * RAM of checkpoints. Images of one RAM share what they have in common, and only what may have been
 * written since the last one was taken or restored is looked at (struct ram: written): an image
 * costs what changed, not what there is.
 */
#ifndef EL2SIM_BOARD_CHECKPOINT_RAM_H
#define EL2SIM_BOARD_CHECKPOINT_RAM_H

#include "sim/board/cpu.h"

struct ram_image;

/* The machine's RAM as it is. */
struct ram_image *ram_image_take(struct machine *m);
/* Ends one's hold of it: images share, and the machine remembers the last one (machine_destroy()
 * frees that). */
void ram_image_free(struct ram_image *image);
/* Writes what differs. The RAM is as large as the one the image was taken of. */
void ram_image_restore(struct ram_image *image, struct machine *m);
/* What no earlier image had, in bytes. */
size_t ram_image_size(const struct ram_image *image);

/* A hash of what the machine's RAM has that is not in the image, which is of it. */
uint64_t ram_image_hash(const struct ram_image *image, const struct machine *m);

#endif
