#include "sim/base/log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/err.h"

#define KINDS_MAX 1024
#define OTHERS    "(other kinds)"

struct unimp_log {
    struct unimp_entry entries[KINDS_MAX]; /* sorted by what; the last one may be "(others)" */
    size_t count;
    bool quiet;
};

struct unimp_log *unimp_create(void)
{
    struct unimp_log *log = calloc(1, sizeof *log);
    BUG_ON(log == NULL);
    return log;
}

void unimp_destroy(struct unimp_log *log)
{
    free(log);
}

void unimp_set_quiet(struct unimp_log *log, bool quiet)
{
    log->quiet = quiet;
}

/* The place of `what` in the sorted table; *found says whether it is there. */
static size_t find(const struct unimp_log *log, const char *what, bool *found)
{
    size_t low = 0;
    size_t high = log->count;
    *found = false;
    while (low < high && !*found) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(what, log->entries[middle].what);
        if (order <= 0) {
            high = middle;
            *found = order == 0;
        } else {
            low = middle + 1;
        }
    }
    return high;
}

static struct unimp_entry *insert(struct unimp_log *log, size_t at, const char *what, uint64_t pc)
{
    struct unimp_entry *e = &log->entries[at];
    memmove(e + 1, e, (log->count - at) * sizeof *e);
    log->count++;
    *e = (struct unimp_entry){.first_pc = pc};
    snprintf(e->what, sizeof e->what, "%s", what);
    if (!log->quiet) {
        fprintf(stderr, "el2sim: not modelled: %s (pc 0x%" PRIx64 ")\n", what, pc);
    }
    return e;
}

void unimp_note(struct unimp_log *log, uint64_t pc, const char *format, ...)
{
    char what[sizeof log->entries[0].what];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);

    bool found;
    size_t at = find(log, what, &found);
    if (!found && log->count >= KINDS_MAX - 1) {
        snprintf(what, sizeof what, OTHERS);
        at = find(log, what, &found);
    }
    struct unimp_entry *e = found ? &log->entries[at] : insert(log, at, what, pc);
    e->count++;
}

const struct unimp_entry *unimp_entries(struct unimp_log *log, size_t *count)
{
    *count = log->count;
    return log->entries;
}

void unimp_archive(struct unimp_log *log, struct archive *a)
{
    archive_count(a, &log->count, KINDS_MAX, 3 * sizeof(uint64_t));
    for (size_t i = 0; i < log->count; i++) {
        struct unimp_entry *e = &log->entries[i];
        archive_text(a, e->what, sizeof e->what);
        archive_u64(a, &e->count);
        archive_u64(a, &e->first_pc);
        if (i > 0 && strcmp(e[-1].what, e->what) >= 0) {
            archive_refuse(a, "unmodelled accesses are out of order");
        }
    }
    bool has_others = true;
    if (log->count == KINDS_MAX) {
        find(log, OTHERS, &has_others);
    }
    if (!has_others || a->has_failed) {
        archive_refuse(a, "too many kinds of unmodelled accesses");
        log->count = a->is_loading ? 0 : log->count;
    }
}
