/* A kernel that is a KVM: kvm/init.c starts the VMs. */
#include "kernel/boot.h"
#include "kernel/init.h"
#include "kernel/irq.h"
#include "kernel/mmu.h"
#include "kernel/print.h"
#include "kernel/thread.h"
#include "kvm/kvm.h"
#include "kvm/world.h"

void main_init(void)
{
    mmu_user_init();
    kvm_init();
}

void main_init_cpu(void)
{
    mmu_user_resume();
    kvm_init_cpu();
}

void main_run(struct board_info *board)
{
    print("host: %s, %u cpu%s, %s, %u list registers\n", host_design, cpu_count,
          cpu_count == 1 ? "" : "s", gic_name, kvm_lr_count());
    thread_create_kernel("init", init_thread, board, PRIO_NORMAL, 0, NULL);
}
