/* ELF64 executables for AArch64 (System V ABI, chapter 5; IHI 0056). */
#include "sim/image/loader_format.h"

#include <gelf.h>
#include <inttypes.h>
#include <libelf.h>

bool loader_is_elf(const struct file_bytes *bytes)
{
    return bytes->size >= SELFMAG && memcmp(bytes->data, ELFMAG, SELFMAG) == 0;
}

/* Whether a table of the file is whole; the linker puts the section headers last, so a file cut
 * short anywhere is found out here. */
static bool check_table(const char *path, const char *what, uint64_t offset, uint64_t count,
                        uint64_t entry_size, size_t file_size, struct err *e)
{
    if (offset > file_size || count * entry_size > file_size - offset) {
        return err_set(e,
                       "%s: %" PRIu64 " %s headers at byte 0x%" PRIx64
                       " go past the end of the file (0x%zx): truncated?",
                       path, count, what, offset, file_size);
    }
    return true;
}

bool loader_check_elf(const char *path, const struct file_bytes *bytes, struct err *e)
{
    const uint8_t *ident = bytes->data;
    if (bytes->size < sizeof(Elf64_Ehdr)) {
        return err_set(e, "%s: ELF header: the file is truncated after %zu bytes", path,
                       bytes->size);
    }
    if (ident[EI_CLASS] != ELFCLASS64) {
        return err_set(e, "%s: ELF class %u: not a 64-bit file; build it for aarch64", path,
                       ident[EI_CLASS]);
    }
    if (ident[EI_DATA] != ELFDATA2LSB) {
        return err_set(e, "%s: ELF data encoding %u: not little endian; build it for aarch64", path,
                       ident[EI_DATA]);
    }
    Elf64_Ehdr header;
    memcpy(&header, bytes->data, sizeof header);
    if (header.e_machine != EM_AARCH64) {
        return err_set(e, "%s: ELF machine %u: not AArch64 (%u); build it for aarch64", path,
                       header.e_machine, EM_AARCH64);
    }
    if (header.e_type != ET_EXEC && header.e_type != ET_DYN) {
        return err_set(e, "%s: ELF type %u: not an executable; link it", path, header.e_type);
    }
    return check_table(path, "program", header.e_phoff, header.e_phnum, sizeof(Elf64_Phdr),
                       bytes->size, e) &&
           check_table(path, "section", header.e_shoff, header.e_shnum, sizeof(Elf64_Shdr),
                       bytes->size, e);
}

/* Whether a segment lies in the file, in RAM and beside those before it. */
static bool check_segment(const char *path, const struct file_bytes *bytes, const struct ram *ram,
                          const GElf_Phdr *segments, size_t n, struct err *e)
{
    const GElf_Phdr *s = &segments[n];
    if (s->p_filesz > s->p_memsz) {
        return err_set(e,
                       "%s: segment %zu: 0x%" PRIx64 " bytes in the file, 0x%" PRIx64 " in memory",
                       path, n, s->p_filesz, s->p_memsz);
    }
    if (s->p_offset > bytes->size || s->p_filesz > bytes->size - s->p_offset) {
        return err_set(e,
                       "%s: segment %zu: its 0x%" PRIx64 " bytes at 0x%" PRIx64
                       " go past the end of the file (0x%zx): truncated?",
                       path, n, s->p_filesz, s->p_offset, bytes->size);
    }
    if (!ram_holds(ram, pa(s->p_paddr), s->p_memsz)) {
        return err_set(e,
                       "%s: segment %zu: 0x%" PRIx64 " bytes at physical 0x%" PRIx64
                       " are not in RAM (0x%" PRIx64 " bytes at 0x%" PRIx64
                       "); link it elsewhere or give more memory",
                       path, n, s->p_memsz, s->p_paddr, ram->size_bytes, ram->base.v);
    }
    for (size_t i = 0; i < n; i++) {
        const GElf_Phdr *other = &segments[i];
        if (other->p_type == PT_LOAD && s->p_paddr < other->p_paddr + other->p_memsz &&
            other->p_paddr < s->p_paddr + s->p_memsz) {
            return err_set(e, "%s: segments %zu and %zu overlap at physical 0x%" PRIx64, path, i, n,
                           s->p_paddr > other->p_paddr ? s->p_paddr : other->p_paddr);
        }
    }
    return true;
}

static void note_extent(const GElf_Phdr *s, struct kernel_image *out)
{
    if (s->p_paddr < out->start.v) {
        out->start = pa(s->p_paddr);
    }
    if (s->p_paddr + s->p_memsz > out->end.v) {
        out->end = pa(s->p_paddr + s->p_memsz);
    }
}

/* e_entry is a virtual address: where it is in memory depends on the segment that holds it. */
static pa_t physical_entry(uint64_t entry, const GElf_Phdr *segments, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const GElf_Phdr *s = &segments[i];
        if (s->p_type == PT_LOAD && entry >= s->p_vaddr && entry - s->p_vaddr < s->p_memsz) {
            return pa(entry - s->p_vaddr + s->p_paddr);
        }
    }
    return pa(entry);
}

#define SEGMENTS_MAX 64

static bool read_segments(const char *path, Elf *elf, GElf_Phdr segments[SEGMENTS_MAX],
                          size_t *count, struct err *e)
{
    if (elf_getphdrnum(elf, count) != 0) {
        return err_set(e, "%s: program headers: %s", path, elf_errmsg(-1));
    }
    if (*count > SEGMENTS_MAX) {
        return err_set(e, "%s: %zu program headers, at most %d can be loaded", path, *count,
                       SEGMENTS_MAX);
    }
    for (size_t i = 0; i < *count; i++) {
        if (!gelf_getphdr(elf, (int)i, &segments[i])) {
            return err_set(e, "%s: program header %zu: %s", path, i, elf_errmsg(-1));
        }
    }
    return true;
}

static bool load_segments(const char *path, const struct file_bytes *bytes, Elf *elf,
                          const struct ram *ram, struct kernel_image *out, struct err *e)
{
    GElf_Ehdr header;
    GElf_Phdr segments[SEGMENTS_MAX];
    size_t count;

    if (!elf || !gelf_getehdr(elf, &header)) {
        return err_set(e, "%s: ELF header: %s", path, elf_errmsg(-1));
    }
    if (!read_segments(path, elf, segments, &count, e)) {
        return false;
    }
    *out = (struct kernel_image){.kind = KERNEL_ELF, .start = pa(UINT64_MAX)};
    for (size_t i = 0; i < count; i++) {
        if (segments[i].p_type != PT_LOAD || segments[i].p_memsz == 0) {
            continue;
        }
        if (!check_segment(path, bytes, ram, segments, i, e)) {
            return false;
        }
        note_extent(&segments[i], out);
    }
    if (out->start.v >= out->end.v) {
        return err_set(e, "%s: no segment to load (PT_LOAD); link it as an executable", path);
    }
    out->entry = physical_entry(header.e_entry, segments, count);
    if (!ram_holds(ram, out->entry, 4)) {
        return err_set(e, "%s: entry point 0x%" PRIx64 " is not in RAM", path, header.e_entry);
    }
    ram_will_fill(ram, bytes->size);
    for (size_t i = 0; i < count; i++) {
        const GElf_Phdr *s = &segments[i];
        if (s->p_type == PT_LOAD && s->p_memsz > 0) {
            uint8_t *to = ram_at(ram, pa(s->p_paddr), s->p_memsz);
            memcpy(to, bytes->data + s->p_offset, s->p_filesz);
            memset(to + s->p_filesz, 0, s->p_memsz - s->p_filesz);
            ram_note_written(ram, pa(s->p_paddr), s->p_memsz);
        }
    }
    return true;
}

bool loader_elf(const char *path, const struct file_bytes *bytes, const struct ram *ram,
                struct kernel_image *out, struct err *e)
{
    if (!loader_check_elf(path, bytes, e)) {
        return false;
    }
    elf_version(EV_CURRENT);
    Elf *elf = elf_memory((char *)bytes->data, bytes->size);
    bool done = load_segments(path, bytes, elf, ram, out, e);
    elf_end(elf);
    return done;
}
