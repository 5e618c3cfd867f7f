#include "sim/board/fdt_check.h"

#include <inttypes.h>
#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#include "sim/image/loader_file.h"
#include "sim/image/memmap.h"

#define NODE_PATH_MAX 200

#define MPIDR_AFFINITY UINT64_C(0xff00ffffff)

struct check {
    const void *fdt;
    const struct fdt_board *board;
    const struct fdt_boot *boot;
    struct err *e;
    uint64_t memory_bytes; /* found so far */
    unsigned cpu_count;
};

/* "FILE: " is put before it, and here the node's path. */
static bool refuse(struct check *c, int node, const char *what)
{
    char path[NODE_PATH_MAX] = "?";
    fdt_get_path(c->fdt, node, path, sizeof path);
    return err_set(c->e, "%s: %s", path, what);
}

/* A number of `cells` cells at *at, which moves on. False where the property ends before. */
static bool take(const fdt32_t **at, const fdt32_t *end, int cells, uint64_t *value)
{
    *value = 0;
    if (end - *at < cells) {
        return false;
    }
    for (int i = 0; i < cells; i++) {
        *value = *value << 32 | fdt32_ld(*at);
        (*at)++;
    }
    return true;
}

static const fdt32_t *property(const struct check *c, int node, const char *name,
                               const fdt32_t **end)
{
    int length = 0;
    const fdt32_t *at = fdt_getprop(c->fdt, node, name, &length);
    *end = at ? at + (size_t)length / sizeof *at : NULL;
    return at;
}

/* A property that must be a string; NULL where it is none. */
static const char *text_of(const struct check *c, int node, const char *name)
{
    int length = 0;
    const char *text = fdt_getprop(c->fdt, node, name, &length);
    return text && length > 0 && text[length - 1] == '\0' ? text : NULL;
}

static bool check_memory(struct check *c, int node)
{
    char what[160];
    const fdt32_t *end, *at = property(c, node, "reg", &end);
    int parent = fdt_parent_offset(c->fdt, node);
    int address_cells = fdt_address_cells(c->fdt, parent);
    int size_cells = fdt_size_cells(c->fdt, parent);
    uint64_t base, size_bytes;
    if (at == NULL || at == end) {
        return refuse(c, node, "memory without \"reg\"");
    }
    while (at < end) {
        if (!take(&at, end, address_cells, &base) || !take(&at, end, size_cells, &size_bytes)) {
            return refuse(c, node, "\"reg\" ends in mid-entry");
        }
        uint64_t offset = base - c->boot->ram_base.v;
        if (offset > c->boot->ram_bytes || size_bytes > c->boot->ram_bytes - offset) {
            snprintf(what, sizeof what,
                     "0x%" PRIx64 " bytes of memory at 0x%" PRIx64 "; the machine has 0x%" PRIx64
                     " at 0x%" PRIx64 " (--mem)",
                     size_bytes, base, c->boot->ram_bytes, c->boot->ram_base.v);
            return refuse(c, node, what);
        }
        c->memory_bytes += size_bytes;
    }
    return true;
}

static bool has_cpu(const struct fdt_board *board, uint64_t affinity)
{
    for (unsigned i = 0; i < board->cpu_count; i++) {
        if ((board->mpidr[i] & MPIDR_AFFINITY) == affinity) {
            return true;
        }
    }
    return false;
}

static bool check_cpu(struct check *c, int node)
{
    char what[160];
    const fdt32_t *end, *at = property(c, node, "reg", &end);
    uint64_t affinity;
    if (at == NULL ||
        !take(&at, end, fdt_address_cells(c->fdt, fdt_parent_offset(c->fdt, node)), &affinity)) {
        return refuse(c, node, "a CPU without \"reg\"");
    }
    if (!has_cpu(c->board, affinity)) {
        snprintf(what, sizeof what, "no CPU has affinity 0x%" PRIx64 "; the machine has %u (--smp)",
                 affinity, c->board->cpu_count);
        return refuse(c, node, what);
    }
    const char *method = text_of(c, node, "enable-method");
    if (method && strcmp(method, "psci") != 0) {
        snprintf(what, sizeof what, "enable-method \"%.40s\": CPUs are started by \"psci\"",
                 method);
        return refuse(c, node, what);
    }
    c->cpu_count++;
    return true;
}

static bool check_psci(struct check *c, int node)
{
    char what[160];
    const char *ours = c->board->conduit == PSCI_CONDUIT_SMC ? "smc" : "hvc";
    const char *method = text_of(c, node, "method");
    if (method == NULL) {
        return refuse(c, node, "PSCI without \"method\"");
    }
    if (strcmp(method, ours) != 0) {
        snprintf(what, sizeof what,
                 "method \"%.40s\": the firmware of this machine is called by \"%s\" (--el)",
                 method, ours);
        return refuse(c, node, what);
    }
    return true;
}

/* Devices that a guest expects where the tree says. gic: the version it is of, else 0. */
static const struct known_device {
    const char *compatible;
    uint64_t base;
    unsigned gic;
} devices[] = {
    {"arm,gic-v3", MEMMAP_GICD_BASE, 3},  {"arm,cortex-a15-gic", MEMMAP_GICD_BASE, 2},
    {"arm,gic-400", MEMMAP_GICD_BASE, 2}, {"arm,pl011", MEMMAP_UART_BASE, 0},
    {"arm,pl031", MEMMAP_RTC_BASE, 0},
};

static bool check_device(struct check *c, int node, const struct known_device *device)
{
    char what[160];
    const fdt32_t *end, *at = property(c, node, "reg", &end);
    uint64_t base;
    if (device->gic != 0 && device->gic != c->board->gic_version) {
        snprintf(what, sizeof what, "%s: the machine has a GICv%u (--gic)", device->compatible,
                 c->board->gic_version);
        return refuse(c, node, what);
    }
    if (at == NULL ||
        !take(&at, end, fdt_address_cells(c->fdt, fdt_parent_offset(c->fdt, node)), &base)) {
        return refuse(c, node, "a device without \"reg\"");
    }
    if (base != device->base) {
        snprintf(what, sizeof what, "%s at 0x%" PRIx64 "; the machine's is at 0x%" PRIx64,
                 device->compatible, base, device->base);
        return refuse(c, node, what);
    }
    return true;
}

static bool is_compatible(const struct check *c, int node, const char *with)
{
    return fdt_node_check_compatible(c->fdt, node, with) == 0;
}

static bool check_node(struct check *c, int node, int depth)
{
    const char *type = text_of(c, node, "device_type");
    if (depth == 1 && type && strcmp(type, "memory") == 0) {
        return check_memory(c, node);
    }
    if (depth == 2 && type && strcmp(type, "cpu") == 0) {
        return check_cpu(c, node);
    }
    if (is_compatible(c, node, "arm,psci-0.2") || is_compatible(c, node, "arm,psci-1.0")) {
        return check_psci(c, node);
    }
    if (is_compatible(c, node, "arm,armv8-timer") &&
        fdt_getprop(c->fdt, node, "interrupts", NULL) == NULL) {
        return refuse(c, node, "a timer without \"interrupts\"");
    }
    for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++) {
        if (is_compatible(c, node, devices[i].compatible)) {
            return check_device(c, node, &devices[i]);
        }
    }
    return true;
}

/* What the nodes must add up to. */
static bool check_sums(struct check *c)
{
    if (c->cpu_count == 0) {
        return err_set(c->e, "/cpus: no CPU; the machine has %u", c->board->cpu_count);
    }
    return c->memory_bytes == 0 || c->memory_bytes == c->boot->ram_bytes ||
           err_set(c->e, "0x%" PRIx64 " bytes of memory; the machine has 0x%" PRIx64 " (--mem)",
                   c->memory_bytes, c->boot->ram_bytes);
}

bool fdt_check_machine(const char *path, const struct fdt_board *board, const struct fdt_boot *boot,
                       struct err *e)
{
    struct file_bytes bytes;
    if (!file_read(path, "device tree", FILE_DTB_LIMIT, &bytes, e)) {
        return false;
    }
    struct check c = {.fdt = bytes.data, .board = board, .boot = boot, .e = e};
    bool done = true;
    /* What is no tree at all, fdt_virt_read() says. */
    if (bytes.size >= FDT_V1_SIZE && fdt_check_full(bytes.data, bytes.size) == 0) {
        int depth = 0;
        for (int node = fdt_next_node(c.fdt, 0, &depth); done && node >= 0 && depth > 0;
             node = fdt_next_node(c.fdt, node, &depth)) {
            done = check_node(&c, node, depth);
        }
        done = (done && check_sums(&c)) || err_prefix(e, "device tree %s: ", path);
    }
    file_free(&bytes);
    return done;
}
