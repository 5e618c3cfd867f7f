#include "sim/image/ram.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "sim/base/pages.h"
#include "sim/image/memmap.h"

#define MIB (UINT64_C(1) << 20)

/* No guest of ours is as large, and few kernels of Linux are smaller. */
#define SYSTEM_BYTES (4 * MIB)

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "guest memory is used as it lies");

bool ram_map(struct ram *ram, pa_t base, uint64_t size_bytes, struct err *e)
{
    if (size_bytes == 0 || size_bytes % MIB != 0) {
        return err_set(e, "guest memory of %" PRIu64 " bytes: must be whole MiB, at least 1 MiB",
                       size_bytes);
    }
    if (size_bytes > MEMMAP_RAM_SIZE_MAX) {
        return err_set(e,
                       "guest memory of %" PRIu64 " MiB: the board has room for %" PRIu64
                       " MiB at 0x%" PRIx64 "; ask for less",
                       size_bytes / MIB, MEMMAP_RAM_SIZE_MAX / MIB, base.v);
    }
    void *host = pages_map(size_bytes);
    if (host == NULL) {
        return err_set(e, "guest memory of %" PRIu64 " MiB: this host gives no more (%s)",
                       size_bytes / MIB, strerror(errno));
    }
    *ram = (struct ram){.base = base, .size_bytes = size_bytes, .host = host};
    ram->written = calloc(size_bytes / RAM_GRAIN / 64, sizeof *ram->written);
    BUG_ON(ram->written == NULL);
    return true;
}

void ram_unmap(struct ram *ram)
{
    if (ram->host) {
        pages_unmap(ram->host, ram->size_bytes);
        free(ram->written);
        ram->host = NULL;
        ram->size_bytes = 0;
    }
}

void ram_will_fill(const struct ram *ram, uint64_t loaded_bytes)
{
    if (loaded_bytes >= SYSTEM_BYTES) {
        pages_large(ram->host, ram->size_bytes);
    }
}
