# A design of the hypervisor is a list of files with the same symbols. What they have in common:
set(HYP_COMMON
    arch/head.S arch/vectors.S
    kernel/bootargs.c kernel/exception.c kernel/fdt.c kernel/irq.c kernel/main.c kernel/mmu.c kernel/page.c
    kernel/panic.c kernel/print.c kernel/process.c kernel/pt.c kernel/sched.c kernel/smp.c kernel/string.c
    kernel/syscall.c kernel/timer.c
    kvm/debug.S kvm/exit.c kvm/fpsimd.S kvm/init.c kvm/iodev.c kvm/mmio.c kvm/mmio_iss.c kvm/psci.c kvm/stage2.c
    kvm/sysregs.c kvm/vcpu.c kvm/vgic.c kvm/vgic_lr.c kvm/vgic_mmio.c kvm/vm.c kvm/vm_switch.c kvm/vm_table.c
    kvm/vtimer.c)

# Exception level of the host and world switch.
set(HYP_SPLIT arch/host_split.S kvm/world_split.S kvm/world_split.c)
set(HYP_VHE arch/host_vhe.S kvm/world_vhe.S kvm/world_vhe.c)

# Interrupt controller of the machine, and with it that of the guests.
set(HYP_GIC2 kernel/host_gicv2.c kvm/vgic_hw_v2.c kvm/vgic_guest_v2.c arch/images_gic2.S)
set(HYP_GIC3 kernel/host_gicv3.c kvm/vgic_hw_v3.c kvm/vgic_guest_v3.c arch/images_gic3.S)

hyp_variant(kvm-split LINKER arch/host_split.ld GUEST micro-guest SOURCES ${HYP_COMMON} ${HYP_SPLIT} ${HYP_GIC2})
hyp_variant(kvm-vhe LINKER arch/host_vhe.ld GUEST micro-guest-v3 SOURCES ${HYP_COMMON} ${HYP_VHE} ${HYP_GIC3})
hyp_variant(kvm-vhe-gic2 LINKER arch/host_vhe.ld GUEST micro-guest SOURCES ${HYP_COMMON} ${HYP_VHE} ${HYP_GIC2})
