/* The rows of the bench guest: rows.S has their loops, main.c the table of them. */
#ifndef EL2SIM_TESTS_BENCH_GUEST_BENCH_H
#define EL2SIM_TESTS_BENCH_GUEST_BENCH_H

/* Virtual addresses of the EL1&0 map (main.c); RAM and devices are mapped to themselves. */
#define VA_UNBACKED 0x80000000 /* IPA of the same number, absent from stage 2 */
#define VA_PAGE     0xc0000000 /* one 4 KiB page of RAM */
#define VA_ABSENT   0xc0200000 /* absent from stage 1 */
#define VA_USER     0xc0400000 /* the image again, executable at EL0 */

#define UART_FR 0x09000018

#define GICD_BASE  0x08000000
#define GICC_BASE  0x08010000
#define GICR_BASE  0x080a0000
#define SGI_INTID  1
#define INTID_CNTV 27

/* Ticks from arming the timer to its interrupt: more than arming and WFI take, little of a wait. */
#define WFI_TICKS 20

#ifndef __ASSEMBLER__
#include <stdint.h>

/* x0 = operations, x1 = a buffer of BUFFER_BYTES; returns, or powers off itself (EL0 rows). */
typedef void bench_loop(uint64_t operations, void *buffer);

#define BUFFER_BYTES 65536

bench_loop row_compute, row_loadstore, row_memcpy, row_call, row_fp;
bench_loop row_svc, row_hvc, row_trap, row_sysreg, row_dc, row_mmio, row_fault, row_tlbi, row_wfi2,
    row_wfi3, row_gic2, row_gic3, row_exit;

extern char vectors_return[], vectors_skip[], vectors_svc[], vectors_trap[], vectors_exit[],
    vectors_irq2[], vectors_irq3[];

void enter(uint64_t operations, void *buffer, uint64_t pc, uint64_t spsr) __attribute__((noreturn));
void power_off(void) __attribute__((noreturn));
#endif

#endif
