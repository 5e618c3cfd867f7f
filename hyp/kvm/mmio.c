/* Accesses of a guest to addresses without memory: decoded from the syndrome, done by the vGIC, by
 * the kernel's device, or by the VMM. */
#include "kernel/exception.h"
#include "kvm/vm.h"

/* ISS of a data abort. Arm ARM ESR_ELx, EC 0x24 */
#define ISS_ISV      BIT(24)
#define ISS_SAS(iss) ((iss) >> 22 & 3)
#define ISS_SSE      BIT(21)
#define ISS_SRT(iss) ((iss) >> 16 & 0x1f)
#define ISS_SF       BIT(15)
#define ISS_WNR      BIT(6)

/* The loaded value as the instruction leaves it in its register. */
static void finish_read(struct vcpu *v, u64 value)
{
    u64 iss = ESR_ISS(v->arch.esr);
    unsigned bits = 8U << ISS_SAS(iss);
    if (bits < 64) {
        value &= BIT(bits) - 1;
        if ((iss & ISS_SSE) && (value & BIT(bits - 1))) {
            value |= ~(BIT(bits) - 1);
        }
    }
    if (!(iss & ISS_SF)) {
        value &= 0xffffffff;
    }
    vcpu_set_reg(v, ISS_SRT(iss), value);
}

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
    finish_read(v, v->run->data);
}

enum exit_action mmio_abort(struct vcpu *v, u64 ipa)
{
    u64 iss = ESR_ISS(v->arch.esr);
    if (!(iss & ISS_ISV)) { /* a pair, writeback, an atomic: nobody decodes the instruction */
        inject_abort(v, false, v->arch.far);
        return EXIT_RESUME;
    }
    struct mmio m = {
        .ipa = ipa,
        .len = 1U << ISS_SAS(iss),
        .is_write = iss & ISS_WNR,
    };
    if (m.is_write) {
        m.value = vcpu_reg(v, ISS_SRT(iss));
        m.value &= m.len == 8 ? ~0UL : BIT(m.len * 8) - 1;
    }
    if (!vgic_guest_mmio(v, &m) && !iodev_access(v->vm, &m)) {
        return to_user(v, &m);
    }
    if (!m.is_write) {
        finish_read(v, m.value);
    }
    vcpu_skip(v);
    return EXIT_RESUME;
}
