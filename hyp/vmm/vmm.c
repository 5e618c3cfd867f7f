/*
 * The user-space VMM: a process at EL0. It makes a VM, backs its memory with its own, loads the
 * guest, runs each VCPU on a thread and emulates what the kernel does not: a board's devices.
 */
#include "vmm/vmm.h"

#include "vmm/irqchip.h"

_Noreturn void vmm_main(const struct vmm_args *args);

#define LINE_MAX       160
#define STATUS_FAILED  (-2)
#define STATUS_REFUSED 2

static const struct vmm_board *board;

static _Noreturn void leave(int status)
{
    vmm_syscall((u64)status, 0, 0, SYS_EXIT);
    __builtin_unreachable();
}

s64 must(s64 result)
{
    if (result < 0) {
        leave(STATUS_FAILED);
    }
    return result;
}

void copy(void *to, const void *from, size_t bytes)
{
    u64 *t = to;
    const u64 *f = from;
    for (size_t i = 0; i < (bytes + 7) / 8; i++) {
        t[i] = f[i];
    }
}

void console_write(char c)
{
    static char text[LINE_MAX];
    static unsigned length;
    text[length++] = c;
    if (c == '\n' || length == LINE_MAX) {
        vmm_syscall((u64)text, length, 0, SYS_WRITE);
        length = 0;
    }
}

static void say(const char *text)
{
    while (*text) {
        console_write(*text++);
    }
}

void refuse(const char *what, const char *why)
{
    say("vmm: ");
    say(what);
    say(why);
    say("\n");
    leave(STATUS_REFUSED);
}

static void vcpu_thread(u64 index)
{
    struct vcpu_run *run = (struct vcpu_run *)USER_RUN(index);
    for (;;) {
        must(vmm_syscall(index, 0, 0, SYS_VCPU_RUN));
        if (run->exit_reason == VCPU_EXIT_SHUTDOWN || run->exit_reason == VCPU_EXIT_RESET) {
            leave(board->exit_status(run->exit_reason));
        }
        if (!irqchip_exit(index, run)) {
            board->access(run);
        }
    }
}

/* VCPU n belongs on CPU n; the I/O thread on the last one. */
void vmm_main(const struct vmm_args *args)
{
    board = args->memory_bytes ? &board_virt : &board_bench;
    must(vmm_syscall(args->vm_id, 0, 0, SYS_VM_CREATE));
    must(vmm_syscall(GUEST_RAM, USER_GUEST_RAM, board->ram_bytes(args), SYS_VM_MEMORY));
    struct vmm_entry entry = board->load(args);
    irqchip_init(args);
    for (u64 i = 0; i < args->vcpu_count; i++) {
        must(vmm_syscall(i, entry.pc, entry.x0, SYS_VCPU_CREATE));
    }
    for (u64 i = 1; i < args->vcpu_count; i++) {
        must(vmm_syscall((u64)vcpu_thread, i, i, SYS_THREAD_CREATE));
    }
    vcpu_thread(0);
    __builtin_unreachable();
}
