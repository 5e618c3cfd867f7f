/* Where a VMM of ours has its VM's memory: always at the same place within 2 MiB. */
#ifndef EL2SIM_WORKLOADS_LINUX_GUEST_RAM_H
#define EL2SIM_WORKLOADS_LINUX_GUEST_RAM_H

#include <stddef.h>

/* size bytes of zeroes in pages of 4 KiB, for guest addresses that start at a multiple of 2 MiB;
 * MAP_FAILED, with errno, when there is no room. */
void *guest_ram_map(size_t size);

#endif
