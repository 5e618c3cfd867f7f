#include "kernel/page.h"

#include "kernel/list.h"
#include "kernel/panic.h"
#include "kernel/spinlock.h"
#include "kernel/string.h"

#define ORDER_COUNT  11
#define STATE_IN_USE 0xff /* else: first page of a free block of that order */

static struct {
    struct spinlock lock;
    struct list free[ORDER_COUNT];
    u64 base; /* physical, aligned to the largest block */
    size_t page_count, free_count;
    u8 *state; /* of each page */
} pages;

static struct list *block_at(size_t index)
{
    return phys_to_virt(pages.base + index * PAGE_SIZE);
}

static void block_free(size_t index, unsigned order)
{
    while (order < ORDER_COUNT - 1) {
        size_t buddy = index ^ (1UL << order);
        if (buddy >= pages.page_count || pages.state[buddy] != order) {
            break;
        }
        list_del(block_at(buddy));
        pages.state[buddy] = STATE_IN_USE;
        index &= ~(1UL << order);
        order++;
    }
    pages.state[index] = (u8)order;
    list_add_before(&pages.free[order], block_at(index));
}

u64 page_init(u64 from, u64 to)
{
    for (unsigned order = 0; order < ORDER_COUNT; order++) {
        list_init(&pages.free[order]);
    }
    pages.base = ALIGN_DOWN(from, PAGE_SIZE << (ORDER_COUNT - 1));
    pages.page_count = (to - pages.base) / PAGE_SIZE;
    pages.state = phys_to_virt(ALIGN_UP(from, PAGE_SIZE));
    memset(pages.state, STATE_IN_USE, pages.page_count);
    return ALIGN_UP(virt_to_phys(pages.state + pages.page_count), PAGE_SIZE);
}

void page_add(u64 from, u64 to)
{
    size_t end = (ALIGN_DOWN(to, PAGE_SIZE) - pages.base) / PAGE_SIZE;
    for (size_t i = (ALIGN_UP(from, PAGE_SIZE) - pages.base) / PAGE_SIZE; i < end;) {
        unsigned order = 0;
        while (order < ORDER_COUNT - 1 && !(i & BIT(order)) && i + (2UL << order) <= end) {
            order++;
        }
        block_free(i, order);
        pages.free_count += 1UL << order;
        i += 1UL << order;
    }
}

void *page_alloc(unsigned order)
{
    u64 flags = spin_lock_irqsave(&pages.lock);
    unsigned from = order;
    while (from < ORDER_COUNT && list_empty(&pages.free[from])) {
        from++;
    }
    if (from >= ORDER_COUNT) {
        panic("out of memory");
    }
    struct list *block = pages.free[from].next;
    list_del(block);
    size_t index = (virt_to_phys(block) - pages.base) / PAGE_SIZE;
    pages.state[index] = STATE_IN_USE;
    while (from > order) {
        from--;
        pages.state[index + (1UL << from)] = (u8)from;
        list_add_before(pages.free[from].next, block_at(index + (1UL << from)));
    }
    pages.free_count -= 1UL << order;
    spin_unlock_irqrestore(&pages.lock, flags);
    memset(block, 0, PAGE_SIZE << order);
    return block;
}

void page_free(void *page, unsigned order)
{
    u64 flags = spin_lock_irqsave(&pages.lock);
    pages.free_count += 1UL << order;
    block_free((virt_to_phys(page) - pages.base) / PAGE_SIZE, order);
    spin_unlock_irqrestore(&pages.lock, flags);
}

size_t page_free_count(void)
{
    return READ_ONCE(pages.free_count);
}
