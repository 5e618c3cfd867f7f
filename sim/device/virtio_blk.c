#include "sim/device/virtio_blk.h"

#include <stdio.h>
#include <string.h>

#include "sim/base/bits.h"

/* Feature bits, 5.2.3. */
#define F_SEG_MAX      BIT(2)
#define F_RO           BIT(5)
#define F_BLK_SIZE     BIT(6)
#define F_FLUSH        BIT(9)
#define F_DISCARD      BIT(13)
#define F_WRITE_ZEROES BIT(14)

/* Requests, 5.2.6. */
enum request_type {
    T_IN = 0,
    T_OUT = 1,
    T_FLUSH = 4,
    T_GET_ID = 8,
    T_DISCARD = 11,
    T_WRITE_ZEROES = 13
};

enum request_status { S_OK, S_IOERR, S_UNSUPP };

struct request_header {
    uint32_t type, reserved;
    uint64_t sector;
};

struct request_range { /* of discard and write zeroes */
    uint64_t sector;
    uint32_t sectors, flags;
};

#define RANGE_FLAG_UNMAP 1
#define ID_BYTES         20
#define SEGMENTS_MAX     254  /* as QEMU's for a queue of 256 */
#define ZERO_SECTORS_MAX 4096 /* one request's share of host time is bounded */

/*
 * A fast solid-state disk of the years of the modelled machines: time to look at the doorbell, to
 * do a request, and per byte (2 GB/s). Guesses, as every device's here; the drive's latency is an
 * option.
 */
#define NOTIFY_NS    1000
#define BYTES_PER_NS 2
#define BOUNCE_BYTES 4096

static struct virtio_blk *blk_of(struct virtio_device *d)
{
    return (struct virtio_blk *)d;
}

static bool get_header(const struct virtio_device *d, const struct virtq_chain *chain,
                       struct request_header *header)
{
    return virtq_gather(&d->host->dma, chain, 0, header, sizeof *header) == sizeof *header;
}

static uint64_t service_ns(struct virtio_device *d, unsigned queue, const struct virtq_chain *chain)
{
    (void)queue;
    return blk_of(d)->latency_ns + (chain->read_bytes + chain->write_bytes) / BYTES_PER_NS;
}

/* Whether the range is whole sectors of the disk. */
static bool in_range(const struct disk *disk, uint64_t sector, uint64_t size_bytes)
{
    uint64_t sectors = disk_sectors(disk);
    return size_bytes % DISK_SECTOR_BYTES == 0 && sector <= sectors &&
           size_bytes / DISK_SECTOR_BYTES <= sectors - sector;
}

static enum request_status transfer(struct virtio_blk *blk, const struct virtq_chain *chain,
                                    uint64_t sector, uint64_t size_bytes, bool write)
{
    uint8_t bytes[BOUNCE_BYTES];
    const struct dma *dma = &blk->device.host->dma;
    if (!in_range(blk->disk, sector, size_bytes) ||
        (write && disk_mode(blk->disk) == DISK_READ_ONLY)) {
        return S_IOERR;
    }
    for (uint64_t done = 0; done < size_bytes; done += BOUNCE_BYTES) {
        uint64_t left = size_bytes - done;
        size_t part = left < BOUNCE_BYTES ? (size_t)left : BOUNCE_BYTES;
        uint64_t at = sector * DISK_SECTOR_BYTES + done;
        bool ok = write ? virtq_gather(dma, chain, sizeof(struct request_header) + done, bytes,
                                       part) == part &&
                              disk_write(blk->disk, at, bytes, part)
                        : disk_read(blk->disk, at, bytes, part) &&
                              virtq_scatter(dma, chain, done, bytes, part) == part;
        if (!ok) {
            return S_IOERR;
        }
    }
    return S_OK;
}

/* Discard and write zeroes: both leave zeroes. */
static enum request_status zero(struct virtio_blk *blk, const struct virtq_chain *chain,
                                uint32_t type)
{
    static const uint8_t zeroes[BOUNCE_BYTES];
    struct request_range range;
    if (chain->read_bytes != sizeof(struct request_header) + sizeof range) {
        return S_UNSUPP; /* max_discard_seg and max_write_zeroes_seg are 1 */
    }
    virtq_gather(&blk->device.host->dma, chain, sizeof(struct request_header), &range,
                 sizeof range);
    uint32_t known = type == T_WRITE_ZEROES ? RANGE_FLAG_UNMAP : 0;
    if (range.flags & ~known) {
        return S_UNSUPP;
    }
    uint64_t size_bytes = (uint64_t)range.sectors * DISK_SECTOR_BYTES;
    if (!in_range(blk->disk, range.sector, size_bytes) || range.sectors > ZERO_SECTORS_MAX ||
        disk_mode(blk->disk) == DISK_READ_ONLY) {
        return S_IOERR;
    }
    for (uint64_t done = 0; done < size_bytes; done += BOUNCE_BYTES) {
        uint64_t left = size_bytes - done;
        size_t part = left < BOUNCE_BYTES ? (size_t)left : BOUNCE_BYTES;
        if (!disk_write(blk->disk, range.sector * DISK_SECTOR_BYTES + done, zeroes, part)) {
            return S_IOERR;
        }
    }
    return S_OK;
}

static enum request_status get_id(struct virtio_blk *blk, const struct virtq_chain *chain,
                                  uint64_t room)
{
    char id[ID_BYTES] = {0};
    snprintf(id, sizeof id, "el2sim-%u", blk->device.slot);
    size_t size = room < sizeof id ? (size_t)room : sizeof id;
    return virtq_scatter(&blk->device.host->dma, chain, 0, id, size) == size ? S_OK : S_IOERR;
}

static uint32_t serve(struct virtio_device *d, unsigned queue, const struct virtq_chain *chain,
                      cycles_t when, const char **why)
{
    (void)queue, (void)when;
    struct virtio_blk *blk = blk_of(d);
    struct request_header header;
    if (!get_header(d, chain, &header) || chain->write_bytes == 0) {
        *why = "a request without header or status";
        return 0;
    }
    uint64_t in_bytes = chain->write_bytes - 1; /* the status is the last byte */
    uint32_t written = 1;
    enum request_status status = S_UNSUPP;
    blk->requests++;
    switch (header.type) {
    case T_IN:
        status = transfer(blk, chain, header.sector, in_bytes, false);
        written += status == S_OK ? (uint32_t)in_bytes : 0;
        break;
    case T_OUT:
        status = transfer(blk, chain, header.sector, chain->read_bytes - sizeof header, true);
        break;
    case T_FLUSH:
        status = disk_flush(blk->disk) ? S_OK : S_IOERR;
        break;
    case T_GET_ID:
        status = get_id(blk, chain, in_bytes);
        written += status == S_OK ? ID_BYTES : 0;
        break;
    case T_DISCARD:
    case T_WRITE_ZEROES:
        status = zero(blk, chain, header.type);
        break;
    }
    uint8_t byte = (uint8_t)status;
    virtq_scatter(&d->host->dma, chain, in_bytes, &byte, 1);
    return written;
}

static const struct virtio_kind kind = {
    .name = "virtio-blk",
    .id = 2,
    .features = F_SEG_MAX | F_BLK_SIZE | F_FLUSH,
    .queue_count = 1,
    .service_ns = service_ns,
    .serve = serve,
    .input_queue = VIRTIO_QUEUES_MAX,
};

void virtio_blk_init(struct virtio_blk *blk)
{
    struct virtio_device *d = &blk->device;
    d->kind = &kind;
    d->notify_ns = NOTIFY_NS;
    virtio_init(d);
    bool read_only = disk_mode(blk->disk) == DISK_READ_ONLY;
    d->features |= read_only ? F_RO : F_DISCARD | F_WRITE_ZEROES;
    /* struct virtio_blk_config, 5.2.4 */
    virtio_config_put(d, 0, 8, disk_sectors(blk->disk));
    virtio_config_put(d, 12, 4, SEGMENTS_MAX);
    virtio_config_put(d, 20, 4, DISK_SECTOR_BYTES);
    virtio_config_put(d, 34, 2, 1); /* num_queues */
    if (!read_only) {
        virtio_config_put(d, 36, 4, ZERO_SECTORS_MAX);
        virtio_config_put(d, 40, 4, 1); /* max_discard_seg */
        virtio_config_put(d, 44, 4, 1); /* discard_sector_alignment */
        virtio_config_put(d, 48, 4, ZERO_SECTORS_MAX);
        virtio_config_put(d, 52, 4, 1); /* max_write_zeroes_seg */
        virtio_config_put(d, 56, 1, 1); /* write_zeroes_may_unmap */
    }
}
