/* The runtime of guest programs: EL1, MMU and caches on, vectors, the interrupt controller, a
 * console, more VCPUs. */
#ifndef EL2SIM_WORKLOADS_LIB_GUEST_H
#define EL2SIM_WORKLOADS_LIB_GUEST_H

#include "a64.h"
#include "abi/board.h"
#include "abi/guest.h"

/* The program: on VCPU 0 with interrupts masked. Its result is the machine's exit status. */
int guest_main(const struct guest_boot *boot);

/* --- console: %s, %d, %u, %x (u64) --- */
__attribute__((format(printf, 1, 0))) void print(const char *format, ...);
bool text_equal(const char *a, const char *b);
bool list_has(const char *list, const char *name); /* comma separated; an empty list has all */

/* --- the hypervisor --- */
u64 hvc(u64 function, u64 a1, u64 a2, u64 a3);
u64 psci_call(u64 function, u64 a1, u64 a2, u64 a3); /* psci_hvc.S or psci_smc.S */
_Noreturn void guest_exit(int status);
bool vcpu_start(unsigned index, void (*fn)(void)); /* false: PSCI refused */

/* While armed, the next synchronous exception is recorded here and its instruction skipped; any
 * other ends the guest. */
struct exception_expected {
    bool armed, taken;
    u64 esr, far;
};
extern struct exception_expected exception_expected;

/* Sees other synchronous exceptions first: true if it has removed the cause. */
extern bool (*exception_fixup)(u64 esr, u64 far);

/* --- interrupts --- */
typedef void (*irq_handler)(void);
#define IRQ_MAX 96
void irq_set_handler(u32 intid, irq_handler fn);
extern u32 irq_unexpected_count; /* no handler, or a spurious identifier */

static inline void irq_on(void)
{
    __asm__ volatile("msr daifclr, #2" ::: "memory");
}

static inline void irq_off(void)
{
    __asm__ volatile("msr daifset, #2" ::: "memory");
}

/* Sleeps until *count is no longer before. Call with interrupts on. */
void irq_wait(const volatile u32 *count, u32 before);

/* --- gic_v2.c or gic_v3.c --- */
extern const char gic_name[];
bool gic_check_sysregs(void); /* registers that trap read as they should */
void gic_set_pending(u32 intid);
void gic_clear_active(u32 intid);
void gic_init(void); /* once */
void gic_init_cpu(unsigned index);
void gic_enable(u32 intid); /* private ones on this VCPU; SPIs are edges that go to VCPU 0 */
void gic_enable_on(u32 intid, unsigned index); /* an SPI, as an edge that goes to VCPU index */
u32 gic_acknowledge(void);
void gic_eoi(u32 ack);
void gic_send_sgi(unsigned index, u32 sgi);
void gic_complete_none(void); /* completes "no interrupt", 1023, between two ISBs */

#endif
