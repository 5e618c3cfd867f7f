#include "mmu/walk_cache.h"

#include <stdlib.h>

bool walk_cache_init(struct walk_cache *cache, unsigned entries)
{
    *cache = (struct walk_cache){.entry_count = entries};
    if (entries != 0) {
        cache->entries = calloc(entries, sizeof *cache->entries);
    }
    return entries == 0 || cache->entries;
}

void walk_cache_free(struct walk_cache *cache)
{
    free(cache->entries);
    *cache = (struct walk_cache){0};
}

const struct walk_cache_entry *walk_cache_find(const struct walk_cache *cache, uint64_t address,
                                               uint64_t tag, unsigned shift)
{
    for (unsigned i = 0; i < cache->entry_count; i++) {
        const struct walk_cache_entry *e = &cache->entries[i];
        if (e->key == address >> e->shift && e->tag == tag && e->valid &&
            (shift == 0 || shift == e->shift)) {
            return e;
        }
    }
    return NULL;
}

void walk_cache_insert(struct walk_cache *cache, const struct walk_cache_entry *entry)
{
    if (cache->entry_count == 0) {
        return;
    }
    cache->entries[cache->next] = *entry;
    cache->entries[cache->next].valid = true;
    cache->next = (cache->next + 1) % cache->entry_count;
}

void walk_cache_drop(struct walk_cache *cache, uint64_t tag, uint64_t mask, uint64_t first,
                     uint64_t last)
{
    for (unsigned i = 0; i < cache->entry_count; i++) {
        struct walk_cache_entry *e = &cache->entries[i];
        uint64_t from = e->key << e->shift;
        uint64_t to = from | (BIT(e->shift) - 1);
        if (((e->tag ^ tag) & mask) == 0 && from <= last && to >= first) {
            e->valid = false;
        }
    }
}

static void archive_entry(struct walk_cache_entry *e, struct archive *a)
{
    archive_u64(a, &e->key);
    archive_u64(a, &e->tag);
    archive_u64(a, &e->value);
    archive_u64(a, &e->extra);
    archive_u8(a, &e->shift);
    archive_u8(a, &e->level);
    archive_bool(a, &e->valid);
    if (e->shift > 63 || e->level > 3) {
        archive_refuse(a, "an entry of a walk cache cannot be");
    }
}

void walk_cache_archive(struct walk_cache *cache, struct archive *a)
{
    unsigned entry_count = cache->entry_count, next = cache->next;
    archive_unsigned(a, &entry_count, WALK_CACHE_ENTRIES_MAX);
    archive_unsigned(a, &next, entry_count == 0 ? 0 : entry_count - 1);
    bool same = entry_count == cache->entry_count;
    for (unsigned i = 0; i < entry_count && !a->has_failed; i++) {
        struct walk_cache_entry other = {0};
        archive_entry(same ? &cache->entries[i] : &other, a);
    }
    cache->next = same ? next : 0;
}
