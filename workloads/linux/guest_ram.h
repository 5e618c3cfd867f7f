/* Where a VMM of ours has its VM's memory: always at the same place within 2 MiB. */
#ifndef EL2SIM_WORKLOADS_LINUX_GUEST_RAM_H
#define EL2SIM_WORKLOADS_LINUX_GUEST_RAM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

/*
 * size bytes of zeroes in pages of 4 KiB, for guest addresses that start at a multiple of 2 MiB;
 * MAP_FAILED, with errno, when there is no room.
 *
 * mmap() chooses at random, and one choice in 512 has the same offset in 2 MiB here and in the VM.
 * Then KVM may map 2 MiB at once, so each fault of stage 2 looks first how this process has its
 * page mapped (transparent_hugepage_adjust of Linux 6.1: 500 instructions, 10 % of a fault). Here
 * the offsets always differ, by a page.
 */
static inline void *guest_ram_map(size_t size)
{
    const size_t block = (size_t)2 << 20, page = 4096;
    uint8_t *room = mmap(NULL, size + 2 * block, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED || madvise(room, size + 2 * block, MADV_NOHUGEPAGE) != 0) {
        return MAP_FAILED;
    }
    return room + (block - (uintptr_t)room % block) + page;
}

#endif
