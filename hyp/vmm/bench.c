/* The board of the benchmark guest: a console, a bank of registers laid out like virtio-mmio, an
 * exit register, and the kernel's I/O device. abi/guest.h */
#include "vmm/net.h"
#include "vmm/vmm.h"

static int exit_status = -1; /* until the guest has said otherwise */

static u8 virtio_config[8];

static u64 virtio_read(u64 offset, unsigned len)
{
    u64 value = 0;
    if (offset == VIRTIO_MAGIC) {
        value = VIRTIO_MAGIC_VALUE;
    } else if (offset == VIRTIO_DEVICE_ID) {
        value = VIRTIO_DEVICE;
    } else if (offset >= VIRTIO_CONFIG && offset + len <= VIRTIO_CONFIG + sizeof(virtio_config)) {
        for (unsigned i = len; i-- > 0;) {
            value = value << 8 | virtio_config[offset - VIRTIO_CONFIG + i];
        }
    }
    return value;
}

static void virtio_write(u64 offset, unsigned len, u64 value)
{
    if (offset >= VIRTIO_CONFIG && offset + len <= VIRTIO_CONFIG + sizeof(virtio_config)) {
        for (unsigned i = 0; i < len; i++) {
            virtio_config[offset - VIRTIO_CONFIG + i] = (u8)(value >> (8 * i));
        }
    }
}

/* Reads of unknown addresses give zero, writes go nowhere. VCPUs of one VM do not print at the same
 * time. */
static void bench_access(struct vcpu_run *run)
{
    bool virtio = run->ipa - GUEST_VIRTIO < VIRTIO_SIZE;
    if (net_access(run)) {
        return;
    }
    if (virtio && run->is_write) {
        virtio_write(run->ipa - GUEST_VIRTIO, run->len, run->data);
    } else if (virtio) {
        run->data = virtio_read(run->ipa - GUEST_VIRTIO, run->len);
    } else if (!run->is_write) {
        run->data = 0;
    } else if (run->ipa == GUEST_UART) {
        console_write((char)run->data);
    } else if (run->ipa == GUEST_EXIT) {
        exit_status = (int)run->data;
    }
}

static int bench_exit_status(u32 reason)
{
    (void)reason;
    return exit_status;
}

static struct vmm_entry load(const struct vmm_args *args)
{
    net_start(args, bench_ram_bytes(args));
    return bench_load(args);
}

const struct vmm_board board_bench = {
    .ram_bytes = bench_ram_bytes,
    .load = load,
    .access = bench_access,
    .exit_status = bench_exit_status,
};
