/* What the labs in C share. */
#ifndef EL2SIM_LABS_LIB_LAB_H
#define EL2SIM_LABS_LIB_LAB_H

#include <stdbool.h>
#include <stdint.h>

/* Read and write a system register by its name, a string. */
#define RD(reg)                                                                                    \
    ({                                                                                             \
        uint64_t value_;                                                                           \
        __asm__ volatile("mrs %0, " reg : "=r"(value_)::"memory");                                 \
        value_;                                                                                    \
    })
#define WR(reg, value) __asm__ volatile("msr " reg ", %0" ::"r"((uint64_t)(value)) : "memory")

#define ISB() __asm__ volatile("isb" ::: "memory")
#define DSB() __asm__ volatile("dsb ish" ::: "memory")

#define PAGE __attribute__((aligned(4096)))

/* lib/start.s */
void lab(void);                     /* yours: called at EL2 */
void enter_el1(void (*code)(void)); /* does not come back */
_Noreturn void power_off(void);

/* lib/trap.s: an exception from EL1 to EL2, and what EL1 finds when it goes on. */
struct frame {
    uint64_t x[31];          /* X0 to X30 */
    uint64_t elr, spsr, esr; /* esr: what ESR_EL2 said; changing it does nothing */
};

extern char el2_vectors[];
void el2_sync(struct frame *frame); /* yours */
void el2_irq(struct frame *frame);  /* yours */

/* lib/print.c: on the console, from EL2, or from EL1 where the PL011 is mapped. */
void print(const char *text);
void print_hex(uint64_t value);

#endif
