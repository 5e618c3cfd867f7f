#include "sim/base/cost.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/err.h"

const struct cost_class_info cost_class_info[COST_CLASS_COUNT] = {
#define COST(id, name_, kind_, unit_) [COST_##id] = {name_, unit_, COST_KIND_##kind_},
#include "sim/base/cost.def"
#undef COST
};

enum cost_class cost_class_by_name(const char *name)
{
    for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
        if (strcmp(cost_class_info[k].name, name) == 0) {
            return (enum cost_class)k;
        }
    }
    return COST_CLASS_COUNT;
}

/* Rows live in chunks that never move; an open-addressed table of indices finds them. */
#define CHUNK_ROWS 256
#define CHUNKS_MAX 4096

struct ledger {
    struct ledger_row *chunks[CHUNKS_MAX];
    size_t row_count;
    uint32_t *slots; /* row index + 1, 0 = free */
    size_t slot_count;
};

struct ledger *ledger_create(void)
{
    struct ledger *ledger = calloc(1, sizeof *ledger);
    BUG_ON(ledger == NULL);
    ledger->slot_count = 1024;
    ledger->slots = calloc(ledger->slot_count, sizeof *ledger->slots);
    BUG_ON(ledger->slots == NULL);
    return ledger;
}

void ledger_destroy(struct ledger *ledger)
{
    if (ledger == NULL) {
        return;
    }
    for (size_t i = 0; i < CHUNKS_MAX && ledger->chunks[i]; i++) {
        free(ledger->chunks[i]);
    }
    free(ledger->slots);
    free(ledger);
}

static uint64_t key_word(struct ledger_key key)
{
    return (uint64_t)key.symbol << 32 | (uint64_t)key.context << 16 | (uint64_t)key.el << 8 |
           key.cpu;
}

static size_t first_slot(const struct ledger *ledger, struct ledger_key key)
{
    uint64_t hash = key_word(key) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(hash >> 32) & (ledger->slot_count - 1);
}

static void insert_slot(struct ledger *ledger, size_t index)
{
    size_t slot = first_slot(ledger, ledger_row_at(ledger, index)->key);
    while (ledger->slots[slot] != 0) {
        slot = (slot + 1) & (ledger->slot_count - 1);
    }
    ledger->slots[slot] = (uint32_t)index + 1;
}

static void grow(struct ledger *ledger)
{
    free(ledger->slots);
    ledger->slot_count *= 2;
    ledger->slots = calloc(ledger->slot_count, sizeof *ledger->slots);
    BUG_ON(ledger->slots == NULL);
    for (size_t i = 0; i < ledger->row_count; i++) {
        insert_slot(ledger, i);
    }
}

struct ledger_row *ledger_row(struct ledger *ledger, struct ledger_key key)
{
    size_t slot = first_slot(ledger, key);
    while (ledger->slots[slot] != 0) {
        struct ledger_row *row = ledger_row_at(ledger, ledger->slots[slot] - 1);
        if (key_word(row->key) == key_word(key)) {
            return row;
        }
        slot = (slot + 1) & (ledger->slot_count - 1);
    }
    size_t chunk = ledger->row_count / CHUNK_ROWS;
    BUG_ON(chunk >= CHUNKS_MAX);
    if (ledger->chunks[chunk] == NULL) {
        ledger->chunks[chunk] = calloc(CHUNK_ROWS, sizeof(struct ledger_row));
        BUG_ON(ledger->chunks[chunk] == NULL);
    }
    size_t index = ledger->row_count++;
    ledger_row_at(ledger, index)->key = key;
    ledger_row_at(ledger, index)->index = (uint32_t)index;
    if (ledger->row_count * 2 > ledger->slot_count) {
        grow(ledger);
    } else {
        insert_slot(ledger, index);
    }
    return ledger_row_at(ledger, index);
}

size_t ledger_row_count(const struct ledger *ledger)
{
    return ledger->row_count;
}

struct ledger_row *ledger_row_at(const struct ledger *ledger, size_t index)
{
    return &ledger->chunks[index / CHUNK_ROWS][index % CHUNK_ROWS];
}

cycles_t ledger_total(const struct ledger *ledger, unsigned cpu)
{
    cycles_t sum = 0;
    for (size_t i = 0; i < ledger->row_count; i++) {
        const struct ledger_row *row = ledger_row_at(ledger, i);
        for (unsigned k = 0; row->key.cpu == cpu && k < COST_CLASS_COUNT; k++) {
            sum += row->cells[k].cycles;
        }
    }
    return sum;
}

static void clear(struct ledger *ledger)
{
    for (size_t i = 0; i < CHUNKS_MAX && ledger->chunks[i]; i++) {
        memset(ledger->chunks[i], 0, CHUNK_ROWS * sizeof(struct ledger_row));
    }
    memset(ledger->slots, 0, ledger->slot_count * sizeof *ledger->slots);
    ledger->row_count = 0;
}

static void archive_key(struct ledger_key *key, unsigned cpu_count, struct archive *a)
{
    archive_u8(a, &key->cpu);
    archive_u8(a, &key->el);
    archive_u16(a, &key->context);
    archive_u32(a, &key->symbol);
    if (key->cpu >= cpu_count || key->el > 2) {
        archive_refuse(a, "a row of the ledger is of CPU %u at EL%u", key->cpu, key->el);
    }
}

/* The cells that are not zero. */
static void archive_cells(struct ledger_row *row, struct archive *a)
{
    size_t used = 0;
    for (unsigned k = 0; !a->is_loading && k < COST_CLASS_COUNT; k++) {
        used += row->cells[k].count != 0 || row->cells[k].cycles != 0;
    }
    archive_count(a, &used, COST_CLASS_COUNT, 3 * sizeof(uint64_t));
    for (unsigned k = 0; used > 0; k++, used--) {
        while (!a->is_loading && row->cells[k].count == 0 && row->cells[k].cycles == 0) {
            k++;
        }
        archive_unsigned(a, &k, COST_CLASS_COUNT - 1);
        archive_u64(a, &row->cells[k].count);
        archive_u64(a, &row->cells[k].cycles);
    }
}

void ledger_archive(struct ledger *ledger, unsigned cpu_count, struct archive *a)
{
    size_t count = ledger->row_count;
    archive_count(a, &count, (size_t)CHUNKS_MAX * CHUNK_ROWS, 2 * sizeof(uint64_t));
    if (a->is_loading) {
        clear(ledger);
    }
    for (size_t i = 0; i < count && !a->has_failed; i++) {
        struct ledger_key key = {.cpu = 0};
        if (!a->is_loading) {
            key = ledger_row_at(ledger, i)->key;
        }
        archive_key(&key, cpu_count, a);
        struct ledger_row *row = ledger_row(ledger, key);
        if (row != ledger_row_at(ledger, i)) {
            archive_refuse(a, "a row of the ledger comes twice");
            return;
        }
        archive_cells(row, a);
    }
}

void ledger_archive_row(struct ledger *ledger, struct ledger_row **row, unsigned cpu_count,
                        struct archive *a)
{
    struct ledger_key key = (*row)->key;
    archive_key(&key, cpu_count, a);
    if (!a->has_failed) {
        *row = ledger_row(ledger, key);
    }
}
