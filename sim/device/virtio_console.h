/* The console device (virtio 1.2, 5.3) with one port and no control queue. */
#ifndef EL2SIM_DEVICE_VIRTIO_CONSOLE_H
#define EL2SIM_DEVICE_VIRTIO_CONSOLE_H

#include "sim/device/virtio.h"

#define VIRTIO_CONSOLE_ROOM 256

struct virtio_console {
    struct virtio_device device;
    void (*output)(void *ctx, const char *text, size_t length);
    void *output_ctx;
    uint8_t input[VIRTIO_CONSOLE_ROOM]; /* came, and the driver had no buffer */
    unsigned input_first, input_count;
};

/* device.host, slot and irq, and output are set. */
void virtio_console_init(struct virtio_console *console);

void virtio_console_archive(struct virtio_console *console, struct archive *a);

/* How many bytes it can take without loss. */
unsigned virtio_console_room(const struct virtio_console *console);
/* Bytes arrive; without room they are lost. */
void virtio_console_input(struct virtio_console *console, const uint8_t *bytes, size_t length,
                          cycles_t at);

#endif
