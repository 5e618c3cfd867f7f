/* What the guest's user space emulates: a console, a register bank laid out like virtio-mmio, an
 * exit register, and the I/O device but for its doorbell. The same as hyp/vmm does for our own
 * core. */
#include <stdio.h>
#include <string.h>

#include "vmm.h"

static uint8_t virtio_config[8];

static bool in_config(uint64_t offset, unsigned length)
{
    return offset >= VIRTIO_CONFIG && offset + length <= VIRTIO_CONFIG + sizeof virtio_config;
}

static uint64_t virtio_read(uint64_t offset, unsigned length)
{
    uint64_t value = 0;
    if (offset == VIRTIO_MAGIC) {
        value = VIRTIO_MAGIC_VALUE;
    } else if (offset == VIRTIO_DEVICE_ID) {
        value = VIRTIO_DEVICE;
    } else if (in_config(offset, length)) {
        memcpy(&value, virtio_config + (offset - VIRTIO_CONFIG), length);
    }
    return value;
}

static void console_write(char c)
{
    static char line[160];
    static size_t length;
    line[length++] = c;
    if (c == '\n' || length == sizeof line) {
        fwrite(line, 1, length, stdout);
        length = 0;
    }
}

/* Unknown addresses read as zero. */
static uint64_t device_read(const struct vm *vm, uint64_t at, unsigned length)
{
    if (at - GUEST_VIRTIO < VIRTIO_SIZE) {
        return virtio_read(at - GUEST_VIRTIO, length);
    }
    switch (at) {
    case GUEST_IODEV + IODEV_KICKS:
        return __atomic_load_n(&vm->kicks, __ATOMIC_ACQUIRE);
    case GUEST_IODEV + IODEV_ID:
        return IODEV_ID_VALUE;
    default:
        return 0;
    }
}

/* ... and writes there go nowhere. */
static void device_write(struct vm *vm, uint64_t at, unsigned length, const uint8_t *data)
{
    uint32_t value = 0;
    memcpy(&value, data, length < sizeof value ? length : sizeof value);
    if (at - GUEST_VIRTIO < VIRTIO_SIZE) {
        if (in_config(at - GUEST_VIRTIO, length)) {
            memcpy(virtio_config + (at - GUEST_VIRTIO - VIRTIO_CONFIG), data, length);
        }
        return;
    }
    switch (at) {
    case GUEST_UART:
        console_write((char)value);
        return;
    case GUEST_EXIT:
        vm->exit_status = (int)value;
        return;
    case GUEST_IODEV + IODEV_MODE:
        __atomic_store_n(&vm->mode, value, __ATOMIC_RELEASE);
        return;
    default:
        return;
    }
}

void device_access(struct vm *vm, struct kvm_run *run)
{
    if (run->mmio.is_write) {
        device_write(vm, run->mmio.phys_addr, run->mmio.len, run->mmio.data);
        return;
    }
    uint64_t value = device_read(vm, run->mmio.phys_addr, run->mmio.len);
    memcpy(run->mmio.data, &value, sizeof value);
}
