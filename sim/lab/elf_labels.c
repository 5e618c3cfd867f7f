#include "sim/lab/elf_labels.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void add(struct labels *l, const char *name, uint64_t at)
{
    struct label *grown = realloc(l->labels, (l->count + 1) * sizeof *grown);
    BUG_ON(grown == NULL);
    l->labels = grown;
    l->labels[l->count] = (struct label){.name = strdup(name), .at = at};
    BUG_ON(l->labels[l->count].name == NULL);
    l->count++;
}

/* '$x' and '$d' say what is code and what is data: names of nothing. */
static void read_table(struct labels *l, Elf *elf, Elf_Scn *section, const GElf_Shdr *header)
{
    Elf_Data *data = elf_getdata(section, NULL);
    GElf_Sym symbol;
    for (int i = 0; data && header->sh_entsize && gelf_getsym(data, i, &symbol); i++) {
        const char *name = elf_strptr(elf, header->sh_link, symbol.st_name);
        unsigned type = GELF_ST_TYPE(symbol.st_info);
        if (name && name[0] != '\0' && name[0] != '$' && symbol.st_shndx != SHN_UNDEF &&
            type <= STT_FUNC) {
            add(l, name, symbol.st_value);
        }
    }
}

static int by_address(const void *a, const void *b)
{
    const struct label *x = a, *y = b;
    return x->at < y->at ? -1 : x->at > y->at;
}

bool labels_load(struct labels *l, const char *path, struct err *e)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return err_set(e, "%s: %s", path, strerror(errno));
    }
    elf_version(EV_CURRENT);
    Elf *elf = elf_begin(file, ELF_C_READ, NULL);
    for (Elf_Scn *s = NULL; elf && (s = elf_nextscn(elf, s));) {
        GElf_Shdr header;
        if (gelf_getshdr(s, &header) && header.sh_type == SHT_SYMTAB) {
            read_table(l, elf, s, &header);
        }
    }
    elf_end(elf);
    close(file);
    if (l->count == 0) {
        return err_set(e, "%s: no labels in it", path);
    }
    qsort(l->labels, l->count, sizeof *l->labels, by_address);
    return true;
}

void labels_free(struct labels *l)
{
    for (size_t i = 0; i < l->count; i++) {
        free(l->labels[i].name);
    }
    free(l->labels);
}

bool labels_find(const struct labels *l, const char *name, uint64_t *at)
{
    for (size_t i = 0; i < l->count; i++) {
        if (strcmp(l->labels[i].name, name) == 0) {
            *at = l->labels[i].at;
            return true;
        }
    }
    return false;
}

const char *labels_name(const struct labels *l, uint64_t at, uint64_t *offset)
{
    const struct label *found = NULL;
    for (size_t i = 0; i < l->count && l->labels[i].at <= at; i++) {
        found = &l->labels[i];
    }
    if (found) {
        *offset = at - found->at;
    }
    return found ? found->name : NULL;
}
