/*
 * Guest RAM: one host mapping, filled with zeroes, of which the host commits only what is touched.
 * All bounds checks of physical addresses in RAM are here.
 */
#ifndef EL2SIM_IMAGE_RAM_H
#define EL2SIM_IMAGE_RAM_H

#include <string.h>

#include "sim/base/err.h"
#include "sim/base/types.h"

/* What is known to be written, a bit each; and what a checkpoint keeps where a byte has changed. */
#define RAM_GRAIN_BITS 10
#define RAM_GRAIN      (UINT64_C(1) << RAM_GRAIN_BITS)

struct ram {
    pa_t base;
    uint64_t size_bytes;
    uint8_t *host;
    uint64_t *written; /* a bit for each grain: it may have been, since checkpoint_ram.c looked */
};

/* Maps size_bytes (a multiple of 1 MiB) of zeroes. False with *e filled when the size cannot be or
 * the host refuses. */
bool ram_map(struct ram *ram, pa_t base, uint64_t size_bytes, struct err *e);
void ram_unmap(struct ram *ram);

/* So much is about to be loaded, or has been. From some MiB on it is an operating system, which
 * will use much of RAM, and not here and there: the host then takes large pages for it. */
void ram_will_fill(const struct ram *ram, uint64_t loaded_bytes);

/* Whether all of [at, at + size_bytes) is RAM. */
static inline bool ram_holds(const struct ram *ram, pa_t at, uint64_t size_bytes)
{
    uint64_t offset = at.v - ram->base.v;
    return at.v >= ram->base.v && size_bytes <= ram->size_bytes &&
           offset <= ram->size_bytes - size_bytes;
}

/* Host address of [at, at + size_bytes), or NULL when not all of it is RAM. */
static inline uint8_t *ram_at(const struct ram *ram, pa_t at, uint64_t size_bytes)
{
    return ram_holds(ram, at, size_bytes) ? ram->host + (at.v - ram->base.v) : NULL;
}

/* [at, at + size_bytes), which is RAM, is written, or may be from now on by the engine. */
static inline void ram_note_written(const struct ram *ram, pa_t at, uint64_t size_bytes)
{
    uint64_t first = (at.v - ram->base.v) >> RAM_GRAIN_BITS;
    uint64_t last = (at.v - ram->base.v + size_bytes - 1) >> RAM_GRAIN_BITS;
    for (uint64_t grain = first; size_bytes != 0 && grain <= last; grain++) {
        ram->written[grain / 64] |= UINT64_C(1) << grain % 64;
    }
}

/* Copies out of and into RAM; false, and nothing is copied, when not all of it is RAM. */
static inline bool ram_read(const struct ram *ram, pa_t at, void *to, uint64_t size_bytes)
{
    const uint8_t *from = ram_at(ram, at, size_bytes);
    if (!from) {
        return false;
    }
    memcpy(to, from, size_bytes);
    return true;
}

static inline bool ram_write(const struct ram *ram, pa_t at, const void *from, uint64_t size_bytes)
{
    uint8_t *to = ram_at(ram, at, size_bytes);
    if (!to) {
        return false;
    }
    memcpy(to, from, size_bytes);
    ram_note_written(ram, at, size_bytes);
    return true;
}

/* The host is little endian, as the guest's data (ram.c checks): no swapping. */
static inline bool ram_read64(const struct ram *ram, pa_t at, uint64_t *value)
{
    return ram_read(ram, at, value, sizeof *value);
}

#endif
