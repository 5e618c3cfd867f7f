#include "kernel/exception.h"

#include "a64.h"
#include "kernel/panic.h"
#include "kernel/print.h"
#include "kernel/process.h"
#include "kernel/syscall.h"
#include "kernel/thread.h"

extern char kernel_vectors[];

void exception_init_cpu(void)
{
    write_sysreg(kernel_vectors, vbar_el1);
    isb();
}

void exception_kernel_sync(struct frame *f)
{
    panic_exception("kernel", read_sysreg(esr_el1), f->pc, read_sysreg(far_el1), f);
}

void exception_unexpected(struct frame *f)
{
    panic_exception("unexpected vector", read_sysreg(esr_el1), f->pc, read_sysreg(far_el1), f);
}

void exception_user_sync(struct frame *f)
{
    u64 esr = read_sysreg(esr_el1);
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
