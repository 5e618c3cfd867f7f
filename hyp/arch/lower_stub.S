/*
 * Exceptions from processes of a host at EL2 without VHE. Those of EL0 go to EL1; the stub there
 * hands them up by HVC, all registers as they are: ELR_EL1, SPSR_EL1, ESR_EL1 and FAR_EL1 tell what
 * happened. The way back needs no stub. Interrupts come to EL2 at once.
 */
#include "arch/entry.h"

#define ESR_HVC_0   0x5a000000      /* EC 0x16, IL, immediate 0 */
#define PSTATE_EL   0xc

    .section .el1.text, "ax"
    .macro unexpected
    .balign 128
    hvc     #1
    .endm

    .balign 2048
el1_vectors:
    .rept   8
    unexpected
    .endr
    .balign 128                     /* EL0, A64, synchronous */
    hvc     #0
    .rept   7
    unexpected
    .endr

    .text
    handlers_begin
    .global lower_sync
lower_sync:
    frame_push 0, elr_el1, spsr_el1
    mrs     x1, esr_el2
    mov     x2, #ESR_HVC_0
    cmp     x1, x2
    b.ne    exception_unexpected
    bl      exception_user_sync
    b       user_return

    .global lower_irq
lower_irq:
    frame_push 0
    bl      irq_dispatch
    ldr     x0, [sp, #(FRAME_PC + 8)]
    tst     x0, #PSTATE_EL
    b.ne    1f                      /* in the stub: its HVC comes first, EL1's registers are in use */

    .global user_return
user_return:
    bl      sched_user_return       /* reschedules if needed; returns with interrupts masked */
1:  frame_pop 0

/* The first instructions of a user thread; its frame is on the stack. */
    .global thread_start_user
thread_start_user:
    bl      sched_switch_done
    b       user_return
    handlers_end

/* Where the kernel finds the stub: EL1's address of it. */
    .section .rodata, "a"
    .balign 8
    .global el1_vectors_va
el1_vectors_va:
    .quad   el1_vectors
