#include "sim/base/archive.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "values are archived as they lie");

void archive_save(struct archive *a, struct err *e)
{
    *a = (struct archive){.err = e};
}

void archive_load(struct archive *a, const void *bytes, size_t size_bytes, struct err *e)
{
    /* Never written to: loading only reads. */
    *a = (struct archive){.is_loading = true,
                          .bytes = (unsigned char *)(uintptr_t)bytes,
                          .size_bytes = size_bytes,
                          .err = e};
}

void archive_free(struct archive *a)
{
    if (!a->is_loading) {
        free(a->bytes);
    }
    *a = (struct archive){.is_loading = a->is_loading};
}

bool archive_is_done(struct archive *a)
{
    if (a->is_loading && a->at != a->size_bytes) {
        archive_refuse(a, "%zu bytes too many", a->size_bytes - a->at);
    }
    return !a->has_failed;
}

void archive_refuse(struct archive *a, const char *format, ...)
{
    if (a->has_failed) {
        return;
    }
    char text[200];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    a->has_failed = true;
    err_set(a->err, "%s", text);
}

static void append(struct archive *a, const void *bytes, size_t size_bytes)
{
    if (a->room - a->size_bytes < size_bytes) {
        a->room = (a->size_bytes + size_bytes) * 2 + 4096;
        a->bytes = realloc(a->bytes, a->room);
        BUG_ON(a->bytes == NULL);
    }
    memcpy(a->bytes + a->size_bytes, bytes, size_bytes);
    a->size_bytes += size_bytes;
}

void archive_bytes(struct archive *a, void *bytes, size_t size_bytes)
{
    if (size_bytes == 0) {
        return;
    }
    if (!a->is_loading) {
        append(a, bytes, size_bytes);
        return;
    }
    if (a->size_bytes - a->at < size_bytes) {
        archive_refuse(a, "it ends too early");
    }
    if (a->has_failed) {
        memset(bytes, 0, size_bytes);
        return;
    }
    memcpy(bytes, a->bytes + a->at, size_bytes);
    a->at += size_bytes;
}

void archive_u8(struct archive *a, uint8_t *value)
{
    archive_bytes(a, value, sizeof *value);
}

void archive_u16(struct archive *a, uint16_t *value)
{
    archive_bytes(a, value, sizeof *value);
}

void archive_u32(struct archive *a, uint32_t *value)
{
    archive_bytes(a, value, sizeof *value);
}

void archive_u64(struct archive *a, uint64_t *value)
{
    archive_bytes(a, value, sizeof *value);
}

void archive_u32s(struct archive *a, uint32_t *values, size_t count)
{
    archive_bytes(a, values, count * sizeof *values);
}

void archive_u64s(struct archive *a, uint64_t *values, size_t count)
{
    archive_bytes(a, values, count * sizeof *values);
}

/* A number that may be at most `highest`; 0 if it is more. */
static uint64_t limited(struct archive *a, uint64_t value, uint64_t highest)
{
    archive_u64(a, &value);
    if (a->is_loading && value > highest) {
        archive_refuse(a, "a value is %llu where at most %llu can be", (unsigned long long)value,
                       (unsigned long long)highest);
        return 0;
    }
    return value;
}

void archive_bool(struct archive *a, bool *value)
{
    uint8_t byte = *value;
    archive_u8(a, &byte);
    if (byte > 1) {
        archive_refuse(a, "a yes or no is %u", byte);
    }
    *value = byte == 1;
}

void archive_unsigned(struct archive *a, unsigned *value, unsigned highest)
{
    *value = (unsigned)limited(a, *value, highest);
}

void archive_count(struct archive *a, size_t *count, size_t highest, size_t item_bytes)
{
    uint64_t value = limited(a, *count, highest);
    if (a->is_loading && value > (a->size_bytes - a->at) / item_bytes) {
        archive_refuse(a, "it ends too early");
        value = 0;
    }
    *count = (size_t)value;
}

void archive_text(struct archive *a, char *text, size_t room)
{
    size_t length = a->is_loading ? 0 : strlen(text);
    archive_count(a, &length, room - 1, 1);
    archive_bytes(a, text, length);
    text[length] = '\0';
}

void archive_string(struct archive *a, char **text, size_t highest)
{
    bool exists = *text != NULL;
    archive_bool(a, &exists);
    if (!exists) {
        *text = NULL;
        return;
    }
    size_t length = a->is_loading ? 0 : strlen(*text);
    archive_count(a, &length, highest, 1);
    if (a->is_loading) {
        *text = calloc(1, length + 1);
        BUG_ON(*text == NULL);
    }
    archive_bytes(a, *text, length);
}
