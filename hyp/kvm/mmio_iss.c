/* What the syndrome of a data abort says about the access, and how a loaded value goes back. */
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
void mmio_finish_read(struct vcpu *v, u64 esr, u64 value)
{
    u64 iss = ESR_ISS(esr);
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

bool mmio_decode(struct vcpu *v, u64 esr, u64 ipa, struct mmio *m)
{
    u64 iss = ESR_ISS(esr);
    if (!(iss & ISS_ISV)) {
        return false;
    }
    *m = (struct mmio){
        .ipa = ipa,
        .len = 1U << ISS_SAS(iss),
        .is_write = iss & ISS_WNR,
    };
    if (m->is_write) {
        m->value = vcpu_reg(v, ISS_SRT(iss));
        m->value &= m->len == 8 ? ~0UL : BIT(m->len * 8) - 1;
    }
    return true;
}
