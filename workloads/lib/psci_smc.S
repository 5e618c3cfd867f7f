/*
 * On the bare board: PSCI is the firmware's, CPUs begin at EL2. They go down to EL1, where the
 * program runs as in a VM, and nothing stays behind.
 */
    .text
    .global psci_call
psci_call:
    smc     #0
    ret

    .section .head, "ax"
    .global native_start
native_start:
    msr     daifset, #0xf
    mov     x20, x0
    adr     x1, _start
    b       to_el1

secondary_el2:
    msr     daifset, #0xf
    mov     x20, x0
    adr     x1, secondary_entry

/* To x1 at EL1 with x0 = x20. */
to_el1:
    mov     x0, #(1 << 31)          /* RW: EL1 is A64 */
    msr     hcr_el2, x0
    mov     x0, #3                  /* counter and timers are EL1's */
    msr     cnthctl_el2, x0
    msr     cntvoff_el2, xzr
    mrs     x0, midr_el1
    msr     vpidr_el2, x0
    mrs     x0, mpidr_el1
    msr     vmpidr_el2, x0
    mov     x0, #0x33ff             /* CPTR_EL2: no traps */
    msr     cptr_el2, x0
    msr     hstr_el2, xzr
    msr     vttbr_el2, xzr
    msr     mdcr_el2, xzr
    mrs     x2, id_aa64pfr0_el1
    ubfx    x2, x2, #24, #4         /* GIC: system registers */
    cbz     x2, 1f
    mov     x0, #9                  /* ICC_SRE_EL2: SRE, Enable */
    msr     S3_4_C12_C9_5, x0
    isb
    msr     S3_4_C12_C11_0, xzr     /* ICH_HCR_EL2 */
    mov     x0, #1
    msr     S3_0_C12_C12_5, x0      /* ICC_SRE_EL1 */
1:  ldr     x0, =0x30d00800         /* SCTLR_EL1: RES1 of v8.0 */
    msr     sctlr_el1, x0
    mov     x0, #0x3c5              /* EL1h, masked */
    msr     spsr_el2, x0
    msr     elr_el2, x1
    mov     x0, x20
    isb
    eret
    .ltorg

    .section .rodata, "a"
    .balign 8
    .global psci_entry
psci_entry:
    .quad   secondary_el2
