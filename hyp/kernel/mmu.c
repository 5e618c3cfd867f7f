#include "kernel/mmu.h"

#include "a64.h"
#include "abi/board.h"
#include "kernel/page.h"
#include "kernel/pt.h"

#define KERNEL_RAM   (PT_ATTR(MAIR_NORMAL) | PT_SH_INNER | PT_UXN)
#define DEVICE       (PT_ATTR(MAIR_DEVICE_nGnRE) | PT_UXN | PT_PXN)
#define TTBR_ASID(a) ((u64)(a) << 48)

extern char __text_start[], __text_end[], __rodata_end[]; /* linker script, page aligned */

extern void (*const replace_ttbr1_pa)(u64 new_root, u64 empty_root); /* head.S */

static u64 kernel_root[512] __attribute__((aligned(4096)));
static u64 empty_root[512] __attribute__((aligned(4096)));

static void map_kernel(u64 from, u64 to, u64 attributes)
{
    pt_map(kernel_root, from, from, to - from, attributes);
}

static u64 mapped_end;

void mmu_init(u64 ram_end)
{
    mapped_end = ram_end;
    u64 text = virt_to_phys(__text_start);
    u64 rodata = virt_to_phys(__text_end);
    u64 data = virt_to_phys(__rodata_end);
    map_kernel(ALIGN_DOWN(BOARD_GICD, 0x200000), BOARD_DEV_END, DEVICE);
    map_kernel(BOARD_RAM, text, KERNEL_RAM | PT_PXN);
    map_kernel(text, rodata, KERNEL_RAM | PT_RO);
    map_kernel(rodata, data, KERNEL_RAM | PT_PXN | PT_RO);
    map_kernel(data, ram_end, KERNEL_RAM | PT_PXN);
    mmu_init_cpu();
}

u64 kernel_ram_end(void)
{
    return mapped_end;
}

void mmu_init_cpu(void)
{
    /* Block sizes change: break before make, from the identity map. */
    replace_ttbr1_pa(virt_to_phys(kernel_root), virt_to_phys(empty_root));
    mmu_set_user(0, 0);
    tlbi(vmalle1); /* the identity map of the boot table */
    dsb(nsh);
    isb();
}

void mmu_set_user(u64 root_pa, unsigned asid)
{
    u64 root = root_pa ? root_pa : virt_to_phys(empty_root);
    write_sysreg(root | TTBR_ASID(asid), ttbr0_el1);
    isb();
}

void mmu_flush_asid(unsigned asid)
{
    dsb(ishst);
    tlbi_arg(aside1is, TTBR_ASID(asid));
    dsb(ish);
    isb();
}
