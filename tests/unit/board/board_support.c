#define _DEFAULT_SOURCE /* mkstemp */

#include "tests/unit/board/board_support.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT_OFFSET    0x200
#define DATA_OFFSET    0x300
#define SYMBOLS_OFFSET 0x400

enum section { SECTION_NONE, SECTION_TEXT, SECTION_DATA, SECTION_SYMTAB, SECTION_STRTAB, SECTIONS };

void temp_write(struct temp_file *file, const void *bytes, size_t size)
{
    strcpy(file->path, "/tmp/el2sim-test-XXXXXX");
    int fd = mkstemp(file->path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, bytes, size), (ssize_t)size);
    close(fd);
}

void temp_remove(struct temp_file *file)
{
    unlink(file->path);
}

static void put_segments(struct elf_maker *m)
{
    m->segments = (Elf64_Phdr *)(void *)(m->bytes + sizeof(Elf64_Ehdr));
    m->segments[0] = (Elf64_Phdr){.p_type = PT_LOAD,
                                  .p_flags = PF_R | PF_X,
                                  .p_offset = TEXT_OFFSET,
                                  .p_vaddr = ELF_TEXT_ADDRESS,
                                  .p_paddr = ELF_TEXT_ADDRESS,
                                  .p_filesz = ELF_TEXT_SIZE,
                                  .p_memsz = ELF_TEXT_SIZE};
    m->segments[1] = (Elf64_Phdr){.p_type = PT_LOAD,
                                  .p_flags = PF_R | PF_W,
                                  .p_offset = DATA_OFFSET,
                                  .p_vaddr = ELF_DATA_ADDRESS,
                                  .p_paddr = ELF_DATA_ADDRESS,
                                  .p_filesz = ELF_DATA_FILE,
                                  .p_memsz = ELF_DATA_MEMORY};
    memset(m->bytes + TEXT_OFFSET, 0xa5, ELF_TEXT_SIZE);
    memset(m->bytes + DATA_OFFSET, 0x5a, ELF_DATA_FILE);
}

/* Symbols at SYMBOLS_OFFSET, names behind them; returns where the names end. */
static size_t put_symbols(struct elf_maker *m, const Elf64_Sym *symbols, const char *const *names,
                          size_t count)
{
    Elf64_Sym *table = (Elf64_Sym *)(void *)(m->bytes + SYMBOLS_OFFSET);
    size_t strings = SYMBOLS_OFFSET + (count + 1) * sizeof *table;
    size_t end = strings + 1;
    for (size_t i = 0; i < count; i++) {
        table[i + 1] = symbols[i];
        table[i + 1].st_name = (Elf64_Word)(end - strings);
        strcpy((char *)m->bytes + end, names[i]);
        end += strlen(names[i]) + 1;
    }
    end = (end + 15) & ~(size_t)15;
    m->sections = (Elf64_Shdr *)(void *)(m->bytes + end);
    m->sections[SECTION_SYMTAB] = (Elf64_Shdr){.sh_type = SHT_SYMTAB,
                                               .sh_offset = SYMBOLS_OFFSET,
                                               .sh_size = (count + 1) * sizeof *table,
                                               .sh_link = SECTION_STRTAB,
                                               .sh_info = 1,
                                               .sh_addralign = 8,
                                               .sh_entsize = sizeof *table};
    m->sections[SECTION_STRTAB] = (Elf64_Shdr){
        .sh_type = SHT_STRTAB, .sh_offset = strings, .sh_size = end - strings, .sh_addralign = 1};
    return end;
}

void elf_make(struct elf_maker *m, const Elf64_Sym *symbols, const char *const *names, size_t count)
{
    memset(m, 0, sizeof *m);
    put_segments(m);
    size_t headers = put_symbols(m, symbols, names, count);
    m->sections[SECTION_TEXT] = (Elf64_Shdr){.sh_type = SHT_PROGBITS,
                                             .sh_flags = SHF_ALLOC | SHF_EXECINSTR,
                                             .sh_addr = ELF_TEXT_ADDRESS,
                                             .sh_offset = TEXT_OFFSET,
                                             .sh_size = ELF_TEXT_SIZE,
                                             .sh_addralign = 4};
    m->sections[SECTION_DATA] = (Elf64_Shdr){.sh_type = SHT_PROGBITS,
                                             .sh_flags = SHF_ALLOC | SHF_WRITE,
                                             .sh_addr = ELF_DATA_ADDRESS,
                                             .sh_offset = DATA_OFFSET,
                                             .sh_size = ELF_DATA_FILE,
                                             .sh_addralign = 8};
    m->size = headers + SECTIONS * sizeof *m->sections;
    ck_assert_uint_le(m->size, sizeof m->bytes);
    m->header = (Elf64_Ehdr *)(void *)m->bytes;
    *m->header = (Elf64_Ehdr){.e_type = ET_EXEC,
                              .e_machine = EM_AARCH64,
                              .e_version = EV_CURRENT,
                              .e_entry = ELF_TEXT_ADDRESS + 8,
                              .e_phoff = sizeof(Elf64_Ehdr),
                              .e_shoff = headers,
                              .e_ehsize = sizeof(Elf64_Ehdr),
                              .e_phentsize = sizeof(Elf64_Phdr),
                              .e_phnum = 2,
                              .e_shentsize = sizeof(Elf64_Shdr),
                              .e_shnum = SECTIONS};
    memcpy(m->header->e_ident, "\177ELF\2\1\1", 7);
}
