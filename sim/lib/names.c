#include "sim/lib/names.h"

#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct name {
    char *text;
    uint64_t address;
};

struct names {
    struct name *names;
    size_t count, room;
};

struct names *names_create(void)
{
    struct names *names = calloc(1, sizeof *names);
    BUG_ON(names == NULL);
    return names;
}

void names_destroy(struct names *names)
{
    for (size_t i = 0; names && i < names->count; i++) {
        free(names->names[i].text);
    }
    if (names) {
        free(names->names);
        free(names);
    }
}

static void add(struct names *names, const char *text, uint64_t address)
{
    if (names->count == names->room) {
        names->room = names->room ? 2 * names->room : 256;
        names->names = realloc(names->names, names->room * sizeof *names->names);
        BUG_ON(names->names == NULL);
    }
    struct name *name = &names->names[names->count++];
    *name = (struct name){.text = strdup(text), .address = address};
    BUG_ON(name->text == NULL);
}

struct names *names_copy(const struct names *names)
{
    struct names *copy = names_create();
    for (size_t i = 0; i < names->count; i++) {
        add(copy, names->names[i].text, names->names[i].address);
    }
    return copy;
}

/* Functions, data and labels; not the mapping symbols $x and $d, sections or files. */
static bool is_named(const GElf_Sym *symbol, const char *text)
{
    unsigned type = GELF_ST_TYPE(symbol->st_info);
    return symbol->st_shndx != SHN_UNDEF && text != NULL && text[0] != '\0' && text[0] != '$' &&
           (type == STT_FUNC || type == STT_OBJECT || type == STT_NOTYPE);
}

static size_t add_table(struct names *names, Elf *elf, Elf_Scn *section, const GElf_Shdr *header)
{
    size_t before = names->count;
    Elf_Data *data = elf_getdata(section, NULL);
    size_t count = header->sh_entsize ? header->sh_size / header->sh_entsize : 0;
    for (size_t i = 0; data != NULL && i < count && i <= INT32_MAX; i++) {
        GElf_Sym symbol;
        if (gelf_getsym(data, (int)i, &symbol) == NULL) {
            break;
        }
        const char *text = elf_strptr(elf, header->sh_link, symbol.st_name);
        if (is_named(&symbol, text)) {
            add(names, text, symbol.st_value);
        }
    }
    return names->count - before;
}

bool names_add_elf(struct names *names, const char *path, struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    elf_version(EV_CURRENT);
    Elf *elf = fd >= 0 ? elf_begin(fd, ELF_C_READ, NULL) : NULL;
    size_t added = 0;
    if (elf != NULL && elf_kind(elf) == ELF_K_ELF) {
        for (Elf_Scn *s = NULL; (s = elf_nextscn(elf, s)) != NULL;) {
            GElf_Shdr header;
            if (gelf_getshdr(s, &header) != NULL && header.sh_type == SHT_SYMTAB) {
                added += add_table(names, elf, s, &header);
            }
        }
    }
    elf_end(elf);
    if (fd >= 0) {
        close(fd);
    }
    return added != 0 ||
           err_set(e, "%s: no ELF file with symbols: it must be there and not stripped", path);
}

bool names_find(const struct names *names, const char *name, uint64_t *address, struct err *e)
{
    char alike[160] = "";
    for (size_t i = 0; i < names->count; i++) {
        const char *text = names->names[i].text;
        size_t used = strlen(alike);
        if (strcmp(text, name) == 0) {
            *address = names->names[i].address;
            return true;
        }
        if (strstr(text, name) != NULL && used + strlen(text) + 3 < sizeof alike) {
            snprintf(alike + used, sizeof alike - used, "%s%s", used ? ", " : "", text);
        }
    }
    return err_set(e, "no symbol \"%s\" in what is loaded%s%s", name,
                   alike[0]       ? "; there are "
                   : names->count ? ""
                                  : ": no ELF file is",
                   alike);
}

const char *names_at(const struct names *names, uint64_t address, uint64_t *start)
{
    const struct name *best = NULL;
    for (size_t i = 0; i < names->count; i++) {
        const struct name *name = &names->names[i];
        if (name->address <= address && (best == NULL || name->address > best->address)) {
            best = name;
        }
    }
    *start = best ? best->address : 0;
    return best ? best->text : NULL;
}
