#include "sim/board/causes.h"

#include <stddef.h>

struct cause *cause_list_find(struct cause_list *list, uint32_t key)
{
    for (unsigned i = 0; i < list->count; i++) {
        if (list->at[i].key == key) {
            return &list->at[i];
        }
    }
    if (list->count >= CAUSES_MAX - 1 && key != CAUSE_OTHER) { /* the last place is kept for it */
        return cause_list_find(list, CAUSE_OTHER);
    }
    if (list->count == CAUSES_MAX) { /* of a file that was made by hand */
        return &list->at[CAUSES_MAX - 1];
    }
    list->at[list->count] = (struct cause){.key = key};
    return &list->at[list->count++];
}

/* The entry that time belongs to now. */
static struct cause *current(struct causes *c)
{
    return c->list.count ? &c->list.at[c->current] : cause_list_find(&c->list, CAUSE_START);
}

void causes_turn(struct causes *c, uint32_t key, cycles_t at, uint64_t instructions)
{
    struct cause *before = current(c);
    before->cycles += at - c->since;
    before->instructions += instructions - c->since_instructions;
    struct cause *now = cause_list_find(&c->list, key);
    now->count++;
    c->current = (unsigned)(now - c->list.at);
    c->since = at;
    c->since_instructions = instructions;
}

void causes_take(const struct causes *c, cycles_t at, uint64_t instructions, struct cause_list *out)
{
    out->count = c->list.count;
    for (unsigned i = 0; i < c->list.count; i++) {
        out->at[i] = c->list.at[i];
    }
    struct cause *now = out->count ? &out->at[c->current] : cause_list_find(out, CAUSE_START);
    now->cycles += at - c->since;
    now->instructions += instructions - c->since_instructions;
}

void cause_list_add_difference(struct cause_list *sum, const struct cause_list *earlier,
                               const struct cause_list *later)
{
    for (unsigned i = 0; i < later->count; i++) {
        struct cause d = later->at[i];
        if (i < earlier->count) { /* lists of one CPU only grow */
            d.count -= earlier->at[i].count;
            d.instructions -= earlier->at[i].instructions;
            d.cycles -= earlier->at[i].cycles;
        }
        if (d.count != 0 || d.instructions != 0 || d.cycles != 0) {
            struct cause *c = cause_list_find(sum, d.key);
            c->count += d.count;
            c->instructions += d.instructions;
            c->cycles += d.cycles;
        }
    }
}

void cause_list_archive(struct cause_list *list, struct archive *a)
{
    archive_unsigned(a, &list->count, CAUSES_MAX);
    for (unsigned i = 0; i < list->count; i++) {
        archive_u32(a, &list->at[i].key);
        archive_u64(a, &list->at[i].count);
        archive_u64(a, &list->at[i].instructions);
        archive_u64(a, &list->at[i].cycles);
    }
}

void causes_archive(struct causes *c, struct archive *a)
{
    cause_list_archive(&c->list, a);
    archive_unsigned(a, &c->current, c->list.count ? c->list.count - 1 : 0);
    archive_u64(a, &c->since);
    archive_u64(a, &c->since_instructions);
}
