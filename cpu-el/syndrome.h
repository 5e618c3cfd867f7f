/*
 * ESR_ELx images (Arm ARM D13.2.37, "ESR_EL2"): one builder per exception class that an
 * AArch64-only PE can take. IL is 1 throughout: A64 instructions are 32 bits, and the classes
 * without an instruction are defined to set it.
 */
#ifndef EL2SIM_CPU_EL_SYNDROME_H
#define EL2SIM_CPU_EL_SYNDROME_H

#include "sim/base/types.h"

enum syndrome_ec {
    EC_UNKNOWN = 0x00,
    EC_WFX = 0x01,
    EC_FP_TRAP = 0x07, /* CPACR, CPTR */
    EC_ILLEGAL_STATE = 0x0e,
    EC_SVC64 = 0x15,
    EC_HVC64 = 0x16,
    EC_SMC64 = 0x17,
    EC_SYSREG = 0x18, /* MSR, MRS, SYS, SYSL */
    EC_ERET = 0x1a,   /* HCR_EL2.NV */
    EC_IABT_LOWER = 0x20,
    EC_IABT_SAME = 0x21,
    EC_PC_ALIGNMENT = 0x22,
    EC_DABT_LOWER = 0x24,
    EC_DABT_SAME = 0x25,
    EC_SP_ALIGNMENT = 0x26,
    EC_SERROR = 0x2f,
    EC_BREAKPOINT_LOWER = 0x30,
    EC_BREAKPOINT_SAME = 0x31,
    EC_STEP_LOWER = 0x32,
    EC_STEP_SAME = 0x33,
    EC_WATCHPOINT_LOWER = 0x34,
    EC_WATCHPOINT_SAME = 0x35,
    EC_BRK64 = 0x3c
};

#define ESR_IL            (UINT32_C(1) << 25)
#define ESR_ISS_MASK      UINT32_C(0x01ffffff)
#define ISS_CV_COND_AL    (UINT32_C(1) << 24 | UINT32_C(0xe) << 20) /* CV = 1, COND = 0b1110 */
#define ISS_FSC_ALIGNMENT 0x21u /* IFSC, DFSC: alignment fault */
#define ISS_FSC_DEBUG     0x22u /* IFSC, DFSC: debug exception */
#define ISS_FSC_SERROR    0x11u /* DFSC: asynchronous SError interrupt */

static inline uint32_t syndrome(enum syndrome_ec ec, uint32_t iss)
{
    return (uint32_t)ec << 26 | ESR_IL | (iss & ESR_ISS_MASK);
}

static inline enum syndrome_ec syndrome_ec(uint32_t esr)
{
    return (enum syndrome_ec)(esr >> 26);
}

/* UNDEFINED, and everything that reports no more than "unknown reason". */
static inline uint32_t syndrome_unknown(void)
{
    return syndrome(EC_UNKNOWN, 0);
}

static inline uint32_t syndrome_illegal_state(void)
{
    return syndrome(EC_ILLEGAL_STATE, 0);
}

/* Trapped WFI (is_wfe = false) or WFE: TI in bits 1..0. */
static inline uint32_t syndrome_wfx(bool is_wfe)
{
    return syndrome(EC_WFX, ISS_CV_COND_AL | (is_wfe ? 1u : 0u));
}

/* FP and Advanced SIMD trapped by CPACR_EL1 or CPTR_EL2. */
static inline uint32_t syndrome_fp_trap(void)
{
    return syndrome(EC_FP_TRAP, ISS_CV_COND_AL);
}

static inline uint32_t syndrome_svc(uint16_t imm16)
{
    return syndrome(EC_SVC64, imm16);
}

static inline uint32_t syndrome_hvc(uint16_t imm16)
{
    return syndrome(EC_HVC64, imm16);
}

static inline uint32_t syndrome_smc(uint16_t imm16)
{
    return syndrome(EC_SMC64, imm16);
}

static inline uint32_t syndrome_brk(uint16_t comment)
{
    return syndrome(EC_BRK64, comment);
}

/* ERET (not ERETAA, ERETAB) trapped by HCR_EL2.NV: ISS.ERET = 0. */
static inline uint32_t syndrome_eret(void)
{
    return syndrome(EC_ERET, 0);
}

/*
 * Trapped MSR, MRS, SYS, SYSL. enc is SYSREG_ENC(op0, op1, CRn, CRm, op2); is_read means MRS or
 * SYSL. ISS: Op0 21..20, Op2 19..17, Op1 16..14, CRn 13..10, Rt 9..5, CRm 4..1, Direction 0.
 */
static inline uint32_t syndrome_sysreg(uint16_t enc, unsigned rt, bool is_read)
{
    uint32_t op0 = enc >> 14 & 3u;
    uint32_t op1 = enc >> 11 & 7u;
    uint32_t crn = enc >> 7 & 15u;
    uint32_t crm = enc >> 3 & 15u;
    uint32_t op2 = enc & 7u;
    return syndrome(EC_SYSREG, op0 << 20 | op2 << 17 | op1 << 14 | crn << 10 | (rt & 31u) << 5 |
                                   crm << 1 | (is_read ? 1u : 0u));
}

/* iss: FnV, EA, S1PTW and IFSC in their places. */
static inline uint32_t syndrome_instruction_abort(bool from_lower_el, uint32_t iss)
{
    return syndrome(from_lower_el ? EC_IABT_LOWER : EC_IABT_SAME, iss);
}

/* iss: ISV..AR, FnV, EA, CM, S1PTW, WnR and DFSC in their places. */
static inline uint32_t syndrome_data_abort(bool from_lower_el, uint32_t iss)
{
    return syndrome(from_lower_el ? EC_DABT_LOWER : EC_DABT_SAME, iss);
}

static inline uint32_t syndrome_pc_alignment(void)
{
    return syndrome(EC_PC_ALIGNMENT, 0);
}

static inline uint32_t syndrome_sp_alignment(void)
{
    return syndrome(EC_SP_ALIGNMENT, 0);
}

/* Physical SError, or virtual with the ISS of VSESR_EL2 (IDS, bit 24, and ISS 23..0). */
static inline uint32_t syndrome_serror(uint32_t iss)
{
    return syndrome(EC_SERROR, iss);
}

static inline uint32_t syndrome_breakpoint(bool from_lower_el)
{
    return syndrome(from_lower_el ? EC_BREAKPOINT_LOWER : EC_BREAKPOINT_SAME, ISS_FSC_DEBUG);
}

/* Software step. exclusive: the stepped instruction was a load-exclusive (EX); valid: ISV, it is
 * known which instruction was stepped. */
static inline uint32_t syndrome_step(bool from_lower_el, bool valid, bool exclusive)
{
    uint32_t iss = ISS_FSC_DEBUG | (valid ? UINT32_C(1) << 24 : 0u) |
                   (valid && exclusive ? UINT32_C(1) << 6 : 0u);
    return syndrome(from_lower_el ? EC_STEP_LOWER : EC_STEP_SAME, iss);
}

/* is_write: WnR; cache_maintenance: CM. */
static inline uint32_t syndrome_watchpoint(bool from_lower_el, bool is_write,
                                           bool cache_maintenance)
{
    uint32_t iss = ISS_FSC_DEBUG | (is_write ? UINT32_C(1) << 6 : 0u) |
                   (cache_maintenance ? UINT32_C(1) << 8 : 0u);
    return syndrome(from_lower_el ? EC_WATCHPOINT_LOWER : EC_WATCHPOINT_SAME, iss);
}

#endif
