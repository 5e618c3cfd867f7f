/* The end of a program without a hypervisor: its last line has said how it went. */
#include "lib/guest.h"

#define PSCI_SYSTEM_OFF 0x84000008

void guest_exit(int status)
{
    (void)status;
    psci_call(PSCI_SYSTEM_OFF, 0, 0, 0);
    for (;;) {
        wfi();
    }
}
