/* PSCI by SMC and work on the other CPUs. */
#include "guest.h"

#define PSCI_CPU_OFF         0x84000002
#define PSCI_CPU_ON_64       0xc4000003
#define PSCI_AFFINITY_INFO64 0xc4000004
#define PATIENCE             100000000UL

static struct work {
    guest_fn fn;
    uint64_t arg, result;
    volatile bool done;
} works[MAX_CPUS];

void secondary_entry(void);
void secondary_main(unsigned index);
extern uint8_t el2_vectors[];

int64_t psci(uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
    register uint64_t x0 __asm__("x0") = function;
    register uint64_t x1 __asm__("x1") = a;
    register uint64_t x2 __asm__("x2") = b;
    register uint64_t x3 __asm__("x3") = c;
    __asm__ volatile("smc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)::"memory");
    return (int64_t)x0;
}

void secondary_main(unsigned index)
{
    struct work *work = &works[index];

    state_reset();
    work->result = work->fn(work->arg);
    DSB();
    work->done = true;
    psci(PSCI_CPU_OFF, 0, 0, 0);
}

bool cpu_start(unsigned index, guest_fn fn, uint64_t arg)
{
    works[index] = (struct work){.fn = fn, .arg = arg};
    DSB();
    return psci(PSCI_CPU_ON_64, index, (uint64_t)secondary_entry, index) == 0;
}

bool cpu_wait(unsigned index)
{
    for (uint64_t i = 0; i < PATIENCE; i++) {
        if (works[index].done) {
            return true;
        }
        OP("yield");
    }
    return false;
}

bool cpu_wait_off(unsigned index)
{
    if (!cpu_wait(index)) {
        return false;
    }
    for (uint64_t i = 0; i < PATIENCE; i++) {
        if (psci(PSCI_AFFINITY_INFO64, index, 0, 0) == 1) {
            return true;
        }
        OP("yield");
    }
    return false;
}

uint64_t cpu_result(unsigned index)
{
    return works[index].result;
}
