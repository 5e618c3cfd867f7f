/*
 * A guest whose kernel runs at EL0, as its programs do: inside kvm/depriv/. The context of a VCPU
 * holds the virtual state: PSTATE is what the guest believes, SP_EL1 and SP_EL0 are banked by hand,
 * registers of EL1 are words of memory.
 */
#ifndef EL2SIM_HYP_KVM_DEPRIV_DEPRIV_H
#define EL2SIM_HYP_KVM_DEPRIV_DEPRIV_H

#include "kvm/vm.h"

#define SCTLR_NTWI BIT(16)
#define SCTLR_NTWE BIT(18)

#define PSTATE_MODE 0xf
#define PSTATE_EL0T 0x0
#define PSTATE_EL1T 0x4
#define PSTATE_EL1H 0x5
#define PSTATE_I    BIT(7)
#define PSTATE_DAIF (0xfUL << 6)
#define PSTATE_NZCV (0xfUL << 28)

static inline bool guest_at_el1(const struct vcpu *v)
{
    return (v->arch.ctx.pstate & PSTATE_MODE) != PSTATE_EL0T;
}

/* --- walk.c: the guest's own tables --- */

/* What a translation of the guest depends on. */
struct guest_regime {
    u64 ttbr0, tcr; /* ttbr0: with the ASID, wherever the guest has it */
    u64 sctlr;      /* M and WXN */
    bool is_el1;
};

struct guest_page {
    u64 ipa;
    unsigned level;                               /* for a permission fault */
    bool is_readable, is_writable, is_executable; /* in the regime's mode */
};

struct guest_regime guest_regime(const struct vcpu *v, bool is_el1);

/* 0, or the fault status code of ESR_ELx. The caller holds vm->mmu_lock. */
u32 guest_walk(struct vm *vm, const struct guest_regime *r, u64 va, struct guest_page *page);

/* --- shadow.c: tables for the hardware, made on demand from the guest's --- */

/* Before an entry, interrupts masked: v->arch.ttbr0 becomes the address space of what runs next. */
void shadow_select(struct vcpu *v);

/* A fault of the guest at `far` that its own tables explain (a syndrome to inject), or that was
 * mended, or that is a device's: *ipa. */
enum shadow_result { SHADOW_MENDED, SHADOW_INJECT, SHADOW_DEVICE };
enum shadow_result shadow_fault(struct vcpu *v, u64 esr, u64 far, u32 *fsc, u64 *ipa);

/* TLB maintenance of the guest. Broadcast or not, all VCPUs lose the entries: they share tables. */
void shadow_flush_all(struct vm *vm);
void shadow_flush_asid(struct vm *vm, u64 asid);
void shadow_flush_page(struct vm *vm, u64 va);

/* The instruction at the guest's PC. False: it is not mapped any more. */
bool shadow_read_insn(struct vcpu *v, u32 *insn);

/* --- regs.c: what sensitive instructions do. False: UNDEFINED. PC is the caller's. --- */
bool reg_access(struct vcpu *v, unsigned index, bool is_write, unsigned rt);
bool field_write(struct vcpu *v, unsigned index, unsigned value);
bool system_operation(struct vcpu *v, unsigned index, unsigned rt);
void guest_eret(struct vcpu *v);
void regs_init(void);

/* --- decode.c: a sensitive instruction that nobody replaced --- */
enum exit_action emulate_insn(struct vcpu *v, u32 insn);
/* ... one whose syndrome names it: of EC 0x18 */
enum exit_action emulate_trapped(struct vcpu *v, u64 iss);

#endif
