/* PSCI 1.0 for guests, by HVC (Arm DEN 0022); of the calling convention's own functions (DEN 0028),
 * its version. */
#include "a64.h"
#include "kvm/vm.h"

#define PSCI_VERSION      0x84000000
#define PSCI_CPU_OFF      0x84000002
#define PSCI_CPU_ON_32    0x84000003
#define PSCI_CPU_ON_64    0xc4000003
#define PSCI_AFFINITY_32  0x84000004
#define PSCI_AFFINITY_64  0xc4000004
#define PSCI_MIGRATE_INFO 0x84000006
#define PSCI_SYSTEM_OFF   0x84000008
#define PSCI_SYSTEM_RESET 0x84000009
#define PSCI_FEATURES     0x8400000a

#define PSCI_VERSION_1_0    0x10000
#define MIGRATE_NOT_NEEDED  2 /* no Trusted OS that is bound to a CPU */
#define SMCCC_VERSION       0x80000000
#define SMCCC_VERSION_1_1   0x10001
#define PSCI_SUCCESS        0
#define PSCI_NOT_SUPPORTED  (-1)
#define PSCI_INVALID_PARAMS (-2)
#define PSCI_ALREADY_ON     (-4)

#define AFFINITY_ON  0
#define AFFINITY_OFF 1

static struct spinlock power_lock;

static struct vcpu *by_affinity(struct vm *vm, u64 affinity)
{
    return affinity < vm->vcpu_count ? vm->vcpu[affinity] : NULL; /* VCPU n is 0.0.0.n */
}

static s64 cpu_on(struct vcpu *v, u64 affinity, u64 entry, u64 context)
{
    struct vcpu *target = by_affinity(v->vm, affinity);
    if (!target) {
        return PSCI_INVALID_PARAMS;
    }
    u64 flags = spin_lock_irqsave(&power_lock);
    bool was_on = target->powered_on;
    if (!was_on) {
        target->reset_entry = entry;
        target->reset_argument = context;
        target->reset_pending = true;
        dmb(ish); /* its thread sees where to begin when it sees that it is on */
        WRITE_ONCE(target->powered_on, true);
    }
    spin_unlock_irqrestore(&power_lock, flags);
    if (was_on) {
        return PSCI_ALREADY_ON;
    }
    vcpu_kick(target);
    return PSCI_SUCCESS;
}

static s64 affinity_info(struct vcpu *v, u64 affinity)
{
    const struct vcpu *target = by_affinity(v->vm, affinity);
    if (!target) {
        return PSCI_INVALID_PARAMS;
    }
    return READ_ONCE(target->powered_on) ? AFFINITY_ON : AFFINITY_OFF;
}

static s64 features(u64 function)
{
    static const u32 known[] = {PSCI_VERSION,      PSCI_CPU_OFF,     PSCI_CPU_ON_32,
                                PSCI_CPU_ON_64,    PSCI_AFFINITY_32, PSCI_AFFINITY_64,
                                PSCI_MIGRATE_INFO, PSCI_SYSTEM_OFF,  PSCI_SYSTEM_RESET,
                                PSCI_FEATURES,     SMCCC_VERSION};
    for (unsigned i = 0; i < ARRAY_SIZE(known); i++) {
        if (known[i] == function) {
            return PSCI_SUCCESS;
        }
    }
    return PSCI_NOT_SUPPORTED;
}

bool psci_call_guest(struct vcpu *v)
{
    u32 function = (u32)vcpu_reg(v, 0);
    if (function == SMCCC_VERSION) {
        vcpu_set_reg(v, 0, SMCCC_VERSION_1_1);
        return true;
    }
    if ((function & 0xbfffffe0) != PSCI_VERSION) {
        return false;
    }
    /* SMC32: the upper halves of the arguments are not defined */
    u64 mask = function >> 30 & 1 ? ~0UL : 0xffffffff;
    u64 a1 = vcpu_reg(v, 1) & mask;
    u64 a2 = vcpu_reg(v, 2) & mask;
    u64 a3 = vcpu_reg(v, 3) & mask;
    s64 result = PSCI_NOT_SUPPORTED;
    switch (function) {
    case PSCI_VERSION:
        result = PSCI_VERSION_1_0;
        break;
    case PSCI_CPU_OFF:
        WRITE_ONCE(v->powered_on, false);
        return true;
    case PSCI_CPU_ON_32:
    case PSCI_CPU_ON_64:
        result = cpu_on(v, a1, a2, a3);
        break;
    case PSCI_AFFINITY_32:
    case PSCI_AFFINITY_64:
        result = affinity_info(v, a1);
        break;
    case PSCI_MIGRATE_INFO:
        result = MIGRATE_NOT_NEEDED;
        break;
    case PSCI_SYSTEM_OFF:
        vm_shutdown(v->vm, VCPU_EXIT_SHUTDOWN);
        return true;
    case PSCI_SYSTEM_RESET:
        vm_shutdown(v->vm, VCPU_EXIT_RESET);
        return true;
    case PSCI_FEATURES:
        result = features(a1);
        break;
    default: /* a function of a later PSCI */
        break;
    }
    vcpu_set_reg(v, 0, (u64)result);
    return true;
}
