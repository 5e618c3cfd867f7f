/* `monitor symbols`: what the machine knows of the code that a CPU runs, as an ELF file for gdb's
 * add-symbol-file. Kernels that are shipped stripped have their symbols inside (kallsyms). */
#include "sim/gdb/monitor.h"

#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* .symtab and .strtab in the making, and the range of what they name. */
struct tables {
    struct gdb_text symbols, names;
    uint64_t low, high;
    unsigned count;
};

enum { SECTION_NONE, SECTION_TEXT, SECTION_SYMTAB, SECTION_STRTAB, SECTION_COUNT };

static void add(void *ctx, const char *name, uint64_t start, uint64_t end)
{
    struct tables *t = ctx;
    const Elf64_Sym symbol = {.st_name = (Elf64_Word)t->names.length,
                              .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
                              .st_shndx = SECTION_TEXT,
                              .st_value = start,
                              .st_size = end - start};
    gdb_add(&t->symbols, &symbol, sizeof symbol);
    gdb_add(&t->names, name, strlen(name) + 1);
    t->low = start < t->low ? start : t->low;
    t->high = end > t->high ? end : t->high;
    t->count++;
}

static bool write_elf(FILE *file, const struct tables *t)
{
    const uint64_t symbols_at = sizeof(Elf64_Ehdr) + SECTION_COUNT * sizeof(Elf64_Shdr);
    const Elf64_Ehdr header = {
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_EXEC,
        .e_machine = EM_AARCH64,
        .e_version = EV_CURRENT,
        .e_ehsize = sizeof header,
        .e_shoff = sizeof header,
        .e_shentsize = sizeof(Elf64_Shdr),
        .e_shnum = SECTION_COUNT,
        .e_shstrndx = SECTION_STRTAB};
    const Elf64_Shdr sections[SECTION_COUNT] = {
        [SECTION_TEXT] = {.sh_name = 1,
                          .sh_type = SHT_NOBITS, /* the code is in the machine */
                          .sh_flags = SHF_ALLOC | SHF_EXECINSTR,
                          .sh_addr = t->low,
                          .sh_size = t->high - t->low,
                          .sh_addralign = 4},
        [SECTION_SYMTAB] = {.sh_name = sizeof ".text" + 1,
                            .sh_type = SHT_SYMTAB,
                            .sh_offset = symbols_at,
                            .sh_size = t->symbols.length,
                            .sh_link = SECTION_STRTAB,
                            .sh_info = 1, /* the first that is not local */
                            .sh_entsize = sizeof(Elf64_Sym)},
        [SECTION_STRTAB] = {.sh_name = sizeof ".text" + sizeof ".symtab" + 1,
                            .sh_type = SHT_STRTAB,
                            .sh_offset = symbols_at + t->symbols.length,
                            .sh_size = t->names.length}};
    return fwrite(&header, sizeof header, 1, file) == 1 &&
           fwrite(sections, sizeof sections, 1, file) == 1 &&
           fwrite(t->symbols.bytes, t->symbols.length, 1, file) == 1 &&
           fwrite(t->names.bytes, t->names.length, 1, file) == 1;
}

void gdb_monitor_symbols(struct gdb *g, char **words, unsigned count, struct gdb_text *out)
{
    static const char section_names[] = "\0.text\0.symtab\0.strtab";
    const Elf64_Sym none = {.st_name = 0};
    struct tables t = {.low = UINT64_MAX};
    if (count != 1) {
        gdb_print(out, "usage: monitor symbols FILE\n");
        return;
    }
    gdb_add(&t.symbols, &none, sizeof none);
    gdb_add(&t.names, section_names, sizeof section_names);
    control_each_symbol(g->c, g->chosen, add, &t);
    FILE *file = t.count ? fopen(words[0], "wb") : NULL;
    bool done = file && write_elf(file, &t);
    if (t.count == 0) {
        gdb_print(
            out,
            "none are known of the code that CPU %u runs: --symbols FILE names them; those of "
            "a kernel's Image are known once the CPU is in it\n",
            g->chosen);
    } else if ((file && fclose(file) != 0) || !done) {
        gdb_print(out, "%s: cannot write: %s\n", words[0], strerror(errno));
    } else {
        gdb_print(out, "%u symbols of EL%u: add-symbol-file %s\n", t.count,
                  control_cpu_state(g->c, g->chosen).el, words[0]);
    }
    gdb_text_free(&t.symbols);
    gdb_text_free(&t.names);
}
