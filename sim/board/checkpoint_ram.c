#include "sim/board/checkpoint_ram.h"

#include <stdlib.h>
#include <xxhash.h>

#define TABLE_GRAINS 128 /* two words of struct ram's bits */

/* A grain that is all zeroes is NULL; so is a table of such. Both are shared and never change. */
struct grain {
    unsigned users;
    uint8_t bytes[RAM_GRAIN];
};

struct table {
    unsigned users;
    struct grain *grains[TABLE_GRAINS];
};

struct ram_image {
    unsigned users;
    size_t new_bytes, table_count;
    struct table *tables[];
};

static const uint8_t zeroes[RAM_GRAIN];

/* Whether a grain of the table may have been written; whether that one may. */
static bool is_written(const struct ram *ram, size_t table)
{
    return (ram->written[2 * table] | ram->written[2 * table + 1]) != 0;
}

static bool is_grain_written(const struct ram *ram, size_t table, unsigned n)
{
    return ram->written[2 * table + n / 64] >> n % 64 & 1;
}

static void *allocate(size_t size_bytes)
{
    void *made = calloc(1, size_bytes);
    BUG_ON(made == NULL);
    return made;
}

static struct grain *grain_of(const struct ram_image *image, size_t table, unsigned n)
{
    return image != NULL && image->tables[table] != NULL ? image->tables[table]->grains[n] : NULL;
}

static const uint8_t *bytes_of(const struct grain *grain)
{
    return grain != NULL ? grain->bytes : zeroes;
}

static uint8_t *host_of(const struct ram *ram, size_t table, unsigned n)
{
    return ram->host + (table * TABLE_GRAINS + n) * RAM_GRAIN;
}

/* The grain as RAM holds it now; the old one where it is still the same. */
static struct grain *take_grain(const uint8_t *host, struct grain *old, size_t *new_bytes)
{
    if (memcmp(host, bytes_of(old), RAM_GRAIN) == 0) {
        if (old != NULL) {
            old->users++;
        }
        return old;
    }
    if (memcmp(host, zeroes, RAM_GRAIN) == 0) {
        return NULL;
    }
    struct grain *grain = allocate(sizeof *grain);
    *new_bytes += sizeof *grain;
    grain->users = 1;
    memcpy(grain->bytes, host, RAM_GRAIN);
    return grain;
}

static struct table *take_table(const struct ram *ram, const struct ram_image *last, size_t i,
                                size_t *new_bytes)
{
    struct table *old = last != NULL ? last->tables[i] : NULL;
    if (!is_written(ram, i)) {
        if (old != NULL) {
            old->users++;
        }
        return old;
    }
    struct table *table = allocate(sizeof *table);
    *new_bytes += sizeof *table;
    table->users = 1;
    for (unsigned n = 0; n < TABLE_GRAINS; n++) {
        struct grain *grain = grain_of(last, i, n);
        if (is_grain_written(ram, i, n)) {
            table->grains[n] = take_grain(host_of(ram, i, n), grain, new_bytes);
        } else if (grain != NULL) {
            grain->users++;
            table->grains[n] = grain;
        }
    }
    return table;
}

/* RAM is now what the image holds; whatever is written from now on is noted: the engine's stores,
 * too, since no view holds a page. */
static void note_last(struct machine *m, struct ram_image *image)
{
    struct ram_image *before = m->ram_last;
    image->users++;
    m->ram_last = image;
    ram_image_free(before);
    memset(m->ram.written, 0, 2 * image->table_count * sizeof m->ram.written[0]);
    code_empty_views(m);
}

struct ram_image *ram_image_take(struct machine *m)
{
    size_t count = (size_t)(m->ram.size_bytes / RAM_GRAIN / TABLE_GRAINS);
    struct ram_image *image = allocate(sizeof *image + count * sizeof image->tables[0]);
    image->users = 1;
    image->new_bytes = sizeof *image + count * sizeof image->tables[0];
    image->table_count = count;
    for (size_t i = 0; i < count; i++) {
        image->tables[i] = take_table(&m->ram, m->ram_last, i, &image->new_bytes);
    }
    note_last(m, image);
    return image;
}

static void free_table(struct table *table)
{
    if (table == NULL || --table->users != 0) {
        return;
    }
    for (unsigned n = 0; n < TABLE_GRAINS; n++) {
        if (table->grains[n] != NULL && --table->grains[n]->users == 0) {
            free(table->grains[n]);
        }
    }
    free(table);
}

void ram_image_free(struct ram_image *image)
{
    if (image == NULL || --image->users != 0) {
        return;
    }
    for (size_t i = 0; i < image->table_count; i++) {
        free_table(image->tables[i]);
    }
    free(image);
}

/* Whether no grain of the table can differ between two images. */
static bool is_same_table(const struct ram_image *a, const struct ram_image *b, size_t i)
{
    return (a != NULL ? a->tables[i] : NULL) == (b != NULL ? b->tables[i] : NULL);
}

static void restore_grain(struct machine *m, uint8_t *host, const struct grain *grain)
{
    if (memcmp(host, bytes_of(grain), RAM_GRAIN) != 0) {
        code_written(m, pa(m->ram.base.v + (uint64_t)(host - m->ram.host)), RAM_GRAIN);
        memcpy(host, bytes_of(grain), RAM_GRAIN);
    }
}

void ram_image_restore(struct ram_image *image, struct machine *m)
{
    const struct ram *ram = &m->ram;
    for (size_t i = 0; i < image->table_count; i++) {
        bool is_same = is_same_table(image, m->ram_last, i);
        for (unsigned n = 0; n < TABLE_GRAINS && (!is_same || is_written(ram, i)); n++) {
            struct grain *grain = grain_of(image, i, n);
            if (is_grain_written(ram, i, n) || grain != grain_of(m->ram_last, i, n)) {
                restore_grain(m, host_of(ram, i, n), grain);
            }
        }
    }
    note_last(m, image);
}

size_t ram_image_size(const struct ram_image *image)
{
    return image->new_bytes;
}

uint64_t ram_image_hash(const struct ram_image *image, const struct machine *m)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < image->table_count; i++) {
        bool is_same = is_same_table(image, m->ram_last, i);
        for (unsigned n = 0; n < TABLE_GRAINS && (!is_same || is_written(&m->ram, i)); n++) {
            const uint8_t *host = host_of(&m->ram, i, n);
            if (memcmp(host, bytes_of(grain_of(image, i, n)), RAM_GRAIN) != 0) {
                hash ^= XXH3_64bits_withSeed(host, RAM_GRAIN, i * TABLE_GRAINS + n + 1);
            }
        }
    }
    return hash;
}
