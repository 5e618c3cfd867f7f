#include "emul/boot_linux.h"

#include "abi/board.h"
#include "abi/guest.h"
#include "emul/fdt_write.h"
#include "emul/pl011.h"
#include "virtio_net.h"

#define IMAGE_MAGIC      0x644d5241 /* "ARM\x64" */
#define IMAGE_BIG_ENDIAN 1          /* flags */
#define IMAGE_ALIGN      0x200000UL
#define OLD_TEXT_OFFSET  0x80000 /* of images that do not say their size */
#define RAMDISK_ALIGN    0x1000

#define UART_CLOCK 24000000

/* Interrupts in a tree: kind, number within the kind, flags. */
#define IRQ_SPI    0
#define IRQ_PPI    1
#define IRQ_EDGE   1
#define IRQ_LEVEL  4
#define SPI(intid) ((intid)-32)
#define PPI(intid) ((intid)-16)

#define PHANDLE_GIC   1
#define PHANDLE_CLOCK 2

struct image_header {
    u32 code[2];
    u64 text_offset; /* from a multiple of 2 MiB */
    u64 image_size;  /* in memory: with what is not in the file */
    u64 flags;
    u64 reserved[3];
    u32 magic;
    u32 pe_header;
};

bool boot_layout(const struct boot_kernel *k, struct boot_layout *l, const char **why)
{
    const struct image_header *h = k->image;
    *l = (struct boot_layout){.end = 0};
    if (k->image_bytes < sizeof(*h) || h->magic != IMAGE_MAGIC) {
        *why = "is no arm64 Image (one that is packed must be unpacked)";
        return false;
    }
    if (h->flags & IMAGE_BIG_ENDIAN) {
        *why = "is big-endian";
        return false;
    }
    u64 offset = h->image_size ? h->text_offset : OLD_TEXT_OFFSET;
    u64 bytes = h->image_size > k->image_bytes ? h->image_size : k->image_bytes;
    if (offset % 8 || offset >= IMAGE_ALIGN || bytes > k->memory_bytes) {
        *why = "does not fit into its memory (mem=MIB)";
        return false;
    }
    l->kernel = IMAGE_ALIGN + offset;
    l->ramdisk = ALIGN_UP(l->kernel + bytes, RAMDISK_ALIGN);
    l->end = l->ramdisk + k->ramdisk_bytes;
    if (l->end > k->memory_bytes || k->ramdisk_bytes > k->memory_bytes) {
        *why = "and its RAM disk do not fit into its memory (mem=MIB)";
        return false;
    }
    return true;
}

static void tree_cpus(struct fdt *f, unsigned count)
{
    fdt_node(f, "cpus");
    FDT_CELLS(f, "#address-cells", 1);
    FDT_CELLS(f, "#size-cells", 0);
    for (unsigned i = 0; i < count; i++) {
        char name[] = "cpu@0"; /* VCPU n has affinity 0.0.0.n, and there are 8 */
        name[4] = (char)(name[4] + i);
        fdt_node(f, name);
        fdt_text(f, "device_type", "cpu");
        fdt_text(f, "compatible", "arm,armv8");
        fdt_text(f, "enable-method", "psci");
        FDT_CELLS(f, "reg", i);
        fdt_node_end(f);
    }
    fdt_node_end(f);
    fdt_node(f, "psci");
    fdt_bytes(f, "compatible", "arm,psci-1.0\0arm,psci-0.2", sizeof("arm,psci-1.0\0arm,psci-0.2"));
    fdt_text(f, "method", "hvc");
    fdt_node_end(f);
}

/* Secure, physical, virtual, EL2's. A kernel at EL1 takes the virtual one where it is named. */
static void tree_timer(struct fdt *f, u32 intid)
{
    const u32 interrupts[] = {
        IRQ_PPI, PPI(INTID_SECURE_TIMER), IRQ_LEVEL, IRQ_PPI, PPI(INTID_PTIMER),    IRQ_LEVEL,
        IRQ_PPI, PPI(INTID_VTIMER),       IRQ_LEVEL, IRQ_PPI, PPI(INTID_HYP_TIMER), IRQ_LEVEL,
    };
    bool has_virtual = intid == INTID_VTIMER;
    fdt_node(f, "timer");
    fdt_text(f, "compatible", "arm,armv8-timer");
    fdt_cells(f, "interrupts", interrupts, has_virtual ? 12 : 6);
    fdt_bytes(f, "always-on", NULL, 0);
    fdt_node_end(f);
}

static void tree_gic(struct fdt *f, unsigned version, unsigned cpu_count)
{
    fdt_node(f, "interrupt-controller@8000000");
    fdt_text(f, "compatible", version == 2 ? "arm,cortex-a15-gic" : "arm,gic-v3");
    FDT_CELLS(f, "#interrupt-cells", 3);
    FDT_CELLS(f, "#address-cells", 2);
    FDT_CELLS(f, "#size-cells", 2);
    fdt_bytes(f, "interrupt-controller", NULL, 0);
    if (version == 2) {
        FDT_CELLS(f, "reg", 0, BOARD_GICD, 0, 0x1000, 0, BOARD_GICC, 0, 0x2000);
    } else {
        FDT_CELLS(f, "reg", 0, BOARD_GICD, 0, 0x10000, 0, BOARD_GICR, 0,
                  cpu_count * BOARD_GICR_STEP);
    }
    FDT_CELLS(f, "phandle", PHANDLE_GIC);
    fdt_node_end(f);
}

static void tree_uart(struct fdt *f)
{
    fdt_node(f, "apb-pclk");
    fdt_text(f, "compatible", "fixed-clock");
    FDT_CELLS(f, "#clock-cells", 0);
    FDT_CELLS(f, "clock-frequency", UART_CLOCK);
    fdt_text(f, "clock-output-names", "clk24mhz");
    FDT_CELLS(f, "phandle", PHANDLE_CLOCK);
    fdt_node_end(f);
    fdt_node(f, "pl011@9000000");
    fdt_bytes(f, "compatible", "arm,pl011\0arm,primecell", sizeof("arm,pl011\0arm,primecell"));
    FDT_CELLS(f, "reg", 0, BOARD_UART, 0, PL011_SIZE);
    FDT_CELLS(f, "interrupts", IRQ_SPI, SPI(BOOT_UART_INTID), IRQ_LEVEL);
    FDT_CELLS(f, "clocks", PHANDLE_CLOCK, PHANDLE_CLOCK);
    fdt_bytes(f, "clock-names", "uartclk\0apb_pclk", sizeof("uartclk\0apb_pclk"));
    fdt_node_end(f);
}

static void tree_nets(struct fdt *f, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        char name[] = "virtio_mmio@a030000";
        name[sizeof("virtio_mmio@a03") - 1] = (char)('0' + i); /* GUEST_NET(i) */
        fdt_node(f, name);
        fdt_text(f, "compatible", "virtio,mmio");
        FDT_CELLS(f, "reg", 0, GUEST_NET(i), 0, VIRTIO_MMIO_SIZE);
        FDT_CELLS(f, "interrupts", IRQ_SPI, SPI(GUEST_NET_INTID(i)), IRQ_EDGE);
        fdt_bytes(f, "dma-coherent", NULL, 0);
        fdt_node_end(f);
    }
}

static void tree_memory(struct fdt *f, const struct boot_kernel *k, const struct boot_layout *l)
{
    u64 ramdisk = GUEST_RAM + l->ramdisk;
    u64 ramdisk_end = ramdisk + k->ramdisk_bytes;
    fdt_node(f, "chosen");
    fdt_text(f, "bootargs", k->bootargs);
    fdt_text(f, "stdout-path", "/pl011@9000000");
    if (k->ramdisk_bytes) {
        FDT_CELLS(f, "linux,initrd-start", (u32)(ramdisk >> 32), (u32)ramdisk);
        FDT_CELLS(f, "linux,initrd-end", (u32)(ramdisk_end >> 32), (u32)ramdisk_end);
    }
    fdt_node_end(f);
    fdt_node(f, "memory@40000000");
    fdt_text(f, "device_type", "memory");
    FDT_CELLS(f, "reg", 0, GUEST_RAM, (u32)(k->memory_bytes >> 32), (u32)k->memory_bytes);
    fdt_node_end(f);
}

bool boot_tree(const struct boot_kernel *k, const struct boot_layout *l, void *tree)
{
    static struct fdt f;
    fdt_begin(&f, tree, BOOT_TREE_BYTES);
    fdt_node(&f, "");
    FDT_CELLS(&f, "#address-cells", 2);
    FDT_CELLS(&f, "#size-cells", 2);
    fdt_text(&f, "compatible", "linux,dummy-virt");
    FDT_CELLS(&f, "interrupt-parent", PHANDLE_GIC);
    tree_memory(&f, k, l);
    tree_cpus(&f, k->vcpu_count);
    tree_timer(&f, k->timer_intid);
    tree_gic(&f, k->gic_version, k->vcpu_count);
    tree_uart(&f);
    tree_nets(&f, k->net_count);
    fdt_node_end(&f);
    return fdt_end(&f);
}
