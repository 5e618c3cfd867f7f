/* The memory of the benchmark guest: its boot page, its image. abi/guest.h */
#include "vmm/vmm.h"

u64 bench_ram_bytes(const struct vmm_args *args)
{
    (void)args;
    return GUEST_RAM_SIZE;
}

struct vmm_entry bench_load(const struct vmm_args *args)
{
    u64 ram = USER_GUEST_RAM;
    struct guest_boot *boot = (struct guest_boot *)ram;
    must(vmm_syscall(GUEST_IODEV, IODEV_INTID, args->pcpu_count - 1, SYS_VM_IODEV));
    boot->vm_id = args->vm_id;
    boot->vcpu_count = args->vcpu_count;
    boot->pcpu_count = args->pcpu_count;
    boot->ops = args->ops;
    boot->work = args->work;
    boot->receive = args->receive;
    copy(boot->rows, args->rows, sizeof(boot->rows));
    copy(boot->spread, args->spread, sizeof(boot->spread));
    copy((void *)(ram + GUEST_ENTRY - GUEST_RAM), (const void *)USER_GUEST_IMAGE,
         args->guest_image_bytes);
    return (struct vmm_entry){.pc = GUEST_ENTRY, .x0 = GUEST_RAM};
}
