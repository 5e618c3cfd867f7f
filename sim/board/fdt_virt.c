#include "sim/board/fdt_virt.h"

#include <inttypes.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/image/loader_file.h"
#include "sim/image/memmap.h"

/* Interrupt specifiers: Linux' bindings arm,gic.yaml and arm,gic-v3.yaml. */
#define IRQ_SPI        0
#define IRQ_PPI        1
#define IRQ_EDGE       1
#define IRQ_LEVEL_HIGH 4
#define IRQ_CPU_SHIFT  8 /* GICv2 PPIs: mask of CPUs */

#define PHANDLE_CLOCK 1
#define PHANDLE_GIC   2
#define PHANDLE_CPU   0x100 /* of CPU 0, and up */

#define TREE_ROOM     65536 /* for the board's own tree: 16 CPUs and 32 slots take a fifth */
#define PROPERTY_ROOM 4096  /* what filling in adds, beside bootargs */

#define PROPERTY_CELLS_MAX 24

static bool fdt_failed(struct err *e, const char *what, int status)
{
    return err_set(e, "device tree: %s: %s", what, fdt_strerror(status));
}

/*
 * A tree being written from front to back. The room suffices by construction, so a failure is a
 * mistake of ours.
 */
struct writer {
    void *fdt;
};

static void must(int status)
{
    BUG_ON(status < 0);
}

static void open_node(struct writer *w, const char *name)
{
    must(fdt_begin_node(w->fdt, name));
}

static void open_node_at(struct writer *w, const char *name, uint64_t at)
{
    char full[64];
    snprintf(full, sizeof full, "%s@%" PRIx64, name, at);
    open_node(w, full);
}

static void close_node(struct writer *w)
{
    must(fdt_end_node(w->fdt));
}

static void put_flag(struct writer *w, const char *name)
{
    must(fdt_property(w->fdt, name, NULL, 0));
}

static void put_string(struct writer *w, const char *name, const char *value)
{
    must(fdt_property(w->fdt, name, value, (int)strlen(value) + 1));
}

/* Several strings, one after the other; the last is empty (the literal's own end). */
static void put_strings(struct writer *w, const char *name, const char *values, size_t size_bytes)
{
    must(fdt_property(w->fdt, name, values, (int)size_bytes));
}

static void put_cells(struct writer *w, const char *name, const uint32_t *cells, size_t count)
{
    fdt32_t big_endian[PROPERTY_CELLS_MAX];
    BUG_ON(count > PROPERTY_CELLS_MAX);
    for (size_t i = 0; i < count; i++) {
        big_endian[i] = cpu_to_fdt32(cells[i]);
    }
    must(fdt_property(w->fdt, name, big_endian, (int)(count * sizeof big_endian[0])));
}

static void put_cell(struct writer *w, const char *name, uint32_t value)
{
    put_cells(w, name, &value, 1);
}

/* reg with two cells for each address and size. */
struct region {
    uint64_t base, size_bytes;
};

static void put_regions(struct writer *w, const struct region *regions, size_t count)
{
    uint32_t cells[PROPERTY_CELLS_MAX];
    BUG_ON(count * 4 > PROPERTY_CELLS_MAX);
    for (size_t i = 0; i < count; i++) {
        cells[i * 4] = (uint32_t)(regions[i].base >> 32);
        cells[i * 4 + 1] = (uint32_t)regions[i].base;
        cells[i * 4 + 2] = (uint32_t)(regions[i].size_bytes >> 32);
        cells[i * 4 + 3] = (uint32_t)regions[i].size_bytes;
    }
    put_cells(w, "reg", cells, count * 4);
}

static void put_spi(struct writer *w, unsigned spi, unsigned trigger)
{
    const uint32_t cells[] = {IRQ_SPI, spi, trigger};
    put_cells(w, "interrupts", cells, 3);
}

static uint32_t ppi_flags(const struct fdt_board *board)
{
    uint32_t cpus = board->gic_version == 2 ? (1U << board->cpu_count) - 1 : 0;
    return cpus << IRQ_CPU_SHIFT | IRQ_LEVEL_HIGH;
}

/* The "compatible" of a CPU model (Linux' binding arm/cpus.yaml). */
static const struct {
    const char *cpu_name, *compatible;
} cpu_compatible[] = {
    {"x-gene1", "apm,potenza"},
    {"cortex-a57", "arm,cortex-a57"},
    {"cortex-a76", "arm,cortex-a76"},
    {"neoverse-n1", "arm,neoverse-n1"},
};

static const char *compatible_of(const char *cpu_name)
{
    for (size_t i = 0; i < sizeof cpu_compatible / sizeof cpu_compatible[0]; i++) {
        if (strcmp(cpu_name, cpu_compatible[i].cpu_name) == 0) {
            return cpu_compatible[i].compatible;
        }
    }
    return "arm,armv8";
}

static const char *conduit_name(enum psci_conduit conduit)
{
    return conduit == PSCI_CONDUIT_SMC ? "smc" : "hvc";
}

static const char psci_compatible[] = "arm,psci-1.0\0arm,psci-0.2\0arm,psci";

static void write_psci(struct writer *w, enum psci_conduit conduit)
{
    open_node(w, "psci");
    put_strings(w, "compatible", psci_compatible, sizeof psci_compatible);
    put_string(w, "method", conduit_name(conduit));
    put_cell(w, "cpu_suspend", PSCI_CPU_SUSPEND | PSCI_64BIT);
    put_cell(w, "cpu_off", PSCI_CPU_OFF);
    put_cell(w, "cpu_on", PSCI_CPU_ON | PSCI_64BIT);
    put_cell(w, "migrate", PSCI_MIGRATE_64);
    close_node(w);
}

/* All CPUs are cores of one cluster. */
static void write_cpu_map(struct writer *w, unsigned cpu_count)
{
    char name[16];
    open_node(w, "cpu-map");
    open_node(w, "socket0");
    open_node(w, "cluster0");
    for (unsigned cpu = 0; cpu < cpu_count; cpu++) {
        snprintf(name, sizeof name, "core%u", cpu);
        open_node(w, name);
        put_cell(w, "cpu", PHANDLE_CPU + cpu);
        close_node(w);
    }
    close_node(w);
    close_node(w);
    close_node(w);
}

static void write_cpus(struct writer *w, const struct fdt_board *board)
{
    open_node(w, "cpus");
    put_cell(w, "#address-cells", 1);
    put_cell(w, "#size-cells", 0);
    write_cpu_map(w, board->cpu_count);
    for (unsigned cpu = 0; cpu < board->cpu_count; cpu++) {
        uint32_t affinity = (uint32_t)board->mpidr[cpu] & 0xffffff; /* Aff2..Aff0: Aff3 is 0 */
        open_node_at(w, "cpu", affinity);
        put_string(w, "device_type", "cpu");
        put_string(w, "compatible", compatible_of(board->cpu_name));
        put_string(w, "enable-method", "psci");
        put_cell(w, "reg", affinity);
        put_cell(w, "phandle", PHANDLE_CPU + cpu);
        close_node(w);
    }
    close_node(w);
}

static void write_timer(struct writer *w, const struct fdt_board *board)
{
    static const char compatible[] = "arm,armv8-timer\0arm,armv7-timer";
    static const uint32_t ppis[] = {MEMMAP_PPI_SECURE_TIMER, MEMMAP_PPI_PHYS_TIMER,
                                    MEMMAP_PPI_VIRT_TIMER, MEMMAP_PPI_HYP_TIMER,
                                    MEMMAP_PPI_HYP_VIRT_TIMER};
    size_t count = board->has_el2 && board->has_vhe ? 5 : 4;
    uint32_t cells[3 * 5];
    for (size_t i = 0; i < count; i++) {
        cells[i * 3] = IRQ_PPI;
        cells[i * 3 + 1] = ppis[i];
        cells[i * 3 + 2] = ppi_flags(board);
    }
    open_node(w, "timer");
    put_strings(w, "compatible", compatible, sizeof compatible);
    put_flag(w, "always-on");
    put_cells(w, "interrupts", cells, count * 3);
    close_node(w);
}

static void write_pmu(struct writer *w, const struct fdt_board *board)
{
    const uint32_t interrupt[] = {IRQ_PPI, MEMMAP_PPI_PMU, ppi_flags(board)};
    open_node(w, "pmu");
    put_string(w, "compatible", "arm,armv8-pmuv3");
    put_cells(w, "interrupts", interrupt, 3);
    close_node(w);
}

static void write_gic(struct writer *w, const struct fdt_board *board)
{
    static const struct region v2[] = {{MEMMAP_GICD_BASE, MEMMAP_GICD_SIZE},
                                       {MEMMAP_GICC_BASE, MEMMAP_GICC_SIZE},
                                       {MEMMAP_GICH_BASE, MEMMAP_GICH_SIZE},
                                       {MEMMAP_GICV_BASE, MEMMAP_GICV_SIZE}};
    static const struct region v3[] = {{MEMMAP_GICD_BASE, MEMMAP_GICD_SIZE},
                                       {MEMMAP_GICR_BASE, MEMMAP_GICR_SIZE}};
    static const uint32_t maintenance[] = {IRQ_PPI, MEMMAP_PPI_MAINTENANCE, IRQ_LEVEL_HIGH};

    open_node_at(w, "intc", MEMMAP_GICD_BASE);
    put_cell(w, "phandle", PHANDLE_GIC);
    put_flag(w, "interrupt-controller");
    put_cell(w, "#interrupt-cells", 3);
    put_cell(w, "#address-cells", 2);
    put_cell(w, "#size-cells", 2);
    put_flag(w, "ranges");
    if (board->gic_version == 2) {
        put_string(w, "compatible", "arm,cortex-a15-gic");
        put_regions(w, v2, board->has_el2 ? 4 : 2);
    } else {
        put_string(w, "compatible", "arm,gic-v3");
        put_cell(w, "#redistributor-regions", 1);
        put_regions(w, v3, 2);
    }
    if (board->has_el2) {
        put_cells(w, "interrupts", maintenance, 3);
    }
    close_node(w);
}

static void write_clock(struct writer *w)
{
    open_node(w, "apb-pclk");
    put_string(w, "compatible", "fixed-clock");
    put_cell(w, "#clock-cells", 0);
    put_cell(w, "clock-frequency", (uint32_t)MEMMAP_UART_CLOCK_HZ);
    put_string(w, "clock-output-names", "clk24mhz");
    put_cell(w, "phandle", PHANDLE_CLOCK);
    close_node(w);
}

static void write_primecells(struct writer *w)
{
    static const char pl011[] = "arm,pl011\0arm,primecell";
    static const char pl031[] = "arm,pl031\0arm,primecell";
    static const char uart_clocks[] = "uartclk\0apb_pclk";
    static const uint32_t clocks[] = {PHANDLE_CLOCK, PHANDLE_CLOCK};

    open_node_at(w, "pl011", MEMMAP_UART_BASE);
    put_strings(w, "compatible", pl011, sizeof pl011);
    put_regions(w, &(struct region){MEMMAP_UART_BASE, MEMMAP_UART_SIZE}, 1);
    put_spi(w, MEMMAP_SPI_UART, IRQ_LEVEL_HIGH);
    put_cells(w, "clocks", clocks, 2);
    put_strings(w, "clock-names", uart_clocks, sizeof uart_clocks);
    close_node(w);

    open_node_at(w, "pl031", MEMMAP_RTC_BASE);
    put_strings(w, "compatible", pl031, sizeof pl031);
    put_regions(w, &(struct region){MEMMAP_RTC_BASE, MEMMAP_RTC_SIZE}, 1);
    put_spi(w, MEMMAP_SPI_RTC, IRQ_LEVEL_HIGH);
    put_cells(w, "clocks", clocks, 1);
    put_string(w, "clock-names", "apb_pclk");
    close_node(w);
}

static void write_virtio(struct writer *w, unsigned slot)
{
    uint64_t base = MEMMAP_VIRTIO_BASE + slot * MEMMAP_VIRTIO_STRIDE;
    open_node_at(w, "virtio_mmio", base);
    put_string(w, "compatible", "virtio,mmio");
    put_regions(w, &(struct region){base, MEMMAP_VIRTIO_STRIDE}, 1);
    put_spi(w, MEMMAP_SPI_VIRTIO + slot, IRQ_EDGE);
    put_flag(w, "dma-coherent");
    close_node(w);
}

static void write_board(struct writer *w, const struct fdt_board *board)
{
    must(fdt_create(w->fdt, TREE_ROOM));
    must(fdt_finish_reservemap(w->fdt));
    open_node(w, "");
    put_string(w, "compatible", "linux,dummy-virt");
    put_string(w, "model", "linux,dummy-virt");
    put_cell(w, "#address-cells", 2);
    put_cell(w, "#size-cells", 2);
    put_cell(w, "interrupt-parent", PHANDLE_GIC);
    write_psci(w, board->conduit);
    write_cpus(w, board);
    write_timer(w, board);
    if (board->has_pmu) {
        write_pmu(w, board);
    }
    write_gic(w, board);
    write_clock(w);
    write_primecells(w);
    for (unsigned slot = 0; slot < MEMMAP_VIRTIO_SLOTS; slot++) {
        if (board->virtio_slots >> slot & 1) {
            write_virtio(w, slot);
        }
    }
    open_node(w, "chosen");
    put_string(w, "stdout-path", "/pl011@9000000");
    close_node(w);
    close_node(w);
    must(fdt_finish(w->fdt));
}

/* `value` in `cells` cells of 32 bits; how many bytes that makes. */
static int put_number(uint8_t *to, uint64_t value, int cells)
{
    for (int i = 0; i < cells; i++) {
        int shift = 32 * (cells - 1 - i);
        fdt32_t cell = cpu_to_fdt32(shift >= 64 ? 0 : (uint32_t)(value >> shift));
        memcpy(to + 4 * i, &cell, sizeof cell);
    }
    return 4 * cells;
}

static int set_string(void *fdt, int node, const char *name, const char *value)
{
    return fdt_setprop(fdt, node, name, value, (int)strlen(value) + 1);
}

/* The node of that name below the root, made when missing. */
static int root_child(void *fdt, const char *name)
{
    int node = fdt_subnode_offset(fdt, 0, name);
    return node == -FDT_ERR_NOTFOUND ? fdt_add_subnode(fdt, 0, name) : node;
}

/* Removes what the tree says about memory: nodes "memory" and "memory@..." below the root. */
static int drop_memory(void *fdt)
{
    int node = fdt_first_subnode(fdt, 0);
    while (node >= 0) {
        int length;
        const char *name = fdt_get_name(fdt, node, &length);
        if (name && strncmp(name, "memory", 6) == 0 && (name[6] == '\0' || name[6] == '@')) {
            int status = fdt_del_node(fdt, node);
            if (status < 0) {
                return status;
            }
            node = fdt_first_subnode(fdt, 0);
        } else {
            node = fdt_next_subnode(fdt, node);
        }
    }
    return node == -FDT_ERR_NOTFOUND ? 0 : node;
}

static int fill_memory(void *fdt, const struct fdt_boot *boot)
{
    uint8_t reg[32];
    char name[32];
    int status = drop_memory(fdt);
    if (status < 0) {
        return status;
    }
    snprintf(name, sizeof name, "memory@%" PRIx64, boot->ram_base.v);
    int node = fdt_add_subnode(fdt, 0, name);
    if (node < 0) {
        return node;
    }
    status = set_string(fdt, node, "device_type", "memory");
    if (status < 0) {
        return status;
    }
    int length = put_number(reg, boot->ram_base.v, fdt_address_cells(fdt, 0));
    length += put_number(reg + length, boot->ram_bytes, fdt_size_cells(fdt, 0));
    return fdt_setprop(fdt, node, "reg", reg, length);
}

static int fill_chosen(void *fdt, const struct fdt_boot *boot)
{
    uint8_t start[16], end[16];
    int node = root_child(fdt, "chosen");
    int status = node < 0 ? node : 0;
    if (status == 0 && boot->bootargs && boot->bootargs[0] != '\0') {
        status = set_string(fdt, node, "bootargs", boot->bootargs);
    }
    if (status == 0 && boot->initrd.size_bytes > 0) {
        int cells = fdt_address_cells(fdt, 0);
        int length = put_number(start, boot->initrd.start.v, cells);
        put_number(end, boot->initrd.start.v + boot->initrd.size_bytes, cells);
        status = fdt_setprop(fdt, node, "linux,initrd-start", start, length);
        if (status == 0) {
            status = fdt_setprop(fdt, node, "linux,initrd-end", end, length);
        }
    }
    return status;
}

/* A tree that says nothing about PSCI gets the firmware it runs on; one that does is believed. */
static int fill_psci(void *fdt, enum psci_conduit conduit)
{
    if (fdt_subnode_offset(fdt, 0, "psci") >= 0) {
        return 0;
    }
    int node = fdt_add_subnode(fdt, 0, "psci");
    if (node < 0) {
        return node;
    }
    int status = fdt_setprop(fdt, node, "compatible", psci_compatible, sizeof psci_compatible);
    return status < 0 ? status : set_string(fdt, node, "method", conduit_name(conduit));
}

/* Copies a complete tree into one with room, and fills in what belongs to this boot. */
static bool fill_in(const void *fdt, const struct fdt_boot *boot, struct fdt_tree *out,
                    struct err *e)
{
    size_t room = fdt_totalsize(fdt) + PROPERTY_ROOM;
    room += boot->bootargs ? strlen(boot->bootargs) : 0;
    if (room > FILE_DTB_LIMIT) {
        return err_set(e,
                       "device tree: with its command line over the %" PRIu64
                       " bytes that Linux maps; shorten it",
                       FILE_DTB_LIMIT);
    }
    void *data = malloc(room);
    int status = data ? fdt_open_into(fdt, data, (int)room) : -FDT_ERR_NOSPACE;
    if (status == 0) {
        status = fill_memory(data, boot);
    }
    if (status == 0) {
        status = fill_chosen(data, boot);
    }
    if (status == 0) {
        status = fill_psci(data, boot->conduit);
    }
    if (status == 0) {
        status = fdt_pack(data);
    }
    if (status != 0) {
        free(data);
        return fdt_failed(e, "cannot fill in memory and /chosen", status);
    }
    *out = (struct fdt_tree){.data = data, .size_bytes = fdt_totalsize(data)};
    return true;
}

bool fdt_virt_create(const struct fdt_board *board, const struct fdt_boot *boot,
                     struct fdt_tree *out, struct err *e)
{
    struct writer w = {.fdt = malloc(TREE_ROOM)};
    if (!w.fdt) {
        return err_set(e, "device tree: out of host memory");
    }
    write_board(&w, board);
    bool done = fill_in(w.fdt, boot, out, e);
    free(w.fdt);
    return done;
}

/* What the file must be before its contents are used. */
static bool check_tree(const struct file_bytes *bytes, const struct fdt_boot *boot, struct err *e)
{
    int status =
        bytes->size < FDT_V1_SIZE ? -FDT_ERR_TRUNCATED : fdt_check_full(bytes->data, bytes->size);
    if (status != 0) {
        return fdt_failed(e, "not a valid one", status);
    }
    int address_cells = fdt_address_cells(bytes->data, 0);
    int size_cells = fdt_size_cells(bytes->data, 0);
    if (address_cells < 1 || size_cells < 1) {
        return err_set(e, "device tree: root: #address-cells and #size-cells must be 1 to 4");
    }
    if (size_cells < 2 && boot->ram_bytes >> 32 != 0) {
        return err_set(e, "device tree: its root says #size-cells = 1: memory of 4 GiB or more "
                          "cannot be given");
    }
    return true;
}

bool fdt_virt_read(const char *path, const struct fdt_boot *boot, struct fdt_tree *out,
                   struct err *e)
{
    struct file_bytes bytes;
    if (!file_read(path, "device tree", FILE_DTB_LIMIT, &bytes, e)) {
        return false;
    }
    bool done = (check_tree(&bytes, boot, e) && fill_in(bytes.data, boot, out, e)) ||
                err_prefix(e, "%s: ", path);
    file_free(&bytes);
    return done;
}

void fdt_tree_free(struct fdt_tree *tree)
{
    free(tree->data);
    *tree = (struct fdt_tree){0};
}
