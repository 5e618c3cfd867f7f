/* Devicetree specification v0.4, chapter 5: header, memory reservation block, structure block,
 * strings block; all big-endian. */
#include "emul/fdt_write.h"

#define MAGIC           0xd00dfeed
#define VERSION         17
#define VERSION_BACK_TO 16

#define TOKEN_BEGIN_NODE 1
#define TOKEN_END_NODE   2
#define TOKEN_PROP       3
#define TOKEN_END        9

#define HEADER_BYTES  40
#define RESERVE_BYTES 16 /* the end of an empty list */

static void store(u8 *at, u32 value)
{
    for (unsigned i = 0; i < 4; i++) {
        at[i] = (u8)(value >> (24 - 8 * i));
    }
}

static u32 text_bytes(const char *text)
{
    u32 n = 0;
    while (text[n++]) {
    }
    return n;
}

/* Room in the structure block, padded to words. NULL: there is none. */
static u8 *take(struct fdt *f, u32 bytes)
{
    bytes = (u32)ALIGN_UP(bytes, 4);
    if (f->overflow || bytes > f->limit - f->at) {
        f->overflow = true;
        return NULL;
    }
    u8 *at = f->base + f->at;
    f->at += bytes;
    return at;
}

static void put_word(struct fdt *f, u32 value)
{
    u8 *at = take(f, 4);
    if (at) {
        store(at, value);
    }
}

static void put_bytes(struct fdt *f, const void *value, u32 bytes)
{
    u8 *at = take(f, bytes);
    for (u32 i = 0; at && i < bytes; i++) {
        at[i] = ((const u8 *)value)[i];
    }
}

static bool same(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

/* The offset of a property's name in the strings block, where it is kept once. */
static u32 name_offset(struct fdt *f, const char *name)
{
    u32 at = 0;
    while (at < f->strings_bytes) {
        if (same(&f->strings[at], name)) {
            return at;
        }
        at += text_bytes(&f->strings[at]);
    }
    u32 bytes = text_bytes(name);
    if (bytes > FDT_STRINGS_MAX - at) {
        f->overflow = true;
        return 0;
    }
    for (u32 i = 0; i < bytes; i++) {
        f->strings[at + i] = name[i];
    }
    f->strings_bytes += bytes;
    return at;
}

void fdt_begin(struct fdt *f, void *base, u32 limit)
{
    f->base = base;
    f->limit = limit;
    f->at = HEADER_BYTES + RESERVE_BYTES;
    f->strings_bytes = 0;
    f->overflow = false;
}

void fdt_node(struct fdt *f, const char *name)
{
    put_word(f, TOKEN_BEGIN_NODE);
    put_bytes(f, name, text_bytes(name));
}

void fdt_node_end(struct fdt *f)
{
    put_word(f, TOKEN_END_NODE);
}

void fdt_bytes(struct fdt *f, const char *name, const void *value, u32 bytes)
{
    put_word(f, TOKEN_PROP);
    put_word(f, bytes);
    put_word(f, name_offset(f, name));
    put_bytes(f, value, bytes);
}

void fdt_text(struct fdt *f, const char *name, const char *text)
{
    fdt_bytes(f, name, text, text_bytes(text));
}

void fdt_cells(struct fdt *f, const char *name, const u32 *cells, u32 count)
{
    fdt_bytes(f, name, NULL, 0);
    u8 *at = take(f, count * 4);
    if (!at) {
        return;
    }
    store(at - 8, count * 4); /* the property's length */
    for (u32 i = 0; i < count; i++) {
        store(at + 4 * i, cells[i]);
    }
}

bool fdt_end(struct fdt *f)
{
    put_word(f, TOKEN_END);
    u32 strings_at = f->at;
    put_bytes(f, f->strings, f->strings_bytes);
    if (f->overflow) {
        return false;
    }
    const u32 header[] = {
        MAGIC,
        strings_at + f->strings_bytes,
        HEADER_BYTES + RESERVE_BYTES,
        strings_at,
        HEADER_BYTES,
        VERSION,
        VERSION_BACK_TO,
        0, /* the boot CPU's reg */
        f->strings_bytes,
        strings_at - (HEADER_BYTES + RESERVE_BYTES),
    };
    for (unsigned i = 0; i < ARRAY_SIZE(header); i++) {
        store(f->base + 4 * i, header[i]);
    }
    return true;
}
