/*
 * The memory management unit of one PE: VMSAv8-64 stage 1 and stage 2 (Arm ARM D5 / D8), with a
 * finite, deterministic TLB.
 *
 * The engine asks for pages at moments that are not deterministic; therefore a page that the
 * model's TLB holds is answered without charge and without touching replacement state, and what the
 * model evicts or invalidates is dropped from the engine at once (struct mmu_hooks). Every miss
 * walks, charges COST_TLB_MISS and COST_WALK_S1/S2 per descriptor, and inserts. Faults are not
 * cached; a read-only entry that is held faults without a walk.
 *
 * Where the architecture leaves a choice:
 * - TxSZ outside its limits, and an IPA size above the PA size, are level 0 translation faults.
 * - A reserved granule, or one that the CPU lacks, is the smallest that it has.
 * - Several entries for one VA (a missing break-before-make): the smallest answers, no conflict
 *   abort. A contiguous bit that does not fit is ignored. CnP is ignored.
 * - Fetches from Device memory without XN are not refused.
 * - IPAS2E1 leaves combined entries alone: VMALLE1 or an operation on their VA drops them.
 * - HCR_EL2.VM and DC, SCTLR_ELx.M, TBI and PAN act at once; what else changes without a TLBI (EPD,
 *   WXN, MAIR, SCTLR_ELx.C and I, ...) shows with the next walk.
 *
 * Not there: big-endian tables (SCTLR_ELx.EE is ignored), stage-2 forced write-back, the descriptor
 * format of HCR_EL2.NV1, 52-bit physical addresses.
 */
#ifndef EL2SIM_MMU_MMU_H
#define EL2SIM_MMU_MMU_H

#include "cpu-el/pe.h"
#include "sim/base/archive.h"
#include "sim/base/types.h"

/* Translation regimes without EL3 and Secure state (Arm ARM D8.1.2). */
enum mmu_regime {
    REGIME_EL10, /* EL1&0, with stage 2 when HCR_EL2.VM (or DC) */
    REGIME_EL2,  /* EL2, E2H = 0 */
    REGIME_EL20, /* EL2&0, E2H = 1 */
    REGIME_COUNT
};

/* The regime that translates accesses from `el` now. */
enum mmu_regime mmu_regime(const struct pe *pe, unsigned el);

enum mmu_access_type { MMU_READ, MMU_WRITE, MMU_FETCH };

/* One access to translate. el is the EL whose permissions apply: 0 for LDTR/STTR at EL1 (unless
 * UAO). */
struct mmu_access {
    va_t va;
    enum mmu_access_type type;
    uint8_t el;
    bool unprivileged; /* LDTR, STTR: el is 0 and PAN does not apply */
    bool atomic;       /* needs read and write permission; faults report WnR as the manual says */
    bool cache_maintenance; /* DC/IC by VA: ISS.CM, permission rules of D8.14 */
};

enum mmu_memory { MEM_DEVICE, MEM_NORMAL_NC, MEM_NORMAL };

enum mmu_prot { PROT_R = 1, PROT_W = 2, PROT_X = 4 };

/* Where an access goes: the page (block, contiguous run) that holds it. */
struct mmu_page {
    pa_t pa;             /* of the access itself */
    uint64_t size_bytes; /* power of two: all of it maps linearly with the same prot */
    uint8_t prot;        /* what the access's el may do there, both stages, enum mmu_prot bits */
    bool pan_counts;     /* EL0 may access it: PSTATE.PAN refuses it to EL1 and EL2 */
    enum mmu_memory memory;
    uint8_t attr;         /* MAIR-style combined attribute, as PAR_EL1.ATTR reports it */
    uint8_t shareability; /* PAR_EL1.SH */
};

enum mmu_fault_type {
    FAULT_TRANSLATION,
    FAULT_ACCESS_FLAG,
    FAULT_PERMISSION,
    FAULT_ADDRESS_SIZE,
    FAULT_ALIGNMENT,
    FAULT_EXTERNAL,      /* on the access itself */
    FAULT_EXTERNAL_WALK, /* on a descriptor read */
    FAULT_TLB_CONFLICT,
    FAULT_UNSUPPORTED_ATOMIC /* exclusive or atomic on device memory */
};

struct mmu_fault {
    enum mmu_fault_type type;
    unsigned level; /* 0..3 */
    bool stage2;
    bool s1ptw;         /* stage-2 fault on a stage-1 descriptor */
    ipa_t ipa;          /* stage2: what HPFAR_EL2 reports */
    unsigned target_el; /* 1 or 2, by regime, stage and HCR_EL2.TGE/TEA */
    bool read_allowed;  /* permission faults: a read would have passed (WnR of atomics) */
};

struct mmu;

/* What the MMU needs from the machine. Nothing here is called by anything else of this module's
 * users. */
struct mmu_hooks {
    void *ctx;
    /* Descriptor access in RAM, 8 bytes, little endian; false = external abort. cas returns whether
     * *expected was there. */
    bool (*read64)(void *ctx, pa_t at, uint64_t *value);
    bool (*cas64)(void *ctx, pa_t at, uint64_t expected, uint64_t desired, bool *swapped);
    /* The model no longer holds these translations of `regime`: drop them from the engine before
     * the next instruction, whatever tag byte (TBI) they were asked with; `at` is canonical.
     * size_bytes 0: everything of the regime. */
    void (*dropped)(void *ctx, enum mmu_regime regime, va_t at, uint64_t size_bytes);
};

/* Sizes come from the CPU model (or the profile): entries, ways (0 = fully associative), FIFO
 * replacement; walk cache entries. */
struct mmu_geometry {
    unsigned tlb_entries, tlb_ways;
    unsigned walk_cache_entries; /* last-level tables remembered, per stage; 0 = none */
};

struct mmu *mmu_create(struct pe *pe, const struct mmu_geometry *geometry,
                       const struct mmu_hooks *hooks);
void mmu_destroy(struct mmu *mmu);
void mmu_reset(struct mmu *mmu);

/*
 * Translates. True: *out filled. False: *fault filled. Charges misses and walks on the PE's meter;
 * a hit charges nothing. Permission is checked against the access; alignment is not (the caller
 * knows size and memory type).
 */
bool mmu_translate(struct mmu *mmu, const struct mmu_access *access, struct mmu_page *out,
                   struct mmu_fault *fault);

/* Whether the TLB holds the page of this access: mmu_translate would charge nothing. */
bool mmu_holds(const struct mmu *mmu, const struct mmu_access *access);

/* Whether the TLB holds the page and permits this access: mmu_translate would charge nothing and
 * not fault. */
bool mmu_hits(struct mmu *mmu, const struct mmu_access *access);

/*
 * The same walk without TLB, charges or descriptor updates: for AT of debuggers, marks,
 * explanations and tests. False: *fault.
 */
bool mmu_probe(struct mmu *mmu, const struct mmu_access *access, struct mmu_page *out,
               struct mmu_fault *fault);

/* Where the engine's access leads now: by what the TLB holds, even where the tables say otherwise
 * by now, else by the tables, as mmu_probe(). False: *fault. */
bool mmu_peek(struct mmu *mmu, const struct mmu_access *access, struct mmu_page *out,
              struct mmu_fault *fault);

/* A descriptor that a walk has read. */
struct mmu_step {
    bool stage2;
    bool of_table;  /* stage 2 of the address of a stage-1 descriptor, not of the access */
    unsigned level; /* 0..3 */
    uint64_t input; /* the VA or IPA that this stage translates */
    pa_t at;        /* where it lies */
    uint64_t descriptor;
};

/* Four levels of stage 1, each behind four of stage 2, and those of the access. */
#define MMU_STEPS_MAX 24

struct mmu_steps {
    bool has_stage1, has_stage2; /* whether the stages are on */
    unsigned count;
    struct mmu_step at[MMU_STEPS_MAX];
};

/* mmu_probe() that tells the descriptors on its way, in order, up to one that faults. */
bool mmu_probe_steps(struct mmu *mmu, const struct mmu_access *access, struct mmu_steps *steps,
                     struct mmu_page *out, struct mmu_fault *fault);

/* TLBI by row of the register table. The board calls it for this PE, or for all PEs with the
 * issuer's context for broadcasts. */
struct mmu_tlbi {
    enum sysreg_id op; /* SR_TLBI_... */
    uint64_t value;    /* Xt */
    uint16_t vmid;     /* the issuer's, from its VTTBR_EL2, whatever HCR_EL2.VM is (D5.10) */
    bool e2h_tge;      /* the issuer had E2H and TGE set: EL1 ops act on EL2&0 (D8.14) */
    bool e2h;
};

struct mmu_tlbi mmu_tlbi_of(const struct pe *issuer, enum sysreg_id op, uint64_t value);
bool mmu_tlbi_is_broadcast(enum sysreg_id op, const struct pe *issuer); /* IS/OS, or HCR_EL2.FB */
void mmu_tlbi_apply(struct mmu *mmu, const struct mmu_tlbi *tlbi);

/*
 * AT S1E1R ...: fills PAR_EL1 and charges its walk; the TLB is neither asked nor filled. True if
 * done; false when the instruction itself takes a Data Abort (a stage-2 fault on a stage-1 walk
 * from EL1, an external abort on a descriptor; D5.2.11): *fault, whose ESR is that of an access
 * with cache_maintenance set.
 */
bool mmu_at(struct mmu *mmu, enum sysreg_id op, uint64_t value, struct mmu_fault *fault);

/* ESR of a fault. write/cm/atomic from the access; isv_iss: bits 24..14 (ISV..AR) when a stage-2
 * data abort carries a syndrome, else 0. from_lower_el picks EC 0x24/0x20 or 0x25/0x21. Arm ARM,
 * ISS for Data Aborts. */
uint32_t mmu_fault_esr(const struct mmu_fault *fault, const struct mmu_access *access,
                       bool from_lower_el, uint32_t isv_iss);

/* HPFAR_EL2 image of a stage-2 fault. */
uint64_t mmu_fault_hpfar(const struct mmu_fault *fault);

/* Whether the fault writes HPFAR_EL2: all of stage 2 but permission faults of the access itself and
 * external aborts (IPAValid). Elsewhere the register is UNKNOWN. */
bool mmu_fault_hpfar_valid(const struct mmu_fault *fault);

/* The translations an operation is about: whose tag equals `tag` under `mask`. */
struct mmu_tlbi_scope {
    uint64_t tag, mask;
    uint64_t first, last; /* bytes of VA, or of IPA; both included */
    bool is_ipa;          /* of stage 2 alone: entries of both stages stay */
    bool has_stage2;      /* of stage 2 as well */
    bool keeps_global;
    bool last_level; /* tables that walks remember stay */
};

/* False: not a TLBI, or a reserved range. */
bool mmu_tlbi_scope(const struct mmu_tlbi *tlbi, struct mmu_tlbi_scope *out);

/* A valid or invalid descriptor that a walk has read (not one of mmu_probe()). */
struct mmu_descriptor {
    pa_t at;
    uint64_t value;
    uint64_t input;        /* VA (canonical) or IPA that is walked */
    uint64_t tag;          /* of the regime; stage 2: its VMID only */
    unsigned level, shift; /* it stands for 1 << shift bytes of input */
    bool stage2, is_leaf;
};

/* Tells of each from now on, with the ctx of the hooks. */
void mmu_watch(struct mmu *mmu, void (*seen)(void *ctx, const struct mmu_descriptor *d));

struct mmu_stats {
    uint64_t misses, walk_steps_s1, walk_steps_s2, evictions, invalidations;
};
const struct mmu_stats *mmu_stats(const struct mmu *mmu);

/* TLB, walk caches, counts. What was saved with another geometry is left out when loading: the TLB
 * is empty then. */
void mmu_archive(struct mmu *mmu, struct archive *a);

#endif
