/* What the rows use of a KVM and its VMM: their hypercall, their devices. */
#include "abi/mark.h"
#include "micro/row.h"

#define NOT_SUPPORTED (~0UL) /* SMCCC 1.1, 5.2: of a hypervisor that does not know the number */
#define CONFIG        (GUEST_VIRTIO + VIRTIO_CONFIG)

#define LOAD(insn, reg, offset)                                                                    \
    ({                                                                                             \
        u64 value_;                                                                                \
        __asm__ volatile(insn " %" reg "0, [%1, %2]" : "=r"(value_) : "r"(CONFIG), "i"(offset));   \
        value_;                                                                                    \
    })

bool front_start(void)
{
    return true;
}

const char *front_lacks(const char *row)
{
    (void)row;
    return NULL;
}

void hypercall_exec(void)
{
    wrong |= hvc(HVC_NOOP, 0, 0, 0);
}

/* KVM in Linux does not know the number, which is as little work as doing nothing. */
bool hypercall_post(unsigned ops)
{
    (void)ops;
    return wrong == 0 || wrong == NOT_SUPPORTED;
}

void io_kernel_exec(void)
{
    wrong |= mmio_read32(GUEST_IODEV + IODEV_ID) ^ IODEV_ID_VALUE;
}

void io_user_exec(void)
{
    wrong |= mmio_read32(GUEST_VIRTIO + VIRTIO_DEVICE_ID) ^ VIRTIO_DEVICE;
}

/* --- the kernel's device: out ends in its I/O thread, in begins there --- */

static u32 kicks_before;

static u32 kicks_seen(void)
{
    return mmio_read32(GUEST_IODEV + IODEV_KICKS);
}

void io_out_prep(unsigned ops)
{
    (void)ops;
    mmio_write32(GUEST_IODEV + IODEV_MODE, row_measuring ? IODEV_MODE_OUT : IODEV_MODE_COUNT);
    kicks_before = kicks_seen();
}

void io_out_exec(void)
{
    u32 before = kicks_seen();
    if (row_measuring) {
        mark_begin("io-latency-out", 1);
    }
    mmio_write32(GUEST_IODEV + IODEV_DOORBELL, 1);
    do {
        pause_between_looks();
    } while (kicks_seen() == before);
}

bool io_out_post(unsigned ops)
{
    mmio_write32(GUEST_IODEV + IODEV_MODE, IODEV_MODE_COUNT);
    return kicks_seen() == kicks_before + ops;
}

static void reply_handler(void)
{
    if (row_measuring) {
        mark_end("io-latency-in");
    }
    handled++;
}

void io_in_prep(unsigned ops)
{
    (void)ops;
    irq_set_handler(IODEV_INTID, reply_handler);
    gic_enable(IODEV_INTID);
    handled = 0;
    mmio_write32(GUEST_IODEV + IODEV_MODE, row_measuring ? IODEV_MODE_IN : IODEV_MODE_REPLY);
}

void io_in_exec(void)
{
    u32 before = handled;
    mmio_write32(GUEST_IODEV + IODEV_DOORBELL, 1);
    irq_wait(&handled, before);
}

bool io_in_post(unsigned ops)
{
    mmio_write32(GUEST_IODEV + IODEV_MODE, IODEV_MODE_COUNT);
    return handled == ops;
}

/* --- checks --- */

bool front_checks_run(void)
{
    return true;
}

bool check_mmio_sizes(void)
{
    const u64 pattern = 0x8877665544332281;
    mmio_write64(CONFIG, pattern);
    bool ok = LOAD("ldr", "x", 0) == pattern;
    ok = ok && LOAD("ldr", "w", 4) == 0x88776655;
    ok = ok && LOAD("ldrsw", "x", 4) == 0xffffffff88776655;
    ok = ok && LOAD("ldrh", "w", 6) == 0x8877;
    ok = ok && LOAD("ldrsh", "w", 6) == 0xffff8877;
    ok = ok && LOAD("ldrsh", "x", 6) == 0xffffffffffff8877;
    ok = ok && LOAD("ldrb", "w", 0) == 0x81;
    ok = ok && LOAD("ldrsb", "w", 0) == 0xffffff81;
    ok = ok && LOAD("ldrsb", "x", 0) == 0xffffffffffffff81;
    return ok;
}

/* Register 31 is zero as a source and nothing as a destination, not SP. */
bool check_mmio_zero_register(void)
{
    mmio_write64(CONFIG, ~0UL);
    __asm__ volatile("str xzr, [%0]\n ldr xzr, [%0]" ::"r"(CONFIG) : "memory");
    bool ok = mmio_read64(CONFIG) == 0;
    mmio_write64(CONFIG, ~0UL);
    __asm__ volatile("strb wzr, [%0, #1]" ::"r"(CONFIG) : "memory");
    return ok && mmio_read64(CONFIG) == 0xffffffffffff00ff;
}

u64 front_answer(u64 message)
{
    (void)message;
    return hvc(HVC_SWITCH_SND, 0, 0, 0);
}

void front_partner_ends(void)
{
}
