#define _DEFAULT_SOURCE /* open, fstat */

#include "sim/image/loader_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "sim/base/pages.h"

#define MIB        (UINT64_C(1) << 20)
#define FIRST_ROOM 65536
/* From here on pages, of which at least a large one lies in so many; less is malloc'd. */
#define LARGE_ROOM  (2 * PAGES_LARGE)
#define GZIP_WINDOW (15 + 16) /* inflateInit2: largest window, gzip wrapper only */

static bool out_of_memory(const char *path, struct err *e)
{
    return err_set(e, "%s: out of host memory", path);
}

static uint8_t *room_get(size_t room)
{
    if (room < LARGE_ROOM) {
        return malloc(room);
    }
    uint8_t *data = pages_map(room);
    if (data != NULL) {
        pages_large(data, room);
    }
    return data;
}

/* Room for so many bytes, but never above limit + 1 byte (which tells "too large"). */
static bool make_room(struct file_bytes *bytes, uint64_t room, uint64_t limit_bytes)
{
    room = room > limit_bytes ? limit_bytes + 1 : room;
    struct file_bytes more = {room_get(room), bytes->size, room};
    if (more.data == NULL) {
        return false;
    }
    if (bytes->size != 0) {
        memcpy(more.data, bytes->data, bytes->size);
    }
    file_free(bytes);
    *bytes = more;
    return true;
}

static bool read_all(int fd, const char *path, const char *what, uint64_t limit_bytes,
                     struct file_bytes *out, struct err *e)
{
    for (;;) {
        if (out->size == out->room && !make_room(out, 2 * (uint64_t)out->room, limit_bytes)) {
            return out_of_memory(path, e);
        }
        ssize_t n = read(fd, out->data + out->size, out->room - out->size);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return err_set(e, "%s %s: cannot read at byte %zu: %s", what, path, out->size,
                           strerror(errno));
        }
        if (n == 0) {
            out->data[out->size] = '\0'; /* there was room for more */
            return out->size > 0 || err_set(e, "%s %s: the file is empty", what, path);
        }
        out->size += (size_t)n;
        if (out->size > limit_bytes) {
            return err_set(e, "%s %s: larger than %" PRIu64 " MiB, the most that can be loaded",
                           what, path, limit_bytes / MIB);
        }
    }
}

bool file_read(const char *path, const char *what, uint64_t limit_bytes, struct file_bytes *out,
               struct err *e)
{
    struct stat info;
    *out = (struct file_bytes){0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return err_set(e, "%s %s: cannot open: %s", what, path, strerror(errno));
    }
    bool known = fstat(fd, &info) == 0, done;
    if (known && S_ISDIR(info.st_mode)) {
        done = err_set(e, "%s %s: is a directory", what, path);
    } else {
        /* With one byte more the end of the file is seen before there is need for more room. */
        uint64_t room = known && info.st_size > 0 ? (uint64_t)info.st_size + 1 : FIRST_ROOM;
        done = make_room(out, room, limit_bytes) ? read_all(fd, path, what, limit_bytes, out, e)
                                                 : out_of_memory(path, e);
    }
    close(fd);
    if (!done) {
        file_free(out);
    }
    return done;
}

/* What gzip says at the end of the data how much they hold: right but for streams that were put
 * together, or padded, or are hostile; those need room more than once. */
static uint64_t size_said(const struct file_bytes *packed)
{
    uint32_t size_bytes = 0;
    if (packed->size > sizeof size_bytes) {
        memcpy(&size_bytes, packed->data + packed->size - sizeof size_bytes, sizeof size_bytes);
    }
    return size_bytes;
}

static bool inflate_all(const char *path, z_stream *z, struct file_bytes *out, struct err *e)
{
    int status = Z_OK;
    while (status != Z_STREAM_END) {
        if (out->size == out->room && !make_room(out, 2 * (uint64_t)out->room, FILE_GUNZIP_LIMIT)) {
            return out_of_memory(path, e);
        }
        z->next_out = out->data + out->size;
        z->avail_out = (uInt)(out->room - out->size);
        status = inflate(z, Z_NO_FLUSH);
        out->size = out->room - z->avail_out;
        if (out->size > FILE_GUNZIP_LIMIT) {
            return err_set(e, "%s: unpacks to more than %" PRIu64 " MiB", path,
                           FILE_GUNZIP_LIMIT / MIB);
        }
        if (status == Z_BUF_ERROR || (status == Z_OK && z->avail_in == 0 && z->avail_out > 0)) {
            return err_set(e, "%s: gzip data end early, after %lu bytes: the file is truncated",
                           path, z->total_in);
        }
        if (status != Z_OK && status != Z_STREAM_END) {
            return err_set(e, "%s: bad gzip data at byte %lu: %s", path, z->total_in,
                           z->msg ? z->msg : zError(status));
        }
    }
    return out->size > 0 || err_set(e, "%s: unpacks to nothing", path);
}

bool file_gunzip(const char *path, struct file_bytes *bytes, struct err *e)
{
    if (bytes->size < 2 || bytes->data[0] != 0x1f || bytes->data[1] != 0x8b) {
        return true;
    }
    struct file_bytes plain = {0};
    z_stream z = {.next_in = bytes->data, .avail_in = (uInt)bytes->size};
    if (inflateInit2(&z, GZIP_WINDOW) != Z_OK) {
        return out_of_memory(path, e);
    }
    bool done = make_room(&plain, FIRST_ROOM + size_said(bytes), FILE_GUNZIP_LIMIT)
                    ? inflate_all(path, &z, &plain, e)
                    : out_of_memory(path, e);
    inflateEnd(&z);
    if (!done) {
        file_free(&plain);
        return false;
    }
    file_free(bytes);
    *bytes = plain;
    return true;
}

void file_free(struct file_bytes *bytes)
{
    if (bytes->room < LARGE_ROOM) {
        free(bytes->data);
    } else {
        pages_unmap(bytes->data, bytes->room);
    }
    *bytes = (struct file_bytes){0};
}
