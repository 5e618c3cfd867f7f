/*
 * Exceptions from processes at EL0 right below the host: a host at EL1 or, with
 * HCR_EL2.{E2H,TGE} = {1,1}, at EL2.
 */
#include "arch/entry.h"

    .text
    handlers_begin
    .global lower_sync
lower_sync:
    frame_push 0
    bl      exception_user_sync
    b       user_return

    .global lower_irq
lower_irq:
    frame_push 0
    bl      irq_dispatch

    .global user_return
user_return:
    bl      sched_user_return       /* reschedules if needed; returns with interrupts masked */
    frame_pop 0

/* The first instructions of a user thread; its frame is on the stack. */
    .global thread_start_user
thread_start_user:
    bl      sched_switch_done
    b       user_return
    handlers_end
