/* Whose symbols a file has, and where that code runs. */
#include <string.h>
#include <sys/stat.h>

#include "sim/board/cpu.h"

/* Whether the file is the kernel that was loaded (the first of the images), or a copy of it. */
static bool is_loaded_kernel(const struct machine *m, const char *path, bool *same, struct err *e)
{
    const struct image_record *kernel = &m->images.records[0];
    struct stat a, b;
    *same = m->images.count != 0 && stat(path, &a) == 0 && stat(kernel->path, &b) == 0 &&
            a.st_dev == b.st_dev && a.st_ino == b.st_ino;
    if (!*same && m->images.count != 0) {
        char sha256[IMAGE_HASH_TEXT];
        if (!image_hash_file(path, sha256, e)) {
            return false;
        }
        *same = strcmp(sha256, kernel->sha256) == 0;
    }
    return true;
}

/* A kernel's symbols, meant for the host: the loaded kernel's code is known by where it is in
 * memory; another Image is that of a guest, at the addresses it is linked for. */
static bool place_kernel(const struct machine *m, const char *path, enum symbol_file kind,
                         struct symbol_scope *s, struct err *e)
{
    bool loaded = true;
    if (kind == SYMBOL_FILE_IMAGE && !is_loaded_kernel(m, path, &loaded, e)) {
        return false;
    }
    if (loaded) {
        s->address = SYMBOL_PHYSICAL;
        s->context = SYMBOLS_HOST;
        s->image_at = m->kernel_at;
    } else {
        s->el_mask = 1 << 1;
        s->context = SYMBOLS_ANY_VM;
    }
    return true;
}

bool machine_symbols(struct machine *m, const char *path, const struct symbol_scope *scope,
                     struct err *e)
{
    struct symbol_scope s = *scope;
    enum symbol_file kind;
    if (!symbols_file_kind(path, &kind, e)) {
        return false;
    }
    bool is_host = s.context == SYMBOLS_NO_STAGE2;
    if (kind == SYMBOL_FILE_ELF) {
        s.context = is_host && m->config.host_stage2 ? SYMBOLS_VMID_0 : s.context;
        return symbols_add_elf(m->symbols, path, &s, e);
    }
    if (is_host && !place_kernel(m, path, kind, &s, e)) {
        return false;
    }
    return kind == SYMBOL_FILE_IMAGE ? symbols_add_image(m->symbols, path, &s, e)
                                     : symbols_add_map(m->symbols, path, &s, e);
}
