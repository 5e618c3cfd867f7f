/* The number of CPUs and the command line, from the flattened device tree (Devicetree Specification
 * v0.3 chapter 5). */
#include "guest.h"

#define FDT_MAGIC      0xd00dfeedU
#define FDT_BEGIN_NODE 1
#define FDT_END_NODE   2
#define FDT_PROP       3
#define FDT_NOP        4

struct board board = {.cpu_count = 1};

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool starts_with(const char *text, const char *start)
{
    while (*start != '\0') {
        if (*text++ != *start++) {
            return false;
        }
    }
    return true;
}

static void take_arguments(const char *args)
{
    for (; *args != '\0'; args++) {
        if (starts_with(args, "only=")) {
            board.only = args + 5;
            return;
        }
    }
}

static size_t length(const char *text)
{
    size_t n = 0;
    while (text[n] != '\0') {
        n++;
    }
    return n;
}

void board_init(const void *dtb)
{
    const uint8_t *base = dtb;
    if (be32(base) != FDT_MAGIC) {
        return;
    }
    const uint8_t *p = base + be32(base + 8);
    const char *strings = (const char *)base + be32(base + 12);
    unsigned cpus = 0;

    for (;;) {
        uint32_t token = be32(p);
        p += 4;
        if (token == FDT_BEGIN_NODE) {
            cpus += starts_with((const char *)p, "cpu@");
            p += (length((const char *)p) + 4) & ~3UL;
        } else if (token == FDT_PROP) {
            const char *name = strings + be32(p + 4);
            if (starts_with(name, "bootargs")) {
                take_arguments((const char *)p + 8);
            }
            p += 8 + ((be32(p) + 3) & ~3U);
        } else if (token != FDT_END_NODE && token != FDT_NOP) {
            break;
        }
    }
    board.cpu_count = cpus > MAX_CPUS ? MAX_CPUS : cpus != 0 ? cpus : 1;
}
