#include "sim/device/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Changed clusters, in two levels: a large disk of which little is written costs little. */
#define CLUSTERS_A_GROUP 4096
#define GROUP_BYTES      ((uint64_t)CLUSTERS_A_GROUP * DISK_CLUSTER_BYTES)
#define DISK_BYTES_MAX   (UINT64_C(64) << 40)
#define READ_BYTES       (1u << 20)

struct group {
    uint8_t *clusters[CLUSTERS_A_GROUP];
};

struct disk {
    int file;
    enum disk_mode mode;
    uint64_t file_bytes, size_bytes; /* the second in whole sectors */
    struct group **groups;
    uint64_t group_count;
};

static bool open_file(struct disk *disk, const char *path, struct err *e)
{
    struct stat about;
    bool writes = disk->mode == DISK_WRITE_THROUGH;
    disk->file = open(path, (writes ? O_RDWR : O_RDONLY) | O_CLOEXEC);
    if (disk->file < 0 || fstat(disk->file, &about) != 0) {
        return err_set(e, "%s: cannot open the disk%s: %s", path, writes ? " for writing" : "",
                       strerror(errno));
    }
    if (!S_ISREG(about.st_mode) && !S_ISBLK(about.st_mode)) {
        return err_set(e, "%s: a disk must be a file or a block device", path);
    }
    off_t end = lseek(disk->file, 0, SEEK_END);
    if (end <= 0 || (uint64_t)end > DISK_BYTES_MAX) {
        return err_set(e, "%s: a disk of %s", path, end > 0 ? "more than 64 TiB" : "no bytes");
    }
    if (flock(disk->file, (writes ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0) {
        return err_set(e, "%s: the disk is in use by another run%s", path,
                       writes ? "" : " that writes it");
    }
    disk->file_bytes = (uint64_t)end;
    disk->size_bytes = (disk->file_bytes + DISK_SECTOR_BYTES - 1) & ~(uint64_t)511;
    return true;
}

struct disk *disk_open(const char *path, enum disk_mode mode, struct err *e)
{
    struct disk *disk = calloc(1, sizeof *disk);
    BUG_ON(disk == NULL);
    disk->mode = mode;
    if (!open_file(disk, path, e)) {
        disk_close(disk);
        return NULL;
    }
    disk->group_count = (disk->size_bytes + GROUP_BYTES - 1) / GROUP_BYTES;
    disk->groups = calloc((size_t)disk->group_count, sizeof *disk->groups);
    BUG_ON(disk->groups == NULL);
    return disk;
}

static void free_group(struct group *group)
{
    for (size_t i = 0; group && i < CLUSTERS_A_GROUP; i++) {
        free(group->clusters[i]);
    }
    free(group);
}

static void forget_changes(struct disk *disk)
{
    for (uint64_t i = 0; i < disk->group_count; i++) {
        free_group(disk->groups[i]);
        disk->groups[i] = NULL;
    }
}

void disk_close(struct disk *disk)
{
    if (disk == NULL) {
        return;
    }
    if (disk->file >= 0) {
        close(disk->file);
    }
    forget_changes(disk);
    free(disk->groups);
    free(disk);
}

uint64_t disk_sectors(const struct disk *disk)
{
    return disk->size_bytes / DISK_SECTOR_BYTES;
}

enum disk_mode disk_mode(const struct disk *disk)
{
    return disk->mode;
}

/* All of it, over short reads; zeroes behind the file's end. */
static bool read_file(const struct disk *disk, uint64_t at, uint8_t *to, size_t size_bytes)
{
    while (size_bytes > 0) {
        ssize_t got = pread(disk->file, to, size_bytes, (off_t)at);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return false;
        }
        if (got == 0) {
            memset(to, 0, size_bytes);
            return true;
        }
        at += (uint64_t)got;
        to += got;
        size_bytes -= (size_t)got;
    }
    return true;
}

static bool write_file(const struct disk *disk, uint64_t at, const uint8_t *from, size_t size_bytes)
{
    while (size_bytes > 0) {
        ssize_t put = pwrite(disk->file, from, size_bytes, (off_t)at);
        if (put < 0 && errno != EINTR) {
            return false;
        }
        if (put > 0) {
            at += (uint64_t)put;
            from += put;
            size_bytes -= (size_t)put;
        }
    }
    return true;
}

bool disk_hash(const struct disk *disk, char out[IMAGE_HASH_TEXT], struct err *e)
{
    uint8_t *bytes = malloc(READ_BYTES), digest[SHA256_DIGEST_SIZE];
    struct sha256_ctx sha;
    BUG_ON(bytes == NULL);
    sha256_init(&sha);
    bool ok = true;
    for (uint64_t at = 0; ok && at < disk->file_bytes; at += READ_BYTES) {
        uint64_t left = disk->file_bytes - at;
        size_t part = left < READ_BYTES ? (size_t)left : READ_BYTES;
        ok = read_file(disk, at, bytes, part) ||
             err_set(e, "cannot read the disk: %s", strerror(errno));
        sha256_update(&sha, part, bytes);
    }
    free(bytes);
    sha256_digest(&sha, sizeof digest, digest);
    image_hash_text(digest, out);
    return ok;
}

static uint8_t *cluster_at(const struct disk *disk, uint64_t at)
{
    const struct group *group = disk->groups[at / GROUP_BYTES];
    return group ? group->clusters[at % GROUP_BYTES / DISK_CLUSTER_BYTES] : NULL;
}

/* The cluster as it is now, in memory from here on. */
static uint8_t *own_cluster(struct disk *disk, uint64_t at)
{
    struct group **group = &disk->groups[at / GROUP_BYTES];
    if (*group == NULL) {
        *group = calloc(1, sizeof **group);
        BUG_ON(*group == NULL);
    }
    uint8_t **cluster = &(*group)->clusters[at % GROUP_BYTES / DISK_CLUSTER_BYTES];
    if (*cluster == NULL) {
        uint8_t *bytes = malloc(DISK_CLUSTER_BYTES);
        BUG_ON(bytes == NULL);
        if (!read_file(disk, at - at % DISK_CLUSTER_BYTES, bytes, DISK_CLUSTER_BYTES)) {
            free(bytes);
            return NULL;
        }
        *cluster = bytes;
    }
    return *cluster;
}

static size_t part_of_cluster(uint64_t at, size_t size_bytes)
{
    size_t room = DISK_CLUSTER_BYTES - (size_t)(at % DISK_CLUSTER_BYTES);
    return size_bytes < room ? size_bytes : room;
}

bool disk_read(const struct disk *disk, uint64_t at, void *to, size_t size_bytes)
{
    for (uint8_t *out = to; size_bytes > 0;) {
        size_t part = part_of_cluster(at, size_bytes);
        const uint8_t *cluster = cluster_at(disk, at);
        if (cluster) {
            memcpy(out, cluster + at % DISK_CLUSTER_BYTES, part);
        } else if (!read_file(disk, at, out, part)) {
            return false;
        }
        at += part;
        out += part;
        size_bytes -= part;
    }
    return true;
}

bool disk_write(struct disk *disk, uint64_t at, const void *from, size_t size_bytes)
{
    if (disk->mode == DISK_WRITE_THROUGH) {
        return write_file(disk, at, from, size_bytes);
    }
    for (const uint8_t *in = from; size_bytes > 0;) {
        size_t part = part_of_cluster(at, size_bytes);
        uint8_t *cluster = own_cluster(disk, at);
        if (cluster == NULL) {
            return false;
        }
        memcpy(cluster + at % DISK_CLUSTER_BYTES, in, part);
        at += part;
        in += part;
        size_bytes -= part;
    }
    return true;
}

bool disk_flush(struct disk *disk)
{
    return disk->mode != DISK_WRITE_THROUGH || fdatasync(disk->file) == 0;
}

const uint8_t *disk_changed(const struct disk *disk, uint64_t *at)
{
    uint64_t from = (*at + DISK_CLUSTER_BYTES - 1) / DISK_CLUSTER_BYTES * DISK_CLUSTER_BYTES;
    while (from < disk->size_bytes) {
        if (disk->groups[from / GROUP_BYTES] == NULL) {
            from = (from / GROUP_BYTES + 1) * GROUP_BYTES;
            continue;
        }
        const uint8_t *cluster = cluster_at(disk, from);
        if (cluster) {
            *at = from;
            return cluster;
        }
        from += DISK_CLUSTER_BYTES;
    }
    return NULL;
}

void disk_archive(struct disk *disk, struct archive *a)
{
    size_t count = 0;
    uint64_t at = 0;
    for (; !a->is_loading && disk_changed(disk, &at) != NULL; at += DISK_CLUSTER_BYTES) {
        count++;
    }
    archive_count(a, &count, SIZE_MAX, DISK_CLUSTER_BYTES);
    if (a->is_loading) {
        forget_changes(disk);
    }
    for (at = 0; count > 0 && !a->has_failed; count--, at += DISK_CLUSTER_BYTES) {
        if (!a->is_loading) {
            disk_changed(disk, &at);
        }
        archive_u64(a, &at);
        bool fits = at % DISK_CLUSTER_BYTES == 0 && at < disk->size_bytes;
        uint8_t *cluster = fits ? own_cluster(disk, at) : NULL;
        if (cluster == NULL) {
            archive_refuse(a, "a changed part of a disk is at %llu", (unsigned long long)at);
            return;
        }
        archive_bytes(a, cluster, DISK_CLUSTER_BYTES);
    }
}
