/* The board of a benchmark guest that speaks Xen's interface: the kernel has its devices. What is
 * left to the VMM is one register, for row io-user. */
#include "vmm/vmm.h"

static void bench_access(struct vcpu_run *run)
{
    if (!run->is_write) {
        run->data = run->ipa == GUEST_VIRTIO + VIRTIO_DEVICE_ID ? VIRTIO_DEVICE : 0;
    }
}

/* SCHEDOP_shutdown says whether all was well. */
static int bench_exit_status(u32 reason)
{
    return reason == VCPU_EXIT_SHUTDOWN ? 0 : 1;
}

const struct vmm_board board_bench = {
    .ram_bytes = bench_ram_bytes,
    .load = bench_load,
    .access = bench_access,
    .exit_status = bench_exit_status,
};
