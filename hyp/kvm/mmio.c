/* Accesses of a guest to addresses without memory: decoded from the syndrome, done by the vGIC, by
 * the kernel's device, or by the VMM. */
#include "kernel/exception.h"
#include "kvm/sysregs.h"
#include "kvm/vm.h"

static enum exit_action to_user(struct vcpu *v, const struct mmio *m)
{
    *v->run = (struct vcpu_run){
        .exit_reason = VCPU_EXIT_MMIO,
        .is_write = m->is_write,
        .len = m->len,
        .ipa = m->ipa,
        .data = m->value,
    };
    v->mmio_read_pending = !m->is_write;
    vcpu_skip(v);
    return EXIT_TO_USER;
}

void mmio_complete_read(struct vcpu *v)
{
    v->mmio_read_pending = false;
    if (ESR_EC(v->arch.esr) == EC_SYS64) {
        vcpu_set_reg(v, ISS_RT(ESR_ISS(v->arch.esr)), v->run->data);
    } else {
        mmio_finish_read(v, v->arch.esr, v->run->data);
    }
}

enum exit_action mmio_abort(struct vcpu *v, u64 ipa)
{
    struct mmio m;
    if (!mmio_decode(v, v->arch.esr, ipa, &m)) { /* nobody decodes the instruction */
        inject_abort(v, false, v->arch.far);
        return EXIT_RESUME;
    }
    if (!vgic_guest_mmio(v, &m) && !iodev_access(v->vm, &m) && !vhost_access(v->vm, &m)) {
        return to_user(v, &m);
    }
    if (!m.is_write) {
        mmio_finish_read(v, v->arch.esr, m.value);
    }
    vcpu_skip(v);
    return EXIT_RESUME;
}
