/* SHA-256 of images: every result carries the hash of what was run. */
#ifndef EL2SIM_IMAGE_IMAGEHASH_H
#define EL2SIM_IMAGE_IMAGEHASH_H

#include "sim/base/err.h"
#include "sim/base/types.h"

#define IMAGE_HASH_TEXT 65 /* 64 hex digits and a NUL */

/* The text of a SHA-256 digest of 32 bytes. */
void image_hash_text(const uint8_t *digest, char out[IMAGE_HASH_TEXT]);

void image_hash(const void *data, size_t size_bytes, char out[IMAGE_HASH_TEXT]);

/* Of a whole file; false with *e when it cannot be read. */
bool image_hash_file(const char *path, char out[IMAGE_HASH_TEXT], struct err *e);

#endif
