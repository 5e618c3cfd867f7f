/*
 * A compute row of the bench guest on bare Unicorn: no hooks, no simulator. What it reaches is the
 * limit that the simulator is measured against.
 *
 *     raw_rows bench.elf ROW OPERATIONS
 */
#include <elf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicorn/unicorn.h>

#define RAM_BASE  UINT64_C(0x40000000)
#define RAM_BYTES (UINT64_C(16) << 20)
#define RETURN_TO (RAM_BASE + RAM_BYTES - 4096)

struct file {
    unsigned char *bytes;
    size_t size_bytes;
};

static void die(const char *what)
{
    fprintf(stderr, "raw_rows: %s\n", what);
    exit(2);
}

static struct file read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        die("cannot open the image");
    }
    struct file out = {malloc(RAM_BYTES), 0};
    if (out.bytes == NULL) {
        die("no memory");
    }
    out.size_bytes = fread(out.bytes, 1, RAM_BYTES, f);
    fclose(f);
    return out;
}

/* The image is one that this tree has just built: no checks beyond what keeps a slip from
 * crashing. */
static void load(const struct file *file, unsigned char *ram)
{
    Elf64_Ehdr eh;
    memcpy(&eh, file->bytes, sizeof eh);
    for (unsigned i = 0; i < eh.e_phnum; i++) {
        Elf64_Phdr ph;
        memcpy(&ph, file->bytes + eh.e_phoff + i * sizeof ph, sizeof ph);
        if (ph.p_paddr < RAM_BASE || ph.p_paddr - RAM_BASE + ph.p_memsz > RAM_BYTES) {
            die("a segment lies outside RAM");
        }
        memcpy(ram + (ph.p_paddr - RAM_BASE), file->bytes + ph.p_offset, ph.p_filesz);
    }
}

static uint64_t symbol(const struct file *file, const char *name)
{
    Elf64_Ehdr eh;
    memcpy(&eh, file->bytes, sizeof eh);
    for (unsigned i = 0; i < eh.e_shnum; i++) {
        Elf64_Shdr table, strings;
        memcpy(&table, file->bytes + eh.e_shoff + i * sizeof table, sizeof table);
        if (table.sh_type != SHT_SYMTAB) {
            continue;
        }
        memcpy(&strings, file->bytes + eh.e_shoff + table.sh_link * sizeof strings, sizeof strings);
        for (uint64_t at = 0; at < table.sh_size; at += sizeof(Elf64_Sym)) {
            Elf64_Sym s;
            memcpy(&s, file->bytes + table.sh_offset + at, sizeof s);
            if (!strcmp((const char *)file->bytes + strings.sh_offset + s.st_name, name)) {
                return s.st_value;
            }
        }
    }
    die("no such row in the image");
    return 0;
}

static void check(uc_err code)
{
    if (code != UC_ERR_OK) {
        die(uc_strerror(code));
    }
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        die("usage: raw_rows bench.elf ROW OPERATIONS");
    }
    struct file file = read_file(argv[1]);
    char name[64];
    snprintf(name, sizeof name, "row_%s", argv[2]);
    uint64_t row = symbol(&file, name);
    uint64_t buffer = symbol(&file, "buffer");
    uint64_t operations = strtoull(argv[3], NULL, 0);
    uint64_t end = RETURN_TO;

    unsigned char *ram = aligned_alloc(4096, RAM_BYTES);
    if (ram == NULL) {
        die("no memory");
    }
    memset(ram, 0, RAM_BYTES);
    load(&file, ram);

    uc_engine *uc;
    check(uc_open(UC_ARCH_ARM64, UC_MODE_ARM, &uc));
    check(uc_ctl_set_cpu_model(uc, UC_CPU_ARM64_A57));
    check(uc_mem_map_ptr(uc, RAM_BASE, RAM_BYTES, UC_PROT_ALL, ram));
    check(uc_reg_write(uc, UC_ARM64_REG_X0, &operations));
    check(uc_reg_write(uc, UC_ARM64_REG_X1, &buffer));
    check(uc_reg_write(uc, UC_ARM64_REG_LR, &end));
    check(uc_emu_start(uc, row, end, 0, 0));
    uc_close(uc);
    free(ram);
    free(file.bytes);
    return 0;
}
