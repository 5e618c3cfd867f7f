/*
 * The host's network cards, which are dom0's: it gets their registers, their interrupts, and memory
 * at its physical address, since there is no SMMU between them.
 */
#include "a64.h"
#include "abi/board.h"
#include "abi/guest.h"
#include "kernel/irq.h"
#include "virtio_net.h"
#include "xen/domain.h"
#include "xen/hypervisor.h"

static struct card {
    u64 base;
    u32 intid; /* dom0's */
} cards[GUEST_NETS];
static unsigned card_count;
static struct vm *owner;

static void interrupted(const struct card *c)
{
    struct vm *d = READ_ONCE(owner);
    if (d) {
        vgic_pulse(d, NULL, c->intid);
    }
}

static void interrupted_0(void)
{
    interrupted(&cards[0]);
}

static void interrupted_1(void)
{
    interrupted(&cards[1]);
}

void cards_find(struct guest_boot *boot)
{
    for (unsigned slot = BOARD_VIRTIO_SLOTS; slot-- > 0 && card_count < GUEST_NETS;) {
        if (mmio_read32(KERNEL_BASE + BOARD_VIRTIO(slot) + VIRTIO_MMIO_DEVICE_ID) ==
            VIRTIO_ID_NET) {
            boot->net[card_count].base = cards[card_count].base = BOARD_VIRTIO(slot);
            boot->net[card_count].intid = cards[card_count].intid = GUEST_NET_INTID(card_count);
            card_count++;
        }
    }
    boot->net_count = card_count;
}

void cards_assign(struct vm *d, unsigned cpu)
{
    static const irq_handler handlers[GUEST_NETS] = {interrupted_0, interrupted_1};
    owner = d;
    for (unsigned i = 0; i < card_count; i++) {
        u64 page = ALIGN_DOWN(cards[i].base, PAGE_SIZE);
        u32 intid = BOARD_VIRTIO_INTID((cards[i].base - BOARD_VIRTIO(0)) / VIRTIO_MMIO_SIZE);
        if (i == 0 || page != ALIGN_DOWN(cards[i - 1].base, PAGE_SIZE)) {
            stage2_map_device(d, page, page, PAGE_SIZE);
        }
        irq_set_handler(intid, handlers[i]);
        gic_enable_spi(intid, &cpus[cpu]);
    }
}

void cards_take_back(void)
{
    WRITE_ONCE(owner, NULL);
    for (unsigned i = 0; i < card_count; i++) {
        mmio_write32(KERNEL_BASE + cards[i].base + VIRTIO_MMIO_STATUS, 0);
    }
}
