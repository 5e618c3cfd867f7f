/* What a kernel with processes at EL0 has besides: threads that go there, exceptions from there. */
#include "a64.h"
#include "kernel/exception.h"
#include "kernel/print.h"
#include "kernel/process.h"
#include "kernel/syscall.h"
#include "kernel/thread.h"

void thread_start_user(void); /* vectors.S */
void sched_user_return(void);

struct thread *thread_create_user(struct process *p, u64 entry, u64 sp, u64 arg, unsigned cpu,
                                  enum thread_prio prio)
{
    struct thread *t = thread_new("user", prio, cpu);
    t->process = p;
    t->gone = process_thread_gone;
    t->gone_arg = p;
    t->context.sp -= sizeof(struct frame);
    struct frame *f = (struct frame *)t->context.sp;
    *f = (struct frame){.x = {[0] = arg}, .sp = sp, .pc = entry, .pstate = SPSR_EL0T};
    t->context.x19_x30[11] = (u64)thread_start_user;
    thread_wake(t);
    return t;
}

/* Before an ERET to EL0: interrupts stay masked from the last look at need_resched. */
void sched_user_return(void)
{
    for (;;) {
        irq_disable();
        if (process_is_exiting(thread_current()->process)) {
            thread_exit();
        }
        if (!sched_pending()) {
            return;
        }
        schedule();
    }
}

void exception_user_sync(struct frame *f)
{
    u64 esr = read_sysreg(esr_el1); /* of EL0's exceptions, whatever the host's own level is */
    u64 far = read_sysreg(far_el1);
    irq_enable();
    u64 ec = ESR_EC(esr);
    if (ec == EC_SVC64) {
        f->x[0] = (u64)syscall(f);
        return;
    }
    bool handled = false;
    if (ec == EC_DABT_LOW && (esr & FSC_TYPE) == FSC_TRANSLATION) {
        handled = process_page(thread_current()->process, far) != NULL;
    }
    if (!handled) {
        print("host: process killed by an exception: ESR %x ELR %x FAR %x\n", esr, f->pc, far);
        process_exit(thread_current()->process, -1);
    }
}
