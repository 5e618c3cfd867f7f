/*
 * The columns of sysreg.def and trap.def, for the code that reads the tables (sysreg.c, resolve.c)
 * and their tests. Everything else asks through sysreg.h and resolve.h.
 */
#ifndef EL2SIM_CPU_EL_SYSREG_TABLE_H
#define EL2SIM_CPU_EL_SYSREG_TABLE_H

#include "cpu-el/feature.h"
#include "cpu-el/sysreg.h"
#include "sim/base/types.h"

/* Lowest EL that may read (bits 3..0) and write (bits 7..4); 7: none. */
enum sysreg_access {
    RW_EL0 = 0x00,
    RW_EL1 = 0x11,
    RW_EL2 = 0x22,
    RO_EL0 = 0x70,
    RO_EL1 = 0x71,
    RO_EL2 = 0x72,
    WO_EL0 = 0x07,
    WO_EL1 = 0x17,
    WO_EL2 = 0x27,
    R_EL0_W_EL1 = 0x10,
    R_EL0_W_EL2 = 0x20,
    NO_ACCESS = 0x77
};

/* What nested virtualization makes of an access from EL1 (HCR_EL2.NV, NV1, NV2; Arm ARM D8.11). */
enum nv_kind {
    NV_NONE,
    NV_TRAP,       /* EL2 register: traps with NV */
    NV_TRAP_EL12,  /* EL1 register: only its EL12/EL02 name traps with NV */
    NV_MEM,        /* EL2 register: traps with NV, memory at VNCR with NV2 */
    NV_REDIRECT,   /* EL2 register: traps with NV, .nv_el1 instead with NV2 */
    NV_MEM_EL1,    /* EL1 register: memory with NV and NV2 */
    NV_MEM_IF_NV1, /* EL1 register: memory with NV2 and NV1; its EL12 name: with NV2 and not NV1 */
};

/* Registers that exist up to a number that the CPU model gives. */
enum sysreg_bank {
    BANK_NONE,
    BANK_BREAKPOINT,
    BANK_WATCHPOINT,
    BANK_PMU_COUNTER,
    BANK_LIST_REGISTER,
    BANK_ACTIVE /* active priorities: one register per 32 preemption levels */
};

/* .need, .absent_with: 0 = always. */
#define NEED(feature) (FEAT_##feature + 1)
#define NEED_NEVER    (FEATURE_COUNT + 1)

struct sysreg_row {
    const char *name;
    uint64_t reset;
    uint64_t res0, res1; /* bits that read as 0 and 1 whatever is written */
    uint64_t trap;       /* groups of trap.def, T(group) | ... */
    uint16_t enc;
    uint16_t el12;     /* encoding of the EL12 or EL02 alias; 0 = none */
    uint16_t e2h_el2;  /* enum sysreg_id: what EL2 accesses with E2H */
    uint16_t nv_el1;   /* NV_REDIRECT: the EL1 twin */
    uint16_t virt;     /* what EL1 reads instead where there is an EL2 */
    uint16_t virt_amo; /* what EL1 accesses instead with HCR_EL2.AMO */
    uint16_t vncr;     /* byte offset in the page of VNCR_EL2 */
    uint8_t access;    /* enum sysreg_access */
    uint8_t owner;     /* enum sysreg_owner */
    uint8_t effect;    /* enum sysreg_effect bits of a write */
    uint8_t sync;      /* enum sysreg_sync */
    uint8_t cost;      /* enum cost_class of a read; writes of registers cost the next class */
    uint8_t need;      /* NEED(feature): UNDEFINED without */
    uint8_t absent_with;
    uint8_t nv;   /* enum nv_kind */
    uint8_t bank; /* enum sysreg_bank */
    uint8_t index;
    bool top_el_writes; /* the highest EL that the CPU has may write */
    bool el0_host;      /* EL0 with E2H and TGE accesses e2h_el2, too */
};

extern const struct sysreg_row sysreg_rows[SR_COUNT];

/* A row by encoding: its id, | SYSREG_ALIAS for an EL12/EL02 name; SR_NONE if there is none. The
 * reserved ID space is SR_ID_RESERVED. */
#define SYSREG_ALIAS 0x8000u
uint16_t sysreg_find(uint16_t enc);

/* IMPLEMENTATION DEFINED space: op0 = 1 or 3, CRn = 11 or 15 (C5.1.3, D12.3.2). */
static inline bool sysreg_is_impdef(uint16_t enc)
{
    return (enc & SYSREG_ENC(1, 0, 11, 0, 0)) == SYSREG_ENC(1, 0, 11, 0, 0);
}

/* Trap groups: what a row lists in .trap, and a line of trap.def belongs to. */
enum trap_group {
#define TRAP_GROUP(id) TG_##id,
#include "cpu-el/trap.def"
#undef TRAP_GROUP
    TRAP_GROUP_COUNT
};

#define T(group) (UINT64_C(1) << TG_##group)

/* Exceptions and special instructions, and who may use them at which {E2H, TGE}. */
enum trap_direction { TRAP_READ = 1, TRAP_WRITE = 2, TRAP_BOTH = 3 };
enum trap_from { FROM_EL0 = 1, FROM_EL1 = 2, FROM_EL2 = 4 };

/* A set of values of {HCR_EL2.E2H, HCR_EL2.TGE}, bit 2 * E2H + TGE. */
enum trap_when {
    WHEN_ALWAYS = 0xf,
    WHEN_GUEST = 0x7, /* not both: the EL1&0 regime */
    WHEN_HOST = 0x8,  /* both: EL0 of a host at EL2 */
    WHEN_E2H0 = 0x3,
    WHEN_E2H1 = 0xc,
    WHEN_E2H1_GUEST = 0x4
};

enum trap_target {
    TO_EL1, /* from EL0 with HCR_EL2.TGE: EL2 */
    TO_EL2,
    TO_UNDEF
};

struct trap_rule {
    const char *name;     /* "HCR_EL2.TVM" */
    uint64_t mask, value; /* traps when the control's bits of the mask are that */
    uint16_t control;     /* enum sysreg_id */
    uint8_t group;        /* enum trap_group */
    uint8_t dir;          /* enum trap_direction */
    uint8_t from;         /* enum trap_from bits */
    uint8_t target;       /* enum trap_target */
    uint8_t when;         /* enum trap_when */
    uint8_t need;         /* NEED(feature) that brings the control */
};

extern const struct trap_rule trap_rules[];
extern const size_t trap_rule_count;

#endif
