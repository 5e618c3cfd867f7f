/* A doubly linked list threaded through its members. */
#ifndef EL2SIM_HYP_KERNEL_LIST_H
#define EL2SIM_HYP_KERNEL_LIST_H

#include "types.h"

struct list {
    struct list *next, *prev;
};

static inline void list_init(struct list *l)
{
    l->next = l->prev = l;
}

static inline bool list_empty(const struct list *l)
{
    return l->next == l;
}

static inline void list_add_before(struct list *where, struct list *item)
{
    item->next = where;
    item->prev = where->prev;
    where->prev->next = item;
    where->prev = item;
}

static inline void list_del(struct list *item)
{
    item->prev->next = item->next;
    item->next->prev = item->prev;
    list_init(item);
}

#endif
