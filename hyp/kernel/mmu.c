#include "kernel/mmu.h"

#include "a64.h"
#include "abi/board.h"
#include "kernel/page.h"
#include "kernel/pt.h"

#define KERNEL_RAM (PT_ATTR(MAIR_NORMAL) | PT_SH_INNER | HOST_PT)
#define DEVICE     (PT_ATTR(MAIR_DEVICE_nGnRE) | HOST_PT | HOST_PT_XN)

/* What of KERNEL_BASE the table sees: addresses have 39 bits. */
#define BASE_INDEX (KERNEL_BASE & (BIT(39) - 1))

extern char __text_start[], __text_end[], __rodata_end[]; /* linker script, page aligned */

u64 mmu_kernel_root[512] __attribute__((aligned(4096)));

static void map_kernel(u64 from, u64 to, u64 attributes)
{
    pt_map(mmu_kernel_root, from + BASE_INDEX, from, to - from, attributes);
}

static u64 mapped_end;

void mmu_init(u64 ram_end)
{
    mapped_end = ram_end;
    u64 text = virt_to_phys(__text_start);
    u64 rodata = virt_to_phys(__text_end);
    u64 data = virt_to_phys(__rodata_end);
    map_kernel(ALIGN_DOWN(BOARD_GICD, 0x200000), BOARD_DEV_END, DEVICE);
    map_kernel(BOARD_RAM, text, KERNEL_RAM | HOST_PT_XN);
    map_kernel(text, rodata, KERNEL_RAM | PT_RO);
    map_kernel(rodata, data, KERNEL_RAM | HOST_PT_XN | PT_RO);
    map_kernel(data, ram_end, KERNEL_RAM | HOST_PT_XN);
    mmu_init_root(mmu_kernel_root);
    mmu_init_cpu();
}

u64 kernel_ram_end(void)
{
    return mapped_end;
}
