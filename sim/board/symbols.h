/*
 * Whose code is it? Symbols of code for the ledger, looked up by (EL, context, address), never by
 * address alone: a host kernel, a hypervisor and a guest may all have code at the same address.
 */
#ifndef EL2SIM_BOARD_SYMBOLS_H
#define EL2SIM_BOARD_SYMBOLS_H

#include "sim/base/archive.h"
#include "sim/base/err.h"
#include "sim/base/types.h"

#define SYMBOL_UNKNOWN 0

#define SYMBOLS_NO_STAGE2 0    /* a context: no stage 2 translates */
#define SYMBOLS_ANY_VM    (-1) /* a scope: every context but SYMBOLS_NO_STAGE2 */

/* Where the code of a file runs. */
struct symbol_scope {
    unsigned el_mask; /* bit n: at ELn */
    int context;      /* SYMBOLS_NO_STAGE2, a context's number, or SYMBOLS_ANY_VM */
    uint64_t slide;   /* running address - linked address, modulo 2^64 */
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

/* The symbol that holds `at`, in the first file added whose scope has (el, context); else
 * SYMBOL_UNKNOWN. */
uint32_t symbols_lookup(const struct symbols *symbols, unsigned el, int context, va_t at);

/* All that was added, with the same ids. Loads into a table without symbols. */
void symbols_archive(struct symbols *symbols, struct archive *a);

/* Name of an id; "?" for SYMBOL_UNKNOWN. Ids count from 1 in the order of adding, by address. */
const char *symbols_name(const struct symbols *symbols, uint32_t id);

#endif
