/* EL0 processes: an address space, its regions, its threads, and the VM it may own. */
#ifndef EL2SIM_HYP_KERNEL_PROCESS_H
#define EL2SIM_HYP_KERNEL_PROCESS_H

#include "abi/vmm.h"
#include "kernel/thread.h"

#define REGION_MAX 16

struct vm;

struct region {
    u64 start, size; /* zeroed pages on first use, readable and writable */
};

struct process {
    struct spinlock lock; /* page table, regions */
    u64 *root;
    unsigned asid;
    struct region region[REGION_MAX];
    unsigned region_count;
    unsigned thread_count;
    unsigned threads_made;
    bool exiting;
    int status;
    struct wait_queue gone;
    struct wait_queue futex;
    struct vm *vm;
};

/* A process from a flat image (struct user_image first) with one thread on cpu; args becomes its
 * USER_ARGS page, the guest's image and RAM disk (of the sizes in args) read-only windows. */
struct process *process_create(const void *image, const struct vmm_args *args,
                               const void *guest_image, const void *guest_ramdisk, unsigned cpu);

/* Waits until all threads have gone, frees everything, returns the exit status. */
int process_wait(struct process *p);

void process_exit(struct process *p, int status); /* threads leave at their next return to EL0 */
bool process_is_exiting(const struct process *p);
void process_thread_gone(void *process); /* a thread's last words */
int process_add_thread(struct process *p, u64 entry, u64 arg, unsigned cpu, enum thread_prio prio);
int process_add_region(struct process *p, u64 start, u64 size); /* -1: no room */
void process_activate(struct process *p);                       /* NULL: no user address space */

/* The kernel's address of the byte at a user address, in a writable region; makes the page if there
 * is none. NULL: not a region. */
void *process_page(struct process *p, u64 va);

/* Maps one page of the kernel; the process does not own it. */
void process_map_shared(struct process *p, u64 va, const void *page, bool writable);

/* While the word at a user address has this value, until woken; -1: not a word of a region. */
int process_futex_wait(struct process *p, u64 va, u32 value);

/* False: some part of the range is not mapped or not a region. */
bool process_read(struct process *p, u64 va, void *to, size_t bytes);
/* False: some part of the range is not in a writable region. */
bool process_write(struct process *p, u64 va, const void *from, size_t bytes);

#endif
