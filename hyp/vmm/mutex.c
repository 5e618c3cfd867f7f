#include "vmm/mutex.h"

#include "vmm/vmm.h"

enum { FREE, TAKEN, CONTENDED };

void mutex_lock(struct mutex *m)
{
    u32 expected = FREE;
    if (__atomic_compare_exchange_n(&m->state, &expected, TAKEN, false, __ATOMIC_ACQUIRE,
                                    __ATOMIC_RELAXED)) {
        return;
    }
    while (__atomic_exchange_n(&m->state, CONTENDED, __ATOMIC_ACQUIRE) != FREE) {
        must(vmm_syscall((u64)&m->state, CONTENDED, 0, SYS_FUTEX_WAIT));
    }
}

void mutex_unlock(struct mutex *m)
{
    if (__atomic_exchange_n(&m->state, FREE, __ATOMIC_RELEASE) == CONTENDED) {
        must(vmm_syscall(0, 0, 0, SYS_FUTEX_WAKE));
    }
}
