/* QEMU's virt board: the addresses and interrupt numbers that the host kernel and the guests use.
 */
#ifndef EL2SIM_ABI_BOARD_H
#define EL2SIM_ABI_BOARD_H

#define BOARD_GICD      0x08000000
#define BOARD_GICC      0x08010000
#define BOARD_GICH      0x08030000
#define BOARD_GICV      0x08040000
#define BOARD_GICR      0x080a0000
#define BOARD_GICR_STEP 0x20000
#define BOARD_UART      0x09000000
#define BOARD_RAM       0x40000000

/* Slots of virtio-mmio; the board fills them from the last one down. */
#define BOARD_VIRTIO_SLOTS       32
#define BOARD_VIRTIO(slot)       (0x0a000000UL + (slot)*0x200UL)
#define BOARD_VIRTIO_INTID(slot) (48 + (slot))

#define BOARD_DEV_END 0x0a200000

#define INTID_MAINTENANCE  25
#define INTID_HYP_TIMER    26 /* CNTHP: what CNTP names at EL2 with E2H */
#define INTID_VTIMER       27
#define INTID_SECURE_TIMER 29
#define INTID_PTIMER       30
#define INTID_SPURIOUS     1020 /* 1020-1023 name no interrupt */

#endif
