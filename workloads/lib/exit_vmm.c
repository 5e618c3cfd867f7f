/* The end of a guest of our VMM: its status goes to a register of the VMM's. */
#include "lib/guest.h"

#define PSCI_SYSTEM_OFF 0x84000008

void guest_exit(int status)
{
    mmio_write32(GUEST_EXIT, (u32)status);
    hvc(PSCI_SYSTEM_OFF, 0, 0, 0);
    for (;;) {
        wfi();
    }
}
