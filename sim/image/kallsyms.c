#include "sim/image/kallsyms.h"

#include <ctype.h>
#include <string.h>

#define TOKEN_MAX     64
#define COUNT_LEAST   256
#define COUNT_MOST    1000000
#define PADDING_MOST  256 /* the linker aligns each part */
#define NAMES_TO_TRY  64
#define RELATIVE      0x403               /* R_AARCH64_RELATIVE, IHI 0056 */
#define TEXT_AT_MOST  (UINT64_C(2) << 20) /* behind the image's start */
#define IMAGE_ALIGN   (UINT64_C(64) << 10)
#define VIRTUAL_ALIGN (UINT64_C(2) << 20)

static uint64_t get(const struct kallsyms *k, size_t at, unsigned bytes)
{
    uint64_t value = 0;
    for (unsigned i = bytes; i-- > 0;) {
        value = value << 8 | k->image[at + i];
    }
    return value;
}

/* 256 offsets that grow by the length of a token each. */
static bool is_index(const struct kallsyms *k, size_t at)
{
    if (k->image[at] != 0 || k->image[at + 1] != 0) {
        return false;
    }
    for (unsigned i = 1; i < KALLSYMS_TOKENS; i++) {
        uint64_t step = get(k, at + 2 * i, 2) - get(k, at + 2 * i - 2, 2);
        if (step < 2 || step > TOKEN_MAX) {
            return false;
        }
    }
    return true;
}

/* Whether the tokens of the index begin at `at`: each ends with a zero, and so does the last. */
static bool are_tokens(const struct kallsyms *k, size_t at, size_t index)
{
    for (unsigned i = 1; i < KALLSYMS_TOKENS; i++) {
        if (k->image[at + get(k, index + 2 * i, 2) - 1] != 0) {
            return false;
        }
    }
    size_t last = at + get(k, index + 2 * (KALLSYMS_TOKENS - 1), 2);
    const uint8_t *end = memchr(k->image + last, 0, index - last);
    while (end && end < k->image + index && *end == 0) {
        end++;
    }
    return end == k->image + index && k->image[last] != 0;
}

static bool find_tokens(struct kallsyms *k, size_t index)
{
    size_t length = get(k, index + 2 * (KALLSYMS_TOKENS - 1), 2) + 2;
    for (size_t back = length; back < length + TOKEN_MAX + PADDING_MOST && back <= index; back++) {
        if ((index - back) % 8 == 0 && are_tokens(k, index - back, index)) {
            k->tokens = index - back;
            for (unsigned i = 0; i < KALLSYMS_TOKENS; i++) {
                k->token[i] = k->tokens + get(k, index + 2 * i, 2);
            }
            return true;
        }
    }
    return false;
}

/* One name at *at: its length in tokens (7 bits, or 14 in two bytes), and those. */
static bool read_name(const struct kallsyms *k, size_t *at, char name[KALLSYMS_NAME_MAX])
{
    size_t length = k->image[(*at)++], used = 0;
    if (length & 0x80) {
        length = (length & 0x7f) | (size_t)k->image[(*at)++] << 7;
    }
    if (length == 0 || *at + length > k->tokens) {
        return false;
    }
    for (size_t end = *at + length; *at < end; (*at)++) {
        const char *token = (const char *)k->image + k->token[k->image[*at]];
        size_t n = strlen(token);
        if (used + n >= KALLSYMS_NAME_MAX) {
            return false;
        }
        memcpy(name + used, token, n);
        used += n;
    }
    name[used] = '\0';
    return used > 1;
}

/* Whether `count` names begin at `at`: a type's letter each, and printable. */
static bool are_names(const struct kallsyms *k, size_t at, uint32_t count)
{
    char name[KALLSYMS_NAME_MAX];
    for (uint32_t i = 0; i < count; i++) {
        if (at >= k->tokens || !read_name(k, &at, name) || !isalpha((unsigned char)name[0])) {
            return false;
        }
        for (const char *c = name; *c; c++) {
            if (!isgraph((unsigned char)*c)) {
                return false;
            }
        }
    }
    return true;
}

/* The names are the last part before the tokens, but for two small ones, and follow their number.
 */
static bool find_names(struct kallsyms *k)
{
    for (size_t at = k->tokens; at >= PADDING_MOST + 8; at -= 4) {
        size_t number = at;
        do {
            number -= 4;
        } while (number > at - PADDING_MOST && get(k, number, 4) == 0);
        uint64_t count = get(k, number, 4);
        if (count < COUNT_LEAST || count > COUNT_MOST || count * 2 > k->tokens - at) {
            continue;
        }
        if (are_names(k, at, NAMES_TO_TRY) && are_names(k, at, (uint32_t)count)) {
            k->names = at;
            k->count_at = number;
            k->count = (uint32_t)count;
            return true;
        }
    }
    return false;
}

static bool are_sorted(const struct kallsyms *k, size_t at, unsigned bytes)
{
    for (uint32_t i = 1; i < k->count; i++) {
        if (get(k, at + (size_t)bytes * i, bytes) < get(k, at + (size_t)bytes * (i - 1), bytes)) {
            return false;
        }
    }
    uint64_t first = get(k, at, bytes);
    uint64_t last = get(k, at + (size_t)bytes * (k->count - 1), bytes);
    return last > first && last - first < k->size * 2;
}

/* Xen: 64 bits each. Its image begins at the 2 MiB boundary below its text. */
static bool find_absolute(struct kallsyms *k)
{
    size_t end = k->count_at;
    size_t bytes = 8 * (size_t)k->count;
    while (end >= 8 && k->count_at - end < PADDING_MOST && get(k, end - 8, 8) == 0) {
        end -= 8;
    }
    if (end < bytes || !are_sorted(k, end - bytes, 8)) {
        return false;
    }
    k->addresses = end - bytes;
    k->image_start = get(k, k->addresses, 8) & ~(VIRTUAL_ALIGN - 1);
    return true;
}

/* Linux: 32 bits each, from a base on that is 0 in the image where it is relocated at boot. Its
 * relocation (offset, kind, addend) is the one whose offset and addend are of the same image. */
static bool find_base(struct kallsyms *k, size_t base_at)
{
    k->base = get(k, base_at, 8);
    if (k->base != 0) {
        k->image_start = k->base & ~(VIRTUAL_ALIGN - 1);
        return true;
    }
    for (size_t at = 0; at + 24 <= k->size; at += 8) {
        if (get(k, at + 8, 8) != RELATIVE) {
            continue;
        }
        uint64_t start = get(k, at, 8) - base_at;
        uint64_t base = get(k, at + 16, 8);
        if (start % IMAGE_ALIGN == 0 && base - start < TEXT_AT_MOST && base % IMAGE_ALIGN == 0) {
            k->base = base;
            k->image_start = start;
            return true;
        }
    }
    return false;
}

static bool find_relative(struct kallsyms *k)
{
    size_t bytes = (4 * (size_t)k->count + 7) & ~(size_t)7;
    size_t base_at = k->count_at - 8;
    if (k->count_at < 8 + bytes || !are_sorted(k, base_at - bytes, 4)) {
        return false;
    }
    k->addresses = base_at - bytes;
    k->relative = true;
    return find_base(k, base_at);
}

bool kallsyms_find(struct kallsyms *k, const uint8_t *image, size_t size)
{
    *k = (struct kallsyms){.image = image, .size = size};
    for (size_t at = 0; at + 2 * KALLSYMS_TOKENS <= size; at += 8) {
        if (is_index(k, at) && find_tokens(k, at) && find_names(k) &&
            (find_relative(k) || find_absolute(k))) {
            k->next_name = k->names;
            return true;
        }
    }
    return false;
}

bool kallsyms_next(struct kallsyms *k, uint64_t *address, char *type, char name[KALLSYMS_NAME_MAX])
{
    if (k->next == k->count || !read_name(k, &k->next_name, name)) {
        return false;
    }
    unsigned bytes = k->relative ? 4 : 8;
    *address = k->base + get(k, k->addresses + (size_t)bytes * k->next, bytes);
    *type = name[0];
    memmove(name, name + 1, strlen(name));
    k->next++;
    return true;
}
