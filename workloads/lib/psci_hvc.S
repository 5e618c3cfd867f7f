/* PSCI in a VM: the hypervisor's. u64 psci_call(function, a1, a2, a3); further VCPUs begin at EL1. */
    .text
    .global psci_call
psci_call:
    hvc     #0
    ret

    .section .rodata, "a"
    .balign 8
    .global psci_entry
psci_entry:
    .quad   secondary_entry
