#include "kernel/choice.h"

#include "kernel/boot.h"
#include "kernel/panic.h"

static bool equal(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

unsigned boot_choice(const char *name, const char *const *words, const char *message)
{
    char text[16];
    if (!bootargs_value(kernel_board()->bootargs, name, text, sizeof(text))) {
        return 0;
    }
    unsigned i = 0;
    while (words[i] && !equal(words[i], text)) {
        i++;
    }
    if (!words[i]) {
        panic(message);
    }
    return i;
}
