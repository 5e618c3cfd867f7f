/*
 * A64 as the simulator needs it: not to execute (the engine does), but to know what a word costs,
 * whether the modelled CPU has it, what a trapped or faulting instruction was about, and to carry
 * out single loads and stores on device memory.
 */
#ifndef EL2SIM_CPU_EL_INSN_H
#define EL2SIM_CPU_EL_INSN_H

#include "cpu-el/feature.h"
#include "sim/base/cost.h"
#include "sim/base/types.h"

enum insn_kind {
    INSN_KIND_OTHER,  /* nothing special: runs in the engine */
    INSN_KIND_BRANCH, /* any branch: an architectural boundary */
    INSN_KIND_SVC,
    INSN_KIND_HVC,
    INSN_KIND_SMC,
    INSN_KIND_ERET,
    INSN_KIND_BRK,
    INSN_KIND_HLT,
    INSN_KIND_WFI,
    INSN_KIND_WFE,
    INSN_KIND_SEV,
    INSN_KIND_MRS,     /* also SYSL */
    INSN_KIND_MSR,     /* register form, and SYS */
    INSN_KIND_MSR_IMM, /* PSTATE field */
    INSN_KIND_ISB,
    INSN_KIND_DSB,
    INSN_KIND_DMB,
    INSN_KIND_ESB,
    INSN_KIND_MARK, /* HINT #0x70 to #0x72: hyp/include/abi/mark.h */
    INSN_KIND_LOADSTORE,
    INSN_KIND_UNDEF /* UNALLOCATED, or not in the modelled CPU */
};

enum insn_flag {
    INSN_FLAG_FP = 1 << 0, /* FP/SIMD: trapped by CPACR/CPTR */
    INSN_FLAG_LOAD = 1 << 1,
    INSN_FLAG_STORE = 1 << 2,
    INSN_FLAG_UNPRIVILEGED = 1 << 3, /* LDTR, STTR */
    INSN_FLAG_EXCLUSIVE = 1 << 4,
    INSN_FLAG_ORDERED = 1 << 5,     /* acquire, release */
    INSN_FLAG_SP_BASE = 1 << 6,     /* load/store with base register 31: SP alignment check */
    INSN_FLAG_NATIVE_UNDEF = 1 << 7 /* the engine would run it though the modelled CPU has not got
                                       it (or it is not deterministic) */
};

struct insn {
    uint32_t word;
    enum insn_kind kind;
    enum cost_class cost;
    uint32_t
        units; /* 1, or the registers of a SIMD load/store: the further ones cost COST_FP_*_MORE */
    uint32_t flags; /* enum insn_flag */
    uint16_t enc;   /* MRS, MSR, MSR_IMM: system register encoding (op0..op2) */
    uint16_t imm16; /* SVC, HVC, SMC, BRK, HLT; the number of a hint (SEV 4, SEVL 5, MARK 0x70 ...);
                       CRm of DSB, DMB, ISB */
    uint8_t rt;     /* MRS, MSR: general register */
};

/* What the registers beyond the first of a SIMD load or store are booked as; unused where units
 * is 1. */
static inline enum cost_class insn_more_class(const struct insn *insn)
{
    return insn->cost == COST_INSN_FP_STORE ? COST_FP_STORE_MORE : COST_FP_LOAD_MORE;
}

/* Cycles of one execution, by price list. */
static inline cycles_t insn_price(const struct insn *insn, const cycles_t *prices)
{
    return prices[insn->cost] + prices[insn_more_class(insn)] * (insn->units - 1);
}

static inline void insn_charge(struct cost_meter *meter, const struct insn *insn)
{
    cost_charge(meter, insn->cost, 1);
    cost_charge(meter, insn_more_class(insn), insn->units - 1);
}

static inline void insn_refund(struct cost_meter *meter, const struct insn *insn)
{
    cost_refund(meter, insn->cost, 1);
    cost_refund(meter, insn_more_class(insn), insn->units - 1);
}

/* Decodes one word for a CPU model. Total: every word gives an answer. */
struct insn insn_decode(const struct cpu_model *model, uint32_t word);

/* What a read-modify-write instruction does with memory (Arm ARM C3.2.12). */
enum ldst_op {
    LDST_OP_NONE,
    LDST_OP_ADD,
    LDST_OP_CLR,
    LDST_OP_EOR,
    LDST_OP_SET,
    LDST_OP_SMAX,
    LDST_OP_SMIN,
    LDST_OP_UMAX,
    LDST_OP_UMIN,
    LDST_OP_SWP,
    LDST_OP_CAS
};

/* One memory access of a load/store, enough for FAR, ESR.ISV and for doing it on a device. */
struct ldst {
    bool is_load, is_store; /* both: atomics, exclusive pairs never are */
    bool is_pair;
    bool is_fp;       /* registers are FP/SIMD */
    bool is_prefetch; /* PRFM: neither load nor store, accesses nothing */
    bool is_exclusive, is_ordered, is_unprivileged;
    bool is_atomic; /* LSE, CAS, SWP */
    bool sign_extend;
    bool sixty_four; /* register width (ESR.SF) */
    bool writeback;  /* pre/post-index: base = writeback_to */
    bool isv; /* ESR_EL2.ISV may be 1 (Arm ARM ISS for data abort: single general register, no
                 writeback) */
    unsigned size_bytes;     /* per register: 1, 2, 4, 8, 16 */
    unsigned register_count; /* 1 or 2; 1..4 for LD1..LD4 structures */
    uint8_t rt, rt2, rn;
    uint8_t rs;      /* status register of STXR, source of atomics */
    enum ldst_op op; /* of is_atomic */
    /*
     * LD1..LD4, ST1..ST4: element_bytes > 0. Elements of structure_count consecutive registers
     * alternate in memory; registers rt, rt+1 ... modulo 32. One lane (replicate: all lanes) or,
     * with lane < 0, all of the size_bytes of each register.
     */
    unsigned element_bytes, structure_count;
    int lane;
    bool replicate;
    uint64_t address;
    uint64_t writeback_to;
};

/* Register values for address generation: index 31 means SP for a base, zero for an offset. */
struct ldst_registers {
    uint64_t (*general)(void *ctx, unsigned n); /* n 0..30; 31 = SP */
    void *ctx;
    uint64_t pc;
};

/* Decodes a load/store with its address. False if the word is none (then *out is untouched). DC ZVA
 * and cache ops are not. */
bool ldst_decode(uint32_t word, const struct ldst_registers *regs, struct ldst *out);

/*
 * ISS bits 24..14 (ISV, SAS, SSE, SRT, SF, AR) that a stage-2 data abort of this access reports in
 * ESR_EL2; 0 where ISV is 0.
 */
uint32_t ldst_iss(const struct ldst *access);

#endif
