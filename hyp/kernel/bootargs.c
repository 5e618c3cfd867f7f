/* What the boot arguments ask for. */
#include "kernel/init.h"

static unsigned parse_number(const char *text)
{
    unsigned v = 0;
    while (*text >= '0' && *text <= '9') {
        v = v * 10 + (unsigned)(*text++ - '0');
    }
    return v;
}

bool rows_have(const char *rows, const char *name)
{
    while (*rows) {
        const char *n = name;
        while (*n && *rows == *n) {
            rows++;
            n++;
        }
        if (*n == 0 && (*rows == 0 || *rows == ',')) {
            return true;
        }
        while (*rows && *rows != ',') {
            rows++;
        }
        while (*rows == ',') {
            rows++;
        }
        if (*rows == 0) {
            return false;
        }
    }
    return true;
}

unsigned bootargs_number(const char *words, const char *name)
{
    char text[16];
    bootargs_value(words, name, text, sizeof(text));
    return parse_number(text);
}

unsigned bootargs_number_or(const char *words, const char *name, unsigned otherwise)
{
    unsigned number = bootargs_number(words, name);
    return number ? number : otherwise;
}
