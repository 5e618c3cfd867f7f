/*
 * Guest RAM: one host mapping, filled with zeroes, of which the host commits only what is touched.
 * All bounds checks of physical addresses in RAM are here.
 */
#ifndef EL2SIM_BOARD_RAM_H
#define EL2SIM_BOARD_RAM_H

#include <string.h>

#include "sim/base/err.h"
#include "sim/base/types.h"

struct ram {
    pa_t base;
    uint64_t size_bytes;
    uint8_t *host;
};

/* Maps size_bytes (a multiple of 1 MiB) of zeroes. False with *e filled when the size cannot be or
 * the host refuses. */
bool ram_map(struct ram *ram, pa_t base, uint64_t size_bytes, struct err *e);
void ram_unmap(struct ram *ram);

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
    return true;
}

/* The host is little endian, as the guest's data (ram.c checks): no swapping. */
static inline bool ram_read64(const struct ram *ram, pa_t at, uint64_t *value)
{
    return ram_read(ram, at, value, sizeof *value);
}

#endif
