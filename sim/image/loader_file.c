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

#define MIB         (UINT64_C(1) << 20)
#define FIRST_ROOM  65536
#define GZIP_WINDOW (15 + 16) /* inflateInit2: largest window, gzip wrapper only */

static bool out_of_memory(const char *path, struct err *e)
{
    return err_set(e, "%s: out of host memory", path);
}

/* Room for more, never above limit + 1 byte (which tells "too large"). */
static bool grow(struct file_bytes *bytes, size_t *room, uint64_t limit_bytes)
{
    size_t more = *room == 0 ? FIRST_ROOM : *room * 2;
    if (more > limit_bytes + 1) {
        more = (size_t)limit_bytes + 1;
    }
    uint8_t *data = realloc(bytes->data, more);
    if (!data) {
        return false;
    }
    bytes->data = data;
    *room = more;
    return true;
}

static bool read_all(int fd, const char *path, const char *what, uint64_t limit_bytes,
                     struct file_bytes *out, struct err *e)
{
    size_t room = 0;
    for (;;) {
        if (out->size == room && !grow(out, &room, limit_bytes)) {
            return out_of_memory(path, e);
        }
        ssize_t n = read(fd, out->data + out->size, room - out->size);
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
    bool done;
    if (fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) {
        done = err_set(e, "%s %s: is a directory", what, path);
    } else {
        done = read_all(fd, path, what, limit_bytes, out, e);
    }
    close(fd);
    if (!done) {
        file_free(out);
    }
    return done;
}

static bool inflate_all(const char *path, z_stream *z, struct file_bytes *out, struct err *e)
{
    size_t room = 0;
    int status = Z_OK;
    while (status != Z_STREAM_END) {
        if (out->size == room && !grow(out, &room, FILE_GUNZIP_LIMIT)) {
            return out_of_memory(path, e);
        }
        z->next_out = out->data + out->size;
        z->avail_out = (uInt)(room - out->size);
        status = inflate(z, Z_NO_FLUSH);
        out->size = room - z->avail_out;
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
    bool done = inflate_all(path, &z, &plain, e);
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
    free(bytes->data);
    *bytes = (struct file_bytes){0};
}
