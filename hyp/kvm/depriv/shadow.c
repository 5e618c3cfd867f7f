/*
 * Shadow address spaces. Each translation regime of a guest (tables, controls, and whether its
 * kernel or its programs run) has tables of ours with an ASID of their own, filled page by page on
 * faults from the guest's tables: a large TLB in software. It forgets when the guest says TLBI, as
 * a TLB does, so that the guest's tables need not be watched.
 *
 * All VCPUs of a VM share the spaces. mmu_lock covers a walk and the entry made of it, so that an
 * entry of tables that have changed since is never made behind the TLBI.
 */
#include "a64.h"
#include "kernel/cache.h"
#include "kernel/page.h"
#include "kernel/panic.h"
#include "kernel/pt.h"
#include "kernel/exception.h"
#include "kvm/depriv/depriv.h"

#define SPACES              16 /* more than VCPUs: one is always free */
#define ASID_FIRST          64 /* the ASIDs below are those of processes */
#define ASID_SHIFT          48
#define VA_BITS             39 /* of the host's TTBR0 */
#define ROOT_ENTRIES        512
#define TABLES_MAX          512 /* of a VM, below the roots: what they map is a GiB, or very little */
#define FSC_PERMISSION_BASE 0x0c
#define ISS_WNR             BIT(6)
#define ISS_CM              BIT(8) /* cache maintenance: counts as a read */
#define GUEST_PAGE          (PT_ATTR(MAIR_NORMAL) | PT_SH_INNER | PT_AF | PT_EL0 | PT_NG | PT_PXN)

struct shadow_space {
    struct guest_regime regime;
    u64 *root;       /* NULL: never used */
    unsigned users;  /* VCPUs that have it selected */
    unsigned tables; /* below the root */
    u64 last_use;
};

struct shadow {
    u64 uses;
    unsigned tables; /* of all spaces */
    struct shadow_space space[SPACES];
};

_Static_assert(sizeof(struct shadow) <= PAGE_SIZE, "the spaces of a VM are one page");
_Static_assert(VCPU_MAX < SPACES && ASID_FIRST + VM_MAX * SPACES <= 256, "ASIDs have eight bits");

static u64 space_asid(const struct vm *vm, const struct shadow_space *s)
{
    return (ASID_FIRST + vm->id * SPACES + (u64)(s - vm->shadow->space)) << ASID_SHIFT;
}

static bool same_regime(const struct guest_regime *a, const struct guest_regime *b)
{
    return a->ttbr0 == b->ttbr0 && a->tcr == b->tcr && a->sctlr == b->sctlr &&
           a->is_el1 == b->is_el1;
}

/* --- the caller holds mmu_lock --- */

static void flush_begin(void)
{
    dsb(ishst);
}

static void flush_end(void)
{
    dsb(ish);
    isb();
}

/* Tables are unhooked, then nothing walks them any more, then they are freed. */
static void space_clear(struct vm *vm, struct shadow_space *s)
{
    if (!s->root) {
        return;
    }
    u64 *unhooked = page_alloc(0);
    bool was_empty = true;
    for (unsigned i = 0; i < ROOT_ENTRIES; i++) {
        unhooked[i] = s->root[i];
        was_empty = was_empty && unhooked[i] == 0;
        WRITE_ONCE(s->root[i], 0);
    }
    if (!was_empty) {
        flush_begin();
        tlbi_arg(aside1is, space_asid(vm, s));
        flush_end();
        pt_clear(unhooked, ROOT_ENTRIES);
    }
    page_free(unhooked, 0);
    vm->shadow->tables -= s->tables;
    s->tables = 0;
}

/* The entry for va, whose table is missing. A guest may use more addresses than there is memory to
 * map: when the VM's tables are all in use, its largest space is forgotten. */
static u64 *entry_alloc(struct vm *vm, struct shadow_space *s, u64 va)
{
    struct shadow *all = vm->shadow;
    if (all->tables + 2 > TABLES_MAX) {
        struct shadow_space *largest = all->space;
        for (unsigned i = 1; i < SPACES; i++) {
            if (all->space[i].tables > largest->tables) {
                largest = &all->space[i];
            }
        }
        space_clear(vm, largest);
    }
    unsigned missing = pt_entry(s->root, va, 2) ? 1 : 2;
    s->tables += missing;
    all->tables += missing;
    return pt_entry_alloc(s->root, va, 3);
}

static struct shadow_space *space_find(struct vm *vm, const struct guest_regime *r)
{
    struct shadow_space *oldest = NULL;
    for (unsigned i = 0; i < SPACES; i++) {
        struct shadow_space *s = &vm->shadow->space[i];
        if (s->root && same_regime(&s->regime, r)) {
            return s;
        }
        if (s->users == 0 && (!oldest || s->last_use < oldest->last_use)) {
            oldest = s;
        }
    }
    BUG_ON(!oldest);
    if (oldest->root) {
        space_clear(vm, oldest);
    } else {
        oldest->root = page_alloc(0);
    }
    oldest->regime = *r;
    return oldest;
}

static void page_flush(struct vm *vm, const struct shadow_space *s, u64 va)
{
    tlbi_arg(vae1is, space_asid(vm, s) | (va >> 12 & (BIT(44) - 1)));
}

/* A page is executable once it was executed: data never pays for the instruction cache. */
static void space_map(struct vm *vm, struct shadow_space *s, u64 va, const void *memory,
                      const struct guest_page *page, bool executes)
{
    u64 *entry = pt_entry(s->root, va, 3);
    entry = entry ? entry : entry_alloc(vm, s, va);
    u64 old = *entry;
    u64 pa = virt_to_phys(memory) & PT_ADDR;
    bool was_executable = (old & PT_VALID) && !(old & PT_UXN) && (old & PT_ADDR) == pa;
    if (executes) {
        cache_page_to_pou(phys_to_virt(pa)); /* by the VMM, or by the guest at another address */
    }
    bool executable = executes || (was_executable && page->is_executable);
    if ((old & PT_VALID) && (old & PT_ADDR) != pa) { /* break before make */
        WRITE_ONCE(*entry, 0);
        flush_begin();
        page_flush(vm, s, va);
        flush_end();
        old = 0;
    }
    WRITE_ONCE(*entry, pa | GUEST_PAGE | PT_TABLE | PT_VALID | (executable ? 0 : PT_UXN) |
                           (page->is_writable ? 0 : PT_RO));
    flush_begin();
    if (old & PT_VALID) { /* only permissions have changed */
        page_flush(vm, s, va);
        flush_end();
    }
}

/* --- */

void shadow_select(struct vcpu *v)
{
    struct guest_regime r = guest_regime(v, guest_at_el1(v));
    if (v->space && same_regime(&v->space->regime, &r)) {
        return;
    }
    struct vm *vm = v->vm;
    u64 flags = spin_lock_irqsave(&vm->mmu_lock);
    if (v->space) {
        v->space->users--;
    }
    v->space = space_find(vm, &r);
    v->space->users++;
    v->space->last_use = ++vm->shadow->uses;
    v->arch.ttbr0 = virt_to_phys(v->space->root) | space_asid(vm, v->space);
    spin_unlock_irqrestore(&vm->mmu_lock, flags);
}

static enum shadow_result fault(struct vcpu *v, u64 esr, u64 far, u32 *fsc, u64 *ipa)
{
    struct vm *vm = v->vm;
    struct guest_page page;
    bool executes = ESR_EC(esr) == EC_IABT_LOW;
    bool writes = !executes && (esr & (ISS_WNR | ISS_CM)) == ISS_WNR;
    *fsc = guest_walk(vm, &v->space->regime, far, &page);
    if (*fsc) {
        return SHADOW_INJECT;
    }
    bool allowed =
        page.is_readable && (!writes || page.is_writable) && (!executes || page.is_executable);
    if (!allowed) {
        *fsc = FSC_PERMISSION_BASE | page.level;
        return SHADOW_INJECT;
    }
    *ipa = page.ipa | (far & (PAGE_SIZE - 1));
    const void *memory = vm_memory(vm, page.ipa);
    if (!memory) {
        return SHADOW_DEVICE;
    }
    if (far >> VA_BITS) { /* the host's tables do not reach so far: see README.md */
        *fsc = FSC_TRANSLATION;
        return SHADOW_INJECT;
    }
    space_map(vm, v->space, far, memory, &page, executes);
    return SHADOW_MENDED;
}

enum shadow_result shadow_fault(struct vcpu *v, u64 esr, u64 far, u32 *fsc, u64 *ipa)
{
    u64 flags = spin_lock_irqsave(&v->vm->mmu_lock);
    enum shadow_result result = fault(v, esr, far, fsc, ipa);
    spin_unlock_irqrestore(&v->vm->mmu_lock, flags);
    return result;
}

void shadow_flush_asid(struct vm *vm, u64 asid)
{
    u64 flags = spin_lock_irqsave(&vm->mmu_lock);
    for (unsigned i = 0; i < SPACES; i++) {
        struct shadow_space *s = &vm->shadow->space[i];
        if (s->regime.ttbr0 >> ASID_SHIFT == asid) {
            space_clear(vm, s);
        }
    }
    spin_unlock_irqrestore(&vm->mmu_lock, flags);
}

void shadow_flush_all(struct vm *vm)
{
    u64 flags = spin_lock_irqsave(&vm->mmu_lock);
    for (unsigned i = 0; i < SPACES; i++) {
        space_clear(vm, &vm->shadow->space[i]);
    }
    spin_unlock_irqrestore(&vm->mmu_lock, flags);
}

void shadow_flush_page(struct vm *vm, u64 va)
{
    u64 flags = spin_lock_irqsave(&vm->mmu_lock);
    flush_begin();
    for (unsigned i = 0; i < SPACES && va >> VA_BITS == 0; i++) {
        struct shadow_space *s = &vm->shadow->space[i];
        u64 *entry = s->root ? pt_entry(s->root, va, 3) : NULL;
        if (entry && (*entry & PT_VALID)) {
            WRITE_ONCE(*entry, 0);
            flush_begin();
            page_flush(vm, s, va);
        }
    }
    flush_end();
    spin_unlock_irqrestore(&vm->mmu_lock, flags);
}

bool shadow_read_insn(struct vcpu *v, u32 *insn)
{
    u64 va = v->arch.ctx.pc;
    u64 flags = spin_lock_irqsave(&v->vm->mmu_lock);
    const u64 *entry = va >> VA_BITS ? NULL : pt_entry(v->space->root, va, 3);
    bool found = entry && (*entry & PT_VALID) && va % 4 == 0;
    if (found) {
        *insn = *(const u32 *)((char *)phys_to_virt(*entry & PT_ADDR) + va % PAGE_SIZE);
    }
    spin_unlock_irqrestore(&v->vm->mmu_lock, flags);
    return found;
}

/* --- in place of stage 2 --- */

const bool guest_has_ttbr1 = false; /* it is the host's */

void stage2_init_vm(struct vm *vm)
{
    vm->shadow = page_alloc(0);
    vm->arch.cntvoff = 0; /* there is no offset without EL2: the guest sees the machine's counter */
}

/* Nothing runs in the VM any more. The guest's pages belong to the process. */
void stage2_destroy(struct vm *vm)
{
    for (unsigned i = 0; i < SPACES; i++) {
        struct shadow_space *s = &vm->shadow->space[i];
        if (s->root) {
            space_clear(vm, s);
            page_free(s->root, 0);
        }
    }
    page_free(vm->shadow, 0);
}

/* ASIDs are given once and for all. */
void vmid_limit(unsigned count)
{
    (void)count;
}

void vmid_update(struct vm *vm)
{
    (void)vm;
}

bool vmid_is_current(const struct vm *vm)
{
    (void)vm;
    return true;
}
