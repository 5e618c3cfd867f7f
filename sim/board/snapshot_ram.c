/* RAM: a section for each MiB of which something is not zero. */
#include <stdlib.h>
#include <string.h>

#include "sim/board/snapshot_parts.h"

#define PAGE_BYTES  UINT64_C(4096)
#define CHUNK_BYTES (UINT64_C(1) << 20)
#define CHUNK_PAGES (CHUNK_BYTES / PAGE_BYTES)

/* What a section holds: which pages of which MiB, then these pages. */
struct chunk {
    uint64_t number;
    uint64_t present[CHUNK_PAGES / 64]; /* a bit for each page */
    uint8_t pages[CHUNK_BYTES];
};

#define HEAD_BYTES offsetof(struct chunk, pages)

static bool is_zero(const uint8_t *page)
{
    return page[0] == 0 && memcmp(page, page + 1, PAGE_BYTES - 1) == 0;
}

/* Returns how many pages were taken. */
static uint64_t take(const uint8_t *from, struct chunk *chunk)
{
    uint64_t count = 0;
    memset(chunk->present, 0, sizeof chunk->present);
    for (uint64_t page = 0; page < CHUNK_PAGES; page++) {
        if (!is_zero(from + page * PAGE_BYTES)) {
            chunk->present[page / 64] |= UINT64_C(1) << page % 64;
            memcpy(chunk->pages + count * PAGE_BYTES, from + page * PAGE_BYTES, PAGE_BYTES);
            count++;
        }
    }
    return count;
}

bool snapshot_write_ram(const struct ram *ram, struct snapshot_out *out, struct err *e)
{
    struct chunk *chunk = malloc(sizeof *chunk);
    BUG_ON(chunk == NULL);
    bool done = true;
    for (uint64_t i = 0; done && i < ram->size_bytes / CHUNK_BYTES; i++) {
        uint64_t count = take(ram->host + i * CHUNK_BYTES, chunk);
        chunk->number = i;
        done = count == 0 ||
               snapshot_out_section(out, "ram", chunk, HEAD_BYTES + count * PAGE_BYTES, e);
    }
    free(chunk);
    return done;
}

static bool put(const struct ram *ram, const uint8_t *bytes, size_t size_bytes, uint64_t *next)
{
    uint64_t number, present[CHUNK_PAGES / 64], count = 0;
    if (size_bytes < HEAD_BYTES) {
        return false;
    }
    memcpy(&number, bytes, sizeof number);
    memcpy(present, bytes + sizeof number, sizeof present);
    for (size_t i = 0; i < sizeof present / sizeof present[0]; i++) {
        count += (unsigned)__builtin_popcountll(present[i]);
    }
    if (number < *next || number >= ram->size_bytes / CHUNK_BYTES ||
        size_bytes != HEAD_BYTES + count * PAGE_BYTES) {
        return false;
    }
    *next = number + 1;
    const uint8_t *from = bytes + HEAD_BYTES;
    for (uint64_t page = 0; page < CHUNK_PAGES; page++) {
        if (present[page / 64] >> page % 64 & 1) {
            memcpy(ram->host + number * CHUNK_BYTES + page * PAGE_BYTES, from, PAGE_BYTES);
            ram_note_written(ram, pa(ram->base.v + number * CHUNK_BYTES + page * PAGE_BYTES),
                             PAGE_BYTES);
            from += PAGE_BYTES;
        }
    }
    return true;
}

bool snapshot_read_ram(const struct ram *ram, struct snapshot_in *in, struct err *e)
{
    uint64_t next = 0, loaded_bytes = 0;
    while (strcmp(snapshot_in_next(in), "ram") == 0) {
        const void *bytes;
        size_t size_bytes;
        if (!snapshot_in_section(in, "ram", &bytes, &size_bytes, e)) {
            return false;
        }
        ram_will_fill(ram, loaded_bytes += size_bytes);
        if (!put(ram, bytes, size_bytes, &next)) {
            err_set(e, "pages that are not in RAM, or not as many as said");
            return snapshot_in_refuse(in, e);
        }
    }
    return true;
}
