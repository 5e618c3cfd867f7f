#include "kvm/options.h"

#include "kernel/boot.h"
#include "kernel/bootargs.h"
#include "kernel/panic.h"

/* The length of name if the list begins with it; 0: it does not. */
static size_t name_length(const char *list, const char *name)
{
    size_t n = 0;
    while (name[n] && list[n] == name[n]) {
        n++;
    }
    return name[n] == 0 && (list[n] == 0 || list[n] == ',') ? n : 0;
}

u64 options_read(const struct option *table, size_t count, u64 otherwise, const char *message)
{
    char text[BOOTARGS_OPT_MAX];
    if (!bootargs_value(kernel_board()->bootargs, "opt", text, sizeof(text))) {
        return otherwise;
    }
    u64 bits = 0;
    for (const char *list = text; *list;) {
        size_t length = 0;
        for (size_t i = 0; i < count && length == 0; i++) {
            length = name_length(list, table[i].name);
            bits |= length ? table[i].bits : 0;
        }
        if (length == 0) {
            panic(message);
        }
        list += length + (list[length] == ',');
    }
    return bits;
}
