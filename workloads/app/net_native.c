/* The board's own cards: from the last slot down. */
#include "app/net.h"
#include "virtio_net.h"

bool net_place(unsigned port, struct net_place *place)
{
    for (unsigned slot = BOARD_VIRTIO_SLOTS; slot-- > 0;) {
        u32 id = mmio_read32(BOARD_VIRTIO(slot) + VIRTIO_MMIO_DEVICE_ID);
        if (id == VIRTIO_ID_NET && port-- == 0) {
            *place = (struct net_place){
                .base = BOARD_VIRTIO(slot), .intid = BOARD_VIRTIO_INTID(slot), .is_level = true};
            return true;
        }
    }
    return false;
}
