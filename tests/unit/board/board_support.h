/* What the board's tests share: files with given contents, and a small ELF file to break. */
#ifndef EL2SIM_TESTS_BOARD_SUPPORT_H
#define EL2SIM_TESTS_BOARD_SUPPORT_H

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

/* A file that lives until temp_remove(). */
struct temp_file {
    char path[64];
};

void temp_write(struct temp_file *file, const void *bytes, size_t size);
void temp_remove(struct temp_file *file);

#define ELF_MAKER_ROOM 4096

#define ELF_TEXT_ADDRESS 0x40100000u
#define ELF_TEXT_SIZE    0x100u
#define ELF_DATA_ADDRESS 0x40101000u
#define ELF_DATA_FILE    0x40u
#define ELF_DATA_MEMORY  0x1000u

/*
 * Two segments (text of bytes 0xa5, data of bytes 0x5a, the rest of it zero), sections .text,
 * .data, .symtab, .strtab. The pointers reach into `bytes`, so that a test can change one thing.
 */
struct elf_maker {
    _Alignas(16) uint8_t bytes[ELF_MAKER_ROOM];
    size_t size;
    Elf64_Ehdr *header;
    Elf64_Phdr *segments; /* 2 */
    Elf64_Shdr *sections; /* 5: none, .text, .data, .symtab, .strtab */
};

/* symbols: `count` of them, st_name is filled in from names. */
void elf_make(struct elf_maker *m, const Elf64_Sym *symbols, const char *const *names,
              size_t count);

#endif
