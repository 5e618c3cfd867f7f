#include "sim/report/insn_registers.h"

#include <stddef.h>

#include "cpu-el/insn.h"

/* Where register numbers are in a word, and what 31 means there. */
enum use {
    R_D = 1 << 0, /* reads bits 4..0 */
    W_D = 1 << 1, /* writes bits 4..0 */
    R_N = 1 << 2, /* bits 9..5 */
    R_M = 1 << 3, /* bits 20..16 */
    R_A = 1 << 4, /* bits 14..10 */
    R_C = 1 << 5, /* reads NZCV */
    W_C = 1 << 6, /* writes NZCV */
    W_30 = 1 << 7,
    SP_N = 1 << 8, /* 31 is SP in bits 9..5 */
    SP_D = 1 << 9  /* ... in bits 4..0 */
};

struct form {
    uint32_t mask, value;
    unsigned uses;
};

/* The first that matches counts. */
static const struct form forms[] = {
    {0x1f000000, 0x10000000, W_D},                           /* ADR, ADRP */
    {0x3f800000, 0x11000000, R_N | SP_N | W_D | SP_D},       /* ADD, SUB (immediate) */
    {0x3f800000, 0x31000000, R_N | SP_N | W_D | W_C},        /* ADDS, SUBS (immediate) */
    {0x7f800000, 0x72000000, R_N | W_D | W_C},               /* ANDS (immediate) */
    {0x1f800000, 0x12000000, R_N | W_D | SP_D},              /* AND, ORR, EOR (immediate) */
    {0x7f800000, 0x72800000, R_D | W_D},                     /* MOVK */
    {0x1f800000, 0x12800000, W_D},                           /* MOVN, MOVZ */
    {0x7f800000, 0x33000000, R_N | R_D | W_D},               /* BFM */
    {0x1f800000, 0x13000000, R_N | W_D},                     /* SBFM, UBFM */
    {0x1f800000, 0x13800000, R_N | R_M | W_D},               /* EXTR */
    {0x7f000000, 0x6a000000, R_N | R_M | W_D | W_C},         /* ANDS, BICS (shifted) */
    {0x1f000000, 0x0a000000, R_N | R_M | W_D},               /* logical (shifted) */
    {0x3f200000, 0x2b000000, R_N | R_M | W_D | W_C},         /* ADDS, SUBS (shifted) */
    {0x1f200000, 0x0b000000, R_N | R_M | W_D},               /* ADD, SUB (shifted) */
    {0x3fe00000, 0x2b200000, R_N | SP_N | R_M | W_D | W_C},  /* ADDS, SUBS (extended) */
    {0x1fe00000, 0x0b200000, R_N | SP_N | R_M | W_D | SP_D}, /* ADD, SUB (extended) */
    {0x3fe0fc00, 0x3a000000, R_N | R_M | R_C | W_D | W_C},   /* ADCS, SBCS */
    {0x1fe0fc00, 0x1a000000, R_N | R_M | R_C | W_D},         /* ADC, SBC */
    {0x1fe00000, 0x1a000000, R_N | W_C},                     /* RMIF, SETF */
    {0x1fe00800, 0x1a400800, R_N | R_C | W_C},               /* CCMN, CCMP (immediate) */
    {0x1fe00000, 0x1a400000, R_N | R_M | R_C | W_C},         /* CCMN, CCMP (register) */
    {0x1fe00000, 0x1a800000, R_N | R_M | R_C | W_D},         /* CSEL and its kin */
    {0x5fe00000, 0x1ac00000, R_N | R_M | W_D},       /* two sources: shifts, divisions, CRC32 */
    {0x5fe00000, 0x5ac00000, R_N | W_D},             /* one source: RBIT, REV, CLZ */
    {0x1f000000, 0x1b000000, R_N | R_M | R_A | W_D}, /* multiplications */
    {0xff000010, 0x54000000, R_C},                   /* B.cond */
    {0x7c000000, 0x34000000, R_D},                   /* CBZ, CBNZ, TBZ, TBNZ */
    {0xfc000000, 0x14000000, 0},                     /* B */
    {0xfc000000, 0x94000000, W_30},                  /* BL */
    {0xffe00000, 0xd6200000, R_N | W_30},            /* BLR */
    {0xfe000000, 0xd6000000, R_N},                   /* BR, RET, ERET */
    {0xff000000, 0xd4000000, 0},                     /* exceptions */
    {0xfff80000, 0xd5000000, 0},                     /* hints, barriers, PSTATE */
    {0xffe00000, 0xd5200000, W_D},                   /* MRS, SYSL */
    {0xffe00000, 0xd5000000, R_D},                   /* MSR, SYS */
};

static uint32_t mask_of(unsigned n, bool is_sp)
{
    return n == 31 && !is_sp ? 0 : UINT32_C(1) << n;
}

static void take_form(uint32_t word, unsigned uses, struct insn_registers *out)
{
    uint32_t d = mask_of(word & 31, uses & SP_D), n = mask_of(word >> 5 & 31, uses & SP_N);
    out->x_read = (uses & R_D ? d : 0) | (uses & R_N ? n : 0) |
                  (uses & R_M ? mask_of(word >> 16 & 31, false) : 0) |
                  (uses & R_A ? mask_of(word >> 10 & 31, false) : 0);
    out->x_written = (uses & W_D ? d : 0) | (uses & W_30 ? UINT32_C(1) << 30 : 0);
    out->nzcv_read = uses & R_C;
    out->nzcv_written = uses & W_C;
}

/* Whoever computes an address asks for what it is made of. */
static uint64_t asked(void *ctx, unsigned n)
{
    *(uint32_t *)ctx |= UINT32_C(1) << n;
    return 0;
}

/* Registers that the data comes from or goes to. */
static uint32_t data_mask(const struct ldst *l)
{
    uint32_t mask = 0;
    for (unsigned i = 0; i < l->register_count; i++) {
        unsigned n = l->is_pair ? (i ? l->rt2 : l->rt) : (l->rt + i) % 32;
        mask |= mask_of(n, l->is_fp);
    }
    return mask;
}

static bool take_ldst(uint32_t word, struct insn_registers *out)
{
    struct ldst l;
    uint32_t address = 0;
    struct ldst_registers registers = {.general = asked, .ctx = &address};
    if (!ldst_decode(word, &registers, &l)) {
        return false;
    }
    uint32_t data = l.is_prefetch ? 0 : data_mask(&l);
    out->x_read = address;
    *(l.is_fp ? &out->v_written : &out->x_written) = l.is_load ? data : 0;
    if (l.is_atomic) { /* Rs is the source; CAS puts the old value there, and stores Rt */
        out->x_read |= mask_of(l.rs, false) | (l.op == LDST_OP_CAS ? data : 0);
        out->x_written = l.op == LDST_OP_CAS ? mask_of(l.rs, false) : data;
    } else if (l.is_store) {
        *(l.is_fp ? &out->v_read : &out->x_read) |= data;
        out->x_written |= l.is_exclusive ? mask_of(l.rs, false) : 0;
    }
    out->x_written |= l.writeback ? mask_of(l.rn, true) : 0;
    return true;
}

bool insn_registers_of(uint32_t word, struct insn_registers *out)
{
    *out = (struct insn_registers){.x_read = 0};
    if (take_ldst(word, out)) {
        return true;
    }
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if ((word & forms[i].mask) == forms[i].value) {
            take_form(word, forms[i].uses, out);
            return true;
        }
    }
    return false;
}
