#include "sim/board/fdt_modules.h"

#include <inttypes.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bits.h"

/* Behind kernel, initrd and device tree of the boot loader, in machines of any sensible size. */
#define MODULES_OFFSET (UINT64_C(160) << 20)
#define MODULES_ALIGN  (UINT64_C(2) << 20)

#define NODE_ROOM 512 /* bytes that a module's nodes take in the tree, beside its command line */

bool modules_parse(char *text, struct boot_module *out, struct err *e)
{
    static const char *const kinds[] = {"kernel:", "ramdisk:"};
    char *end = text;
    unsigned long domain = 0;
    if (strncmp(text, "dom", 3) == 0 && text[3] >= '0' && text[3] <= '9') {
        domain = strtoul(text + 3, &end, 10);
    }
    for (unsigned kind = 0; kind < 2 && *end == ':' && domain <= MODULES_MAX; kind++) {
        size_t length = strlen(kinds[kind]);
        char *path = end + 1 + length;
        if (strncmp(end + 1, kinds[kind], length) != 0 || *path == '\0') {
            continue;
        }
        char *comma = kind == 0 ? strchr(path, ',') : NULL;
        if (comma) {
            *comma = '\0';
        }
        *out = (struct boot_module){.path = path,
                                    .append = comma ? comma + 1 : NULL,
                                    .domain = (unsigned)domain,
                                    .is_ramdisk = kind == 1};
        return true;
    }
    return err_set(e,
                   "%s: dom0:kernel:FILE, dom0:kernel:FILE,COMMAND LINE or dom0:ramdisk:FILE is "
                   "expected, with dom0 to dom%d",
                   text, MODULES_MAX);
}

bool modules_place(const struct boot_module *modules, unsigned count, const struct ram *ram,
                   struct ram_map_of_files *map, struct loaded_range *ranges, struct err *e)
{
    uint64_t at = ram->base.v + MODULES_OFFSET;
    for (unsigned i = 0; i < count; i++) {
        struct placed_file file = {.path = modules[i].path, .at = pa(at)};
        if (!loader_place(&file, ram, map, e)) {
            return err_prefix(e, "module ");
        }
        ranges[i] = map->uses[map->count - 1].range;
        at = align_up(at + ranges[i].size_bytes, MODULES_ALIGN);
    }
    return true;
}

static int set_text(void *fdt, int node, const char *name, const char *text)
{
    return fdt_setprop(fdt, node, name, text, (int)strlen(text) + 1);
}

/* Children have two cells for an address and two for a size. */
static int set_cells(void *fdt, int node)
{
    int status = fdt_setprop_u32(fdt, node, "#address-cells", 2);
    return status < 0 ? status : fdt_setprop_u32(fdt, node, "#size-cells", 2);
}

/* A guest that Xen builds itself; its console comes out on Xen's, line by line. */
static int add_domain(void *fdt, int chosen, unsigned domain)
{
    char name[16];
    snprintf(name, sizeof name, "domU%u", domain);
    int node = fdt_subnode_offset(fdt, chosen, name);
    if (node != -FDT_ERR_NOTFOUND) {
        return node;
    }
    node = fdt_add_subnode(fdt, chosen, name);
    int status = node < 0 ? node : set_text(fdt, node, "compatible", "xen,domain");
    if (status >= 0) {
        status = set_cells(fdt, node);
    }
    if (status >= 0) {
        status = fdt_setprop_u64(fdt, node, "memory", UINT64_C(1024) * MODULES_GUEST_MIB);
    }
    if (status >= 0) {
        status = fdt_setprop_u32(fdt, node, "cpus", 1);
    }
    if (status >= 0) {
        status = fdt_setprop(fdt, node, "vpl011", NULL, 0);
    }
    return status < 0 ? status : node;
}

static int add_module(void *fdt, int parent, const struct boot_module *module,
                      struct loaded_range range)
{
    static const char kernel[] = "multiboot,kernel\0multiboot,module";
    static const char ramdisk[] = "multiboot,ramdisk\0multiboot,module";
    char name[40];
    fdt64_t reg[2] = {cpu_to_fdt64(range.start.v), cpu_to_fdt64(range.size_bytes)};
    snprintf(name, sizeof name, "module@%" PRIx64, range.start.v);
    int node = fdt_add_subnode(fdt, parent, name);
    int status = node < 0
                     ? node
                     : fdt_setprop(fdt, node, "compatible", module->is_ramdisk ? ramdisk : kernel,
                                   (int)(module->is_ramdisk ? sizeof ramdisk : sizeof kernel));
    if (status >= 0) {
        status = fdt_setprop(fdt, node, "reg", reg, sizeof reg);
    }
    if (status >= 0 && module->append) {
        status = set_text(fdt, node, "bootargs", module->append);
    }
    return status;
}

static int add_all(void *fdt, const struct boot_module *modules, unsigned count,
                   const struct loaded_range *ranges, const char *append)
{
    int chosen = fdt_path_offset(fdt, "/chosen");
    int status = chosen < 0 ? chosen : set_cells(fdt, chosen);
    if (status >= 0) {
        status = set_text(fdt, chosen, "xen,xen-bootargs", append ? append : "");
    }
    for (unsigned i = 0; status >= 0 && i < count; i++) {
        chosen = fdt_path_offset(fdt, "/chosen");
        int parent = modules[i].domain == 0 ? chosen : add_domain(fdt, chosen, modules[i].domain);
        status = parent < 0 ? parent : add_module(fdt, parent, &modules[i], ranges[i]);
    }
    return status;
}

bool fdt_add_modules(struct fdt_tree *tree, const struct boot_module *modules, unsigned count,
                     const struct loaded_range *ranges, const char *append, struct err *e)
{
    size_t room = tree->size_bytes + (append ? strlen(append) : 0) + NODE_ROOM;
    for (unsigned i = 0; i < count; i++) {
        room += NODE_ROOM + (modules[i].append ? strlen(modules[i].append) : 0);
    }
    void *data = malloc(room);
    int status = data ? fdt_open_into(tree->data, data, (int)room) : -FDT_ERR_NOSPACE;
    if (status >= 0) {
        status = add_all(data, modules, count, ranges, append);
    }
    if (status >= 0) {
        status = fdt_pack(data);
    }
    if (status < 0) {
        free(data);
        return err_set(e, "device tree: cannot add modules: %s", fdt_strerror(status));
    }
    fdt_tree_free(tree);
    *tree = (struct fdt_tree){.data = data, .size_bytes = fdt_totalsize(data)};
    return true;
}
