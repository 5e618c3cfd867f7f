#include "kernel/pt.h"

#include "a64.h"
#include "kernel/page.h"
#include "kernel/panic.h"

#define BLOCK_SIZE 0x200000UL

/* Level 1 takes ten bits: 512 entries where the root is one page, 1024 for a stage 2 of 40 bits
 * (two concatenated pages). Kernel addresses come without KERNEL_BASE. */
static unsigned index_at(u64 va, unsigned level)
{
    return level == 1 ? va >> 30 & 0x3ff : va >> (39 - 9 * level) & 0x1ff;
}

static u64 *walk(u64 *root, u64 va, unsigned level, bool alloc)
{
    u64 *table = root;
    for (unsigned l = 1; l < level; l++) {
        u64 *entry = &table[index_at(va, l)];
        if (!(*entry & PT_VALID)) {
            if (!alloc) {
                return NULL;
            }
            u64 pa = virt_to_phys(page_alloc(0));
            dmb(ishst); /* walkers see a zeroed table */
            WRITE_ONCE(*entry, pa | PT_TABLE | PT_VALID);
        } else if (!(*entry & PT_TABLE)) {
            return NULL;
        }
        table = phys_to_virt(*entry & PT_ADDR);
    }
    return &table[index_at(va, level)];
}

u64 *pt_entry(u64 *root, u64 va, unsigned level)
{
    return walk(root, va, level, false);
}

u64 *pt_entry_alloc(u64 *root, u64 va, unsigned level)
{
    return walk(root, va, level, true);
}

void pt_map(u64 *root, u64 va, u64 pa, u64 size, u64 attributes)
{
    while (size) {
        bool block = ((va | pa) & (BLOCK_SIZE - 1)) == 0 && size >= BLOCK_SIZE;
        u64 step = block ? BLOCK_SIZE : PAGE_SIZE;
        u64 *entry = pt_entry_alloc(root, va, block ? 2 : 3);
        BUG_ON(!entry || (*entry & PT_VALID));
        WRITE_ONCE(*entry, pa | attributes | PT_AF | PT_VALID | (block ? 0 : PT_TABLE));
        va += step;
        pa += step;
        size -= step;
    }
    dsb(ishst); /* the walkers of all CPUs see the entries */
    isb();
}

static void clear_level(u64 *table, unsigned entries, unsigned level)
{
    for (unsigned i = 0; i < entries; i++) {
        u64 e = table[i];
        if ((e & PT_VALID) && level < 3 && (e & PT_TABLE)) {
            clear_level(phys_to_virt(e & PT_ADDR), 512, level + 1);
            page_free(phys_to_virt(e & PT_ADDR), 0);
        } else if ((e & PT_VALID) && (e & PT_OWNED)) {
            page_free(phys_to_virt(e & PT_ADDR), 0);
        }
        table[i] = 0;
    }
}

void pt_clear(u64 *root, unsigned root_entries)
{
    clear_level(root, root_entries, 1);
}
