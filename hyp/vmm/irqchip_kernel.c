/* The kernel has it. */
#include "vmm/irqchip.h"

void irqchip_init(const struct vmm_args *args)
{
    (void)args;
}

bool irqchip_exit(u64 vcpu, struct vcpu_run *run)
{
    (void)vcpu, (void)run;
    return false;
}

void irqchip_set_spi(u32 intid, bool level)
{
    must(vmm_syscall(intid, level, 0, SYS_VM_IRQ));
}
