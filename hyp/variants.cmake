# The host kernel, whatever it is for.
set(HYP_KERNEL
    arch/head.S arch/switch.S arch/vectors.S
    kernel/balance.c kernel/boot.c kernel/bootargs.c kernel/cache.c kernel/exception.c kernel/fdt.c kernel/irq.c kernel/mmu.c kernel/page.c kernel/panic.c kernel/print.c kernel/pt.c
    kernel/sched.c kernel/smp.c kernel/string.c kernel/timer.c)

# Its exception level: how a CPU gets there, MMU, timer; the folder arch/el1 or arch/el2 has its names of registers.
set(HYP_EL1 arch/host_split.S arch/mmu_el1.S kernel/mmu_el1.c kernel/timer_el1.c)
set(HYP_E2H arch/host_vhe.S arch/mmu_el1.S kernel/mmu_el1.c kernel/timer_el2.c)
set(HYP_EL2 arch/host_el2.S arch/mmu_el2.S kernel/mmu_el2.c kernel/timer_el2.c)

# Processes at EL0: right below it, or past a stub at EL1.
set(HYP_PROCESSES kernel/net_user.c kernel/process.c kernel/syscall.c kernel/user.c)
set(HYP_USER arch/lower_user.S ${HYP_PROCESSES})
set(HYP_USER_STUB arch/lower_stub.S kernel/user_el2.c ${HYP_PROCESSES})

# A design of the hypervisor is a list of files with the same symbols. What they have in common:
set(HYP_NO_DEVICE
    ${HYP_KERNEL} kernel/main.c
    kvm/fpsimd.S kvm/init.c kvm/inject.c kvm/io_thread.c kvm/mmio.c kvm/mmio_iss.c kvm/options.c kvm/psci.c kvm/vcpu.c kvm/vhost.c
    kvm/vm.c kvm/vm_switch.c kvm/vm_table.c drivers/nic.c drivers/virtio_backend.c drivers/virtio_net.c)
set(HYP_BASE ${HYP_NO_DEVICE} kvm/iodev.c)

# ... and those with the virtualization extension: a stage 2, exits to EL2.
set(HYP_STAGE2 kvm/debug.S kvm/exit.c kvm/stage2.c kvm/sysregs.c)
set(HYP_COMMON ${HYP_BASE} ${HYP_STAGE2} kvm/exit_table.c)

# Xen's interface, for guests of any host that has the functions at the end of xen/domain.h: with a KVM, in the place of its own.
set(XEN_INTERFACE xen/console.c xen/event.c xen/grant.c xen/hypercall.c)
set(HYP_XEN_ON_KVM ${HYP_NO_DEVICE} ${HYP_STAGE2} ${XEN_INTERFACE} kvm/exit_table_xen.c kvm/iodev_xen.c kvm/netback_thread.c
    kvm/xen_host.c drivers/netback.c emul/pl011.c)

# Exception level of the host and world switch.
set(HYP_SPLIT ${HYP_EL1} ${HYP_USER} kvm/world_split.S kvm/world_split.c kvm/state_memory.c kvm/state_eager.c)
set(HYP_SPLIT_LAZY ${HYP_EL1} ${HYP_USER} kvm/world_split_lazy.S kvm/world_split.c kvm/state_memory.c kvm/state_split_lazy.c)
set(HYP_VHE ${HYP_E2H} ${HYP_USER} kvm/guest_enter.S kvm/world_el2.c kvm/world_vhe.S kvm/world_vhe.c kvm/state_memory.c kvm/state_eager.c)

# A world switch that leaves state in registers, for a host at EL2 with E2H or without.
set(HYP_LOADED
    kvm/guest_enter.S kvm/state_groups.c kvm/state_loaded.c kvm/world_el2.c kvm/world_loaded.S kvm/world_loaded.c)
set(HYP_VHE_OPT ${HYP_E2H} ${HYP_USER} ${HYP_LOADED} kvm/design_vhe_opt.c)
set(HYP_EL2HOST ${HYP_EL2} ${HYP_USER_STUB} ${HYP_LOADED} kvm/design_el2host.c)

# Interrupt controller of the machine, and with it that of the guests.
set(HYP_VGIC kvm/vgic.c kvm/vgic_lr.c kvm/vgic_mmio.c kvm/vtimer.c kvm/irqchip_kernel.c)
set(HYP_ANY_GIC2 ${HYP_VGIC} kernel/host_gicv2.c kvm/vgic_hw_v2.c kvm/vgic_save_v2.c kvm/vgic_guest_v2.c)
set(HYP_ANY_GIC3 ${HYP_VGIC} kernel/host_gicv3.c kvm/vgic_hw_v3.c kvm/vgic_guest_v3.c)
set(HYP_GIC2 ${HYP_ANY_GIC2} arch/images_gic2.S)
set(HYP_GIC3 ${HYP_ANY_GIC3} arch/images_gic3.S)

# No virtual GIC, no virtual timer: all of both emulated, in the VMM or in the kernel.
set(HYP_NOVGIC ${HYP_EL1} ${HYP_USER} kvm/world_split_novgic.S kvm/world_split.c kvm/state_memory.c kvm/state_eager.c
    kernel/host_gicv2.c)
set(HYP_NOVGIC_USER ${HYP_NOVGIC} kvm/vgic_user.c kvm/vtimer_user.c arch/images_novgic.S)
set(HYP_NOVGIC_KERNEL ${HYP_NOVGIC} kvm/vgic_soft.c kvm/vtimer_soft.c kvm/irqchip_kernel.c emul/gicv2.c emul/timer.c
    arch/images_novgic_kernel.S)

# Without the virtualization extension: the guest's kernel at EL0, under shadow page tables.
set(HYP_DEPRIV ${HYP_BASE} arch/host_el1.S arch/mmu_el1.S kernel/mmu_el1.c kernel/timer_el1.c ${HYP_USER} kernel/host_gicv2.c
    kvm/depriv/decode.c kvm/depriv/exit.c kvm/depriv/insn.c kvm/depriv/regs.c kvm/depriv/shadow.c kvm/depriv/walk.c
    kvm/depriv/world.c kvm/guest_enter.S kvm/world_vhe.S kvm/state_memory.c kvm/state_eager.c
    kvm/vgic_soft.c kvm/vtimer_soft.c kvm/irqchip_kernel.c emul/gicv2.c emul/timer.c)

hyp_variant(kvm-split LINKER arch/host_split.ld GUEST micro-guest SOURCES ${HYP_COMMON} ${HYP_SPLIT} ${HYP_GIC2})
hyp_variant(kvm-split-lazy LINKER arch/host_split.ld GUEST micro-guest SOURCES ${HYP_COMMON} ${HYP_SPLIT_LAZY} ${HYP_GIC2})
hyp_variant(kvm-vhe LINKER arch/host_vhe.ld GUEST micro-guest-v3 SOURCES ${HYP_COMMON} ${HYP_VHE} ${HYP_GIC3})
hyp_variant(kvm-vhe-gic2 LINKER arch/host_vhe.ld GUEST micro-guest SOURCES ${HYP_COMMON} ${HYP_VHE} ${HYP_GIC2})
hyp_variant(kvm-split-novgic LINKER arch/host_split.ld GUEST micro-guest-ptimer VMM vmm-novgic
            SOURCES ${HYP_COMMON} ${HYP_NOVGIC_USER})
hyp_variant(kvm-split-novgic-kernel LINKER arch/host_split.ld GUEST micro-guest-ptimer
            SOURCES ${HYP_COMMON} ${HYP_NOVGIC_KERNEL})
hyp_variant(kvm-vhe-opt LINKER arch/host_vhe.ld GUEST micro-guest-v3 SOURCES ${HYP_COMMON} ${HYP_VHE_OPT} ${HYP_GIC3})
hyp_variant(kvm-vhe-opt-gic2 LINKER arch/host_vhe.ld GUEST micro-guest SOURCES ${HYP_COMMON} ${HYP_VHE_OPT} ${HYP_GIC2})
hyp_variant(el2host EL2 LINKER arch/host_el2.ld GUEST micro-guest SOURCES ${HYP_COMMON} ${HYP_EL2HOST} ${HYP_GIC2})
hyp_variant(deprivileged LINKER arch/host_vhe.ld GUEST micro-guest-pv SOURCES ${HYP_DEPRIV} arch/images_depriv.S)
hyp_variant(deprivileged-trap LINKER arch/host_vhe.ld GUEST micro-guest-ptimer
            SOURCES ${HYP_DEPRIV} arch/images_depriv_trap.S)

# A hypervisor that stands alone at EL2, with domains for its guests. Of kvm/ it takes what is the same for any guest.
set(XEN_HYPERVISOR
    ${HYP_KERNEL} ${HYP_EL2} arch/lower_guest.S arch/images_xen.S kernel/host_gicv2.c
    kvm/fpsimd.S kvm/mmio_iss.c kvm/psci.c kvm/vgic.c kvm/vgic_guest_v2.c kvm/vgic_mmio.c kvm/vm_switch.c kvm/vm_table.c
    emul/boot_linux.c emul/fdt_write.c emul/pl011.c xen/cards.c xen/domain.c xen/main.c xen/p2m.c xen/switch.c xen/sysregs_xen.c
    xen/traps.c xen/vgic_lr.c xen/vtimer_xen.c)
hyp_variant(xen EL2 LINKER arch/host_el2.ld INSIDE micro-guest-xen xen-backend SOURCES ${XEN_HYPERVISOR} ${XEN_INTERFACE})

# The split design on a GICv3, and with control blocks that hardware moves (docs/vmcb.md) instead of registers that software does.
set(HYP_VMCB ${HYP_EL1} ${HYP_USER} kvm/world_vmcb.S kvm/world_split.c kvm/state_vmcb.c)
hyp_variant(kvm-split-gic3 LINKER arch/host_split.ld GUEST micro-guest-v3 SOURCES ${HYP_COMMON} ${HYP_SPLIT} ${HYP_GIC3})
hyp_variant(vmcb LINKER arch/host_split.ld GUEST micro-guest-v3 SOURCES ${HYP_COMMON} ${HYP_VMCB} ${HYP_GIC3})

# Guests of the Xen interface on a KVM.
hyp_variant(xen-on-kvm-split LINKER arch/host_split.ld GUEST micro-guest-xen-kvm VMM vmm-xen
            SOURCES ${HYP_XEN_ON_KVM} ${HYP_SPLIT} ${HYP_ANY_GIC2} arch/images_xen_kvm_gic2.S)
hyp_variant(xen-on-kvm-vhe LINKER arch/host_vhe.ld GUEST micro-guest-xen-kvm-v3 VMM vmm-xen
            SOURCES ${HYP_XEN_ON_KVM} ${HYP_VHE} ${HYP_ANY_GIC3} arch/images_xen_kvm_gic3.S)

# The kernel alone, for tests.
hyp_variant(kernel-el1 LINKER arch/host_split.ld SOURCES ${HYP_KERNEL} ${HYP_EL1} arch/lower_none.S kernel/host_gicv2.c kernel/selftest.c)
hyp_variant(kernel-e2h LINKER arch/host_vhe.ld SOURCES ${HYP_KERNEL} ${HYP_E2H} arch/lower_none.S kernel/host_gicv3.c kernel/selftest.c)
hyp_variant(kernel-el2 EL2 LINKER arch/host_el2.ld SOURCES ${HYP_KERNEL} ${HYP_EL2} arch/lower_none.S kernel/host_gicv2.c kernel/selftest.c)
hyp_variant(kernel-el2-gic3 EL2 LINKER arch/host_el2.ld SOURCES ${HYP_KERNEL} ${HYP_EL2} arch/lower_none.S kernel/host_gicv3.c kernel/selftest.c)
