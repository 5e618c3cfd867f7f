#include "kvm/options.h"

#include "kernel/boot.h"
#include "kernel/bootargs.h"

u64 options_read(const struct option *table, size_t count, u64 otherwise)
{
    char list[BOOTARGS_LIST_MAX];
    if (!bootargs_value(kernel_board()->bootargs, "opt", list, sizeof(list))) {
        return otherwise;
    }
    u64 bits = 0;
    for (size_t i = 0; i < count; i++) {
        bits |= rows_have(list, table[i].name) ? table[i].bits : 0;
    }
    return bits;
}
