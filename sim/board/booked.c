#include "sim/board/booked.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/array.h"
#include "sim/board/cpu.h"

/* What a cell at least takes of an archive. */
#define CELL_BYTES 22

static void release(struct row_image *image)
{
    if (image && --image->users == 0) {
        free(image);
    }
}

static void booked_clear(struct booked *b)
{
    for (size_t i = 0; i < b->count; i++) {
        release(b->rows[i]);
    }
    b->count = 0;
}

void booked_destroy(struct booked *b)
{
    booked_clear(b);
    free(b->rows);
}

void booked_tracker_destroy(struct booked_tracker *t)
{
    booked_destroy(&t->last);
    free(t->used);
    free(t->is_used);
}

/* Row `index` of *b becomes the image, which is then its own. */
static void set_image(struct booked *b, size_t index, struct row_image *image)
{
    while (b->count <= index) {
        if (b->count == b->room) {
            b->rows = array_grown(b->rows, &b->room, sizeof(struct row_image *));
        }
        b->rows[b->count++] = NULL;
    }
    release(b->rows[index]);
    b->rows[index] = image;
}

void booked_row_used(struct cpu *cpu, const struct ledger_row *row)
{
    struct booked_tracker *t = &cpu->tracker;
    while (row->index >= t->is_used_room) {
        size_t before = t->is_used_room;
        t->is_used = array_grown(t->is_used, &t->is_used_room, sizeof(bool));
        memset(t->is_used + before, 0, (t->is_used_room - before) * sizeof(bool));
    }
    if (!t->is_used[row->index]) {
        t->is_used[row->index] = true;
        if (t->used_count == t->used_room) {
            t->used = array_grown(t->used, &t->used_room, sizeof(const struct ledger_row *));
        }
        t->used[t->used_count++] = row;
    }
}

static struct row_image *image_of(const struct ledger_row *row)
{
    size_t count = 0;
    for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
        count += row->cells[k].count != 0 || row->cells[k].cycles != 0;
    }
    if (count == 0) {
        return NULL;
    }
    struct row_image *image = malloc(sizeof *image + count * sizeof image->cells[0]);
    BUG_ON(image == NULL);
    *image = (struct row_image){.users = 1};
    for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
        if (row->cells[k].count != 0 || row->cells[k].cycles != 0) {
            image->cells[image->count++] =
                (struct image_cell){k, row->cells[k].count, row->cells[k].cycles};
        }
    }
    return image;
}

static cycles_t cycles_of_image(const struct row_image *image)
{
    cycles_t sum = 0;
    for (size_t i = 0; image && i < image->count; i++) {
        sum += image->cells[i].cycles;
    }
    return sum;
}

/* Rows of a machine that was loaded were booked before anybody named them. */
static void use_all_rows(struct cpu *cpu)
{
    const struct ledger *ledger = cpu->machine->ledger;
    for (size_t i = 0; i < ledger_row_count(ledger); i++) {
        if (ledger_row_at(ledger, i)->key.cpu == cpu->pe.index) {
            booked_row_used(cpu, ledger_row_at(ledger, i));
        }
    }
}

/* Brings t->last up to now. */
static void update(struct cpu *cpu, struct booked_tracker *t)
{
    blocks_fold(cpu);
    booked_row_used(cpu, cpu->meter.row);
    if (!t->is_known) {
        use_all_rows(cpu);
        t->is_known = true;
    }
    for (size_t i = 0; i < t->used_count; i++) {
        const struct ledger_row *row = t->used[i];
        struct row_image *image = image_of(row);
        t->total += cycles_of_image(image);
        t->total -= row->index < t->last.count ? cycles_of_image(t->last.rows[row->index]) : 0;
        set_image(&t->last, row->index, image);
        t->is_used[row->index] = false;
    }
    t->used_count = 0;
    BUG_ON(t->total != cpu->clock.now); /* else some row was not named */
    /* Code that runs now goes on in these. */
    booked_row_used(cpu, cpu->meter.row);
    if (cpu->current) {
        booked_row_used(cpu, cpu->current->row);
    }
}

void booked_take(struct cpu *cpu, struct booked *b)
{
    struct booked_tracker *t = &cpu->tracker;
    update(cpu, t);
    booked_clear(b);
    while (b->room < t->last.count) {
        b->rows = array_grown(b->rows, &b->room, sizeof(struct row_image *));
    }
    for (; b->count < t->last.count; b->count++) {
        b->rows[b->count] = t->last.rows[b->count];
        if (b->rows[b->count]) {
            b->rows[b->count]->users++;
        }
    }
    b->at = cpu->clock.now;
    b->traps_to_hypervisor = cpu->traps_to_hypervisor;
    b->exceptions = cpu->exceptions;
    b->instructions = cpu->instructions;
    causes_take(&cpu->causes, b->at, b->instructions, &b->causes);
}

static void archive_cell(uint32_t *row, struct image_cell *c, size_t rows, struct archive *a)
{
    uint16_t class = (uint16_t)c->class;
    archive_u32(a, row);
    archive_u16(a, &class);
    archive_u64(a, &c->count);
    archive_u64(a, &c->cycles);
    c->class = class;
    if (*row >= rows || class >= COST_CLASS_COUNT) {
        archive_refuse(a, "a span refers to row %u of the ledger", *row);
    }
}

static void save_cells(const struct booked *b, size_t rows, struct archive *a)
{
    for (uint32_t i = 0; i < b->count; i++) {
        for (size_t n = 0; b->rows[i] && n < b->rows[i]->count; n++) {
            archive_cell(&i, &b->rows[i]->cells[n], rows, a);
        }
    }
}

static void load_cells(struct booked *b, size_t count, size_t rows, struct archive *a)
{
    for (uint32_t row = 0; count > 0; count--) {
        struct image_cell c = {.class = 0};
        uint32_t before = row;
        archive_cell(&row, &c, rows, a);
        if (a->has_failed || row < before) {
            archive_refuse(a, "cells of a span are out of order");
            return;
        }
        struct row_image *image = row < b->count ? b->rows[row] : NULL;
        size_t used = image ? image->count : 0;
        image = realloc(image, sizeof *image + (used + 1) * sizeof image->cells[0]);
        BUG_ON(image == NULL);
        image->users = 1;
        image->count = used + 1;
        image->cells[used] = c;
        if (row < b->count) {
            b->rows[row] = image;
        } else {
            set_image(b, row, image);
        }
    }
}

void booked_archive(struct booked *b, size_t row_count, struct archive *a)
{
    size_t count = 0;
    for (size_t i = 0; i < b->count; i++) {
        count += b->rows[i] ? b->rows[i]->count : 0;
    }
    archive_count(a, &count, SIZE_MAX, CELL_BYTES);
    if (a->is_loading) {
        booked_clear(b);
        load_cells(b, count, row_count, a);
    } else {
        save_cells(b, row_count, a);
    }
    archive_u64(a, &b->at);
    archive_u64(a, &b->traps_to_hypervisor);
    archive_u64(a, &b->exceptions);
    archive_u64(a, &b->instructions);
    cause_list_archive(&b->causes, a);
}
