/* The end of a program without a hypervisor: its last line says how it went. */
#include "lib/guest.h"

#define PSCI_SYSTEM_OFF 0x84000008

void guest_exit(int status)
{
    if (status) {
        print("RESULT FAIL status %u\n", (unsigned)status);
    } else {
        print("RESULT PASS\n");
    }
    psci_call(PSCI_SYSTEM_OFF, 0, 0, 0);
    for (;;) {
        wfi();
    }
}
