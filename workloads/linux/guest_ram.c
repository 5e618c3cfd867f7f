/*
 * mmap() chooses at random, and one choice in 512 has the same offset in 2 MiB here and in the VM.
 * Then KVM may map 2 MiB at once, so each fault of stage 2 looks first how this process has its
 * page mapped (transparent_hugepage_adjust of Linux 6.1: 500 instructions, 10 % of a fault). Here
 * the offsets always differ, by a page.
 */
#include "guest_ram.h"

#include <stdint.h>
#include <sys/mman.h>

#define BLOCK ((size_t)2 << 20)
#define PAGE  4096

void *guest_ram_map(size_t size)
{
    size_t room = size + 2 * BLOCK;
    uint8_t *at = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED || madvise(at, room, MADV_NOHUGEPAGE) != 0) {
        return MAP_FAILED;
    }
    return at + (BLOCK - (uintptr_t)at % BLOCK) + PAGE;
}
