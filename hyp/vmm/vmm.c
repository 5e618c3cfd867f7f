/*
 * The user-space VMM: a process at EL0. It makes a VM, backs its memory with its own, loads the
 * guest, runs each VCPU on a thread and emulates what the kernel does not: a console, a bank of
 * registers laid out like virtio-mmio, an exit register.
 */
#include "abi/guest.h"
#include "abi/vmm.h"
#include "types.h"
#include "vmm/irqchip.h"

_Noreturn void vmm_main(const struct vmm_args *args);

#define LINE_MAX 160

static struct {
    char text[LINE_MAX];
    unsigned length;
} line; /* of the guest's console: VCPUs of one VM do not print at the same time */

static int exit_status = -1; /* until the guest has said otherwise */

static void fail(void)
{
    vmm_syscall((u64)-2, 0, 0, SYS_EXIT);
    __builtin_unreachable();
}

s64 must(s64 result)
{
    if (result < 0) {
        fail();
    }
    return result;
}

static void copy(void *to, const void *from, size_t bytes)
{
    u64 *t = to;
    const u64 *f = from;
    for (size_t i = 0; i < (bytes + 7) / 8; i++) {
        t[i] = f[i];
    }
}

/* Whole lines go out at once, so that those of two VMs do not mix. */
static void console_write(char c)
{
    line.text[line.length++] = c;
    if (c == '\n' || line.length == LINE_MAX) {
        vmm_syscall((u64)line.text, line.length, 0, SYS_WRITE);
        line.length = 0;
    }
}

static u8 virtio_config[8];

static u64 virtio_read(u64 offset, unsigned len)
{
    u64 value = 0;
    if (offset == VIRTIO_MAGIC) {
        value = VIRTIO_MAGIC_VALUE;
    } else if (offset == VIRTIO_DEVICE_ID) {
        value = VIRTIO_DEVICE;
    } else if (offset >= VIRTIO_CONFIG && offset + len <= VIRTIO_CONFIG + sizeof(virtio_config)) {
        for (unsigned i = len; i-- > 0;) {
            value = value << 8 | virtio_config[offset - VIRTIO_CONFIG + i];
        }
    }
    return value;
}

static void virtio_write(u64 offset, unsigned len, u64 value)
{
    if (offset >= VIRTIO_CONFIG && offset + len <= VIRTIO_CONFIG + sizeof(virtio_config)) {
        for (unsigned i = 0; i < len; i++) {
            virtio_config[offset - VIRTIO_CONFIG + i] = (u8)(value >> (8 * i));
        }
    }
}

/* Reads of unknown addresses give zero, writes go nowhere. */
static void emulate(struct vcpu_run *run)
{
    bool virtio = run->ipa - GUEST_VIRTIO < VIRTIO_SIZE;
    if (virtio && run->is_write) {
        virtio_write(run->ipa - GUEST_VIRTIO, run->len, run->data);
    } else if (virtio) {
        run->data = virtio_read(run->ipa - GUEST_VIRTIO, run->len);
    } else if (!run->is_write) {
        run->data = 0;
    } else if (run->ipa == GUEST_UART) {
        console_write((char)run->data);
    } else if (run->ipa == GUEST_EXIT) {
        exit_status = (int)run->data;
    }
}

static void vcpu_thread(u64 index)
{
    struct vcpu_run *run = (struct vcpu_run *)USER_RUN(index);
    for (;;) {
        must(vmm_syscall(index, 0, 0, SYS_VCPU_RUN));
        if (run->exit_reason == VCPU_EXIT_SHUTDOWN) {
            vmm_syscall((u64)exit_status, 0, 0, SYS_EXIT);
        }
        if (!irqchip_exit(index, run)) {
            emulate(run);
        }
    }
}

static void load_guest(const struct vmm_args *args)
{
    u64 ram = USER_GUEST_RAM;
    struct guest_boot *boot = (struct guest_boot *)ram;
    boot->vm_id = args->vm_id;
    boot->vcpu_count = args->vcpu_count;
    boot->pcpu_count = args->pcpu_count;
    boot->ops = args->ops;
    copy(boot->rows, args->rows, sizeof(boot->rows));
    copy((void *)(ram + GUEST_ENTRY - GUEST_RAM), (const void *)USER_GUEST_IMAGE,
         args->guest_image_bytes);
}

/* VCPU n belongs on CPU n; the I/O thread on the last one. */
void vmm_main(const struct vmm_args *args)
{
    must(vmm_syscall(args->vm_id, 0, 0, SYS_VM_CREATE));
    must(vmm_syscall(GUEST_RAM, USER_GUEST_RAM, GUEST_RAM_SIZE, SYS_VM_MEMORY));
    must(vmm_syscall(GUEST_IODEV, IODEV_INTID, args->pcpu_count - 1, SYS_VM_IODEV));
    load_guest(args);
    irqchip_init(args);
    for (u64 i = 0; i < args->vcpu_count; i++) {
        must(vmm_syscall(i, 0, 0, SYS_VCPU_CREATE));
    }
    for (u64 i = 1; i < args->vcpu_count; i++) {
        must(vmm_syscall((u64)vcpu_thread, i, i, SYS_THREAD_CREATE));
    }
    vcpu_thread(0);
    __builtin_unreachable();
}
