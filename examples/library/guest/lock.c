/*
 * The lock around a world switch: whoever holds it has the vCPU's registers. An exit handler may
 * take it again (it is recursive): `lock_owner` says who holds it, and is looked at without the
 * lock.
 *
 * Bug to find, chosen by a define: LOCK_BUG_OWNER forgets the owner only after it has let go of the
 * lock. Between the two another CPU may take it, and loses its ownership: its exit handler then
 * waits for itself.
 */
#include <stdint.h>

#define NOBODY 0xffffffffu
#define SHARED __attribute__((section(".data.shared"))) /* together, for the test to name them */

SHARED volatile uint32_t lock_held, lock_owner = NOBODY, lock_depth;
SHARED volatile uint32_t loads;    /* world switches that are under way */
SHARED volatile uint32_t switches; /* and those done */

/* Whether this CPU has it now. */
static uint32_t try_take(void)
{
    uint32_t old, failed = 1;
    __asm__ volatile("ldaxr %w0, [%2]\n\t"
                     "cbnz %w0, 1f\n\t"
                     "stxr %w1, %w3, [%2]\n"
                     "1:"
                     : "=&r"(old), "+&r"(failed)
                     : "r"(&lock_held), "r"(1)
                     : "memory");
    return !failed;
}

__attribute__((noinline)) static void let_go(void)
{
    __asm__ volatile("stlr wzr, [%0]" ::"r"(&lock_held) : "memory");
}

__attribute__((noinline)) void lock_take(uint32_t cpu)
{
    if (lock_owner == cpu) {
        lock_depth++;
        return;
    }
    while (!try_take()) {
    }
    lock_owner = cpu;
    lock_depth = 1;
}

__attribute__((noinline)) void lock_release(void)
{
    if (--lock_depth != 0) {
        return;
    }
#ifdef LOCK_BUG_OWNER
    let_go();
    lock_owner = NOBODY;
#else
    lock_owner = NOBODY;
    let_go();
#endif
}

/* Loads a vCPU, runs it, and has an exit that switches once more. */
void world_switch(uint32_t cpu)
{
    lock_take(cpu);
    loads++;
    lock_take(cpu);
    switches++;
    lock_release();
    loads--;
    lock_release();
}
