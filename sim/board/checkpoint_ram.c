#include "sim/board/checkpoint_ram.h"

#include <stdlib.h>
#include <string.h>

#define PAGE_BYTES  UINT64_C(4096)
#define CHUNK_PAGES 256 /* a MiB: of which all RAM is */
#define CHUNK_BYTES (CHUNK_PAGES * PAGE_BYTES)

struct page {
    unsigned users;
    uint8_t bytes[PAGE_BYTES];
};

struct chunk {
    unsigned users;
    struct page *pages[CHUNK_PAGES]; /* NULL: zeroes */
};

struct ram_image {
    size_t chunk_count, new_bytes;
    struct chunk **chunks; /* NULL: zeroes */
};

static bool is_zero(const uint8_t *page)
{
    return page[0] == 0 && memcmp(page, page + 1, PAGE_BYTES - 1) == 0;
}

static bool is_same(const struct page *page, const uint8_t *now)
{
    return page ? memcmp(page->bytes, now, PAGE_BYTES) == 0 : is_zero(now);
}

static struct page *page_in(const struct chunk *chunk, unsigned i)
{
    return chunk ? chunk->pages[i] : NULL;
}

static bool is_same_chunk(const struct chunk *chunk, const uint8_t *now)
{
    for (unsigned i = 0; i < CHUNK_PAGES; i++) {
        if (!is_same(page_in(chunk, i), now + i * PAGE_BYTES)) {
            return false;
        }
    }
    return true;
}

static struct page *take_page(struct page *before, const uint8_t *now, size_t *new_bytes)
{
    if (is_same(before, now)) {
        if (before) {
            before->users++;
        }
        return before;
    }
    if (is_zero(now)) {
        return NULL;
    }
    struct page *page = malloc(sizeof *page);
    BUG_ON(page == NULL);
    page->users = 1;
    memcpy(page->bytes, now, PAGE_BYTES);
    *new_bytes += sizeof *page;
    return page;
}

static struct chunk *take_chunk(struct chunk *before, const uint8_t *now, size_t *new_bytes)
{
    if (is_same_chunk(before, now)) {
        if (before) {
            before->users++;
        }
        return before;
    }
    struct chunk *chunk = calloc(1, sizeof *chunk);
    BUG_ON(chunk == NULL);
    chunk->users = 1;
    *new_bytes += sizeof *chunk;
    for (unsigned i = 0; i < CHUNK_PAGES; i++) {
        chunk->pages[i] = take_page(page_in(before, i), now + i * PAGE_BYTES, new_bytes);
    }
    return chunk;
}

struct ram_image *ram_image_take(const struct ram *ram, const struct ram_image *before)
{
    struct ram_image *image = calloc(1, sizeof *image);
    BUG_ON(image == NULL);
    image->chunk_count = (size_t)(ram->size_bytes / CHUNK_BYTES);
    image->chunks = calloc(image->chunk_count, sizeof(struct chunk *));
    BUG_ON(image->chunks == NULL);
    image->new_bytes = image->chunk_count * sizeof(struct chunk *);
    for (size_t i = 0; i < image->chunk_count; i++) {
        image->chunks[i] = take_chunk(before ? before->chunks[i] : NULL,
                                      ram->host + i * CHUNK_BYTES, &image->new_bytes);
    }
    return image;
}

static void free_chunk(struct chunk *chunk)
{
    if (chunk == NULL || --chunk->users != 0) {
        return;
    }
    for (unsigned i = 0; i < CHUNK_PAGES; i++) {
        if (chunk->pages[i] && --chunk->pages[i]->users == 0) {
            free(chunk->pages[i]);
        }
    }
    free(chunk);
}

void ram_image_free(struct ram_image *image)
{
    if (image) {
        for (size_t i = 0; i < image->chunk_count; i++) {
            free_chunk(image->chunks[i]);
        }
        free(image->chunks);
        free(image);
    }
}

static void restore_page(const struct page *page, struct machine *m, uint64_t offset)
{
    uint8_t *now = m->ram.host + offset;
    if (is_same(page, now)) {
        return;
    }
    code_written(m, pa(m->ram.base.v + offset), PAGE_BYTES);
    if (page) {
        memcpy(now, page->bytes, PAGE_BYTES);
    } else {
        memset(now, 0, PAGE_BYTES);
    }
}

void ram_image_restore(const struct ram_image *image, struct machine *m)
{
    for (size_t i = 0; i < image->chunk_count; i++) {
        for (unsigned n = 0; n < CHUNK_PAGES; n++) {
            restore_page(page_in(image->chunks[i], n), m, i * CHUNK_BYTES + n * PAGE_BYTES);
        }
    }
}

size_t ram_image_size(const struct ram_image *image)
{
    return image->new_bytes;
}
