#include "sim/device/devices.h"

#include <stdlib.h>
#include <string.h>

#include "sim/device/virtio_blk.h"
#include "sim/device/virtio_rng.h"

union device {
    struct virtio_device device; /* the first member of each */
    struct virtio_blk blk;
    struct virtio_net net;
    struct virtio_rng rng;
    struct virtio_console console;
};

struct devices {
    struct virtio_host host;
    struct virtio_bus bus;
    struct device_list list;
    union device *made[DEVICE_SPECS_MAX];
};

static bool make(struct devices *all, unsigned index, const struct devices_config *config,
                 struct err *e)
{
    const struct device_spec *spec = &all->list.specs[index];
    /* `virt` fills its slots from the last one down (hw/arm/virt.c: create_virtio_devices). */
    unsigned slot = MEMMAP_VIRTIO_SLOTS - 1 - index;
    union device *made = calloc(1, sizeof *made);
    BUG_ON(made == NULL);
    all->made[index] = made;
    made->device.host = &all->host;
    made->device.slot = slot;
    made->device.irq = config->irqs[slot];
    switch (spec->type) {
    case DEVICE_DISK:
        made->blk.latency_ns = spec->latency_ns;
        made->blk.disk = disk_open(spec->path, spec->mode, e);
        if (made->blk.disk == NULL) {
            return false;
        }
        virtio_blk_init(&made->blk);
        break;
    case DEVICE_NET:
        made->net.latency_ns = spec->latency_ns;
        made->net.service_ns = spec->service_ns;
        made->net.link_mbit = spec->link_mbit;
        made->net.is_outside = spec->far_end != NET_PEER;
        memcpy(made->net.mac, spec->mac, sizeof made->net.mac);
        virtio_net_init(&made->net);
        break;
    case DEVICE_RNG:
        made->rng.state = spec->seed;
        virtio_rng_init(&made->rng);
        break;
    case DEVICE_CONSOLE:
        made->console.output = config->output;
        made->console.output_ctx = config->output_ctx;
        virtio_console_init(&made->console);
        break;
    }
    all->bus.slots[slot] = &made->device;
    return true;
}

struct devices *devices_create(const struct devices_config *config, struct err *e)
{
    struct devices *all = calloc(1, sizeof *all);
    BUG_ON(all == NULL);
    all->host = config->host;
    all->list = config->list;
    for (unsigned i = 0; i < all->list.count; i++) {
        if (!make(all, i, config, e)) {
            devices_destroy(all);
            return NULL;
        }
    }
    return all;
}

void devices_destroy(struct devices *all)
{
    for (unsigned i = 0; all && i < all->list.count; i++) {
        if (all->made[i] && all->list.specs[i].type == DEVICE_DISK) {
            disk_close(all->made[i]->blk.disk);
        }
        free(all->made[i]);
    }
    free(all);
}

struct virtio_bus *devices_bus(struct devices *all)
{
    return &all->bus;
}

static union device *first_of(const struct devices *all, enum device_type type)
{
    for (unsigned i = 0; i < all->list.count; i++) {
        if (all->list.specs[i].type == type) {
            return all->made[i];
        }
    }
    return NULL;
}

struct virtio_console *devices_console(struct devices *all)
{
    union device *found = first_of(all, DEVICE_CONSOLE);
    return found ? &found->console : NULL;
}

struct virtio_net *devices_net(struct devices *all, unsigned index)
{
    return all->list.specs[index].type == DEVICE_NET ? &all->made[index]->net : NULL;
}

const struct disk *devices_disk(const struct devices *all, unsigned index)
{
    return all->list.specs[index].type == DEVICE_DISK ? all->made[index]->blk.disk : NULL;
}

uint64_t devices_broken_count(const struct devices *all)
{
    return all->host.broken_count;
}

void devices_archive(struct devices *all, struct archive *a)
{
    archive_u64(a, &all->host.broken_count);
    for (unsigned i = 0; i < all->list.count; i++) {
        union device *made = all->made[i];
        switch (all->list.specs[i].type) {
        case DEVICE_DISK:
            virtio_archive(&made->device, a);
            archive_u64(a, &made->blk.requests);
            disk_archive(made->blk.disk, a);
            break;
        case DEVICE_NET:
            virtio_net_archive(&made->net, a);
            break;
        case DEVICE_RNG:
            virtio_archive(&made->device, a);
            archive_u64(a, &made->rng.state);
            break;
        case DEVICE_CONSOLE:
            virtio_console_archive(&made->console, a);
            break;
        }
    }
}
