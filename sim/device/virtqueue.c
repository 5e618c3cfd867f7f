#include "sim/device/virtqueue.h"

#define DESC_BYTES    16
#define DESC_NEXT     1
#define DESC_WRITE    2
#define DESC_INDIRECT 4

#define AVAIL_NO_INTERRUPT 1
#define RING_FLAGS         0 /* offsets in both rings */
#define RING_IDX           2
#define RING_ENTRIES       4
#define USED_ENTRY_BYTES   8

struct descriptor {
    uint64_t at;
    uint32_t size_bytes;
    uint16_t flags, next;
};

bool dma_read(const struct dma *dma, uint64_t at, void *to, uint64_t size_bytes)
{
    return ram_read(dma->ram, pa(at), to, size_bytes);
}

bool dma_write(const struct dma *dma, uint64_t at, const void *from, uint64_t size_bytes)
{
    if (!ram_write(dma->ram, pa(at), from, size_bytes)) {
        return false;
    }
    if (dma->written) {
        dma->written(dma->ctx, pa(at), size_bytes);
    }
    return true;
}

void virtq_reset(struct virtqueue *q)
{
    *q = (struct virtqueue){0};
}

static bool read16(const struct dma *dma, uint64_t at, uint16_t *value)
{
    return dma_read(dma, at, value, sizeof *value);
}

static enum virtq_result broken(const char **why, const char *text)
{
    *why = text;
    return VIRTQ_BROKEN;
}

/* One buffer of a chain; NULL, or what is wrong with it. */
static const char *add(struct virtq_chain *chain, const struct dma *dma, const struct descriptor *d)
{
    unsigned count = chain->read_count + chain->write_count;
    bool writes = d->flags & DESC_WRITE;
    if (count == VIRTQ_SIZE_MAX) {
        return "a chain of more than 1024 buffers, or a loop";
    }
    if (d->size_bytes == 0) {
        return "a buffer of no bytes";
    }
    if (!ram_holds(dma->ram, pa(d->at), d->size_bytes)) {
        return "a buffer that is not in RAM";
    }
    if (!writes && chain->write_count != 0) {
        return "a buffer to read behind one to write";
    }
    chain->segments[count] = (struct virtq_segment){d->at, d->size_bytes};
    chain->read_count += !writes;
    chain->write_count += writes;
    chain->read_bytes += writes ? 0 : d->size_bytes;
    chain->write_bytes += writes ? d->size_bytes : 0;
    return NULL;
}

/* Follows a chain through a table of `size` descriptors. No chain visits one twice, so a longer one
 * is a loop. */
static const char *follow(struct virtq_chain *chain, const struct dma *dma, uint64_t table,
                          uint32_t size, uint16_t first, struct descriptor *indirect)
{
    struct descriptor d = {.flags = DESC_NEXT, .next = first};
    for (uint32_t visited = 0; d.flags & DESC_NEXT; visited++) {
        if (visited == size) {
            return "a loop of descriptors";
        }
        if (d.next >= size) {
            return "a descriptor index beyond the table";
        }
        if (!dma_read(dma, table + (uint64_t)d.next * DESC_BYTES, &d, sizeof d)) {
            return "a descriptor table that is not in RAM";
        }
        if (d.flags & DESC_INDIRECT) {
            if (indirect == NULL) {
                return "an indirect descriptor in an indirect table";
            }
            if (d.flags & DESC_NEXT) {
                return "an indirect descriptor with a successor";
            }
            *indirect = d;
            return NULL;
        }
        const char *why = add(chain, dma, &d);
        if (why) {
            return why;
        }
    }
    return NULL;
}

static const char *read_chain(const struct virtqueue *q, const struct dma *dma, uint16_t head,
                              struct virtq_chain *chain)
{
    struct descriptor table = {.flags = 0};
    chain->head = head;
    chain->read_count = chain->write_count = 0;
    chain->read_bytes = chain->write_bytes = 0;
    const char *why = follow(chain, dma, q->descriptors, q->size, head, &table);
    if (why || !(table.flags & DESC_INDIRECT)) {
        return why;
    }
    if (table.size_bytes == 0 || table.size_bytes % DESC_BYTES != 0) {
        return "an indirect table of a length that is no multiple of 16";
    }
    return follow(chain, dma, table.at, table.size_bytes / DESC_BYTES, 0, NULL);
}

enum virtq_result virtq_take(struct virtqueue *q, const struct dma *dma, struct virtq_chain *chain,
                             const char **why)
{
    uint16_t available, head;
    if (!read16(dma, q->driver + RING_IDX, &available)) {
        return broken(why, "an available ring that is not in RAM");
    }
    if (available == q->taken) {
        return VIRTQ_EMPTY;
    }
    if ((uint16_t)(available - q->taken) > q->size) {
        return broken(why, "an available index more than the queue's size ahead");
    }
    if (!read16(dma, q->driver + RING_ENTRIES + 2 * (uint64_t)(q->taken % q->size), &head)) {
        return broken(why, "an available ring that is not in RAM");
    }
    if (head >= q->size) {
        return broken(why, "an available descriptor beyond the queue's size");
    }
    const char *wrong = read_chain(q, dma, head, chain);
    if (wrong) {
        return broken(why, wrong);
    }
    q->taken++;
    return VIRTQ_TAKEN;
}

bool virtq_ask_notify(struct virtqueue *q, const struct dma *dma)
{
    uint64_t avail_event = q->device + RING_ENTRIES + (uint64_t)q->size * USED_ENTRY_BYTES;
    return !q->event_idx || dma_write(dma, avail_event, &q->taken, sizeof q->taken);
}

/* 2.7.7.2: without event indices the driver has a flag; with them, it says behind which entry. */
static bool wants_interrupt(struct virtqueue *q, const struct dma *dma, bool *interrupt)
{
    uint16_t word;
    if (!q->event_idx) {
        *interrupt = read16(dma, q->driver + RING_FLAGS, &word) && !(word & AVAIL_NO_INTERRUPT);
        return true;
    }
    if (!read16(dma, q->driver + RING_ENTRIES + 2 * (uint64_t)q->size, &word)) {
        return false;
    }
    *interrupt = (uint16_t)(q->used - word - 1) < (uint16_t)(q->used - q->signalled);
    if (*interrupt) {
        q->signalled = q->used;
    }
    return true;
}

bool virtq_give(struct virtqueue *q, const struct dma *dma, uint16_t head, uint32_t written_bytes,
                bool *interrupt)
{
    uint32_t entry[2] = {head, written_bytes};
    uint64_t slot = (uint64_t)(q->used % q->size) * USED_ENTRY_BYTES;
    uint16_t next = (uint16_t)(q->used + 1);
    if (!dma_write(dma, q->device + RING_ENTRIES + slot, entry, sizeof entry) ||
        !dma_write(dma, q->device + RING_IDX, &next, sizeof next)) {
        return false;
    }
    q->used = next;
    return wants_interrupt(q, dma, interrupt);
}

static size_t copy(const struct dma *dma, const struct virtq_segment *segments, unsigned count,
                   uint64_t offset, uint8_t *bytes, size_t size_bytes, bool to_guest)
{
    size_t done = 0;
    for (unsigned i = 0; i < count && done < size_bytes; i++) {
        if (offset >= segments[i].size_bytes) {
            offset -= segments[i].size_bytes;
            continue;
        }
        size_t part = (size_t)(segments[i].size_bytes - offset);
        part = part < size_bytes - done ? part : size_bytes - done;
        uint64_t at = segments[i].at + offset;
        bool ok = to_guest ? dma_write(dma, at, bytes + done, part)
                           : dma_read(dma, at, bytes + done, part);
        if (!ok) {
            break;
        }
        done += part;
        offset = 0;
    }
    return done;
}

size_t virtq_gather(const struct dma *dma, const struct virtq_chain *chain, uint64_t offset,
                    void *to, size_t size_bytes)
{
    return copy(dma, chain->segments, chain->read_count, offset, to, size_bytes, false);
}

/* `from` is only read: copy() goes both ways. */
size_t virtq_scatter(const struct dma *dma, const struct virtq_chain *chain, uint64_t offset,
                     const void *from, size_t size_bytes)
{
    return copy(dma, chain->segments + chain->read_count, chain->write_count, offset,
                (uint8_t *)(uintptr_t)from, size_bytes, true);
}
