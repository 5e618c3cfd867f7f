/* Entries and exits of FEAT_VMCB (cpu-el/vmcb.h) in a machine: where the blocks are, and what else
 * holds a copy of the registers that they move. */
#include "sim/board/cpu.h"

#include "cpu-el/vmcb.h"

static uint8_t *block_at(const struct cpu *cpu, pa_t at)
{
    uint8_t *block = ram_at(&cpu->machine->ram, at, VMCB_BYTES);
    if (block != NULL) {
        ram_note_written(&cpu->machine->ram, at, VMCB_BYTES);
    }
    return block;
}

bool vm_enter(struct cpu *cpu, const struct insn *insn, uint64_t pc)
{
    struct pe *pe = &cpu->pe;
    pa_t guest = vmcb_guest_pa(pe);
    pa_t host = vmcb_host_pa(pe);
    enum sysreg_id sp = pe_sp_id(&pe->ps);
    lend_leave_el(cpu);
    pe->sr[sp] = engine_x(cpu->engine, 31);
    unsigned effects;
    enum vmcb_entry entry = vmcb_enter(pe, block_at(cpu, guest), block_at(cpu, host), &effects);
    if (entry != VMCB_ENTERED) {
        insn_refund(&cpu->meter, insn);
        cpu_save(cpu);
        struct exception exc = {
            .type = EXC_SYNC, .target_el = 2, .return_address = pc, .esr = vmcb_syndrome(entry)};
        cpu_exception(cpu, &exc);
        return false;
    }
    code_changed(cpu->machine, host, VMCB_BYTES);
    cpu_emit(cpu, EV_VMCB, 1, guest.v, pe->sr[SR_ELR_EL2]);
    engine_set_x(cpu->engine, 31, pe->sr[sp]); /* EL2t: SP_EL0 is the guest's now */
    lend_enter_el(cpu);
    trap_effects(cpu, effects);
    return true;
}

void vm_exit(struct cpu *cpu, const struct exception *exc)
{
    struct pe *pe = &cpu->pe;
    pa_t guest = vmcb_guest_pa(pe);
    cpu_emit(cpu, EV_VMCB, 0, guest.v, exc->return_address);
    unsigned effects =
        vmcb_exit(pe, exc->type, block_at(cpu, guest), block_at(cpu, vmcb_host_pa(pe)));
    code_changed(cpu->machine, guest, VMCB_BYTES);
    lend_enter_el(cpu);
    trap_effects(cpu, effects);
}
