/*
 * netback: what vhost is to a KVM. Frames are copied between the front end's granted pages and the
 * card's buffers by the hypervisor, a hypercall for each: dom0 has no mapping of those pages.
 */
#include "net.h"

#include "abi/xen_io.h"
#include "abi/xen_net.h"
#include "drivers/netback.h"
#include "lib/xen.h"
#include "virtio_net.h"

#define CARD_MEMORY 0x100000UL

_Static_assert(VNET_MEMORY <= CARD_MEMORY && XEN_NETS * CARD_MEMORY <= 0x200000, "2 MiB for all");

static struct port {
    struct netback back;
    struct vnet card;
    u32 intid, event_port;
    bool starts, connected;
} ports[XEN_NETS];

/* The front end's come in their place. */
static u8 ring_pages[XEN_NETS][2][4096] __attribute__((aligned(4096)));

static void (*wake)(void);

static bool copy(struct netback *b, u32 gref, u32 offset, u8 *ours, u32 bytes, bool to_guest)
{
    (void)b;
    struct gnttab_copy_end theirs = {
        .ref_or_gfn = gref, .domid = ROWS_DOMID, .offset = (u16)offset};
    while (bytes) { /* our side may cross a page */
        u32 room = 4096 - (u32)((u64)ours % 4096);
        u32 n = bytes < room ? bytes : room;
        struct gnttab_copy_end own = {
            .ref_or_gfn = (u64)ours / 4096, .domid = DOMID_SELF, .offset = (u16)((u64)ours % 4096)};
        struct gnttab_copy c = {.source = to_guest ? own : theirs,
                                .dest = to_guest ? theirs : own,
                                .len = (u16)n,
                                .flags = to_guest ? GNTCOPY_DEST_GREF : GNTCOPY_SOURCE_GREF};
        if (xen_hypercall(HYPERCALL_GRANT_TABLE_OP, GNTTABOP_COPY, (u64)&c, 1) != 0 ||
            c.status != GNTST_OKAY) {
            return false;
        }
        theirs.offset = (u16)(theirs.offset + n);
        ours += n;
        bytes -= n;
    }
    return true;
}

static void notify(struct netback *b)
{
    event_send(container_of(b, struct port, back)->event_port);
}

static void card_interrupted(unsigned n)
{
    vnet_acknowledge(&ports[n].card);
    wake();
}

static void interrupted_0(void)
{
    card_interrupted(0);
}

static void interrupted_1(void)
{
    card_interrupted(1);
}

void net_init(const struct guest_boot *boot, void (*woken)(void))
{
    static const irq_handler handlers[XEN_NETS] = {interrupted_0, interrupted_1};
    wake = woken;
    for (unsigned n = 0; n < boot->net_count && n < XEN_NETS; n++) {
        ports[n].intid = boot->net[n].intid;
        ports[n].starts = vnet_start(&ports[n].card, boot->net[n].base,
                                     (void *)(boot->net_memory + n * CARD_MEMORY), 0);
        irq_set_handler(ports[n].intid, handlers[n]);
        gic_enable(ports[n].intid);
    }
}

bool net_connect(unsigned n)
{
    u32 handle;
    struct port *p = n < XEN_NETS && ports[n].starts ? &ports[n] : NULL;
    if (!p || grant_map(ROWS_DOMID, XEN_NET_GRANT_TX(n), (u64)ring_pages[n][0], false, &handle) ||
        grant_map(ROWS_DOMID, XEN_NET_GRANT_RX(n), (u64)ring_pages[n][1], false, &handle) ||
        event_bind(ROWS_DOMID, XEN_NET_PORT(n), &p->event_port) != 0) {
        return false;
    }
    p->back = (struct netback){.copy = copy,
                               .notify = notify,
                               .tx = (struct netif_tx_ring *)ring_pages[n][0],
                               .rx = (struct netif_rx_ring *)ring_pages[n][1]};
    event_set_handler(p->event_port, wake);
    p->connected = true;
    return true;
}

static void transmit(struct port *p)
{
    bool any = false;
    for (;;) {
        u8 *frame = vnet_send_buffer(&p->card);
        while (frame == NULL) { /* the card has all it can hold */
            vnet_kick(&p->card);
            cpu_relax();
            frame = vnet_send_buffer(&p->card);
        }
        u32 bytes = netback_take(&p->back, frame);
        if (bytes == 0) {
            break;
        }
        vnet_send(&p->card, bytes);
        any = true;
    }
    if (any) {
        vnet_kick(&p->card);
        netback_taken(&p->back);
    }
}

static void deliver(struct port *p)
{
    u8 *frame;
    u32 bytes;
    while (netback_has_room(&p->back) && (frame = vnet_receive(&p->card, &bytes)) != NULL) {
        netback_give(&p->back, frame, bytes);
        vnet_received(&p->card);
    }
}

void net_work(void)
{
    for (unsigned n = 0; n < XEN_NETS; n++) {
        struct port *p = &ports[n];
        if (p->connected) {
            do {
                transmit(p);
                deliver(p);
            } while (netback_has_room(&p->back) && !vnet_wait(&p->card));
        }
    }
}
