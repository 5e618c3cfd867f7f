/* Loads and stores of A64 (Arm ARM C4.1.66): encoding to access, and access to address. */
#include "cpu-el/ldst.h"

#include "sim/base/bits.h"

/* A form of the encoding table: which words, how its fields lie, and who has it. */
struct form_row {
    uint32_t mask, value;
    bool (*decode)(uint32_t word, struct ldst_form *form);
    int feature;
};

static unsigned field(uint32_t word, unsigned hi, unsigned lo)
{
    return (unsigned)bits(word, hi, lo);
}

static int64_t signed_field(uint32_t word, unsigned hi, unsigned lo)
{
    return (int64_t)sign_extend(bits(word, hi, lo), hi - lo + 1);
}

/* Rt, Rn and one general register of `size_bytes`; 8-byte accesses use X registers. */
static void one_general(uint32_t word, unsigned size_bytes, bool load, struct ldst *a)
{
    a->rt = (uint8_t)field(word, 4, 0);
    a->rn = (uint8_t)field(word, 9, 5);
    a->size_bytes = size_bytes;
    a->register_count = 1;
    a->is_load = load;
    a->is_store = !load;
    a->sixty_four = size_bytes == 8;
}

/*
 * size, V and opc of the single-register forms (Arm ARM C4.1.66, "Load/store register"). In
 * general registers opc 10 and 11 are sign extending loads to X and W, and size 11, opc 10 is PRFM.
 */
static bool single_register(uint32_t word, struct ldst *a)
{
    unsigned size = field(word, 31, 30);
    unsigned opc = field(word, 23, 22);
    if (bit(word, 26)) {
        if (opc >= 2 && size != 0) {
            return false;
        }
        one_general(word, opc >= 2 ? 16u : 1u << size, opc & 1u, a);
        a->is_fp = true;
        a->sixty_four = false;
        return true;
    }
    one_general(word, 1u << size, opc != 0, a);
    if (opc < 2) {
        return true;
    }
    if (size == 3 && opc == 2) {
        a->is_prefetch = true;
        a->is_load = false;
        return true;
    }
    if (size + (opc & 1u) > 2) {
        return false; /* LDRSW to a W register, or wider than the register */
    }
    a->sign_extend = true;
    a->sixty_four = opc == 2;
    return true;
}

/* ISV of the single-register forms without writeback: general registers only. */
static bool single_isv(const struct ldst *a)
{
    return !a->is_fp && !a->is_prefetch;
}

static bool form_unsigned_offset(uint32_t word, struct ldst_form *f)
{
    if (!single_register(word, &f->access)) {
        return false;
    }
    f->access.isv = single_isv(&f->access);
    f->imm = (int64_t)field(word, 21, 10) * f->access.size_bytes;
    return true;
}

static bool form_unscaled(uint32_t word, struct ldst_form *f)
{
    if (!single_register(word, &f->access)) {
        return false;
    }
    f->access.isv = single_isv(&f->access);
    f->imm = signed_field(word, 20, 12);
    return true;
}

static bool form_unprivileged(uint32_t word, struct ldst_form *f)
{
    if (bit(word, 26) || !form_unscaled(word, f) || f->access.is_prefetch) {
        return false;
    }
    f->access.is_unprivileged = true;
    return true;
}

static bool form_indexed(uint32_t word, struct ldst_form *f)
{
    if (!single_register(word, &f->access) || f->access.is_prefetch) {
        return false;
    }
    f->access.writeback = true;
    f->addressing = bit(word, 11) ? ADDRESS_PRE : ADDRESS_POST;
    f->imm = signed_field(word, 20, 12);
    return true;
}

static unsigned log2_bytes(unsigned size_bytes)
{
    unsigned n = 0;
    while (size_bytes >> n > 1) {
        n++;
    }
    return n;
}

static bool form_register_offset(uint32_t word, struct ldst_form *f)
{
    /* option<1> = 0 would extend from a byte or halfword: UNALLOCATED. */
    if (!bit(word, 14) || !single_register(word, &f->access)) {
        return false;
    }
    f->access.isv = single_isv(&f->access);
    f->addressing = ADDRESS_REGISTER;
    f->rm = (uint8_t)field(word, 20, 16);
    f->extend = (uint8_t)field(word, 15, 13);
    f->shift = (uint8_t)(bit(word, 12) ? log2_bytes(f->access.size_bytes) : 0);
    return true;
}

static bool form_literal(uint32_t word, struct ldst_form *f)
{
    struct ldst *a = &f->access;
    unsigned opc = field(word, 31, 30);
    f->addressing = ADDRESS_LITERAL;
    f->imm = signed_field(word, 23, 5) * 4;
    if (bit(word, 26)) {
        if (opc == 3) {
            return false;
        }
        one_general(word, 4u << opc, true, a);
        a->is_fp = true;
        a->sixty_four = false;
    } else {
        one_general(word, opc == 1 || opc == 3 ? 8 : 4, opc != 3, a);
        a->is_prefetch = opc == 3;
        a->is_store = false;
        a->sign_extend = opc == 2;
        a->sixty_four = opc != 0;
        a->isv = single_isv(a);
    }
    a->rn = 0; /* no base register: not the SP alignment check of base 31 */
    return true;
}

/* LDP, STP, LDPSW, LDNP, STNP and the FP/SIMD ones. */
static bool form_pair(uint32_t word, struct ldst_form *f)
{
    struct ldst *a = &f->access;
    unsigned opc = field(word, 31, 30);
    unsigned mode = field(word, 24, 23);
    bool fp = bit(word, 26);
    bool load = bit(word, 22);
    if (opc == 3) {
        return false;
    }
    if (!fp && opc == 1 && mode == 0) {
        return false; /* LDNP has no LDPSW form; STGP without L is found before this row */
    }
    one_general(word, fp ? 4u << opc : opc == 2 ? 8u : 4u, load, a);
    a->rt2 = (uint8_t)field(word, 14, 10);
    a->is_pair = true;
    a->is_fp = fp;
    a->sign_extend = !fp && opc == 1;
    a->sixty_four = !fp && opc != 0;
    a->register_count = 2;
    a->writeback = mode & 1u;
    f->addressing = mode == 1 ? ADDRESS_POST : mode == 3 ? ADDRESS_PRE : ADDRESS_OFFSET;
    f->imm = signed_field(word, 21, 15) * a->size_bytes;
    return true;
}

/* LDXR, LDAXR, STXR, STLXR, and with o1 (bit 21) the pairs of 2 x 4 or 2 x 8 bytes. */
static bool form_exclusive(uint32_t word, struct ldst_form *f)
{
    struct ldst *a = &f->access;
    bool load = bit(word, 22);
    one_general(word, 1u << field(word, 31, 30), load, a);
    a->is_exclusive = true;
    a->is_ordered = bit(word, 15);
    a->rs = (uint8_t)field(word, 20, 16);
    if (bit(word, 21)) {
        a->is_pair = true;
        a->register_count = 2;
        a->rt2 = (uint8_t)field(word, 14, 10);
    }
    return true;
}

/* LDAR, STLR; LDLAR, STLLR with o0 = 0. */
static bool form_ordered(uint32_t word, struct ldst_form *f)
{
    one_general(word, 1u << field(word, 31, 30), bit(word, 22), &f->access);
    f->access.is_ordered = true;
    f->access.isv = true;
    return true;
}

static bool form_ldapr(uint32_t word, struct ldst_form *f)
{
    one_general(word, 1u << field(word, 31, 30), true, &f->access);
    f->access.is_ordered = true;
    f->access.isv = true;
    return true;
}

/* LDAPUR, STLUR: opc as in the unscaled forms, but no prefetch. */
static bool form_rcpc_unscaled(uint32_t word, struct ldst_form *f)
{
    if (!form_unscaled(word, f) || f->access.is_prefetch) {
        return false;
    }
    f->access.is_ordered = true;
    return true;
}

static void atomic(uint32_t word, unsigned size_bytes, enum ldst_op op, struct ldst *a)
{
    one_general(word, size_bytes, true, a);
    a->is_store = true;
    a->is_atomic = true;
    a->op = op;
    a->rs = (uint8_t)field(word, 20, 16);
}

static bool form_cas(uint32_t word, struct ldst_form *f)
{
    atomic(word, 1u << field(word, 31, 30), LDST_OP_CAS, &f->access);
    f->access.is_ordered = bit(word, 22) || bit(word, 15);
    return true;
}

static bool form_casp(uint32_t word, struct ldst_form *f)
{
    struct ldst *a = &f->access;
    if (bit(word, 16) || bit(word, 0)) {
        return false; /* Rs and Rt are even */
    }
    atomic(word, bit(word, 30) ? 8 : 4, LDST_OP_CAS, a);
    a->is_ordered = bit(word, 22) || bit(word, 15);
    a->is_pair = true;
    a->register_count = 2;
    a->rt2 = (uint8_t)(a->rt + 1);
    return true;
}

/* LDADD ... LDUMIN by opc, SWP with o3: Arm ARM C4.1.66, "Atomic memory operations". */
static bool form_atomic(uint32_t word, struct ldst_form *f)
{
    static const enum ldst_op op[8] = {LDST_OP_ADD,  LDST_OP_CLR,  LDST_OP_EOR,  LDST_OP_SET,
                                       LDST_OP_SMAX, LDST_OP_SMIN, LDST_OP_UMAX, LDST_OP_UMIN};
    atomic(word, 1u << field(word, 31, 30), bit(word, 15) ? LDST_OP_SWP : op[field(word, 14, 12)],
           &f->access);
    f->access.is_ordered = bit(word, 23) || bit(word, 22);
    return true;
}

static void structure(uint32_t word, unsigned registers, struct ldst_form *f)
{
    struct ldst *a = &f->access;
    a->rt = (uint8_t)field(word, 4, 0);
    a->rn = (uint8_t)field(word, 9, 5);
    a->is_load = bit(word, 22);
    a->is_store = !a->is_load;
    a->is_fp = true;
    a->register_count = registers;
    if (bit(word, 23)) {
        a->writeback = true;
        f->rm = (uint8_t)field(word, 20, 16);
        /* Rm = 31 means the size of the transfer. */
        f->addressing = f->rm == 31 ? ADDRESS_POST : ADDRESS_POST_REGISTER;
        f->imm = (int64_t)a->size_bytes * registers;
    }
}

/* LD1..LD4, ST1..ST4, multiple structures: opcode gives registers and structure elements. */
static bool form_structures(uint32_t word, struct ldst_form *f)
{
    static const struct {
        uint8_t registers, elements;
    } shape[16] = {[0] = {4, 4}, [2] = {4, 1}, [4] = {3, 3}, [6] = {3, 1},
                   [7] = {1, 1}, [8] = {2, 2}, [10] = {2, 1}};
    unsigned opcode = field(word, 15, 12);
    unsigned size = field(word, 11, 10);
    bool full = bit(word, 30);
    if (shape[opcode].registers == 0 || (size == 3 && !full && shape[opcode].elements > 1)) {
        return false; /* .1D exists for LD1 and ST1 alone */
    }
    f->access.size_bytes = full ? 16 : 8;
    f->access.element_bytes = 1u << size;
    f->access.structure_count = shape[opcode].elements;
    f->access.lane = -1;
    structure(word, shape[opcode].registers, f);
    return true;
}

/* One lane, or LD1R..LD4R: scale in opcode<2:1>, the lane number from Q, S and size. */
static bool form_lane(uint32_t word, struct ldst_form *f)
{
    struct ldst *a = &f->access;
    unsigned scale = field(word, 15, 14);
    unsigned size = field(word, 11, 10);
    unsigned index = (bit(word, 30) ? 8u : 0u) | (bit(word, 12) ? 4u : 0u) | size; /* Q:S:size */
    unsigned registers = ((bit(word, 13) ? 2u : 0u) | (bit(word, 21) ? 1u : 0u)) + 1;
    if (scale == 3) {
        if (!bit(word, 22) || bit(word, 12)) {
            return false;
        }
        a->replicate = true;
        scale = size;
        index = 0;
    } else if (scale == 2 && size == 1) {
        if (bit(word, 12)) {
            return false;
        }
        scale = 3;
    } else if ((scale == 1 && (size & 1u)) || (scale == 2 && size != 0)) {
        return false;
    }
    a->size_bytes = 1u << scale;
    a->element_bytes = a->size_bytes;
    a->structure_count = registers;
    a->lane = a->replicate ? 0 : (int)(index >> scale);
    structure(word, registers, f);
    return true;
}

static bool form_none(uint32_t word, struct ldst_form *f)
{
    (void)word;
    (void)f;
    return true;
}

/*
 * Arm ARM C4.1.66, in groups by bits 28..24, common forms first. Where two rows of a group overlap,
 * the earlier one is meant to win.
 */
static const struct form_row rows_08[] = {
    {0xfe400000, 0x68000000, form_none, LDST_FEATURE_NEVER}, /* STGP */
    {0x3a000000, 0x28000000, form_pair, LDST_FEATURE_ALWAYS},
    {0x3fa00000, 0x08000000, form_exclusive, LDST_FEATURE_ALWAYS},
    {0xbfa00000, 0x88200000, form_exclusive, LDST_FEATURE_ALWAYS}, /* LDXP, STXP */
    {0x3fa08000, 0x08808000, form_ordered, LDST_FEATURE_ALWAYS},   /* LDAR, STLR */
    {0x3fa07c00, 0x08a07c00, form_cas, FEAT_LSE},
    {0x3fa08000, 0x08800000, form_ordered, FEAT_LOR}, /* LDLAR, STLLR */
    {0xbfa07c00, 0x08207c00, form_casp, FEAT_LSE},
    {0, 0, NULL, 0},
};

static const struct form_row rows_0c[] = {
    {0x3e000000, 0x2c000000, form_pair, FEAT_FP},
    {0xbfbf0000, 0x0c000000, form_structures, FEAT_FP},
    {0xbfa00000, 0x0c800000, form_structures, FEAT_FP},
    {0xbf9f0000, 0x0d000000, form_lane, FEAT_FP},
    {0xbf800000, 0x0d800000, form_lane, FEAT_FP},
    {0, 0, NULL, 0},
};

static const struct form_row rows_18[] = {
    {0x3f000000, 0x39000000, form_unsigned_offset, LDST_FEATURE_ALWAYS},
    {0x3f200c00, 0x38000000, form_unscaled, LDST_FEATURE_ALWAYS},
    {0x3f200400, 0x38000400, form_indexed, LDST_FEATURE_ALWAYS},
    {0x3f200c00, 0x38200800, form_register_offset, LDST_FEATURE_ALWAYS},
    {0x3f000000, 0x18000000, form_literal, LDST_FEATURE_ALWAYS},
    {0x3f200c00, 0x38000800, form_unprivileged, LDST_FEATURE_ALWAYS},
    {0x3f208c00, 0x38200000, form_atomic, FEAT_LSE},
    {0x3f20fc00, 0x38208000, form_atomic, FEAT_LSE}, /* SWP */
    {0x3ffffc00, 0x38bfc000, form_ldapr, FEAT_LRCPC},
    {0x3f200c00, 0x19000000, form_rcpc_unscaled, FEAT_LRCPC2},
    {0xff200400, 0xf8200400, form_none, LDST_FEATURE_NEVER}, /* LDRAA, LDRAB */
    {0xff200000, 0xd9200000, form_none, LDST_FEATURE_NEVER}, /* STG, LDG and their kin */
    {0, 0, NULL, 0},
};

static const struct form_row rows_1c[] = {
    {0x3f000000, 0x3d000000, form_unsigned_offset, FEAT_FP},
    {0x3f200c00, 0x3c000000, form_unscaled, FEAT_FP},
    {0x3f200400, 0x3c000400, form_indexed, FEAT_FP},
    {0x3f200c00, 0x3c200800, form_register_offset, FEAT_FP},
    {0x3f000000, 0x1c000000, form_literal, FEAT_FP},
    {0, 0, NULL, 0},
};

/* By bits 28..25: x1x0 are the loads and stores (C4.1). */
static const struct form_row *form_rows(uint32_t word)
{
    switch (word >> 25 & 0xf) {
    case 0x4:
        return rows_08;
    case 0x6:
        return rows_0c;
    case 0xc:
        return rows_18;
    case 0xe:
        return rows_1c;
    }
    return NULL;
}

bool ldst_form_of(uint32_t word, struct ldst_form *form)
{
    const struct form_row *row = form_rows(word);
    if (!row) {
        return false;
    }
    while ((word & row->mask) != row->value) {
        row++;
    }
    if (!row->decode) {
        return false;
    }
    *form = (struct ldst_form){.feature = row->feature, .addressing = ADDRESS_OFFSET};
    return row->decode(word, form);
}

static uint64_t extended_offset(const struct ldst_form *f, const struct ldst_registers *regs)
{
    uint64_t value = f->rm == 31 ? 0 : regs->general(regs->ctx, f->rm);
    if (!(f->extend & 1u)) { /* UXTW, SXTW */
        value = f->extend & 4u ? sign_extend(value, 32) : bits(value, 31, 0);
    }
    return value << f->shift;
}

bool ldst_decode(uint32_t word, const struct ldst_registers *regs, struct ldst *out)
{
    struct ldst_form f;
    if (!ldst_form_of(word, &f) || f.feature == LDST_FEATURE_NEVER) {
        return false;
    }
    uint64_t base =
        f.addressing == ADDRESS_LITERAL ? regs->pc : regs->general(regs->ctx, f.access.rn);
    uint64_t moved = base + (uint64_t)f.imm;
    switch (f.addressing) {
    case ADDRESS_OFFSET:
    case ADDRESS_PRE:
    case ADDRESS_LITERAL:
        f.access.address = moved;
        break;
    case ADDRESS_POST:
        f.access.address = base;
        break;
    case ADDRESS_POST_REGISTER:
        f.access.address = base;
        moved = base + regs->general(regs->ctx, f.rm);
        break;
    case ADDRESS_REGISTER:
        f.access.address = base + extended_offset(&f, regs);
        break;
    }
    f.access.writeback_to = f.access.writeback ? moved : 0;
    *out = f.access;
    return true;
}

uint32_t ldst_iss(const struct ldst *access)
{
    if (!access->isv) {
        return 0;
    }
    return (uint32_t)(BIT(24) | (uint64_t)log2_bytes(access->size_bytes) << 22 |
                      (access->sign_extend ? BIT(21) : 0) | (uint64_t)access->rt << 16 |
                      (access->sixty_four ? BIT(15) : 0) | (access->is_ordered ? BIT(14) : 0));
}
