/*
 * A disk's contents: a file of the host. Copy on write unless asked otherwise: what the guest
 * writes stays in memory and ends with the run, the file is never changed.
 */
#ifndef EL2SIM_DEVICE_DISK_H
#define EL2SIM_DEVICE_DISK_H

#include "sim/base/archive.h"
#include "sim/base/err.h"
#include "sim/image/imagehash.h"

#include <stddef.h>
#include <stdint.h>

#define DISK_SECTOR_BYTES 512

enum disk_mode {
    DISK_COPY_ON_WRITE,
    DISK_READ_ONLY,    /* the guest finds it write-protected */
    DISK_WRITE_THROUGH /* the file is changed */
};

struct disk;

/* Opens the file and locks it: others may read, nobody may write it meanwhile (with write-through:
 * nobody may open it for this). NULL with *e. A last part of a sector is filled up with zeroes. */
struct disk *disk_open(const char *path, enum disk_mode mode, struct err *e);
void disk_close(struct disk *disk);

uint64_t disk_sectors(const struct disk *disk);
enum disk_mode disk_mode(const struct disk *disk);

/* SHA-256 of the file. */
bool disk_hash(const struct disk *disk, char out[IMAGE_HASH_TEXT], struct err *e);

/* Any range within the disk, in bytes. False: the host's file failed (errno). */
bool disk_read(const struct disk *disk, uint64_t at, void *to, size_t size_bytes);
bool disk_write(struct disk *disk, uint64_t at, const void *from, size_t size_bytes);
bool disk_flush(struct disk *disk);

/* What was written and is not in the file, cluster by cluster in order: for the next one at or
 * behind `at`, its offset and its contents; NULL behind the last. */
#define DISK_CLUSTER_BYTES 4096
const uint8_t *disk_changed(const struct disk *disk, uint64_t *at);

/* What was written and is not in the file. */
void disk_archive(struct disk *disk, struct archive *a);

#endif
