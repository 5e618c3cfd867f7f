#include "drivers/nic.h"

#include "abi/board.h"
#include "kernel/cpu.h"
#include "kernel/irq.h"
#include "kernel/page.h"

#define MEMORY_ORDER 8

_Static_assert(VNET_MEMORY <= PAGE_SIZE << MEMORY_ORDER, "rings and buffers are one allocation");

static struct nic nics[NICS_MAX];
static unsigned nic_count;

struct nic *nic_get(unsigned n)
{
    return n < nic_count ? &nics[n] : NULL;
}

static void interrupted(struct nic *n)
{
    vnet_acknowledge(&n->card);
    spin_lock(&n->lock); /* interrupts are masked */
    if (n->arrived) {
        n->arrived(n->ctx);
    }
    spin_unlock(&n->lock);
}

static void interrupted_0(void)
{
    interrupted(&nics[0]);
}

static void interrupted_1(void)
{
    interrupted(&nics[1]);
}

void nic_init(void)
{
    static const irq_handler handlers[NICS_MAX] = {interrupted_0, interrupted_1};
    void *memory = NULL;
    for (unsigned slot = BOARD_VIRTIO_SLOTS; slot-- > 0 && nic_count < NICS_MAX;) {
        struct nic *n = &nics[nic_count];
        if (mmio_read32(KERNEL_BASE + BOARD_VIRTIO(slot) + VIRTIO_MMIO_DEVICE_ID) !=
            VIRTIO_ID_NET) {
            continue;
        }
        memory = memory ? memory : page_alloc(MEMORY_ORDER);
        if (!vnet_start(&n->card, KERNEL_BASE + BOARD_VIRTIO(slot), memory, KERNEL_BASE)) {
            continue; /* not one that we know */
        }
        memory = NULL;
        n->cpu = cpu_count > nic_count + 1 ? cpu_count - 1 - nic_count : cpu_count - 1;
        irq_set_handler(BOARD_VIRTIO_INTID(slot), handlers[nic_count]);
        gic_enable_spi(BOARD_VIRTIO_INTID(slot), &cpus[n->cpu]);
        nic_count++;
    }
    if (memory) {
        page_free(memory, MEMORY_ORDER);
    }
}

void nic_listen(struct nic *n, void (*arrived)(void *ctx), void *ctx)
{
    u64 flags = spin_lock_irqsave(&n->lock);
    n->ctx = ctx;
    n->arrived = arrived;
    spin_unlock_irqrestore(&n->lock, flags);
}
