/* Front end: virtio network cards. The driver is the host kernel's own. */
#include "app/net.h"
#include "virtio_net.h"

/* Rings and buffers lie above the program, where nothing else is. */
#define MEMORY(port) (GUEST_RAM + 0x00800000UL + (port)*0x00100000UL)

_Static_assert(VNET_MEMORY <= 0x00100000, "cards do not share memory");

static struct vnet cards[NET_PORTS];
static struct net_place places[NET_PORTS];

bool card_start(unsigned port)
{
    return net_place(port, &places[port]) &&
           vnet_start(&cards[port], places[port].base, (void *)MEMORY(port), 0);
}

void card_listen(unsigned port, irq_handler handler)
{
    irq_set_handler(places[port].intid, handler);
}

void card_route(unsigned port, unsigned vcpu)
{
    gic_enable_on(places[port].intid, vcpu);
}

void card_interrupted(unsigned port)
{
    if (places[port].is_level) {
        vnet_acknowledge(&cards[port]);
    }
}

u8 *card_buffer(unsigned port)
{
    return vnet_send_buffer(&cards[port]);
}

void card_send(unsigned port, u32 bytes)
{
    vnet_send(&cards[port], bytes);
}

void card_flush(unsigned port)
{
    vnet_kick(&cards[port]);
}

const u8 *card_receive(unsigned port, u32 *bytes)
{
    return vnet_receive(&cards[port], bytes);
}

void card_received(unsigned port)
{
    vnet_received(&cards[port]);
}

bool card_wait(unsigned port)
{
    return vnet_wait(&cards[port]);
}
