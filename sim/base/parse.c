#include "sim/base/parse.h"

#include <errno.h>
#include <stdlib.h>

bool parse_u64(const char *text, int base, uint64_t *out, const char **rest)
{
    char *end;
    if (text[0] < '0' || text[0] > '9') { /* strtoull() would take " -1" */
        return false;
    }
    errno = 0;
    unsigned long long n = strtoull(text, &end, base);
    if (errno != 0 || (rest == NULL && *end != '\0')) {
        return false;
    }
    *out = n;
    if (rest) {
        *rest = end;
    }
    return true;
}

bool parse_hex_digit(char c, unsigned *value)
{
    if (c >= '0' && c <= '9') {
        *value = (unsigned)(c - '0');
    } else if (c >= 'a' && c <= 'f') {
        *value = (unsigned)(c - 'a') + 10;
    } else if (c >= 'A' && c <= 'F') {
        *value = (unsigned)(c - 'A') + 10;
    } else {
        return false;
    }
    return true;
}
