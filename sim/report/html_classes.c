/* Cost classes by kind: what a chart can tell apart. */
#include <string.h>

#include "sim/report/html_parts.h"

/* In the order of the bars; colours such that neighbours differ, in print and to all eyes. */
enum kind {
    INSTRUCTIONS,
    SYSTEM_REGISTERS,
    GIC,
    EXCEPTIONS,
    BARRIERS,
    TRANSLATION,
    INTERRUPTS,
    DEVICES,
    BLOCKS,
    IDLE
};

static const struct html_class_kind kinds[] = {
    [INSTRUCTIONS] = {"Instructions", 0},
    [SYSTEM_REGISTERS] = {"System registers", 1},
    [GIC] = {"Interrupt controller", 2},
    [EXCEPTIONS] = {"Exceptions and returns", 3},
    [BARRIERS] = {"Barriers", 4},
    [TRANSLATION] = {"Translation and maintenance", 5},
    [INTERRUPTS] = {"Interrupts taken, IPIs, wake-ups", 6},
    [DEVICES] = {"Devices, firmware", 7},
    [BLOCKS] = {"Control blocks", 8},
    [IDLE] = {"Idle, and what has no kind", HTML_SERIES_OTHER},
};

/* The first prefix that fits decides. */
static const struct {
    const char *prefix;
    enum kind kind;
} prefixes[] = {
    {"insn.", INSTRUCTIONS},    {"fp-", INSTRUCTIONS},         {"sysreg.icc.", GIC},
    {"sysreg.ich.", GIC},       {"sysreg.", SYSTEM_REGISTERS}, {"gic.", GIC},
    {"exception.", EXCEPTIONS}, {"eret.", EXCEPTIONS},         {"barrier.", BARRIERS},
    {"mmu.", TRANSLATION},      {"tlbi.", TRANSLATION},        {"at", TRANSLATION},
    {"cache.", TRANSLATION},    {"irq.", INTERRUPTS},          {"wfi.", INTERRUPTS},
    {"mmio.", DEVICES},         {"firmware.", DEVICES},        {"vmcb.", BLOCKS},
};

size_t html_class_kinds(void)
{
    return sizeof kinds / sizeof kinds[0];
}

const struct html_class_kind *html_class_kind_at(size_t i)
{
    return &kinds[i];
}

size_t html_class_kind_of(const char *class)
{
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        if (strncmp(class, prefixes[i].prefix, strlen(prefixes[i].prefix)) == 0) {
            return prefixes[i].kind;
        }
    }
    return IDLE;
}
