/*
 * Whose code is it? Symbols of code for the ledger, looked up by (EL, context, address), never by
 * a virtual address alone: a host kernel, a hypervisor and a guest may all have code at the same
 * one.
 */
#ifndef EL2SIM_IMAGE_SYMBOLS_H
#define EL2SIM_IMAGE_SYMBOLS_H

#include "sim/base/archive.h"
#include "sim/base/err.h"
#include "sim/base/types.h"

#define SYMBOL_UNKNOWN 0

#define SYMBOLS_NO_STAGE2 0    /* a context: no stage 2 translates */
#define SYMBOLS_VMID_0    1    /* ... stage 2 with VMID 0 */
#define SYMBOLS_ANY_VM    (-1) /* a scope: every context but SYMBOLS_NO_STAGE2 */
#define SYMBOLS_HOST                                                                               \
    (-2) /* a scope: no stage 2, or one with VMID 0: no hypervisor of ours gives that to a VM */

/*
 * By which address code is known. Physical: where the file was loaded, so that it does not matter
 * under how many virtual addresses it runs (Linux' nVHE code has a second one that it chooses at
 * boot: arch/arm64/kvm/va_layout.c). Code at EL0 is never looked up so, and that of a VM must not
 * be: pages of a kernel's initialization become a program's or a guest's.
 */
enum symbol_address { SYMBOL_VIRTUAL, SYMBOL_PHYSICAL };

/* Where the code of a file runs. */
struct symbol_scope {
    unsigned el_mask; /* bit n: at ELn */
    int context;      /* SYMBOLS_NO_STAGE2, a context's number, SYMBOLS_ANY_VM or SYMBOLS_HOST */
    enum symbol_address address;
    uint64_t slide; /* SYMBOL_VIRTUAL: running address - linked address, modulo 2^64 */
    pa_t image_at;  /* SYMBOL_PHYSICAL: where the image's first byte is */
};

struct symbols;

struct symbols *symbols_create(void);
void symbols_destroy(struct symbols *symbols);

/*
 * Adds the functions of an ELF file's .symtab: STT_FUNC, and labels of assembly in code sections,
 * which reach to the next symbol. False with *e: unreadable, not for AArch64, stripped.
 */
bool symbols_add_elf(struct symbols *symbols, const char *path, const struct symbol_scope *scope,
                     struct err *e);

/* Adds the code symbols of a Linux System.map (lines "address type name", as nm prints them); each
 * reaches to the next symbol. */
bool symbols_add_map(struct symbols *symbols, const char *path, const struct symbol_scope *scope,
                     struct err *e);

/* Adds the code symbols of a kernel's Image, plain or gzip'd: those it has inside (kallsyms.h);
 * each reaches to the next symbol. */
bool symbols_add_image(struct symbols *symbols, const char *path, const struct symbol_scope *scope,
                       struct err *e);

/* What a file with symbols is, by its first bytes; false with *e: unreadable. */
enum symbol_file { SYMBOL_FILE_ELF, SYMBOL_FILE_IMAGE, SYMBOL_FILE_MAP };
bool symbols_file_kind(const char *path, enum symbol_file *kind, struct err *e);

/* Whether any source is of that kind: physical addresses take time to find. */
bool symbols_need_physical(const struct symbols *symbols);

#define PA_UNKNOWN UINT64_MAX

/* The symbol of the code at va, which is at pa, in the first file added whose scope has
 * (el, context); else SYMBOL_UNKNOWN. */
uint32_t symbols_lookup(const struct symbols *symbols, unsigned el, int context, va_t va, pa_t pa);

/* How far into its symbol the code at va, which is at pa, is. */
uint64_t symbols_offset(const struct symbols *symbols, uint32_t id, va_t va, pa_t pa);

/* Where the first symbol of that name runs: in `scope`, at *at, a PA for SYMBOL_PHYSICAL. False: no
 * file has it. */
bool symbols_named(const struct symbols *symbols, const char *name, struct symbol_scope *scope,
                   va_t *at);

/* Calls `see` with each symbol of code at (el, context): where it runs, by the address that its
 * source is known by. */
typedef void symbols_see(void *ctx, const char *name, enum symbol_address by, uint64_t start,
                         uint64_t end);
void symbols_each(const struct symbols *symbols, unsigned el, int context, symbols_see *see,
                  void *ctx);

/* All that was added, with the same ids. Loads into a table without symbols. */
void symbols_archive(struct symbols *symbols, struct archive *a);

/* Name of an id; "?" for SYMBOL_UNKNOWN. Ids count from 1 in the order of adding, by address. */
const char *symbols_name(const struct symbols *symbols, uint32_t id);

#endif
