/*
 * Between block_table.c, which knows what blocks are, and blocks.c, which runs and charges them.
 */
#ifndef EL2SIM_BOARD_BLOCKS_H
#define EL2SIM_BOARD_BLOCKS_H

#include "sim/board/cpu.h"

/* Where the blocks of this pc begin. */
static inline struct block **block_slot(const struct cpu *cpu, uint64_t pc)
{
    uint32_t x = (uint32_t)(pc >> 2) ^ (uint32_t)(pc >> 16) ^ cpu->block_key << 7;
    return &cpu->block_slots[x & ((1u << BLOCK_SLOT_BITS) - 1)];
}

/* The block at pc where nothing has changed since it was last found; else NULL. */
struct block *block_tagged(const struct cpu *cpu, uint64_t pc, uint32_t size_bytes);
/* The block at pc, decoded if it is new; NULL where its fetch faults, the engine has older code of
 * it, or there is no room (blocks_full). It is the first of its slot. */
struct block *block_find(struct cpu *cpu, uint64_t pc, uint32_t size_bytes);
/* What called the hook is this block: from now on the engine counts its runs. */
void block_counts_itself(struct cpu *cpu, const struct block *b, const void *caller);
/* Decodes the words of a block at physical address `at` into its costs. */
void block_make(struct cpu *cpu, struct block *b, uint64_t pc, uint64_t at, uint32_t size_bytes);
/* The ledger's rows are others now: each block is made again when it is next entered. */
void blocks_unmake(struct cpu *cpu);
/* Books the runs of one block; it may then be reused. */
void block_fold(struct block *b, const cycles_t *prices);
/* Instruction i of a block. */
struct insn block_insn(struct cpu *cpu, const struct block *b, uint32_t i);
/* enum block_flag bits of an instruction. sp_moved carries from one instruction of a block to the
 * next whether SP may be misaligned. */
uint32_t block_flags_of(const struct insn *insn, bool *sp_moved);
/* How many of the `count` instructions at pc, which lies at `at`, belong to the function of the
 * first. */
uint32_t block_symbol_end(struct cpu *cpu, uint64_t pc, uint64_t at, uint32_t count);
/* Whether memory still holds what a block was made from. */
bool block_is_unchanged(const struct cpu *cpu, const struct block *b);

#endif
