#include "kernel/string.h"

static void *words_end(void *to, size_t bytes)
{
    return (char *)to + (bytes & ~15UL);
}

/* By sixteen bytes where the addresses allow it: pages, contexts and frames are most of the work.
 */
void *memset(void *to, int byte, size_t bytes)
{
    u64 pattern = (u8)byte * 0x0101010101010101UL;
    u8 *t = to;
    if (((u64)to & 7) == 0) {
        for (u8 *end = words_end(to, bytes); t < end; t += 16) {
            ((u64 *)t)[0] = pattern;
            ((u64 *)t)[1] = pattern;
        }
    }
    for (u8 *end = (u8 *)to + bytes; t < end; t++) {
        *t = (u8)byte;
    }
    return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
    u8 *t = to;
    const u8 *f = from;
    if ((((u64)to ^ (u64)from) & 7) == 0) {
        u8 *all = (u8 *)to + bytes;
        for (; ((u64)t & 7) && t < all; t++, f++) {
            *t = *f;
        }
        for (u8 *end = words_end(t, (size_t)(all - t)); t < end; t += 16, f += 16) {
            u64 a = ((const u64 *)f)[0];
            u64 b = ((const u64 *)f)[1];
            ((u64 *)t)[0] = a;
            ((u64 *)t)[1] = b;
        }
    }
    for (u8 *end = (u8 *)to + bytes; t < end; t++, f++) {
        *t = *f;
    }
    return to;
}
