/* Devicetree specification v0.4, chapter 5: big-endian words; the board's cells are 2 for /memory,
 * 1 or 2 for /cpus, 2 for modules in /chosen. */
#include "kernel/fdt.h"

#define FDT_MAGIC      0xd00dfeed
#define FDT_BEGIN_NODE 1
#define FDT_END_NODE   2
#define FDT_PROP       3
#define FDT_NOP        4

struct walk {
    const u8 *structure, *strings;
    unsigned depth;
    enum {
        NODE_OTHER,
        NODE_MEMORY,
        NODE_CHOSEN,
        NODE_CPUS,
        NODE_CPU,
        NODE_MODULE,
        NODE_PSCI
    } node[3];
    unsigned cpu_cells;         /* node: by depth */
    struct board_module module; /* of the node that is being read */
    struct board_module *module_place;
};

static u32 be32(const u8 *p)
{
    return (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
}

static u64 be64(const u8 *p)
{
    return (u64)be32(p) << 32 | be32(p + 4);
}

static bool text_equal(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

static bool text_starts(const char *text, const char *prefix)
{
    while (*prefix && *text == *prefix) {
        text++;
        prefix++;
    }
    return *prefix == 0;
}

/* True if one of the texts, each with its NUL, is this one. */
static bool texts_have(const char *texts, u32 length, const char *text)
{
    const char *end = texts + length;
    while (texts < end) {
        if (text_equal(texts, text)) {
            return true;
        }
        while (*texts++) {
        }
    }
    return false;
}

static void enter_node(struct walk *w, const char *name, struct board_info *info)
{
    w->depth++;
    if (w->depth == 2) {
        w->node[1] = text_starts(name, "memory@") ? NODE_MEMORY
                     : text_equal(name, "chosen") ? NODE_CHOSEN
                     : text_equal(name, "cpus")   ? NODE_CPUS
                     : text_equal(name, "psci")   ? NODE_PSCI
                                                  : NODE_OTHER;
    } else if (w->depth == 3 && w->node[1] == NODE_CPUS && text_starts(name, "cpu@")) {
        w->node[2] = NODE_CPU;
        info->cpu_count++;
    } else if (w->depth == 3 && w->node[1] == NODE_CHOSEN && text_starts(name, "module@")) {
        w->node[2] = NODE_MODULE;
        w->module = (struct board_module){.bootargs = ""};
        w->module_place = NULL;
    } else if (w->depth == 3) {
        w->node[2] = NODE_OTHER;
    }
}

static void leave_node(struct walk *w)
{
    if (w->depth == 3 && w->node[2] == NODE_MODULE && w->module_place) {
        *w->module_place = w->module;
    }
    w->depth--;
}

static void take_module_property(struct walk *w, const char *name, const u8 *value, u32 length,
                                 struct board_info *info)
{
    const char *text = (const char *)value;
    if (text_equal(name, "reg") && length == 16) {
        w->module.base = be64(value);
        w->module.size = be64(value + 8);
    } else if (text_equal(name, "bootargs")) {
        w->module.bootargs = text;
    } else if (text_equal(name, "compatible") && texts_have(text, length, "multiboot,kernel")) {
        w->module_place = &info->guest_kernel;
    } else if (text_equal(name, "compatible") && texts_have(text, length, "multiboot,ramdisk")) {
        w->module_place = &info->guest_ramdisk;
    }
}

static void take_property(struct walk *w, const char *name, const u8 *value, u32 length,
                          struct board_info *info)
{
    if (w->depth == 3 && w->node[2] == NODE_MODULE) {
        take_module_property(w, name, value, length, info);
        return;
    }
    if (w->depth == 2 && w->node[1] == NODE_MEMORY && text_equal(name, "reg")) {
        info->ram_base = be64(value);
        info->ram_size = be64(value + 8);
    } else if (w->depth == 2 && w->node[1] == NODE_CHOSEN && text_equal(name, "bootargs")) {
        info->bootargs = (const char *)value;
    } else if (w->depth == 2 && w->node[1] == NODE_PSCI && text_equal(name, "method")) {
        info->psci_by_hvc = text_equal((const char *)value, "hvc");
    } else if (w->depth == 2 && w->node[1] == NODE_CPUS && text_equal(name, "#address-cells")) {
        w->cpu_cells = be32(value);
    } else if (w->depth == 3 && w->node[1] == NODE_CPUS && w->node[2] == NODE_CPU &&
               text_equal(name, "reg") && info->cpu_count <= CPU_MAX) {
        info->mpidr[info->cpu_count - 1] = w->cpu_cells == 2 ? be64(value) : be32(value);
    }
}

bool fdt_read_board(const void *fdt, struct board_info *info)
{
    const u8 *base = fdt;
    *info = (struct board_info){.bootargs = ""};
    if (be32(base) != FDT_MAGIC) {
        return false;
    }
    struct walk w = {.structure = base + be32(base + 8), .strings = base + be32(base + 12)};
    const u8 *p = w.structure;
    for (;;) {
        u32 token = be32(p);
        p += 4;
        if (token == FDT_BEGIN_NODE) {
            const char *name = (const char *)p;
            while (*p) {
                p++;
            }
            p = (const u8 *)ALIGN_UP((u64)p + 1, 4);
            enter_node(&w, name, info);
        } else if (token == FDT_PROP) {
            u32 length = be32(p);
            take_property(&w, (const char *)w.strings + be32(p + 4), p + 8, length, info);
            p = (const u8 *)ALIGN_UP((u64)p + 8 + length, 4);
        } else if (token == FDT_END_NODE) {
            leave_node(&w);
        } else if (token != FDT_NOP) {
            break; /* FDT_END */
        }
    }
    if (info->cpu_count > CPU_MAX) {
        info->cpu_count = CPU_MAX;
    }
    return info->ram_size != 0 && info->cpu_count != 0;
}
