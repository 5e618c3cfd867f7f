/*
 * A visitor of state, for snapshots. A module has one function `x_archive(x, archive)` that names
 * its state once; it serves saving and loading, so that the two cannot drift apart:
 *
 *     void timer_archive(struct timer *t, struct archive *a)
 *     {
 *         archive_u64(a, &t->compare);
 *         archive_unsigned(a, &t->mode, MODE_COUNT - 1);
 *     }
 *
 * What is loaded comes from a file that anybody may have written: whatever is used as an index, a
 * count or an enum goes through a function with a limit. A value that cannot be makes the archive
 * fail, with the reason; from then on every value loaded is 0. What can be derived from other
 * state is not archived but derived again behind the last value, if (a->is_loading).
 *
 * In memory and in the file, numbers are little endian, as on every host that we run on.
 */
#ifndef EL2SIM_BASE_ARCHIVE_H
#define EL2SIM_BASE_ARCHIVE_H

#include "sim/base/err.h"
#include "sim/base/types.h"

struct archive {
    bool is_loading, has_failed;
    unsigned char *bytes; /* saving: grows, owned; loading: the caller's */
    size_t size_bytes;    /* saving: so far; loading: all */
    size_t at, room;
    struct err *err; /* why it failed */
};

/* Ready to save. Free with archive_free(). */
void archive_save(struct archive *a, struct err *e);
/* Ready to load what archive_save() made; `bytes` stays the caller's. */
void archive_load(struct archive *a, const void *bytes, size_t size_bytes, struct err *e);
void archive_free(struct archive *a);
/* Whether all of it was loaded, without failure. */
bool archive_is_done(struct archive *a);

/* What was loaded cannot be. The first reason counts. */
void archive_refuse(struct archive *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void archive_bytes(struct archive *a, void *bytes, size_t size_bytes);
void archive_bool(struct archive *a, bool *value);
void archive_u8(struct archive *a, uint8_t *value);
void archive_u16(struct archive *a, uint16_t *value);
void archive_u32(struct archive *a, uint32_t *value);
void archive_u64(struct archive *a, uint64_t *value);
void archive_u32s(struct archive *a, uint32_t *values, size_t count);
void archive_u64s(struct archive *a, uint64_t *values, size_t count);

/* At most `highest`. */
void archive_unsigned(struct archive *a, unsigned *value, unsigned highest);
/* How many of something follow: at most `highest`, each at least item_bytes long in the archive, so
 * that no file makes us allocate more than it is large. */
void archive_count(struct archive *a, size_t *count, size_t highest, size_t item_bytes);
/* A string in an array of `room` chars. */
void archive_text(struct archive *a, char *text, size_t room);
/* A string of its own: NULL is kept as NULL. When loading, *text is allocated. */
void archive_string(struct archive *a, char **text, size_t highest);

#endif
