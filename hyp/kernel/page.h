/* Physical pages: a buddy allocator over the RAM behind the kernel image. */
#ifndef EL2SIM_HYP_KERNEL_PAGE_H
#define EL2SIM_HYP_KERNEL_PAGE_H

#include "arch/boot.h"
#include "types.h"

#define PAGE_SIZE 4096UL

static inline void *phys_to_virt(u64 pa)
{
    return (void *)(pa + KERNEL_BASE);
}

static inline u64 virt_to_phys(const void *va)
{
    return (u64)va - KERNEL_BASE;
}

/* Physical addresses of what may be managed. What it needs for itself lies at the beginning:
 * returns the end of that. Called once, with the boot table; then all memory that is free is added.
 */
u64 page_init(u64 from, u64 to);
void page_add(u64 from, u64 to);

/* 2^order zeroed pages, aligned to their size. Never fails: the kernel's memory is sized for its
 * VMs, running out is a panic. */
void *page_alloc(unsigned order);
void page_free(void *page, unsigned order);

size_t page_free_count(void);

#endif
