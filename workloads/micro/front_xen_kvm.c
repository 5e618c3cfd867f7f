/* Xen's interface by a KVM, which has a VMM in user space, too. */
#include "micro/row.h"

const char *front_lacks(const char *row)
{
    (void)row;
    return NULL;
}

void io_user_exec(void)
{
    wrong |= mmio_read32(GUEST_VIRTIO + VIRTIO_DEVICE_ID) ^ VIRTIO_DEVICE;
}
