/* What made a guest exit, and what the kernel does about it. Handled with interrupts enabled, on
 * the VCPU's thread. */
#include "a64.h"
#include "kernel/exception.h"
#include "kvm/vm.h"

#define FAULT_S1PTW BIT(7)

/* A guest has no EL3 below it: as on a machine without one. */
enum exit_action exit_undefined(struct vcpu *v)
{
    inject_undefined(v);
    return EXIT_RESUME;
}

enum exit_action exit_sysreg(struct vcpu *v)
{
    return sysreg_emulate(v, ESR_ISS(v->arch.esr));
}

enum exit_action exit_abort(struct vcpu *v)
{
    u64 esr = v->arch.esr;
    bool instruction = ESR_EC(esr) == EC_IABT_LOW;
    u64 ipa = v->arch.hpfar >> 4 << 12 | (v->arch.far & 0xfff);
    if ((esr & FSC_TYPE) == FSC_TRANSLATION) {
        if (stage2_fault(v, ipa)) {
            return EXIT_RESUME;
        }
        if (!instruction && !(esr & FAULT_S1PTW)) {
            return mmio_abort(v, ipa);
        }
    }
    inject_abort(v, instruction, v->arch.far);
    return EXIT_RESUME;
}

enum exit_action exit_handle(struct vcpu *v)
{
    exit_handler h = exit_handlers[ESR_EC(v->arch.esr)];
    return h ? h(v) : exit_undefined(v);
}
