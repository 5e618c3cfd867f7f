#include "kernel/exception.h"

#include "a64.h"
#include "host_el.h"
#include "kernel/panic.h"

extern char kernel_vectors[];

void exception_init_cpu(void)
{
    write_sysreg(kernel_vectors, HOST_VBAR);
    isb();
}

void exception_kernel_sync(struct frame *f)
{
    panic_exception("kernel", read_sysreg(HOST_ESR), f->pc, read_sysreg(HOST_FAR), f);
}

void exception_unexpected(struct frame *f)
{
    panic_exception("unexpected vector", read_sysreg(HOST_ESR), f->pc, read_sysreg(HOST_FAR), f);
}
