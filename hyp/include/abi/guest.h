/*
 * What a guest sees: its memory map, the hypercalls of the benchmark rows and the page that tells
 * it what to run. Addresses are IPAs. The map is the board's own, so that a guest's drivers are a
 * board's drivers.
 */
#ifndef EL2SIM_ABI_GUEST_H
#define EL2SIM_ABI_GUEST_H

#define GUEST_RAM      0x40000000
#define GUEST_RAM_SIZE 0x02000000
#define GUEST_ENTRY    0x40080000 /* where the flat image is loaded and entered */

/* Devices of the user-space VMM: a console, a register bank laid out like virtio-mmio, an exit
 * register. */
#define GUEST_UART         0x09000000 /* a write of 32 bits puts one character, PL011 DR */
#define GUEST_UART_FLAGS   0x09000018 /* its flag register; the VMM of the rows reads zero */
#define GUEST_VIRTIO       0x0a000000
#define VIRTIO_SIZE        0x200
#define VIRTIO_MAGIC       0x0 /* reads 'virt' */
#define VIRTIO_DEVICE_ID   0x8
#define VIRTIO_CONFIG      0x100 /* 8 bytes to write and read back, in any size */
#define VIRTIO_MAGIC_VALUE 0x74726976
#define VIRTIO_DEVICE      0x2a
#define GUEST_EXIT         0x0a010000 /* a write is the VMM's exit status */

/* The device of the host kernel: a doorbell wired to an I/O thread (ioeventfd), an interrupt back
 * (irqfd). */
#define GUEST_IODEV      0x0a020000
#define IODEV_SIZE       0x1000
#define IODEV_ID         0x00 /* reads IODEV_ID_VALUE */
#define IODEV_DOORBELL   0x04 /* a write wakes the I/O thread */
#define IODEV_KICKS      0x08 /* reads how many kicks the I/O thread has seen */
#define IODEV_MODE       0x0c /* IODEV_MODE_* */
#define IODEV_ID_VALUE   0x10de7
#define IODEV_MODE_COUNT 0 /* the I/O thread only counts */
#define IODEV_MODE_OUT   1 /* ... and ends a span of row io-latency-out when it sees the kick */
#define IODEV_MODE_REPLY 2 /* ... and raises IODEV_INTID after IODEV_DELAY_US */
#define IODEV_MODE_IN    3 /* ... the same, beginning a span of row io-latency-in as it signals */
#define IODEV_DELAY_US   200
#define IODEV_INTID      48

/* Network cards: virtio-mmio (virtio_net.h), interrupts by an edge. */
#define GUEST_NETS         2
#define GUEST_NET(n)       (0x0a030000UL + (n)*0x1000UL)
#define GUEST_NET_INTID(n) (49 + (n))

/* Hypercalls: HVC #0, number in w0. The numbers are those of the papers' test programs. */
#define HVC_NOOP       0x4b000000
#define HVC_SWITCH_SND 0x4b000010 /* x1 to the peer VM, wait for its next message: returns it */
#define HVC_SWITCH_RCV 0x4b000020 /* wait for a message: returns it */
#define HVC_SWITCH_DON 0x4b000030 /* x1 to the peer VM, do not wait */

#define GUEST_ROWS_MAX 256
#define GUEST_OPS_MAX  1024 /* of a row: stage2-fault has 4096 pages, with the warm-up */

#ifndef __ASSEMBLER__
/* At GUEST_RAM when the guest starts; x0 is its address. */
struct guest_boot {
    unsigned int vm_id;
    unsigned int vcpu_count;
    unsigned int pcpu_count;
    unsigned int ops;          /* 0: each row's own count */
    char rows[GUEST_ROWS_MAX]; /* comma separated, empty: all */
    char spread[8];            /* "on": interrupts of network cards to all VCPUs */
    unsigned int work;         /* of a request, 0: each row's own */
    unsigned int receive;      /* KiB hashed for a frame that comes, where its interrupt does */
    /* Of Xen's dom0: the host's network cards, and memory that they reach at its own addresses. */
    unsigned int net_count;
    struct {
        unsigned long base;
        unsigned int intid;
    } net[GUEST_NETS];
    unsigned long net_memory;
};
#endif

#endif
