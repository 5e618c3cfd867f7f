/* The board of a kernel that the boot loader left (emul/boot_linux.h). */
#include "emul/boot_linux.h"
#include "emul/pl011.h"
#include "abi/board.h"
#include "vmm/irqchip.h"
#include "vmm/net.h"

#define RESET_STATUS 3

static struct {
    volatile u32 locked;
    struct pl011 uart;
    bool uart_line;
} devices;

/* VCPUs of one VM access the devices at the same time. */
static void devices_lock(void)
{
    while (__atomic_exchange_n(&devices.locked, 1, __ATOMIC_ACQUIRE)) {
        __asm__ volatile("yield" ::: "memory");
    }
}

static void devices_unlock(void)
{
    __atomic_store_n(&devices.locked, 0, __ATOMIC_RELEASE);
}

static u64 virt_ram_bytes(const struct vmm_args *args)
{
    return args->memory_bytes;
}

static struct vmm_entry virt_load(const struct vmm_args *args)
{
    struct boot_kernel k = {
        .image = (const void *)USER_GUEST_IMAGE,
        .image_bytes = args->guest_image_bytes,
        .ramdisk_bytes = args->ramdisk_bytes,
        .memory_bytes = args->memory_bytes,
        .vcpu_count = args->vcpu_count,
        .gic_version = args->gic_version,
        .timer_intid = args->timer_intid,
        .net_count = net_start(args, args->memory_bytes),
        .bootargs = args->bootargs,
    };
    struct boot_layout l;
    const char *why;
    if (!boot_layout(&k, &l, &why)) {
        refuse("the guest's kernel ", why);
    }
    if (!boot_tree(&k, &l, (void *)USER_GUEST_RAM)) {
        refuse("the guest's device tree does not fit", "");
    }
    copy((void *)(USER_GUEST_RAM + l.kernel), k.image, k.image_bytes);
    copy((void *)(USER_GUEST_RAM + l.ramdisk), (const void *)USER_GUEST_RAMDISK, k.ramdisk_bytes);
    pl011_reset(&devices.uart);
    return (struct vmm_entry){.pc = GUEST_RAM + l.kernel, .x0 = GUEST_RAM};
}

static void uart_write(u64 offset, u64 value)
{
    char c;
    if (pl011_write(&devices.uart, offset, value, &c)) {
        console_write(c);
    }
    bool line = pl011_line(&devices.uart);
    if (line != devices.uart_line) {
        devices.uart_line = line;
        irqchip_set_spi(BOOT_UART_INTID, line);
    }
}

/* Reads of unknown addresses give zero, writes go nowhere. */
static void virt_access(struct vcpu_run *run)
{
    u64 offset = run->ipa - BOARD_UART;
    if (net_access(run)) {
        return;
    }
    if (offset >= PL011_SIZE) {
        run->data = 0;
        return;
    }
    devices_lock();
    if (run->is_write) {
        uart_write(offset, run->data);
    } else {
        run->data = pl011_read(&devices.uart, offset);
    }
    devices_unlock();
}

static int virt_exit_status(u32 reason)
{
    return reason == VCPU_EXIT_RESET ? RESET_STATUS : 0;
}

const struct vmm_board board_virt = {
    .ram_bytes = virt_ram_bytes,
    .load = virt_load,
    .access = virt_access,
    .exit_status = virt_exit_status,
};
