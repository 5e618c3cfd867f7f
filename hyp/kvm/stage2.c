/* Stage 2 on demand, VMIDs. A page comes from the VMM's address space: what backs the guest is the
 * memory of its process. */
#include "a64.h"
#include "kernel/cache.h"
#include "kernel/page.h"
#include "kernel/pt.h"
#include "kvm/vm.h"

/* Arm ARM D8 "Stage 2 attribute fields" */
#define S2_NORMAL_WB (0xfUL << 2)
#define S2_DEVICE    (0x1UL << 2) /* nGnRE */
#define S2_RO        (1UL << 6)
#define S2_RW        (3UL << 6)
#define S2_XN        BIT(54)

#define STAGE2_ROOT_ORDER   1
#define STAGE2_ROOT_ENTRIES 1024

#define VMID_SHIFT 48
#define VMID_LAST  255 /* 8 bits; 0 is never a VM's */

static struct {
    struct spinlock lock;
    u64 generation;
    u64 next;
    u64 last;
} vmids = {.generation = 1, .next = 1, .last = VMID_LAST};

const bool guest_has_ttbr1 = true;

void vmid_limit(unsigned count)
{
    if (count > 0 && count < VMID_LAST) {
        vmids.last = count;
    }
}

u64 world_vtcr(void)
{
    u64 parange = read_sysreg(id_aa64mmfr0_el1) & 0xf;
    /* RES1, PS, SH0 inner, ORGN0 and IRGN0 write-back, SL0 = 1 (level 1), T0SZ = 24 (40 bits) */
    return BIT(31) | (parange < 5 ? parange : 5) << 16 | 3UL << 12 | 1UL << 10 | 1UL << 8 |
           1UL << 6 | 24;
}

/*
 * A VMID is good for one generation. When all are used up, a new generation begins: all CPUs leave
 * their guests (and will come here before they enter again), then no entry of an old VMID survives
 * in any TLB.
 */
bool vmid_is_current(const struct vm *vm)
{
    return READ_ONCE(vm->vmid_generation) == READ_ONCE(vmids.generation);
}

void vmid_update(struct vm *vm)
{
    if (vmid_is_current(vm)) {
        return;
    }
    u64 flags = spin_lock_irqsave(&vmids.lock);
    if (vm->vmid_generation != vmids.generation) {
        if (vmids.next > vmids.last) {
            vmids.generation++;
            vmids.next = 1;
            vcpu_force_all_out();
            world_flush_all();
        }
        vm->arch.vttbr = virt_to_phys(vm->stage2) | vmids.next++ << VMID_SHIFT;
        dmb(ish);
        WRITE_ONCE(vm->vmid_generation, vmids.generation);
    }
    spin_unlock_irqrestore(&vmids.lock, flags);
}

static const struct host_page *find_page(const struct vm *vm, u64 ipa)
{
    for (unsigned i = 0; i < HOST_PAGE_MAX; i++) {
        if (vm->page[i].page && vm->page[i].ipa == ALIGN_DOWN(ipa, PAGE_SIZE)) {
            return &vm->page[i];
        }
    }
    return NULL;
}

static void map_entry(struct vm *vm, u64 ipa, u64 pa, u64 attributes)
{
    u64 *entry = pt_entry_alloc(vm->stage2, ipa, 3);
    if (!(*entry & PT_VALID)) { /* else another VCPU was first */
        WRITE_ONCE(*entry, pa | attributes | PT_AF | PT_TABLE | PT_VALID);
        dsb(ishst); /* from invalid to valid: nothing to invalidate, but the walker must see it */
    }
}

void *stage2_own_memory(struct vm *vm, u64 ipa)
{
    u64 flags = spin_lock_irqsave(&vm->mmu_lock);
    const struct host_page *other = find_page(vm, ipa);
    spin_unlock_irqrestore(&vm->mmu_lock, flags);
    return other ? NULL : vm_memory(vm, ipa);
}

bool stage2_set_page(struct vm *vm, u64 ipa, void *page, bool writable)
{
    u64 attributes = S2_NORMAL_WB | PT_SH_INNER | S2_XN | (writable ? S2_RW : S2_RO);
    u64 flags = spin_lock_irqsave(&vm->mmu_lock);
    struct host_page *own = (struct host_page *)find_page(vm, ipa);
    for (unsigned i = 0; i < HOST_PAGE_MAX && !own; i++) {
        own = vm->page[i].page ? NULL : &vm->page[i];
    }
    if (own) {
        *own = (struct host_page){.ipa = ipa, .page = page};
        u64 *entry = pt_entry_alloc(vm->stage2, ipa, 3);
        WRITE_ONCE(*entry, 0); /* break before make */
        world_flush_ipa(&vm->arch, ipa);
        if (page) {
            map_entry(vm, ipa, virt_to_phys(page), attributes);
        }
    }
    spin_unlock_irqrestore(&vm->mmu_lock, flags);
    return own != NULL;
}

bool stage2_fault(struct vcpu *v, u64 ipa)
{
    struct vm *vm = v->vm;
    char *page = vm_memory(vm, ipa);
    if (!page) {
        return false;
    }
    page -= (u64)page % PAGE_SIZE;
    u64 caches = SCTLR_M | SCTLR_C;
    if ((vcpu_sys(v, SYS_SCTLR) & caches) == caches) {
        cache_page_to_pou(page);
    } else {
        cache_page_to_poc(page);
    }
    u64 flags = spin_lock_irqsave(&vm->mmu_lock);
    map_entry(vm, ipa, virt_to_phys(page), S2_NORMAL_WB | S2_RW | PT_SH_INNER);
    spin_unlock_irqrestore(&vm->mmu_lock, flags);
    return true;
}

void stage2_map_device(struct vm *vm, u64 ipa, u64 pa, u64 size)
{
    u64 flags = spin_lock_irqsave(&vm->mmu_lock);
    for (u64 at = 0; at < size; at += PAGE_SIZE) {
        map_entry(vm, ipa + at, pa + at, S2_DEVICE | S2_RW | S2_XN);
    }
    spin_unlock_irqrestore(&vm->mmu_lock, flags);
}

void stage2_clean(struct vm *vm)
{
    u64 flags = spin_lock_irqsave(&vm->mmu_lock);
    for (unsigned i = 0; i < vm->slot_count; i++) {
        u64 end = vm->slot[i].ipa + vm->slot[i].size;
        for (u64 ipa = vm->slot[i].ipa; ipa < end;) {
            u64 *table = pt_entry(vm->stage2, ipa, 2);
            if (!table || !(*table & PT_VALID)) {
                ipa = ALIGN_DOWN(ipa, 0x200000) + 0x200000;
                continue;
            }
            u64 *entry = pt_entry(vm->stage2, ipa, 3);
            if (*entry & PT_VALID) {
                cache_page_to_poc(phys_to_virt(*entry & PT_ADDR));
            }
            ipa += PAGE_SIZE;
        }
    }
    spin_unlock_irqrestore(&vm->mmu_lock, flags);
}

void stage2_init_vm(struct vm *vm)
{
    vm->stage2 = page_alloc(STAGE2_ROOT_ORDER);
    vm->vmid_generation = 0; /* vmid_update() gives it one */
}

/* Nothing runs in the VM any more. The pages below belong to the process. */
void stage2_destroy(struct vm *vm)
{
    world_flush_vm(&vm->arch);
    pt_clear(vm->stage2, STAGE2_ROOT_ENTRIES);
    page_free(vm->stage2, STAGE2_ROOT_ORDER);
}
