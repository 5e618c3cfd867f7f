#include "sim/device/virtio_console.h"

#include "sim/base/err.h"

#define QUEUE_INPUT  0
#define QUEUE_OUTPUT 1

/* Guesses: a doorbell, and a reader that takes 100 MB/s. */
#define NOTIFY_NS   1000
#define NS_PER_BYTE 10
#define PART_BYTES  512

static struct virtio_console *console_of(struct virtio_device *d)
{
    return (struct virtio_console *)d;
}

static uint64_t service_ns(struct virtio_device *d, unsigned queue, const struct virtq_chain *chain)
{
    (void)d, (void)queue;
    return chain->read_bytes * NS_PER_BYTE;
}

static uint32_t serve(struct virtio_device *d, unsigned queue, const struct virtq_chain *chain,
                      cycles_t when, const char **why)
{
    (void)queue, (void)when, (void)why;
    const struct virtio_console *console = console_of(d);
    char text[PART_BYTES];
    uint64_t done = 0;
    size_t part;
    while ((part = virtq_gather(&d->host->dma, chain, done, text, sizeof text)) != 0) {
        done += part;
        if (console->output) {
            console->output(console->output_ctx, text, part);
        }
    }
    return 0;
}

/* Input that waits goes into the buffers that the driver has. */
static void refill(struct virtio_device *d, unsigned queue, cycles_t when)
{
    (void)queue, (void)when;
    struct virtio_console *console = console_of(d);
    struct virtq_chain *chain = &d->servers[QUEUE_INPUT].chain;
    while (console->input_count > 0 && virtio_input_take(d, chain)) {
        uint32_t written = 0;
        while (console->input_count > 0 && written < chain->write_bytes) {
            virtq_scatter(&d->host->dma, chain, written, &console->input[console->input_first], 1);
            console->input_first = (console->input_first + 1) % VIRTIO_CONSOLE_ROOM;
            console->input_count--;
            written++;
        }
        virtio_input_give(d, chain, written);
    }
}

static void reset(struct virtio_device *d)
{
    console_of(d)->input_count = 0;
}

static const struct virtio_kind kind = {
    .name = "virtio-console",
    .id = 3,
    .queue_count = 2,
    .service_ns = service_ns,
    .serve = serve,
    .refill = refill,
    .input_queue = QUEUE_INPUT,
    .reset = reset,
};

void virtio_console_init(struct virtio_console *console)
{
    struct virtio_device *d = &console->device;
    d->kind = &kind;
    d->notify_ns = NOTIFY_NS;
    virtio_init(d);
    virtio_config_put(d, 0, 4, 0); /* cols, rows: not known */
    virtio_config_put(d, 4, 4, 1); /* max_nr_ports */
}

unsigned virtio_console_room(const struct virtio_console *console)
{
    return VIRTIO_CONSOLE_ROOM - console->input_count;
}

void virtio_console_input(struct virtio_console *console, const uint8_t *bytes, size_t length,
                          cycles_t at)
{
    for (size_t i = 0; i < length && console->input_count < VIRTIO_CONSOLE_ROOM; i++) {
        unsigned slot = (console->input_first + console->input_count) % VIRTIO_CONSOLE_ROOM;
        console->input[slot] = bytes[i];
        console->input_count++;
    }
    refill(&console->device, QUEUE_INPUT, at);
}
