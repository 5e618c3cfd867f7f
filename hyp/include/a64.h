/* A64 instructions that C cannot say: system registers, barriers, cache and TLB maintenance, device
 * accesses. */
#ifndef EL2SIM_HYP_A64_H
#define EL2SIM_HYP_A64_H

#include "types.h"

/* r may be a macro that stands for an encoding (S3_...). */
#define A64_TEXT(r)        #r
#define read_sysreg(r)     read_sysreg_(A64_TEXT(r))
#define write_sysreg(v, r) write_sysreg_(v, A64_TEXT(r))

#define read_sysreg_(name)                                                                         \
    ({                                                                                             \
        u64 val_;                                                                                  \
        __asm__ volatile("mrs %0, " name : "=r"(val_)::"memory");                                  \
        val_;                                                                                      \
    })
#define write_sysreg_(v, name)                                                                     \
    do {                                                                                           \
        u64 new_ = (u64)(v);                                                                       \
        __asm__ volatile("msr " name ", %0" ::"r"(new_) : "memory");                               \
    } while (0)

#define isb()           __asm__ volatile("isb" ::: "memory")
#define dsb(opt)        __asm__ volatile("dsb " #opt ::: "memory")
#define dmb(opt)        __asm__ volatile("dmb " #opt ::: "memory")
#define wfi()           __asm__ volatile("wfi" ::: "memory")
#define tlbi(op)        __asm__ volatile("tlbi " #op ::: "memory")
#define tlbi_arg(op, v) __asm__ volatile("tlbi " #op ", %0" ::"r"((u64)(v)) : "memory")

/* In a loop that waits for another CPU: lets a hardware thread, or an emulator that runs CPUs in
 * turn, go on elsewhere. */
static inline void cpu_relax(void)
{
    __asm__ volatile("yield" ::: "memory");
}

static inline u32 mmio_read32(u64 addr)
{
    u32 v;
    __asm__ volatile("ldr %w0, [%1]" : "=r"(v) : "r"(addr) : "memory");
    return v;
}

static inline void mmio_write32(u64 addr, u32 v)
{
    __asm__ volatile("str %w0, [%1]" ::"r"(v), "r"(addr) : "memory");
}

static inline u64 mmio_read64(u64 addr)
{
    u64 v;
    __asm__ volatile("ldr %0, [%1]" : "=r"(v) : "r"(addr) : "memory");
    return v;
}

static inline void mmio_write64(u64 addr, u64 v)
{
    __asm__ volatile("str %0, [%1]" ::"r"(v), "r"(addr) : "memory");
}

static inline void irq_enable(void)
{
    __asm__ volatile("msr daifclr, #2" ::: "memory");
}

static inline void irq_disable(void)
{
    __asm__ volatile("msr daifset, #2" ::: "memory");
}

static inline u64 irq_save(void)
{
    u64 flags = read_sysreg(daif);
    irq_disable();
    return flags;
}

static inline void irq_restore(u64 flags)
{
    write_sysreg(flags, daif);
}

#endif
