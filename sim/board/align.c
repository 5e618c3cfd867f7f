#include "cpu-el/fields.h"
#include "cpu-el/ldst.h"
#include "sim/base/bits.h"
#include "sim/board/cpu.h"

/*
 * Alignment rules that the engine does not check (docs/engine.md): SP as a base, SCTLR_ELx.A,
 * acquire and release.
 */
static uint64_t sctlr_of(const struct pe *pe)
{
    return pe->sr[mmu_regime(pe, pe->ps.el) == REGIME_EL10 ? SR_SCTLR_EL1 : SR_SCTLR_EL2];
}

bool align_checks_all(const struct pe *pe)
{
    return sctlr_of(pe) & SCTLR_A;
}

/* Whether a misaligned SP as a base faults at this EL: SCTLR_ELx.SA, and SA0 for EL0 (D1.8.2). */
static bool checks_sp(const struct pe *pe)
{
    return sctlr_of(pe) & (pe->ps.el == 0 ? SCTLR_SA0 : SCTLR_SA);
}

bool align_moves_sp(uint32_t word)
{
    bool to_sp = bits(word, 4, 0) == 31;
    bool from_sp = bits(word, 9, 5) == 31;
    if ((word & 0x3f800000) == 0x11000000) { /* ADD, SUB (immediate), flags not set */
        return to_sp && (!from_sp || (!bit(word, 22) && bits(word, 21, 10) % 16 != 0));
    }
    if ((word & 0x3fe00000) == 0x0b200000) { /* ADD, SUB (extended register) */
        return to_sp;
    }
    if ((word & 0x1f800000) == 0x12000000) { /* AND, ORR, EOR (immediate) */
        return to_sp && bits(word, 30, 29) != 3;
    }
    if ((word & 0x3b200400) == 0x38000400) { /* pre and post index: imm9 */
        return from_sp && bits(word, 15, 12) != 0;
    }
    if ((word & 0x3a800000) == 0x28800000) { /* pairs, pre and post index: imm7, scaled */
        unsigned scale =
            bit(word, 26) ? 2 + (unsigned)bits(word, 31, 30) : 2 + (unsigned)bit(word, 31);
        return from_sp && (bits(word, 21, 15) << scale) % 16 != 0;
    }
    if ((word & 0xbe800000) == 0x0c800000) { /* LD1 to LD4, ST1 to ST4, post index */
        return from_sp;
    }
    return false;
}

void align_look_at_sp(struct cpu *cpu)
{
    cpu->sp_misaligned = engine_x(cpu->engine, 31) % 16 != 0 && checks_sp(&cpu->pe);
    cpu->sp_moved = cpu->sp_misaligned;
    block_stop_flags_select(cpu);
    loop_deadline_changed(cpu);
}

static void raise_sp(struct cpu *cpu, uint64_t pc)
{
    struct exception exc = {
        .type = EXC_SYNC,
        .target_el = exception_target_el(&cpu->pe),
        .return_address = pc,
        .esr = syndrome_sp_alignment(),
    };
    cpu_save(cpu);
    cpu_exception(cpu, &exc);
}

static void raise_misaligned(struct cpu *cpu, const struct ldst *l, uint64_t pc, uint32_t word)
{
    struct mmu_fault fault = {.type = FAULT_ALIGNMENT, .target_el = exception_target_el(&cpu->pe)};
    struct mmu_access access = {.va = va(l->address),
                                .type = l->is_store && !l->is_load ? MMU_WRITE : MMU_READ,
                                .el = cpu->pe.ps.el};
    fault_raise(cpu, &fault, &access, pc, word);
}

/* What an access must be aligned to: its elements; acquire and release without FEAT_LSE2: their
 * size (B2.5.2). */
static bool is_misaligned(const struct cpu *cpu, const struct ldst *l)
{
    bool strict = l->is_ordered || l->is_exclusive || l->is_atomic;
    uint64_t element = l->element_bytes != 0 ? l->element_bytes : l->size_bytes;
    uint64_t size = element * (l->is_exclusive ? l->register_count : 1u);
    return (strict || align_checks_all(&cpu->pe)) && !l->is_prefetch && l->address % size != 0;
}

bool align_faults(struct cpu *cpu, const struct insn *insn, uint64_t pc)
{
    struct ldst l;
    if (insn->flags & INSN_FLAG_SP_BASE && checks_sp(&cpu->pe) &&
        engine_x(cpu->engine, 31) % 16 != 0) {
        insn_refund(&cpu->meter, insn);
        raise_sp(cpu, pc);
        return true;
    }
    if (!fault_decode(cpu, pc, insn->word, &l) || !is_misaligned(cpu, &l)) {
        return false;
    }
    insn_refund(&cpu->meter, insn);
    raise_misaligned(cpu, &l, pc, insn->word);
    return true;
}
