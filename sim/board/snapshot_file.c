#include "sim/board/snapshot_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#include <zstd.h>

/* Raise it with every change of what an archive function says. */
#define VERSION         8u
#define BYTE_ORDER_MARK 0x0a0b0c0du
#define SWAPPED_MARK    0x0d0c0b0au

/* Fast: a snapshot is mostly read; higher levels save a tenth of it and take three times as long.
 */
#define COMPRESSION 1

/* More than any section can have: what a file says of its lengths is believed up to here. */
#define RAW_MAX (UINT64_C(1) << 30)

static const char magic[8] = {'e', 'l', '2', 's', 'n', 'a', 'p', '\n'};

struct file_head {
    char magic[8];
    uint32_t byte_order, version;
    uint64_t layout;
    uint64_t checksum; /* of what is before it */
};

struct section_head {
    char name[SECTION_NAME_MAX]; /* NUL-terminated */
    uint64_t raw_bytes, stored_bytes;
    uint64_t stored_checksum;
    uint64_t checksum; /* of what is before it */
};

_Static_assert(sizeof(struct file_head) == 32 && sizeof(struct section_head) == 48,
               "heads are written as they lie");

struct snapshot_out {
    char *path, *temporary;
    FILE *file;
    ZSTD_CCtx *zstd;
    void *stored;
    size_t room;
};

struct snapshot_in {
    char *path;
    FILE *file;
    uint64_t offset; /* of the next section */
    struct section_head head;
    bool head_is_read, ended_early;
    char section[SECTION_NAME_MAX]; /* read last */
    ZSTD_DCtx *zstd;
    void *raw, *stored;
    size_t raw_room, stored_room;
};

static void *at_least(void *buffer, size_t *room, size_t size_bytes)
{
    if (*room < size_bytes) {
        free(buffer);
        *room = size_bytes;
        buffer = malloc(size_bytes);
    }
    return buffer;
}

/* Writing. */

bool snapshot_out_check(const char *path, struct err *e)
{
    struct stat status;
    char copy[4096];
    if (strlen(path) >= sizeof copy - 32) {
        return err_set(e, "snapshot: a path of %zu characters is too long", strlen(path));
    }
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
        return err_set(e, "snapshot %s: there is something that is no file", path);
    }
    strcpy(copy, path);
    const char *folder = dirname(copy);
    if (stat(folder, &status) == 0 && !S_ISDIR(status.st_mode)) {
        errno = ENOTDIR;
        return err_set(e, "snapshot %s: %s: %s", path, folder, strerror(errno));
    }
    return access(folder, W_OK | X_OK) == 0 ||
           err_set(e, "snapshot %s: %s: %s", path, folder, strerror(errno));
}

static bool cannot_write(const struct snapshot_out *out, struct err *e)
{
    return err_set(e, "snapshot %s: cannot be written: %s; what was there is as before", out->path,
                   strerror(errno));
}

static bool write_all(struct snapshot_out *out, const void *bytes, size_t size_bytes, struct err *e)
{
    return fwrite(bytes, 1, size_bytes, out->file) == size_bytes || cannot_write(out, e);
}

static void out_free(struct snapshot_out *out)
{
    ZSTD_freeCCtx(out->zstd);
    free(out->stored);
    free(out->path);
    free(out->temporary);
    free(out);
}

/* In the same folder, so that it can be renamed. */
static FILE *open_temporary(struct snapshot_out *out)
{
    size_t room = strlen(out->path) + 32;
    out->temporary = malloc(room);
    BUG_ON(out->temporary == NULL);
    int file = -1;
    for (unsigned i = 0; file < 0 && i < 100; i++) {
        snprintf(out->temporary, room, "%s.%ld-%u", out->path, (long)getpid(), i);
        file = open(out->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file < 0 && errno != EEXIST) {
            return NULL;
        }
    }
    return file < 0 ? NULL : fdopen(file, "wb");
}

struct snapshot_out *snapshot_out_open(const char *path, uint64_t layout, struct err *e)
{
    if (!snapshot_out_check(path, e)) {
        return NULL;
    }
    struct snapshot_out *out = calloc(1, sizeof *out);
    BUG_ON(out == NULL);
    out->path = strdup(path);
    out->zstd = ZSTD_createCCtx();
    BUG_ON(out->path == NULL || out->zstd == NULL);
    out->file = open_temporary(out);
    if (out->file == NULL) {
        cannot_write(out, e);
        out_free(out);
        return NULL;
    }
    struct file_head head = {.byte_order = BYTE_ORDER_MARK, .version = VERSION, .layout = layout};
    memcpy(head.magic, magic, sizeof magic);
    head.checksum = XXH3_64bits(&head, offsetof(struct file_head, checksum));
    if (!write_all(out, &head, sizeof head, e)) {
        snapshot_out_abandon(out);
        return NULL;
    }
    return out;
}

bool snapshot_out_section(struct snapshot_out *out, const char *name, const void *bytes,
                          size_t size_bytes, struct err *e)
{
    struct section_head head = {.raw_bytes = size_bytes};
    snprintf(head.name, sizeof head.name, "%s", name);
    if (size_bytes > RAW_MAX) {
        return err_set(e, "snapshot %s: section %s would be %zu bytes", out->path, name,
                       size_bytes);
    }
    out->stored = at_least(out->stored, &out->room, ZSTD_compressBound(size_bytes));
    BUG_ON(out->stored == NULL);
    size_t n = ZSTD_compressCCtx(out->zstd, out->stored, out->room, bytes, size_bytes, COMPRESSION);
    BUG_ON(ZSTD_isError(n));
    head.stored_bytes = n;
    head.stored_checksum = XXH3_64bits(out->stored, n);
    head.checksum = XXH3_64bits(&head, offsetof(struct section_head, checksum));
    return write_all(out, &head, sizeof head, e) && write_all(out, out->stored, n, e);
}

void snapshot_out_abandon(struct snapshot_out *out)
{
    if (out->file) {
        fclose(out->file);
    }
    unlink(out->temporary);
    out_free(out);
}

/* A rename is on the disk when its folder is. Not every file system can do that: no error then. */
static void sync_folder(const char *path)
{
    char *copy = strdup(path);
    BUG_ON(copy == NULL);
    int folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
        fsync(folder);
        close(folder);
    }
    free(copy);
}

bool snapshot_out_commit(struct snapshot_out *out, struct err *e)
{
    bool done = snapshot_out_section(out, "end", "", 0, e);
    if (done && (fflush(out->file) != 0 || fsync(fileno(out->file)) != 0)) {
        done = cannot_write(out, e);
    }
    if (done) {
        FILE *file = out->file;
        out->file = NULL;
        done =
            (fclose(file) == 0 && rename(out->temporary, out->path) == 0) || cannot_write(out, e);
    }
    if (!done) {
        snapshot_out_abandon(out);
        return false;
    }
    sync_folder(out->path);
    out_free(out);
    return true;
}

/* Reading. */

static void read_head(struct snapshot_in *in)
{
    memset(&in->head, 0, sizeof in->head);
    in->head_is_read = fread(&in->head, sizeof in->head, 1, in->file) == 1;
    in->ended_early = !in->head_is_read;
    uint64_t checksum = XXH3_64bits(&in->head, offsetof(struct section_head, checksum));
    if (in->head_is_read && (checksum != in->head.checksum ||
                             memchr(in->head.name, '\0', sizeof in->head.name) == NULL ||
                             in->head.raw_bytes > RAW_MAX || in->head.stored_bytes > RAW_MAX)) {
        in->head_is_read = false;
    }
}

static bool check_head(const char *path, const struct file_head *head, uint64_t layout,
                       struct err *e)
{
    if (memcmp(head->magic, magic, sizeof magic) != 0) {
        return err_set(e, "snapshot %s: no snapshot of el2sim", path);
    }
    if (head->byte_order == SWAPPED_MARK) {
        return err_set(e, "snapshot %s: made on a big-endian host: make it anew here", path);
    }
    if (head->checksum != XXH3_64bits(head, offsetof(struct file_head, checksum)) ||
        head->byte_order != BYTE_ORDER_MARK) {
        return err_set(e, "snapshot %s: its head is damaged", path);
    }
    if (head->version != VERSION) {
        return err_set(e,
                       "snapshot %s: its format is version %u, this el2sim reads %u: make it anew",
                       path, head->version, VERSION);
    }
    return head->layout == layout ||
           err_set(e,
                   "snapshot %s: made by another build of el2sim, whose registers or models "
                   "differ: make it anew",
                   path);
}

struct snapshot_in *snapshot_in_open(const char *path, uint64_t layout, struct err *e)
{
    struct stat status;
    FILE *file = fopen(path, "rbe");
    if (file == NULL || fstat(fileno(file), &status) != 0 || !S_ISREG(status.st_mode)) {
        err_set(e, "snapshot %s: %s", path, file ? "no regular file" : strerror(errno));
        if (file) {
            fclose(file);
        }
        return NULL;
    }
    struct file_head head;
    bool done = fread(&head, sizeof head, 1, file) == 1
                    ? check_head(path, &head, layout, e)
                    : err_set(e, "snapshot %s: truncated: it has not even a head", path);
    if (!done) {
        fclose(file);
        return NULL;
    }
    struct snapshot_in *in = calloc(1, sizeof *in);
    BUG_ON(in == NULL);
    in->file = file;
    in->path = strdup(path);
    in->zstd = ZSTD_createDCtx();
    BUG_ON(in->path == NULL || in->zstd == NULL);
    in->offset = sizeof head;
    read_head(in);
    return in;
}

void snapshot_in_close(struct snapshot_in *in)
{
    if (in) {
        fclose(in->file);
        ZSTD_freeDCtx(in->zstd);
        free(in->raw);
        free(in->stored);
        free(in->path);
        free(in);
    }
}

const char *snapshot_in_next(const struct snapshot_in *in)
{
    return in->head_is_read ? in->head.name : "";
}

const char *snapshot_in_path(const struct snapshot_in *in)
{
    return in->path;
}

bool snapshot_in_refuse(const struct snapshot_in *in, struct err *e)
{
    return err_prefix(e, "snapshot %s: section \"%s\": ", in->path, in->section);
}

static bool damaged(const struct snapshot_in *in, const char *what, struct err *e)
{
    return err_set(e, "snapshot %s: %s at byte %" PRIu64, in->path, what, in->offset);
}

/* The stored bytes of the section whose head was read, checked and unpacked into in->raw. */
static bool unpack(struct snapshot_in *in, struct err *e)
{
    size_t stored = (size_t)in->head.stored_bytes, raw = (size_t)in->head.raw_bytes;
    in->stored = at_least(in->stored, &in->stored_room, stored + 1);
    if (in->stored == NULL) {
        return damaged(in, "no memory for the section", e);
    }
    if (fread(in->stored, 1, stored, in->file) != stored) {
        return damaged(in, "truncated in the section", e);
    }
    if (XXH3_64bits(in->stored, stored) != in->head.stored_checksum) {
        return damaged(in, "damaged (checksum) in the section", e);
    }
    if (ZSTD_getFrameContentSize(in->stored, stored) != raw) {
        return damaged(in, "damaged (length) in the section", e);
    }
    in->raw = at_least(in->raw, &in->raw_room, raw + 1);
    if (in->raw == NULL) {
        return damaged(in, "no memory for the section", e);
    }
    return ZSTD_decompressDCtx(in->zstd, in->raw, raw, in->stored, stored) == raw ||
           damaged(in, "damaged (compression) in the section", e);
}

bool snapshot_in_section(struct snapshot_in *in, const char *name, const void **bytes,
                         size_t *size_bytes, struct err *e)
{
    if (!in->head_is_read) {
        return damaged(in, in->ended_early ? "truncated" : "damaged (head of a section)", e);
    }
    if (strcmp(in->head.name, name) != 0) {
        return err_set(e, "snapshot %s: section \"%s\" where \"%s\" belongs, at byte %" PRIu64,
                       in->path, in->head.name, name, in->offset);
    }
    memcpy(in->section, in->head.name, sizeof in->section);
    if (!unpack(in, e)) {
        return false;
    }
    *bytes = in->raw;
    *size_bytes = (size_t)in->head.raw_bytes;
    in->offset += sizeof in->head + in->head.stored_bytes;
    if (strcmp(name, "end") != 0) {
        read_head(in);
    } else if (fgetc(in->file) != EOF) {
        return damaged(in, "something follows the end", e);
    }
    return true;
}
