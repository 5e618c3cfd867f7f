/*
 * The board of a kernel that follows Linux' boot protocol for arm64 (Documentation/arch/arm64/
 * booting.rst): the addresses of QEMU's virt, a GIC and timers from the kernel, a PL011, a device
 * tree that says so. Power by PSCI.
 */
#include "abi/board.h"
#include "vmm/fdt.h"
#include "vmm/pl011.h"
#include "vmm/vmm.h"

#define RESET_STATUS 3

#define IMAGE_MAGIC      0x644d5241 /* "ARM\x64" */
#define IMAGE_BIG_ENDIAN 1          /* flags */
#define IMAGE_ALIGN      0x200000UL
#define OLD_TEXT_OFFSET  0x80000 /* of images that do not say their size */
#define TREE_BYTES_MAX   0x10000 /* at the start of RAM, below the kernel */
#define RAMDISK_ALIGN    0x1000

#define UART_SPI   1
#define UART_CLOCK 24000000

/* Interrupts in a tree: kind, number within the kind, flags. */
#define IRQ_SPI    0
#define IRQ_PPI    1
#define IRQ_LEVEL  4
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

static struct {
    volatile u32 locked;
    struct pl011 uart;
} devices;

/* VCPUs of one VM access the devices at the same time. */
static void devices_lock(void)
{
    while (__atomic_exchange_n(&devices.locked, 1, __ATOMIC_ACQUIRE)) {
        __asm__ volatile("yield" ::: "memory");
    }
}

static void devices_unlock(void)
{
    __atomic_store_n(&devices.locked, 0, __ATOMIC_RELEASE);
}

static u64 virt_ram_bytes(const struct vmm_args *args)
{
    return args->memory_bytes;
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

/* Secure, physical, virtual, EL2's: a guest at EL1 can use the virtual one. */
static void tree_timer(struct fdt *f)
{
    fdt_node(f, "timer");
    fdt_text(f, "compatible", "arm,armv8-timer");
    FDT_CELLS(f, "interrupts", IRQ_PPI, PPI(INTID_SECURE_TIMER), IRQ_LEVEL, IRQ_PPI,
              PPI(INTID_PTIMER), IRQ_LEVEL, IRQ_PPI, PPI(INTID_VTIMER), IRQ_LEVEL, IRQ_PPI,
              PPI(INTID_HYP_TIMER), IRQ_LEVEL);
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
    FDT_CELLS(f, "interrupts", IRQ_SPI, UART_SPI, IRQ_LEVEL);
    FDT_CELLS(f, "clocks", PHANDLE_CLOCK, PHANDLE_CLOCK);
    fdt_bytes(f, "clock-names", "uartclk\0apb_pclk", sizeof("uartclk\0apb_pclk"));
    fdt_node_end(f);
}

static void tree_memory(struct fdt *f, const struct vmm_args *args, u64 ramdisk)
{
    u64 ramdisk_end = ramdisk + args->ramdisk_bytes;
    fdt_node(f, "chosen");
    fdt_text(f, "bootargs", args->bootargs);
    fdt_text(f, "stdout-path", "/pl011@9000000");
    if (args->ramdisk_bytes) {
        FDT_CELLS(f, "linux,initrd-start", (u32)(ramdisk >> 32), (u32)ramdisk);
        FDT_CELLS(f, "linux,initrd-end", (u32)(ramdisk_end >> 32), (u32)ramdisk_end);
    }
    fdt_node_end(f);
    fdt_node(f, "memory@40000000");
    fdt_text(f, "device_type", "memory");
    FDT_CELLS(f, "reg", 0, GUEST_RAM, (u32)(args->memory_bytes >> 32), (u32)args->memory_bytes);
    fdt_node_end(f);
}

static void make_tree(const struct vmm_args *args, u64 ramdisk)
{
    static struct fdt f;
    fdt_begin(&f, (void *)USER_GUEST_RAM, TREE_BYTES_MAX);
    fdt_node(&f, "");
    FDT_CELLS(&f, "#address-cells", 2);
    FDT_CELLS(&f, "#size-cells", 2);
    fdt_text(&f, "compatible", "linux,dummy-virt");
    FDT_CELLS(&f, "interrupt-parent", PHANDLE_GIC);
    tree_memory(&f, args, ramdisk);
    tree_cpus(&f, args->vcpu_count);
    tree_timer(&f);
    tree_gic(&f, args->gic_version, args->vcpu_count);
    tree_uart(&f);
    fdt_node_end(&f);
    if (!fdt_end(&f)) {
        refuse("the guest's device tree does not fit");
    }
}

/* Where the kernel begins, an address of the guest; *end: of the memory that it takes. */
static u64 load_image(const struct vmm_args *args, u64 *end)
{
    const struct image_header *h = (const struct image_header *)USER_GUEST_IMAGE;
    if (args->guest_image_bytes < sizeof(*h) || h->magic != IMAGE_MAGIC) {
        refuse("the guest's kernel is no arm64 Image (one that is packed must be unpacked)");
    }
    if (h->flags & IMAGE_BIG_ENDIAN) {
        refuse("the guest's kernel is big-endian");
    }
    bool old = h->image_size == 0;
    u64 bytes = h->image_size > args->guest_image_bytes ? h->image_size : args->guest_image_bytes;
    u64 offset = IMAGE_ALIGN + (old ? OLD_TEXT_OFFSET : h->text_offset);
    if (offset % 8 || offset > args->memory_bytes || bytes > args->memory_bytes - offset) {
        refuse_number("the guest's kernel needs ", (offset + bytes) >> 20,
                      " MiB and more: give it more memory (mem=MIB)");
    }
    copy((void *)(USER_GUEST_RAM + offset), h, args->guest_image_bytes);
    *end = GUEST_RAM + offset + bytes;
    return GUEST_RAM + offset;
}

static struct vmm_entry virt_load(const struct vmm_args *args)
{
    u64 ramdisk;
    u64 ram_end = GUEST_RAM + args->memory_bytes;
    u64 entry = load_image(args, &ramdisk);
    ramdisk = ALIGN_UP(ramdisk, RAMDISK_ALIGN);
    if (ramdisk > ram_end || args->ramdisk_bytes > ram_end - ramdisk) {
        refuse_number("the guest's kernel and RAM disk need ",
                      (ramdisk - GUEST_RAM + args->ramdisk_bytes) >> 20,
                      " MiB and more: give it more memory (mem=MIB)");
    }
    copy((void *)(USER_GUEST_RAM + ramdisk - GUEST_RAM), (const void *)USER_GUEST_RAMDISK,
         args->ramdisk_bytes);
    make_tree(args, ramdisk);
    pl011_reset(&devices.uart, 32 + UART_SPI);
    return (struct vmm_entry){.pc = entry, .x0 = GUEST_RAM};
}

/* Reads of unknown addresses give zero, writes go nowhere. */
static void virt_access(struct vcpu_run *run)
{
    u64 offset = run->ipa - BOARD_UART;
    if (offset >= PL011_SIZE) {
        run->data = 0;
        return;
    }
    devices_lock();
    if (run->is_write) {
        pl011_write(&devices.uart, offset, run->data);
    } else {
        run->data = pl011_read(&devices.uart, offset);
    }
    devices_unlock();
}

static int virt_exit_status(u32 reason)
{
    return reason == VCPU_EXIT_RESET ? RESET_STATUS : 0;
}

const struct vmm_board board_virt = {
    .ram_bytes = virt_ram_bytes,
    .load = virt_load,
    .access = virt_access,
    .exit_status = virt_exit_status,
};
