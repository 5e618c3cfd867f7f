/* Checks of what a KVM does, whatever its guest's interface. */
#include "micro/row.h"

#define CONFIG       (GUEST_VIRTIO + VIRTIO_CONFIG)
#define EC(esr)      ((esr) >> 26 & 0x3f)
#define EC_DABT_CUR  0x25
#define FSC_EXTERNAL 0x10

/* A pair has no syndrome: nobody can emulate it. */
bool check_abort_injected(void)
{
    u64 a, b;
    expect_exception();
    __asm__ volatile("ldp %0, %1, [%2]" : "=&r"(a), "=&r"(b) : "r"(CONFIG) : "memory");
    return exception_expected.taken && EC(exception_expected.esr) == EC_DABT_CUR &&
           (exception_expected.esr & 0x3f) == FSC_EXTERNAL && exception_expected.far == CONFIG;
}

/* Trapped until the first write, then switched; the PMU reads as zero. */
bool check_debug_registers(void)
{
    const u64 address = 0x40080000;
    write_sysreg(address, dbgbvr0_el1);
    write_sysreg(address + 8, dbgwvr0_el1);
    isb();
    for (unsigned i = 0; i < 4; i++) {
        hvc(HVC_NOOP, 0, 0, 0);
    }
    bool ok = read_sysreg(dbgbvr0_el1) == address && read_sysreg(dbgwvr0_el1) == address + 8;
    return ok && read_sysreg(pmccntr_el0) == 0;
}
