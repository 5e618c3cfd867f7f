/*
 * The register table: one row per architectural register or system instruction, aliases derived
 * (cpu-el/sysreg.def).
 *
 * A row says how the register is encoded, who may access it, what it resets to, which bits exist,
 * which controls trap it, what VHE and NV make of it, who owns its value, what a write affects, and
 * what an access costs. resolve.h answers what an access does.
 */
#ifndef EL2SIM_CPU_EL_SYSREG_H
#define EL2SIM_CPU_EL_SYSREG_H

#include "cpu-el/feature.h"
#include "sim/base/cost.h"
#include "sim/base/types.h"

/* op0:op1:CRn:CRm:op2 as one number, the way MRS, MSR and SYS carry it in bits 20..5: 16 bits. */
#define SYSREG_ENC(op0, op1, crn, crm, op2)                                                        \
    ((uint16_t)((op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2)))

enum sysreg_id {
    SR_NONE,
#define SYSREG(id, ...) SR_##id,
#include "cpu-el/sysreg.def"
#undef SYSREG
    SR_COUNT
};

/* Who reads and writes the value. Stored ones live in pe->sr[]; the others answer by pe->owners[].
 */
enum sysreg_owner {
    OWNER_STORE, /* plain storage behind res0/res1 masks */
    OWNER_CORE,  /* pstate, ID registers, debug, PMU: cpu-el itself */
    OWNER_MMU,   /* TLBI, AT */
    OWNER_CACHE, /* DC, IC: the board (code pages, DC ZVA) */
    OWNER_TIMER,
    OWNER_GIC,
    OWNER_COUNT
};

/* What must happen after a write, beside storing. Returned once per access, acted on by the board's
 * loop. */
enum sysreg_effect {
    EFF_NONE = 0,
    EFF_REGIME = 1 << 0, /* translation changed: TTBR, TCR, SCTLR, HCR, VTTBR ... */
    EFF_IRQ =
        1 << 1, /* what interrupts can be taken may have changed: HCR, DAIF, ICC_*, ICH_*, timers */
    EFF_TRAPS = 1 << 2,   /* what traps may have changed, native shortcuts included: HCR, CPACR,
                             SCTLR.UMA ... */
    EFF_DEBUG = 1 << 3,   /* breakpoints, watchpoints, single step */
    EFF_CONTEXT = 1 << 4, /* the ledger's context: HCR.VM, VTTBR.VMID */
    EFF_PMU = 1 << 5,     /* what the PMU counts */
    EFF_CODE = 1 << 6     /* IC: translated code must go */
};

/* Controls that are kept in pe->sr[], and whose write is sure to count only behind a context
 * synchronization event (Arm ARM D24.1.2.2): what for. */
enum sysreg_sync {
    SYNC_NONE,
    SYNC_TRAPS, /* what traps alone */
    SYNC_EL10,  /* how EL1 and EL0 are translated, stage 2 included */
    SYNC_EL2    /* how EL2 is */
};

struct pe;

/* An owner of registers. Handlers get ids and values, never Rt, PC or ESR. */
struct sysreg_ops {
    void *ctx;
    uint64_t (*read)(void *ctx, enum sysreg_id id);
    unsigned (*write)(void *ctx, enum sysreg_id id,
                      uint64_t value); /* returns enum sysreg_effect bits beyond the row's own */
};

/* Name as the Arm ARM spells it ("SCTLR_EL1", "TLBI VAE1IS"). */
const char *sysreg_name(enum sysreg_id id);
uint16_t sysreg_enc(enum sysreg_id id);
enum sysreg_id sysreg_by_name(const char *name);

/* The row itself: who answers, and the value after reset. */
enum sysreg_owner sysreg_owner(enum sysreg_id id);
enum sysreg_sync sysreg_sync(enum sysreg_id id);
uint64_t sysreg_reset_value(enum sysreg_id id);

/* Whether the row is a register that holds a value somebody can read: no instruction, PSTATE field
 * of MSR (immediate) or write-only register. SP_EL2, which no MRS reads, is one. */
bool sysreg_holds_value(enum sysreg_id id);
/* Whether reading it does something, as to acknowledge: who only looks must not. */
bool sysreg_reading_acts(enum sysreg_id id);
/* Whether some EL writes it. */
bool sysreg_is_writable(enum sysreg_id id);

/* `value` as a CPU of this model would keep it: RES0 and RES1 of the row, and of the bits whose
 * feature it has not. For writes, and for reset values. */
uint64_t sysreg_legal_value(const struct cpu_model *model, enum sysreg_id id, uint64_t value);

/* The cost class of an access by encoding, for the instruction decoder: aliases cost what their row
 * costs; unknown ones COST_INSN_ALU. */
enum cost_class sysreg_cost(uint16_t enc, bool write);

#endif
