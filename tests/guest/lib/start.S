/* Entry, vectors of EL2 and EL1, and the way down to EL1 and EL0 and back. Offsets: struct percpu and struct frame. */
    .set PC_EL2_SCRATCH, 0
    .set PC_EL1_SCRATCH, 16
    .set PC_EL2_FRAMES, 32
    .set PC_EL1_FRAMES, 40
    .set PC_RUN_SP, 48
    .set FRAME_SIZE, 304
    .set CHUNK, 4096
    .set F_SP, 248
    .set F_ELR, 256
    .set F_SPSR, 264
    .set F_ESR, 272
    .set F_FAR, 280
    .set F_HPFAR, 288
    .set F_OFFSET, 296
    .set EXIT_IMM, 0x7fff

    .section .text.start, "ax"
    .global _start
_start:
    msr daifset, #15
    ldr x1, =bss_start
    ldr x2, =bss_end
1:  cmp x1, x2
    b.hs 2f
    stp xzr, xzr, [x1], #16
    b 1b
2:  mov x0, #0
    b cpu_entry

    /* PSCI CPU_ON enters here with the CPU's number in x0. */
    .global secondary_entry
secondary_entry:
    msr daifset, #15
cpu_entry:
    mov x19, x0
    ldr x1, =el2_stacks
    add x2, x0, #1
    add x1, x1, x2, lsl #14
    mov sp, x1
    ldr x1, =el2_vectors
    msr vbar_el2, x1
    isb
    bl percpu_init
    cbnz x19, 3f
    bl guest_main
3:  mov x0, x19
    bl secondary_main
    b .

    .text
.macro vector el, scratch, offset
    .balign 128
    msr \scratch, x0
    mrs x0, tpidr_el\el
    stp x1, x2, [x0, PC_EL\el\()_SCRATCH]
    mov x1, #\offset
    b entry_el\el
.endm

.macro vectors el, scratch
    .balign 2048
    .global el\el\()_vectors
el\el\()_vectors:
    .set off, 0
    .rept 16
    vector \el, \scratch, off
    .set off, off + 0x80
    .endr
.endm

    vectors 2, tpidrro_el0
    vectors 1, tpidr_el0

/* SP_ELx may be misaligned or hold what a check wants to see: the frame comes from the CPU's own area. */
.macro entry el, scratch
entry_el\el:
    ldr x2, [x0, PC_EL\el\()_FRAMES]
    sub x2, x2, #CHUNK
    str x2, [x0, PC_EL\el\()_FRAMES]
    add x2, x2, #CHUNK - FRAME_SIZE
    str x1, [x2, #F_OFFSET]
    stp x3, x4, [x2, #24]
    stp x5, x6, [x2, #40]
    stp x7, x8, [x2, #56]
    stp x9, x10, [x2, #72]
    stp x11, x12, [x2, #88]
    stp x13, x14, [x2, #104]
    stp x15, x16, [x2, #120]
    stp x17, x18, [x2, #136]
    stp x19, x20, [x2, #152]
    stp x21, x22, [x2, #168]
    stp x23, x24, [x2, #184]
    stp x25, x26, [x2, #200]
    stp x27, x28, [x2, #216]
    stp x29, x30, [x2, #232]
    ldp x3, x4, [x0, PC_EL\el\()_SCRATCH]
    mrs x5, \scratch
    stp x5, x3, [x2, #0]
    str x4, [x2, #16]
    mov x3, sp
    str x3, [x2, #F_SP]
    mov sp, x2
    mrs x3, elr_el\el
    str x3, [x2, #F_ELR]
    mrs x3, spsr_el\el
    str x3, [x2, #F_SPSR]
    mrs x3, esr_el\el
    str x3, [x2, #F_ESR]
    mrs x3, far_el\el
    str x3, [x2, #F_FAR]
    mov x0, x2
    bl trap_el\el
    mov x0, sp
    ldr x1, [x0, #F_ELR]
    msr elr_el\el, x1
    ldr x1, [x0, #F_SPSR]
    msr spsr_el\el, x1
    mrs x2, tpidr_el\el
    add x1, x0, #FRAME_SIZE
    str x1, [x2, PC_EL\el\()_FRAMES]
    ldr x1, [x0, #F_SP]
    mov sp, x1
    ldr x2, [x0, #16]
    ldp x3, x4, [x0, #24]
    ldp x5, x6, [x0, #40]
    ldp x7, x8, [x0, #56]
    ldp x9, x10, [x0, #72]
    ldp x11, x12, [x0, #88]
    ldp x13, x14, [x0, #104]
    ldp x15, x16, [x0, #120]
    ldp x17, x18, [x0, #136]
    ldp x19, x20, [x0, #152]
    ldp x21, x22, [x0, #168]
    ldp x23, x24, [x0, #184]
    ldp x25, x26, [x0, #200]
    ldp x27, x28, [x0, #216]
    ldp x29, x30, [x0, #232]
    ldp x0, x1, [x0]
    eret
.endm

    entry 2, tpidrro_el0
    entry 1, tpidr_el0

/* uint64_t run_down(fn, arg, spsr, exit stub): ERET to fn; trap_el2() sends the exit call to run_return. */
    .global run_down
run_down:
    stp x19, x20, [sp, #-96]!
    stp x21, x22, [sp, #16]
    stp x23, x24, [sp, #32]
    stp x25, x26, [sp, #48]
    stp x27, x28, [sp, #64]
    stp x29, x30, [sp, #80]
    mrs x9, tpidr_el2
    mov x10, sp
    str x10, [x9, PC_RUN_SP]
    msr elr_el2, x0
    msr spsr_el2, x2
    mov x0, x1
    mov x30, x3
    eret

    .global run_return
run_return:
    mrs x9, tpidr_el2
    ldr x10, [x9, PC_RUN_SP]
    mov sp, x10
    ldp x21, x22, [sp, #16]
    ldp x23, x24, [sp, #32]
    ldp x25, x26, [sp, #48]
    ldp x27, x28, [sp, #64]
    ldp x29, x30, [sp, #80]
    ldp x19, x20, [sp], #96
    ret

/* SMC serves the check in which HVC is disabled: there it is trapped by HCR_EL2.TSC. */
    .global exit_from_el1
exit_from_el1:
    hvc EXIT_IMM
    smc EXIT_IMM
    b .

    .global exit_from_el0
exit_from_el0:
    svc EXIT_IMM
    b .

/* void exit_to_el2(result): from trap_el1(), after the exit call of EL0. */
    .global exit_to_el2
exit_to_el2:
    hvc EXIT_IMM
    b .

    .bss
    .balign 16
    .global el2_stacks, el1_stacks
el2_stacks:
    .skip 8 * 16384
el1_stacks:
    .skip 8 * 16384
    .section .user, "aw"
    .balign 16
    .global el0_stacks
el0_stacks:
    .skip 8 * 4096
