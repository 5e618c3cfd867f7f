#include "sim/board/exits.h"

void exits_begin(struct exits *exits, unsigned kind, cycles_t at)
{
    exits->is_out = true;
    exits->kind = (uint16_t)kind;
    exits->since = at;
}

void exits_waited(struct exits *exits, cycles_t cycles)
{
    exits->since += exits->is_out ? cycles : 0;
}

void exits_end(struct exits *exits, cycles_t at)
{
    if (exits->is_out) {
        struct exit_tally *tally = &exits->kinds[exits->kind];
        cycles_t lasted = at - exits->since;
        tally->least = tally->count == 0 || lasted < tally->least ? lasted : tally->least;
        tally->most = lasted > tally->most ? lasted : tally->most;
        tally->count++;
        tally->cycles += lasted;
        exits->is_out = false;
    }
}

void exits_archive(struct exits *exits, struct archive *a)
{
    for (unsigned i = 0; i < EXIT_KINDS; i++) {
        archive_u64(a, &exits->kinds[i].count);
        archive_u64(a, &exits->kinds[i].cycles);
        archive_u64(a, &exits->kinds[i].least);
        archive_u64(a, &exits->kinds[i].most);
    }
    unsigned kind = exits->kind;
    archive_bool(a, &exits->is_out);
    archive_unsigned(a, &kind, EXIT_KINDS - 1);
    archive_u64(a, &exits->since);
    exits->kind = (uint16_t)kind;
}
