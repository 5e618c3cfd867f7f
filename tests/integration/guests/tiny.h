/* What the tiny guests share. They enter at EL2, on each CPU alone, with the MMU off. */
#ifndef EL2SIM_TESTS_INTEGRATION_GUESTS_TINY_H
#define EL2SIM_TESTS_INTEGRATION_GUESTS_TINY_H

#define PSCI_SYSTEM_OFF 0x84000008
#define PSCI_CPU_ON     0xc4000003

#endif
