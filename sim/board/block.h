/*
 * A block of code as the board knows it: what a run of it costs, and who pays.
 */
#ifndef EL2SIM_BOARD_BLOCK_H
#define EL2SIM_BOARD_BLOCK_H

#include "sim/base/cost.h"
#include "sim/base/types.h"

/* Why a block must be looked at before it runs. */
enum block_flag {
    BLOCK_ENDS_AT_BOUNDARY = 1 << 0, /* its last instruction is a branch: turns may end behind it */
    BLOCK_HAS_SPECIAL = 1 << 1, /* holds an instruction that the engine must not run: MARK, UNDEF
                                   here, ESB; where they do not trap, WFE, SEV, MRS PMUSERENR */
    BLOCK_HAS_FP = 1 << 2,
    BLOCK_HAS_DSB = 1 << 3,
    BLOCK_HAS_STORE = 1 << 4,
    BLOCK_HAS_UNPRIVILEGED = 1 << 5, /* LDTR, STTR */
    BLOCK_HAS_SP_BASE = 1 << 6,      /* loads or stores relative to SP */
    BLOCK_HAS_EXCLUSIVE = 1 << 7,
    BLOCK_OPENS_EXCLUSIVE = 1 << 8, /* its last exclusive is a load */
    BLOCK_IS_STRICT = 1 << 9,       /* LDAR, STLR and the like; SP moved in it and used for a load
                                       or store: strict runs check their alignment */
    BLOCK_MOVES_SP = 1 << 10,       /* SP may be misaligned behind it */
    BLOCK_HAS_BARRIER = 1 << 11,    /* ISB, DSB: when sync.c or a watcher waits for one */
    BLOCK_READS_DCZID = 1 << 12,
    BLOCK_SPANS_SYMBOLS = 1 << 13, /* falls through into another function: run in parts */
    BLOCK_READS_LENT = 1 << 14,    /* MRS of a register that may be lent (lend.c) */
    BLOCK_HAS_BREAKPOINT = 1 << 15 /* the user's (control.h) */
};

/* Of look_flags, beside those: each block, whatever is in it. */
#define LOOK_AT_ALL (1u << 16)

/* Every instruction class fits; blocks hold few. */
#define BLOCK_CLASSES_MAX 52

struct block_info {
    uint64_t pa;
    uint32_t key;   /* struct cpu: block_key it was made under */
    uint64_t words; /* a sum of its words, to know it again */
    uint64_t stamp; /* code_changed_at() when it was last known to be what memory holds */
    struct block *next_in_page;  /* of the same page_heads[], if in_page */
    struct block *next_in_frame; /* of the same frame_heads[] */
    bool listed;                 /* in struct cpu: run_list; true wherever a tag is not 0 */
    bool in_page;                /* in page_heads[]; true wherever a tag is not 0 */
    bool has_dc;                 /* by address, or by set and way */
    bool may_trap, is_special;   /* holds what is special unless it traps; what always is */
    uint16_t dsb_count, dsb_at;  /* how many DSBs, and which instruction the first is */
    uint16_t dsb_stores_end;     /* before it: instructions up to and with the last store */
    uint16_t class_count;
    struct {
        uint16_t class, units;
    } classes[BLOCK_CLASSES_MAX];
};

/* What block_enter() looks at: one line of the host's cache. */
struct block {
    struct {           /* what the engine counts with, beside cycles and the 16-bit words below */
        uint64_t tag;  /* as below, but 0 where the block is looked at each time (look_flags) */
        uint64_t runs; /* since the last fold, not yet in the ledger */
    } engine;
    uint64_t pc;
    uint64_t tag;    /* struct cpu: code_tag when pa was last seen to be where pc leads; 0: look */
    cycles_t cycles; /* waits of DSBs not included */
    struct ledger_row *row;
    struct block *next_in_slot; /* of the same block_slots[] */
    uint16_t size_bytes;
    uint16_t flags;
    uint16_t insn_count;
    uint16_t stores_end; /* instructions up to and with the last store */
};

struct block_whole {
    struct block block;
    struct block_info info;
};

static inline struct block_info *block_info(struct block *b)
{
    return &((struct block_whole *)(void *)b)->info;
}

static inline const struct block_info *block_info_of(const struct block *b)
{
    return &((const struct block_whole *)(const void *)b)->info;
}

#endif
