/*
 * Addresses and interrupt numbers of the board: those of QEMU's `virt` machine (its source file
 * hw/arm/virt.c, tables base_memmap and a15irqmap; bsa.h for the PPIs), so that one image boots on
 * both. What `virt` has and this board has not (flash, fw_cfg, PL061, PCIe, ITS, GICv2m) leaves a
 * hole.
 */
#ifndef EL2SIM_IMAGE_MEMMAP_H
#define EL2SIM_IMAGE_MEMMAP_H

#include "sim/base/types.h"

#define MEMMAP_GICD_BASE     UINT64_C(0x08000000)
#define MEMMAP_GICD_SIZE     UINT64_C(0x10000)
#define MEMMAP_GICC_BASE     UINT64_C(0x08010000)
#define MEMMAP_GICC_SIZE     UINT64_C(0x10000)
#define MEMMAP_GICH_BASE     UINT64_C(0x08030000)
#define MEMMAP_GICH_SIZE     UINT64_C(0x10000)
#define MEMMAP_GICV_BASE     UINT64_C(0x08040000)
#define MEMMAP_GICV_SIZE     UINT64_C(0x10000)
#define MEMMAP_GICR_BASE     UINT64_C(0x080a0000)
#define MEMMAP_GICR_STRIDE   UINT64_C(0x20000)  /* per CPU: RD_base and SGI_base */
#define MEMMAP_GICR_SIZE     UINT64_C(0xf60000) /* the window that the device tree names */
#define MEMMAP_UART_BASE     UINT64_C(0x09000000)
#define MEMMAP_UART_SIZE     UINT64_C(0x1000)
#define MEMMAP_RTC_BASE      UINT64_C(0x09010000)
#define MEMMAP_RTC_SIZE      UINT64_C(0x1000)
#define MEMMAP_VIRTIO_BASE   UINT64_C(0x0a000000)
#define MEMMAP_VIRTIO_STRIDE UINT64_C(0x200)
#define MEMMAP_VIRTIO_SLOTS  32
#define MEMMAP_RAM_BASE      UINT64_C(0x40000000)
#define MEMMAP_RAM_SIZE_MAX  (UINT64_C(255) << 30) /* up to the PCIe windows of `virt` */

/* SPIs by their number in a device tree; the INTID is 32 more. */
#define MEMMAP_SPI_UART   1
#define MEMMAP_SPI_RTC    2
#define MEMMAP_SPI_VIRTIO 16 /* of slot 0; one each */
#define MEMMAP_SPI_COUNT  224
#define MEMMAP_INTID_SPI  32

/* PPIs by their number in a device tree; the INTID is 16 more. */
#define MEMMAP_PPI_PMU            7
#define MEMMAP_PPI_MAINTENANCE    9
#define MEMMAP_PPI_HYP_TIMER      10
#define MEMMAP_PPI_VIRT_TIMER     11
#define MEMMAP_PPI_HYP_VIRT_TIMER 12
#define MEMMAP_PPI_SECURE_TIMER   13
#define MEMMAP_PPI_PHYS_TIMER     14
#define MEMMAP_INTID_PPI          16

#define MEMMAP_UART_CLOCK_HZ UINT64_C(24000000) /* apb-pclk */

#endif
