/* The guest, at EL1: a clock that ticks twice, by the virtual timer. */
    .text
    .global guest, guest_vectors, acks, times, tick
guest:
    ldr x0, =guest_vectors
    msr vbar_el1, x0
    mov x0, #0xf0
    msr icc_pmr_el1, x0
    mov x0, #1
    msr icc_igrpen1_el1, x0
    ldr x19, =acks
    ldr x20, =times
    isb
    mrs x21, cntpct_el0         /* the machine's own count: the hypervisor lets us see it */
    mov x22, #2
tick:
    mov x0, #1000
    msr cntv_tval_el0, x0       /* 1000 ticks from now */
    mov x0, #1
    msr cntv_ctl_el0, x0        /* ENABLE, not masked */
    isb
    msr daifclr, #2
    wfi
    msr daifset, #2
    subs x22, x22, #1
    b.ne tick
    hvc #0
    b .
    .ltorg

guest_irq:
    mrs x0, icc_iar1_el1
    str w0, [x19], #4
    mrs x1, cntvct_el0
    str x1, [x20], #8
    msr cntv_ctl_el0, xzr       /* the timer's line goes down */
    isb
    msr icc_eoir1_el1, x0       /* with HW in the list register, the physical interrupt is done, too */
    isb
    eret

    .balign 2048
guest_vectors:
    .rept 5
    .balign 128
    b power_off
    .endr
    .balign 128
    b guest_irq
    .rept 10
    .balign 128
    b power_off
    .endr

    .bss
    .balign 8
acks:
    .skip 32
times:
    .skip 64
