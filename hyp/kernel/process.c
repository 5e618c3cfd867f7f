#include "kernel/process.h"

#include "a64.h"
#include "kernel/cache.h"
#include "kernel/mmu.h"
#include "kernel/net_user.h"
#include "kernel/page.h"
#include "kernel/panic.h"
#include "kernel/pt.h"
#include "kernel/string.h"
#include "kvm/kvm.h"

#define USER_VA_END 0x0000008000000000UL
#define USER_PAGE   (PT_ATTR(MAIR_NORMAL) | PT_SH_INNER | PT_AF | PT_EL0 | PT_NG | PT_PXN)

static struct spinlock asid_lock;
static u64 asid_map = 1; /* ASID 0 is nobody's; 63 processes at a time */

static unsigned asid_take(void)
{
    u64 flags = spin_lock_irqsave(&asid_lock);
    unsigned asid = (unsigned)__builtin_ctzll(~asid_map);
    BUG_ON(asid >= 64);
    asid_map |= BIT(asid);
    spin_unlock_irqrestore(&asid_lock, flags);
    return asid;
}

static void asid_give(unsigned asid)
{
    mmu_flush_asid(asid);
    u64 flags = spin_lock_irqsave(&asid_lock);
    asid_map &= ~BIT(asid);
    spin_unlock_irqrestore(&asid_lock, flags);
}

/* Caller holds the lock. */
static void map_page(struct process *p, u64 va, const void *page, u64 attributes)
{
    u64 *entry = pt_entry_alloc(p->root, va, 3);
    BUG_ON(!entry || (*entry & PT_VALID));
    WRITE_ONCE(*entry, virt_to_phys(page) | USER_PAGE | attributes | PT_TABLE | PT_VALID);
    dsb(ishst);
    isb();
}

void process_map_shared(struct process *p, u64 va, const void *page, bool writable)
{
    u64 flags = spin_lock_irqsave(&p->lock);
    map_page(p, va, page, PT_UXN | (writable ? 0 : PT_RO));
    spin_unlock_irqrestore(&p->lock, flags);
}

static void add_region(struct process *p, u64 start, u64 size)
{
    BUG_ON(p->region_count == REGION_MAX);
    p->region[p->region_count++] = (struct region){start, size};
}

int process_add_region(struct process *p, u64 start, u64 size)
{
    u64 flags = spin_lock_irqsave(&p->lock);
    int result = -1;
    if (p->region_count < REGION_MAX && start + size <= USER_VA_END && start <= start + size) {
        add_region(p, start, size);
        result = 0;
    }
    spin_unlock_irqrestore(&p->lock, flags);
    return result;
}

void *process_page(struct process *p, u64 va)
{
    void *page = NULL;
    u64 flags = spin_lock_irqsave(&p->lock);
    for (unsigned i = 0; i < p->region_count; i++) {
        const struct region *r = &p->region[i];
        if (va < r->start || va - r->start >= r->size) {
            continue;
        }
        u64 *entry = pt_entry(p->root, va, 3);
        if (entry && (*entry & PT_VALID)) {
            page = phys_to_virt(*entry & PT_ADDR);
        } else {
            page = page_alloc(0);
            map_page(p, ALIGN_DOWN(va, PAGE_SIZE), page, PT_UXN | PT_OWNED);
        }
        break;
    }
    spin_unlock_irqrestore(&p->lock, flags);
    return page ? (char *)page + va % PAGE_SIZE : NULL;
}

bool process_read(struct process *p, u64 va, void *to, size_t bytes)
{
    char *out = to;
    while (bytes) {
        u64 *entry = va < USER_VA_END ? pt_entry(p->root, va, 3) : NULL;
        if (!entry || !(*entry & PT_VALID)) {
            return false;
        }
        size_t n = PAGE_SIZE - va % PAGE_SIZE;
        n = n < bytes ? n : bytes;
        memcpy(out, (char *)phys_to_virt(*entry & PT_ADDR) + va % PAGE_SIZE, n);
        va += n;
        out += n;
        bytes -= n;
    }
    return true;
}

bool process_write(struct process *p, u64 va, const void *from, size_t bytes)
{
    const char *in = from;
    while (bytes) {
        void *to = process_page(p, va);
        if (!to) {
            return false;
        }
        size_t n = PAGE_SIZE - va % PAGE_SIZE;
        n = n < bytes ? n : bytes;
        memcpy(to, in, n);
        va += n;
        in += n;
        bytes -= n;
    }
    return true;
}

static void load_image(struct process *p, const void *image)
{
    const struct user_image *h = image;
    BUG_ON(h->magic != USER_IMAGE_MAGIC);
    for (u64 at = 0; at < h->text_bytes + h->data_bytes; at += PAGE_SIZE) {
        u64 rest = h->text_bytes + h->data_bytes - at;
        void *page = page_alloc(0);
        memcpy(page, (const char *)image + at, rest < PAGE_SIZE ? rest : PAGE_SIZE);
        bool text = at < h->text_bytes;
        if (text) {
            cache_page_to_pou(page);
        }
        map_page(p, USER_IMAGE + at, page, PT_OWNED | (text ? PT_RO : PT_UXN));
    }
    add_region(p, USER_IMAGE + h->text_bytes, ALIGN_UP(h->memory_bytes, PAGE_SIZE));
}

static void map_file(struct process *p, u64 va, const void *file, u64 bytes)
{
    for (u64 at = 0; at < bytes; at += PAGE_SIZE) {
        map_page(p, va + at, (const char *)file + at, PT_UXN | PT_RO);
    }
}

struct process *process_create(const void *image, const struct vmm_args *args,
                               const void *guest_image, const void *guest_ramdisk, unsigned cpu)
{
    const struct user_image *h = image;
    struct process *p = page_alloc(0);
    p->root = page_alloc(0);
    p->asid = asid_take();
    wait_queue_init(&p->gone);
    wait_queue_init(&p->futex);
    load_image(p, image);
    void *args_page = page_alloc(0);
    memcpy(args_page, args, sizeof(*args));
    map_page(p, USER_ARGS, args_page, PT_UXN | PT_RO | PT_OWNED);
    map_file(p, USER_GUEST_IMAGE, guest_image, args->guest_image_bytes);
    map_file(p, USER_GUEST_RAMDISK, guest_ramdisk, args->ramdisk_bytes);
    process_add_thread(p, h->entry, USER_ARGS, cpu, PRIO_NORMAL);
    return p;
}

int process_add_thread(struct process *p, u64 entry, u64 arg, unsigned cpu, enum thread_prio prio)
{
    u64 flags = spin_lock_irqsave(&p->lock);
    if (p->region_count == REGION_MAX) {
        spin_unlock_irqrestore(&p->lock, flags);
        return -1;
    }
    u64 top = USER_STACK_TOP - p->threads_made++ * (u64)USER_STACK_STEP;
    add_region(p, top - USER_STACK_SIZE, USER_STACK_SIZE);
    p->thread_count++;
    spin_unlock_irqrestore(&p->lock, flags);
    thread_create_user(p, entry, top, arg, cpu, prio);
    return 0;
}

void process_activate(struct process *p)
{
    mmu_set_user(p ? virt_to_phys(p->root) : 0, p ? p->asid : 0);
}

bool process_is_exiting(const struct process *p)
{
    return p && READ_ONCE(p->exiting);
}

void process_exit(struct process *p, int status)
{
    u64 flags = spin_lock_irqsave(&p->lock);
    if (!p->exiting) {
        p->status = status;
        WRITE_ONCE(p->exiting, true);
    }
    spin_unlock_irqrestore(&p->lock, flags);
    wake_all(&p->futex);
    if (p->vm) {
        vm_shutdown(p->vm, VCPU_EXIT_SHUTDOWN);
    }
}

int process_futex_wait(struct process *p, u64 va, u32 value)
{
    const u32 *word = va % sizeof(*word) ? NULL : process_page(p, va);
    if (!word) {
        return -1;
    }
    wait_event(&p->futex, READ_ONCE(*word) != value || READ_ONCE(p->exiting));
    return 0;
}

void process_thread_gone(void *process)
{
    struct process *p = process;
    u64 flags = spin_lock_irqsave(&p->lock);
    WRITE_ONCE(p->thread_count, p->thread_count - 1);
    wake_all(&p->gone);
    spin_unlock_irqrestore(&p->lock, flags);
}

int process_wait(struct process *p)
{
    wait_event(&p->gone, READ_ONCE(p->thread_count) == 0);
    spin_unlock_irqrestore(&p->lock,
                           spin_lock_irqsave(&p->lock)); /* the last thread has let go of it */
    net_user_close(p);
    if (p->vm) {
        vm_destroy(p->vm);
    }
    asid_give(p->asid);
    pt_clear(p->root, 512);
    int status = p->status;
    page_free(p->root, 0);
    page_free(p, 0);
    return status;
}
