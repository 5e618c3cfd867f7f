/* System registers that trap. Debug registers and the PMU read as zero and ignore writes, as in Xen
 * 4.5. */
#include "kvm/sysregs.h"

#include "a64.h"
#include "xen/hypervisor.h"

#define ALL        ISS_REG_MASK
#define ANY_OP2    ISS_REG(3, 7, 15, 15, 0)
#define ANY_CRM    ISS_REG(3, 7, 15, 0, 7)
#define OSLSR_OSLM BIT(3) /* OS lock implemented, not locked */

static const struct {
    u64 reg, mask; /* bits of the name that count */
    u64 reads;
} rows[] = {
    {ISS_REG(2, 0, 0, 2, 2), ALL, 0},          /* MDSCR */
    {ISS_REG(2, 0, 0, 0, 4), ANY_CRM, 0},      /* DBGBVRn */
    {ISS_REG(2, 0, 0, 0, 5), ANY_CRM, 0},      /* DBGBCRn */
    {ISS_REG(2, 0, 0, 0, 6), ANY_CRM, 0},      /* DBGWVRn */
    {ISS_REG(2, 0, 0, 0, 7), ANY_CRM, 0},      /* DBGWCRn */
    {ISS_REG(2, 0, 1, 1, 4), ALL, OSLSR_OSLM}, /* OSLSR */
    {ISS_REG(2, 0, 1, 0, 4), ALL, 0},          /* OSLAR */
    {ISS_REG(2, 0, 1, 3, 4), ALL, 0},          /* OSDLR */
    {ISS_REG(3, 0, 9, 14, 1), ALL, 0},         /* PMINTENSET */
    {ISS_REG(3, 0, 9, 14, 2), ALL, 0},         /* PMINTENCLR */
    {ISS_REG(3, 3, 9, 12, 0), ANY_OP2, 0},     /* PMCR ... PMCEID1 */
    {ISS_REG(3, 3, 9, 13, 0), ANY_OP2, 0},     /* PMCCNTR ... */
    {ISS_REG(3, 3, 9, 14, 0), ANY_OP2, 0},     /* PMUSERENR ... */
};

static bool value_of(u64 reg, u64 *value)
{
    if (reg == ISS_REG(3, 0, 1, 0, 1)) {
        *value = read_sysreg(actlr_el1);
        return true;
    }
    for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
        if ((reg & rows[i].mask) == rows[i].reg) {
            *value = rows[i].reads;
            return true;
        }
    }
    return false;
}

bool sysreg_trap(struct vcpu *v, u64 iss)
{
    u64 value;
    if (!value_of(iss & ISS_REG_MASK, &value)) {
        return false;
    }
    if (ISS_IS_READ(iss)) {
        vcpu_set_reg(v, ISS_RT(iss), value);
    }
    return true;
}
