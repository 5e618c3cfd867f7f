/* What a lazy lowvisor (world_split_lazy.S) moves at each world switch, by boot argument opt=. */
#include "kvm/options.h"
#include "kvm/vm.h"

static const struct option options[] = {
    {"fp", BIT(LAZY_FP_SHIFT)},
    {"vgic", BIT(LAZY_VGIC_SHIFT)},
};

static u64 lazy;

void state_init(void)
{
    lazy = options_read(options, ARRAY_SIZE(options), BIT(LAZY_FP_SHIFT) | BIT(LAZY_VGIC_SHIFT));
}

void vcpu_load(struct vcpu *v)
{
    v->arch.lazy = lazy;
}

void vcpu_put(struct vcpu *v, bool blocks)
{
    (void)v, (void)blocks;
}
