/*
 * What an access or a special instruction does in a given state: a pure decision, nothing is
 * changed. The caller acts on it once.
 */
#ifndef EL2SIM_CPU_EL_RESOLVE_H
#define EL2SIM_CPU_EL_RESOLVE_H

#include "cpu-el/pe.h"

enum outcome_kind {
    OUT_ACCESS, /* read or write `id` (after VHE redirection and aliases) */
    OUT_MEMORY, /* NV2: a load or store at VNCR_EL2 + `offset` instead */
    OUT_UNDEF,  /* UNDEFINED: exception with EC 0 to the current EL or EL1/EL2 by TGE */
    OUT_TRAP,   /* exception to `target_el` with `esr` */
    OUT_NOP     /* completes without effect (WFI with work pending, HINTs) */
};

struct outcome {
    enum outcome_kind kind;
    enum sysreg_id id; /* OUT_ACCESS; also the row that matched for OUT_TRAP */
    uint16_t offset;   /* OUT_MEMORY */
    uint8_t target_el; /* OUT_TRAP */
    uint32_t esr; /* OUT_TRAP: whole ESR, IL included; Rt (ISS bits 9..5) is filled in by the caller
                     for EC 0x18 */
    const char *rule; /* OUT_TRAP, OUT_UNDEF: the control that decided ("HCR_EL2.TVM"), for
                         explanations; may be NULL */
};

/* Whether a CPU of this model has the register: its feature, its number in a bank. */
bool resolve_is_present(const struct cpu_model *model, enum sysreg_id id);

/* MRS (write = false), MSR register (true) and SYS/SYSL by encoding. Includes TLBI, AT, DC, IC and
 * MSR immediate (op0 = 0). */
struct outcome resolve_sysreg(const struct pe *pe, uint16_t enc, bool write);

/* Instructions that are not register accesses. */
enum special_insn {
    INSN_SVC,
    INSN_HVC,
    INSN_SMC,
    INSN_ERET,
    INSN_WFI,
    INSN_WFE,
    INSN_BRK,
    INSN_HLT,
    INSN_FP /* any FP/SIMD instruction: CPACR_EL1, CPTR_EL2 */
};

/* OUT_ACCESS here means: execute it. `imm16` goes into the ISS of SVC, HVC, SMC, BRK. */
struct outcome resolve_insn(const struct pe *pe, enum special_insn insn, uint16_t imm16);

/* ESR of an UNDEFINED instruction (EC 0, IL 1) and the EL it goes to from here. */
struct outcome resolve_undef(const struct pe *pe);

/*
 * Reads or writes a resolved register (`out->kind == OUT_ACCESS`). Returns sysreg_effect bits: the
 * row's, plus its owner's.
 */
uint64_t sysreg_read(struct pe *pe, enum sysreg_id id);
unsigned sysreg_write(struct pe *pe, enum sysreg_id id, uint64_t value);

#endif
