/*
 * A64 decoding for cost, kind and feature (Arm ARM C4.1). Rows are data, grouped by bits 28..24,
 * the commonest of a group first; the first row that matches decides.
 *
 * A row that names a feature makes the word UNDEFINED on a model without it, and says so to the
 * board, because the engine's own CPU may have it. UNALLOCATED words inside a row's mask are left
 * to the engine, which traps them.
 */
#include "cpu-el/insn.h"

#include "cpu-el/ldst.h"
#include "cpu-el/sysreg.h"
#include "sim/base/bits.h"

struct insn_row {
    uint32_t mask, value;
    uint8_t kind;  /* enum insn_kind */
    uint8_t cost;  /* enum cost_class */
    uint8_t flags; /* enum insn_flag */
    int8_t feature;
};

#define ALWAYS (-1)
#define NEVER  FEATURE_COUNT /* of no CPU that can be modelled, but the engine may know it */

#define ROW(mask, value, kind, cost, flags, feature)                                               \
    {                                                                                              \
        mask, value, INSN_KIND_##kind, COST_##cost, flags, feature                                 \
    }
#define ALU(mask, value)         ROW(mask, value, OTHER, INSN_ALU, 0, ALWAYS)
#define MUL(mask, value)         ROW(mask, value, OTHER, INSN_MUL, 0, ALWAYS)
#define FP_IF(mask, value, feat) ROW(mask, value, OTHER, INSN_FP, INSN_FLAG_FP, feat)
#define LACKING(mask, value)     ROW(mask, value, UNDEF, INSN_ALU, INSN_FLAG_NATIVE_UNDEF, ALWAYS)
#define END                      ROW(0, 0, UNDEF, INSN_ALU, 0, ALWAYS)

/* Reserved, SVE and SME (bits 28..25 = 000x, 0010, 0011). */
static const struct insn_row rows_none[] = {END};
static const struct insn_row rows_sve[] = {LACKING(0x1e000000, 0x04000000), END};

/* Data processing, immediate: C4.1.64. */
static const struct insn_row rows_10[] = {ALU(0x1f000000, 0x10000000), END}; /* ADR, ADRP */

static const struct insn_row rows_11[] = {
    ALU(0x1f800000, 0x11000000),     /* ADD, SUB */
    LACKING(0xbfc00000, 0x91800000), /* ADDG, SUBG */
    END,
};

static const struct insn_row rows_12[] = {
    ALU(0x9fc00000, 0x12000000), /* AND, ORR, EOR, ANDS: W, N = 0 */
    ALU(0x9f800000, 0x92000000), /* X */
    ALU(0x7f800000, 0x12800000), /* MOVN */
    ALU(0x5f800000, 0x52800000), /* MOVZ, MOVK */
    END,
};

static const struct insn_row rows_13[] = {
    ALU(0xbfc00000, 0x13000000), /* SBFM, UBFM: W; opc<0> = 0 leaves 00 and 10 */
    ALU(0xbfc00000, 0x93400000), /* X */
    ALU(0xffc00000, 0x33000000), /* BFM W */
    ALU(0xffc00000, 0xb3400000), /* BFM X */
    ALU(0xffe08000, 0x13800000), /* EXTR W */
    ALU(0xffe00000, 0x93c00000), /* EXTR X */
    END,
};

/* Branches, exceptions, system: C4.1.65. */
static const struct insn_row rows_14[] = {
    ROW(0x7c000000, 0x14000000, BRANCH, INSN_BRANCH, 0, ALWAYS), /* B, BL */
    ROW(0xff000010, 0x54000000, BRANCH, INSN_BRANCH, 0, ALWAYS), /* B.cond */
    ROW(0x7e000000, 0x34000000, BRANCH, INSN_BRANCH, 0, ALWAYS), /* CBZ, CBNZ */
    ROW(0xffe0001f, 0xd4000001, SVC, INSN_EXCEPTION, 0, ALWAYS),
    ROW(0xffe0001f, 0xd4000002, HVC, INSN_EXCEPTION, 0, ALWAYS),
    ROW(0xffe0001f, 0xd4000003, SMC, INSN_EXCEPTION, 0, ALWAYS),
    ROW(0xffe0001f, 0xd4200000, BRK, INSN_EXCEPTION, 0, ALWAYS),
    ROW(0xffe0001f, 0xd4400000, HLT, INSN_EXCEPTION, 0, ALWAYS),
    END, /* DCPS1..3 are UNDEFINED outside Debug state */
};

static const struct insn_row rows_15[] = {
    ROW(0x7c000000, 0x14000000, BRANCH, INSN_BRANCH, 0, ALWAYS),                    /* B, BL */
    ROW(0x7e000000, 0x34000000, BRANCH, INSN_BRANCH, 0, ALWAYS),                    /* CBZ, CBNZ */
    ROW(0xffffffe0, 0xd53b2400, MRS, SR_ID_READ, INSN_FLAG_NATIVE_UNDEF, FEAT_RNG), /* RNDR */
    ROW(0xffffffe0, 0xd53b2420, MRS, SR_ID_READ, INSN_FLAG_NATIVE_UNDEF, FEAT_RNG), /* RNDRRS */
    ROW(0xffffffc0, 0xd53b4400, MRS, SR_PSTATE_READ, INSN_FLAG_FP, FEAT_FP),        /* FPCR, FPSR */
    ROW(0xffffffc0, 0xd51b4400, MSR, SR_PSTATE_WRITE, INSN_FLAG_FP, FEAT_FP),       /* FPCR, FPSR */
    ROW(0xfff00000, 0xd5300000, MRS, INSN_ALU, 0, ALWAYS),
    ROW(0xfff00000, 0xd5100000, MSR, INSN_ALU, 0, ALWAYS),
    ROW(0xfff80000, 0xd5080000, MSR, INSN_ALU, 0, ALWAYS), /* SYS: also DC, IC, AT, TLBI */
    ROW(0xfff80000, 0xd5280000, MRS, INSN_ALU, 0, ALWAYS), /* SYSL */
    ROW(0xfffff0ff, 0xd503309f, DSB, BARRIER_DSB, 0, ALWAYS),
    ROW(0xfffff0ff, 0xd50330bf, DMB, BARRIER_DMB, 0, ALWAYS),
    ROW(0xfffff0ff, 0xd50330df, ISB, BARRIER_ISB, 0, ALWAYS),
    ROW(0xfffff0ff, 0xd503305f, OTHER, INSN_EXCLUSIVE, 0, ALWAYS), /* CLREX */
    ROW(0xffffffff, 0xd50330ff, OTHER, BARRIER_DSB, 0, FEAT_SB),   /* SB */
    ROW(0xffffffff, 0xd503205f, WFE, INSN_WAIT, 0, ALWAYS),
    ROW(0xffffffff, 0xd503207f, WFI, INSN_WAIT, 0, ALWAYS),
    ROW(0xffffffdf, 0xd503209f, SEV, INSN_HINT, 0, ALWAYS), /* SEV, SEVL */
    ROW(0xffffffff, 0xd503221f, ESB, INSN_HINT, 0, ALWAYS),
    ROW(0xffffffdf, 0xd5032e1f, MARK, INSN_HINT, 0, ALWAYS),     /* HINT #0x70, #0x71 */
    ROW(0xffffffff, 0xd5032e5f, MARK, INSN_HINT, 0, ALWAYS),     /* HINT #0x72 */
    ROW(0xfffff01f, 0xd503201f, OTHER, INSN_HINT, 0, ALWAYS),    /* NOP, YIELD, BTI, PACIASP ... */
    ROW(0xffffffff, 0xd500401f, OTHER, INSN_ALU, 0, FEAT_FLAGM), /* CFINV */
    LACKING(0xffffffff, 0xd500403f),                             /* XAFLAG */
    LACKING(0xffffffff, 0xd500405f),                             /* AXFLAG */
    ROW(0xfff8f01f, 0xd500401f, MSR_IMM, SR_PSTATE_WRITE, 0, ALWAYS),
    END,
};

static const struct insn_row rows_16[] = {
    ROW(0x7c000000, 0x14000000, BRANCH, INSN_BRANCH, 0, ALWAYS), /* B, BL */
    ROW(0x7e000000, 0x36000000, BRANCH, INSN_BRANCH, 0, ALWAYS), /* TBZ, TBNZ */
    ROW(0xfffffc1f, 0xd65f0000, BRANCH, INSN_BRANCH, 0, ALWAYS), /* RET */
    ROW(0xfffffc1f, 0xd61f0000, BRANCH, INSN_BRANCH, 0, ALWAYS), /* BR */
    ROW(0xfffffc1f, 0xd63f0000, BRANCH, INSN_BRANCH, 0, ALWAYS), /* BLR */
    ROW(0xffffffff, 0xd69f03e0, ERET, INSN_EXCEPTION, 0, ALWAYS),
    LACKING(0xff9ff800, 0xd61f0800), /* BRAAZ, BLRAAZ, RETAA ... */
    LACKING(0xfffff800, 0xd69f0800), /* ERETAA, ERETAB */
    END,                             /* DRPS is UNDEFINED outside Debug state */
};

static const struct insn_row rows_17[] = {
    ROW(0x7c000000, 0x14000000, BRANCH, INSN_BRANCH, 0, ALWAYS), /* B, BL */
    ROW(0x7e000000, 0x36000000, BRANCH, INSN_BRANCH, 0, ALWAYS), /* TBZ, TBNZ */
    LACKING(0xffdff800, 0xd71f0800),                             /* BRAA, BLRAA ... */
    END,
};

/* Data processing, register: C4.1.67. */
static const struct insn_row rows_0a[] = {
    ALU(0x9f000000, 0x8a000000), /* AND, BIC, ORR, ORN, EOR, EON, ANDS, BICS: X */
    ALU(0x9f008000, 0x0a000000), /* W */
    END,
};

static const struct insn_row rows_0b[] = {
    ALU(0x9f200000, 0x8b000000), /* ADD, SUB, shifted: X */
    ALU(0x9f208000, 0x0b000000), /* W */
    ALU(0x1fe00000, 0x0b200000), /* extended */
    END,
};

static const struct insn_row rows_1a[] = {
    ALU(0x3fe00800, 0x1a800000),                                    /* CSEL, CSINC ... */
    ALU(0x3fe00410, 0x3a400000),                                    /* CCMP, CCMN */
    ALU(0x7fe0f000, 0x1ac02000),                                    /* LSLV, LSRV, ASRV, RORV */
    ROW(0x7fe0f800, 0x1ac00800, OTHER, INSN_DIV, 0, ALWAYS),        /* UDIV, SDIV */
    ALU(0x7fffe000, 0x5ac00000),                                    /* RBIT, REV, CLZ ... */
    ALU(0x1fe0fc00, 0x1a000000),                                    /* ADC, SBC */
    ROW(0x7fe0e000, 0x1ac04000, OTHER, INSN_CRYPTO, 0, FEAT_CRC32), /* CRC32 */
    ROW(0xffe07c10, 0xba000400, OTHER, INSN_ALU, 0, FEAT_FLAGM),    /* RMIF */
    ROW(0xffffbc1f, 0x3a00080d, OTHER, INSN_ALU, 0, FEAT_FLAGM),    /* SETF8, SETF16 */
    LACKING(0xdfe0fc00, 0x9ac00000),                                /* SUBP, SUBPS */
    LACKING(0xffe0f800, 0x9ac01000),                                /* IRG, GMI */
    LACKING(0xffe0fc00, 0x9ac03000),                                /* PACGA */
    LACKING(0xffff0000, 0xdac10000),                                /* PACIA, AUTIA, XPACI ... */
    END,
};

static const struct insn_row rows_1b[] = {
    MUL(0x7fe00000, 0x1b000000), /* MADD, MSUB */
    MUL(0xff600000, 0x9b200000), /* SMADDL, SMSUBL, UMADDL, UMSUBL */
    MUL(0xff608000, 0x9b400000), /* SMULH, UMULH */
    END,
};

/* FP and Advanced SIMD: C4.1.68. What a feature adds comes before what all have. */
static const struct insn_row rows_0e[] = {
    ROW(0xffffcc00, 0x4e284800, OTHER, INSN_CRYPTO, INSN_FLAG_FP, FEAT_AES), /* AESE ... */
    ROW(0xbfe0fc00, 0x0ee0e000, OTHER, INSN_CRYPTO, INSN_FLAG_FP, FEAT_AES), /* PMULL .1Q */
    LACKING(0xff000000, 0xce000000),             /* SHA3, SHA512, SM3, SM4 */
    FP_IF(0xbf20f400, 0x2e008400, FEAT_RDM),     /* SQRDMLAH, SQRDMLSH */
    FP_IF(0x9f20fc00, 0x0e009400, FEAT_DOTPROD), /* SDOT, UDOT */
    LACKING(0xbf20fc00, 0x0e009c00),             /* USDOT */
    FP_IF(0xbf20c400, 0x2e00c400, FEAT_FCMA),    /* FCMLA, FCADD */
    FP_IF(0x9f60c400, 0x0e400400, FEAT_FP16),    /* three same, half precision */
    FP_IF(0x9f7e0c00, 0x0e780800, FEAT_FP16),    /* two registers, half precision */
    FP_IF(0xbf3fcc00, 0x0e30c800, FEAT_FP16),    /* FMAXNMV, FMAXV, half precision */
    LACKING(0xbf60fc00, 0x0e20ec00),             /* FMLAL, FMLSL */
    LACKING(0xbf60fc00, 0x2e20cc00),             /* FMLAL2, FMLSL2 */
    LACKING(0x9fbfec00, 0x0e21e800),             /* FRINT32Z, FRINT64X ... */
    FP_IF(0x9f000000, 0x0e000000, FEAT_FP),
    END,
};

static const struct insn_row rows_0f[] = {
    FP_IF(0xbf00d400, 0x2f00d000, FEAT_RDM),     /* SQRDMLAH, SQRDMLSH by element */
    FP_IF(0x9f00f400, 0x0f00e000, FEAT_DOTPROD), /* SDOT, UDOT by element */
    FP_IF(0xbf009400, 0x2f001000, FEAT_FCMA),    /* FCMLA by element */
    FP_IF(0xbfc0b400, 0x0f001000, FEAT_FP16),    /* FMLA, FMLS .H by element */
    FP_IF(0x9fc0f400, 0x0f009000, FEAT_FP16),    /* FMUL, FMULX .H by element */
    FP_IF(0xbff8fc00, 0x0f00fc00, FEAT_FP16),    /* FMOV .H, immediate */
    FP_IF(0x9ff0fc00, 0x0f10e400, FEAT_FP16),    /* SCVTF, UCVTF .H, fixed point */
    FP_IF(0x9ff0fc00, 0x0f10fc00, FEAT_FP16),    /* FCVTZS, FCVTZU .H, fixed point */
    LACKING(0xbff8fc00, 0x2f00fc00),             /* its reserved neighbour, which MAX runs */
    LACKING(0xbfc0b400, 0x0f800000),             /* FMLAL, FMLSL by element */
    LACKING(0xbfc0b400, 0x2f808000),             /* FMLAL2, FMLSL2 by element */
    FP_IF(0x9f000000, 0x0f000000, FEAT_FP),
    END,
};

static const struct insn_row rows_1e[] = {
    FP_IF(0xffff7c00, 0x1ee24000, FEAT_FP),                                     /* FCVT S or D, H */
    FP_IF(0x7fc00000, 0x1ec00000, FEAT_FP16),                                   /* scalar .H */
    FP_IF(0xfffffc00, 0x1e7e0000, FEAT_JSCVT),                                  /* FJCVTZS */
    LACKING(0xffbe7c00, 0x1e284000),                                            /* FRINT32Z ... */
    FP_IF(0x7f000000, 0x1e000000, FEAT_FP),                                     /* scalar */
    ROW(0xffe0cc00, 0x5e000000, OTHER, INSN_CRYPTO, INSN_FLAG_FP, FEAT_SHA1),   /* SHA1C ... */
    ROW(0xffe0cc00, 0x5e004000, OTHER, INSN_CRYPTO, INSN_FLAG_FP, FEAT_SHA256), /* SHA256H ... */
    ROW(0xffffec00, 0x5e280800, OTHER, INSN_CRYPTO, INSN_FLAG_FP, FEAT_SHA1),   /* SHA1H, SHA1SU1 */
    ROW(0xfffffc00, 0x5e282800, OTHER, INSN_CRYPTO, INSN_FLAG_FP, FEAT_SHA256), /* SHA256SU0 */
    FP_IF(0xff20f400, 0x7e008400, FEAT_RDM),                                    /* SQRDMLAH ... */
    FP_IF(0xdf60c400, 0x5e400400, FEAT_FP16),                                   /* three same .H */
    FP_IF(0xdf7e0c00, 0x5e780800, FEAT_FP16), /* two registers .H */
    FP_IF(0xff3fcc00, 0x5e30c800, FEAT_FP16), /* pairwise .H */
    FP_IF(0xdf000000, 0x5e000000, FEAT_FP),   /* SIMD scalar */
    END,
};

static const struct insn_row rows_1f[] = {
    FP_IF(0xffc00000, 0x1fc00000, FEAT_FP16), /* FMADD .H ... */
    FP_IF(0xff000000, 0x1f000000, FEAT_FP),   /* FMADD ... */
    FP_IF(0xff00d400, 0x7f00d000, FEAT_RDM),  /* SQRDMLAH, SQRDMLSH by element */
    FP_IF(0xffc0b400, 0x5f001000, FEAT_FP16), /* FMLA, FMLS .H by element */
    FP_IF(0xdfc0f400, 0x5f009000, FEAT_FP16), /* FMUL, FMULX .H by element */
    FP_IF(0xdff0fc00, 0x5f10e400, FEAT_FP16), /* SCVTF, UCVTF .H, fixed point */
    FP_IF(0xdff0fc00, 0x5f10fc00, FEAT_FP16), /* FCVTZS, FCVTZU .H, fixed point */
    FP_IF(0xdf000000, 0x5f000000, FEAT_FP),   END,
};

/* By bits 28..24. The loads and stores (bits 28..25 = x1x0) have tables of their own in ldst.c. */
static const struct insn_row *const groups[32] = {
    [0x00] = rows_none, [0x01] = rows_none, [0x02] = rows_none, [0x03] = rows_none,
    [0x04] = rows_sve,  [0x05] = rows_sve,  [0x06] = rows_none, [0x07] = rows_none,
    [0x0a] = rows_0a,   [0x0b] = rows_0b,   [0x0e] = rows_0e,   [0x0f] = rows_0f,
    [0x10] = rows_10,   [0x11] = rows_11,   [0x12] = rows_12,   [0x13] = rows_13,
    [0x14] = rows_14,   [0x15] = rows_15,   [0x16] = rows_16,   [0x17] = rows_17,
    [0x1a] = rows_1a,   [0x1b] = rows_1b,   [0x1e] = rows_1e,   [0x1f] = rows_1f,
};

/*
 * UNALLOCATED opcodes of the half-precision groups, told apart because Unicorn cannot be asked: its
 * MAX model fails an assertion on them (sim/engine/engine_defuse.c).
 */
/* Arm ARM C4.1.68, "Advanced SIMD three same (FP16)": allocated opcodes by U:a. */
static const uint8_t three_same[4] = {0xdf, 0xc7, 0xfd, 0x75};

/* "Advanced SIMD two-register miscellaneous (FP16)", and the scalar one: allocated by U:a. */
static const uint32_t two_registers[4] = {0x3f000000, 0x2f00f000, 0x3f000000, 0xae00b000};
static const uint32_t two_registers_scalar[4] = {0x3c000000, 0xac007000, 0x3c000000, 0x2c003000};

static bool half_precision_unallocated(uint32_t word)
{
    unsigned u_a = (bit(word, 29) ? 2u : 0u) | (bit(word, 23) ? 1u : 0u);
    if ((word & 0x9f60c400) == 0x0e400400) {
        return !bit(three_same[u_a], (unsigned)bits(word, 13, 11));
    }
    if ((word & 0x9f7e0c00) == 0x0e780800) {
        return !bit(two_registers[u_a], (unsigned)bits(word, 16, 12));
    }
    if ((word & 0xdf7e0c00) == 0x5e780800) {
        return !bit(two_registers_scalar[u_a], (unsigned)bits(word, 16, 12));
    }
    return false;
}

static bool model_has(const struct cpu_model *model, int feature)
{
    return feature == ALWAYS || (feature != NEVER && model->has[feature]);
}

/* UNDEFINED on this CPU though the engine may run it. */
static void undefined_here(struct insn *out)
{
    out->kind = INSN_KIND_UNDEF;
    out->cost = COST_INSN_ALU;
    out->units = 1;
    out->flags = INSN_FLAG_NATIVE_UNDEF;
}

static enum cost_class ldst_cost(const struct ldst *a)
{
    if (a->is_atomic) {
        return COST_INSN_ATOMIC;
    }
    if (a->is_exclusive || a->is_ordered) {
        return COST_INSN_EXCLUSIVE;
    }
    if (a->is_fp) {
        return a->is_load ? COST_INSN_FP_LOAD : COST_INSN_FP_STORE;
    }
    return a->is_load ? COST_INSN_LOAD : COST_INSN_STORE;
}

static void decode_ldst(const struct cpu_model *model, struct insn *out)
{
    struct ldst_form form;
    const struct ldst *a = &form.access;
    out->kind = INSN_KIND_UNDEF;
    if (!ldst_form_of(out->word, &form)) {
        return;
    }
    if (!model_has(model, form.feature)) {
        undefined_here(out);
        return;
    }
    if (a->is_prefetch) {
        out->kind = INSN_KIND_OTHER;
        out->cost = COST_INSN_HINT;
        return;
    }
    out->kind = INSN_KIND_LOADSTORE;
    out->cost = ldst_cost(a);
    out->units = a->is_fp ? a->register_count : 1;
    out->flags = (a->is_load ? INSN_FLAG_LOAD : 0u) | (a->is_store ? INSN_FLAG_STORE : 0u) |
                 (a->is_fp ? INSN_FLAG_FP : 0u) | (a->is_exclusive ? INSN_FLAG_EXCLUSIVE : 0u) |
                 (a->is_ordered ? INSN_FLAG_ORDERED : 0u) |
                 (a->is_unprivileged ? INSN_FLAG_UNPRIVILEGED : 0u) |
                 (a->rn == 31 ? INSN_FLAG_SP_BASE : 0u);
}

/* The fields that some kinds have beside kind and cost. */
static void decode_operands(struct insn *out)
{
    uint32_t word = out->word;
    switch (out->kind) {
    case INSN_KIND_MRS:
    case INSN_KIND_MSR:
        out->enc = (uint16_t)bits(word, 20, 5);
        out->rt = (uint8_t)bits(word, 4, 0);
        out->cost = sysreg_cost(out->enc, out->kind == INSN_KIND_MSR);
        break;
    case INSN_KIND_MSR_IMM:
        out->enc = (uint16_t)bits(word, 20, 5);
        out->rt = 31;
        break;
    case INSN_KIND_SVC:
    case INSN_KIND_HVC:
    case INSN_KIND_SMC:
    case INSN_KIND_BRK:
    case INSN_KIND_HLT:
        out->imm16 = (uint16_t)bits(word, 20, 5);
        break;
    case INSN_KIND_WFI:
    case INSN_KIND_WFE:
    case INSN_KIND_SEV:
    case INSN_KIND_ESB:
    case INSN_KIND_MARK:
        out->imm16 = (uint16_t)bits(word, 11, 5);
        break;
    case INSN_KIND_DSB:
    case INSN_KIND_DMB:
    case INSN_KIND_ISB:
        out->imm16 = (uint16_t)bits(word, 11, 8);
        break;
    case INSN_KIND_OTHER:
    case INSN_KIND_BRANCH:
    case INSN_KIND_ERET:
    case INSN_KIND_LOADSTORE:
    case INSN_KIND_UNDEF:
        break;
    }
}

struct insn insn_decode(const struct cpu_model *model, uint32_t word)
{
    struct insn out = {.word = word, .cost = COST_INSN_ALU, .units = 1};
    const struct insn_row *row = groups[word >> 24 & 0x1f];
    if (!row) {
        decode_ldst(model, &out);
        return out;
    }
    while ((word & row->mask) != row->value) {
        row++;
    }
    if (!model_has(model, row->feature) ||
        (row->feature == FEAT_FP16 && half_precision_unallocated(word))) {
        undefined_here(&out);
        return out;
    }
    out.kind = (enum insn_kind)row->kind;
    out.cost = (enum cost_class)row->cost;
    out.flags = row->flags;
    if (out.kind == INSN_KIND_ESB && !model->has[FEAT_RAS]) {
        out.kind = INSN_KIND_OTHER; /* ESB is in the hint space: a NOP without RAS */
    }
    decode_operands(&out);
    return out;
}
