/*
 * Stage 2 of a domain. As Xen does it, all memory is allocated and mapped when the domain is made,
 * in blocks where they fit: a guest never faults for memory. A block is split only where a page of
 * the hypervisor's or of another domain's comes in its place.
 */
#include "xen/hypervisor.h"

#include "a64.h"
#include "abi/board.h"
#include "abi/guest.h"
#include "kernel/cache.h"
#include "kernel/mmu.h"
#include "kernel/page.h"
#include "kernel/panic.h"
#include "kernel/pt.h"
#include "xen/domain.h"

#define BLOCK_ORDER 9
#define BLOCK_SIZE  (PAGE_SIZE << BLOCK_ORDER)

/* Arm ARM D8 "Stage 2 attribute fields" */
#define S2_NORMAL_WB (0xfUL << 2)
#define S2_DEVICE    (0x1UL << 2) /* nGnRE */
#define S2_RO        (1UL << 6)
#define S2_RW        (3UL << 6)
#define S2_XN        BIT(54)
#define S2_MEMORY    (S2_NORMAL_WB | PT_SH_INNER)
#define S2_PLACED    BIT(56) /* software: a page of somebody else's, in the place of memory */

/* What guests cannot take of the hypervisor's memory: more than one page for each CPU. */
#define PAGES_RESERVED 64

/* Whose each block of the machine's memory is, as domid + 1; 0: no domain's. A domain's own say so
 * from before its VCPUs start until they are gone. */
static u8 block_owner[KERNEL_RAM_MAX / BLOCK_SIZE];

#define ROOT_ORDER   1
#define ROOT_ENTRIES 1024
#define VMID_SHIFT   48
#define PAR_F        BIT(0)
#define PAR_PA       0x0000fffffffff000UL

/* RES1, PS, SH0 inner, ORGN0 and IRGN0 write-back, SL0 = 1 (level 1), T0SZ = 24 (40 bits) */
u64 p2m_vtcr(void)
{
    u64 parange = read_sysreg(id_aa64mmfr0_el1) & 0xf;
    return BIT(31) | (parange < 5 ? parange : 5) << 16 | 3UL << 12 | 1UL << 10 | 1UL << 8 |
           1UL << 6 | 24;
}

static u8 *owner_of(u64 pa)
{
    u64 i = (pa - BOARD_RAM) / BLOCK_SIZE;
    return i < ARRAY_SIZE(block_owner) ? &block_owner[i] : NULL;
}

static u8 owner_id(const struct vm *d)
{
    _Static_assert(VM_MAX < 255, "a byte");
    return (u8)(d->id + 1);
}

/* Its physical address. */
static u64 add_block(struct vm *d)
{
    struct xen_domain *x = d->xen;
    void *block = page_alloc(BLOCK_ORDER);
    u64 pa = virt_to_phys(block);
    BUG_ON(x->block_count == XEN_BLOCK_MAX);
    x->block[x->block_count++] = block;
    *owner_of(pa) = owner_id(d);
    return pa;
}

void p2m_create(struct vm *d, u64 ram_bytes)
{
    struct xen_domain *x = d->xen;
    d->stage2 = page_alloc(ROOT_ORDER);
    x->block = page_alloc(0);
    d->arch.vttbr = virt_to_phys(d->stage2) | (u64)(d->id + 1) << VMID_SHIFT;
    for (u64 at = 0; at < ram_bytes; at += BLOCK_SIZE) {
        pt_map(d->stage2, GUEST_RAM + at, add_block(d), BLOCK_SIZE, S2_MEMORY | S2_RW);
    }
}

u64 p2m_add_direct(struct vm *d)
{
    u64 pa = add_block(d);
    const u64 *entry = pt_entry(d->stage2, pa, 2);
    BUG_ON(entry && (*entry & PT_VALID));
    pt_map(d->stage2, pa, pa, BLOCK_SIZE, S2_MEMORY | S2_RW);
    return pa;
}

void stage2_map_device(struct vm *d, u64 ipa, u64 pa, u64 size)
{
    pt_map(d->stage2, ipa, pa, size, S2_DEVICE | S2_RW | S2_XN);
}

/* VTTBR_EL2 names the VMID that TLBI means; it is the current VCPU's between traps. */
static void flush_vmid(const struct vm *d)
{
    u64 flags = irq_save();
    u64 current = read_sysreg(vttbr_el2);
    dsb(ishst);
    write_sysreg(d->arch.vttbr, vttbr_el2);
    isb();
    tlbi(vmalls12e1is);
    dsb(ish);
    isb();
    write_sysreg(current, vttbr_el2);
    isb();
    irq_restore(flags);
}

void p2m_destroy(struct vm *d)
{
    struct xen_domain *x = d->xen;
    flush_vmid(d);
    pt_clear(d->stage2, ROOT_ENTRIES);
    page_free(d->stage2, ROOT_ORDER);
    for (unsigned i = 0; i < x->block_count; i++) {
        *owner_of(virt_to_phys(x->block[i])) = 0;
        page_free(x->block[i], BLOCK_ORDER);
    }
    page_free(x->block, 0);
}

/* The same translations, page by page; break before make. Caller holds mmu_lock. */
static void split_block(struct vm *d, u64 *entry)
{
    u64 block = *entry;
    u64 *table = page_alloc(0);
    for (u64 i = 0; i < 512; i++) {
        table[i] = (block + i * PAGE_SIZE) | PT_TABLE;
    }
    WRITE_ONCE(*entry, 0);
    flush_vmid(d);
    WRITE_ONCE(*entry, virt_to_phys(table) | PT_TABLE | PT_VALID);
    dsb(ishst);
}

/* Only where the domain has memory (or had it): what its pages cost the hypervisor is a table for
 * each of its blocks. NULL: nothing is there, or the hypervisor has no page left to give. Caller
 * holds mmu_lock. */
static u64 *page_entry(struct vm *d, u64 ipa)
{
    u64 *entry = pt_entry(d->stage2, ipa, 2);
    if (!entry || !(*entry & PT_VALID)) {
        return NULL;
    }
    if (!(*entry & PT_TABLE)) {
        if (page_free_count() <= PAGES_RESERVED) {
            return NULL;
        }
        split_block(d, entry);
    }
    return pt_entry(d->stage2, ipa, 3);
}

static bool set_page(struct vm *d, u64 ipa, u64 value)
{
    u64 flags = spin_lock_irqsave(&d->mmu_lock);
    u64 *entry = page_entry(d, ipa);
    if (entry) {
        if (*entry & PT_VALID) {
            WRITE_ONCE(*entry, 0);
            flush_vmid(d);
        }
        WRITE_ONCE(*entry, value);
        dsb(ishst);
    }
    spin_unlock_irqrestore(&d->mmu_lock, flags);
    return entry != NULL;
}

bool guest_map_page(struct vm *d, u64 ipa, const void *page, bool writable)
{
    if (ipa % PAGE_SIZE || ipa >= BIT(40)) {
        return false;
    }
    u64 attributes = S2_MEMORY | (writable ? S2_RW : S2_RO) | S2_XN | S2_PLACED;
    return set_page(d, ipa, virt_to_phys(page) | attributes | PT_AF | PT_TABLE | PT_VALID);
}

void guest_unmap_page(struct vm *d, u64 ipa)
{
    set_page(d, ipa, 0);
}

/* The entry that translates ipa, a page's or a block's, when nobody changes it; 0: there is none.
 * Not translated by it are the bits in mask. */
static u64 look_up(struct vm *d, u64 ipa, u64 *mask)
{
    *mask = BLOCK_SIZE - 1;
    if (ipa >= BIT(40)) {
        return 0;
    }
    u64 flags = spin_lock_irqsave(&d->mmu_lock);
    u64 *entry = pt_entry(d->stage2, ipa, 2);
    if (entry && (*entry & PT_VALID) && (*entry & PT_TABLE)) {
        *mask = PAGE_SIZE - 1;
        entry = pt_entry(d->stage2, ipa, 3);
    }
    u64 value = entry ? *entry : 0;
    spin_unlock_irqrestore(&d->mmu_lock, flags);
    return value & PT_VALID ? value : 0;
}

bool p2m_maps(struct vm *d, u64 ipa)
{
    u64 mask;
    return look_up(d, ipa, &mask) != 0;
}

void *guest_ram(struct vm *d, u64 ipa)
{
    u64 mask;
    u64 value = look_up(d, ipa, &mask);
    bool is_ram = (value & S2_NORMAL_WB) == S2_NORMAL_WB && !(value & S2_PLACED);
    return is_ram ? phys_to_virt((value & PT_ADDR & ~mask) | (ipa & mask)) : NULL;
}

/* By the guest's own tables and its stage 2, which the machine still has: PAR_EL1, which is the
 * guest's. */
static u64 translate(u64 va, bool write)
{
    u64 guest_par = read_sysreg(par_el1);
    if (write) {
        __asm__ volatile("at s12e1w, %0" ::"r"(va) : "memory");
    } else {
        __asm__ volatile("at s12e1r, %0" ::"r"(va) : "memory");
    }
    isb();
    u64 par = read_sysreg(par_el1);
    write_sysreg(guest_par, par_el1);
    return par;
}

/* What is not there may only be on its way: it is looked for again while nobody changes stage 2.
 * What belongs to others may leave any time, and be somebody else's by then: as in Xen, the owner
 * of the page decides. */
void *guest_address(struct vcpu *v, u64 va, bool write)
{
    u64 par = translate(va, write);
    if (par & PAR_F) {
        u64 flags = spin_lock_irqsave(&v->vm->mmu_lock);
        par = translate(va, write);
        spin_unlock_irqrestore(&v->vm->mmu_lock, flags);
    }
    u64 pa = (par & PAR_PA) | (va & 0xfff);
    const u8 *owner = par & PAR_F ? NULL : owner_of(pa);
    return owner && *owner == owner_id(v->vm) ? phys_to_virt(pa) : NULL;
}

void p2m_publish_image(struct vm *d, u64 ipa, u64 bytes)
{
    for (u64 at = 0; at < bytes; at += PAGE_SIZE) {
        cache_page_to_poc(guest_ram(d, ipa + at));
    }
}
