/* Inside the VMM: what its boards (bench.c, virt.c) and devices share. */
#ifndef EL2SIM_HYP_VMM_VMM_H
#define EL2SIM_HYP_VMM_VMM_H

#include "abi/guest.h"
#include "abi/vmm.h"
#include "types.h"

/* Where VCPU 0 begins, and its x0. */
struct vmm_entry {
    u64 pc, x0;
};

/* What surrounds a VM's VCPUs. */
struct vmm_board {
    u64 (*ram_bytes)(const struct vmm_args *args);
    struct vmm_entry (*load)(const struct vmm_args *args); /* fills the RAM at USER_GUEST_RAM */
    void (*access)(struct vcpu_run *run); /* to no memory; a read leaves its value in run->data */
    int (*exit_status)(u32 reason);       /* VCPU_EXIT_SHUTDOWN or _RESET */
};

extern const struct vmm_board board_bench, board_virt;

/* --- bench_load.c: of the benchmark guest, whatever its devices --- */
u64 bench_ram_bytes(const struct vmm_args *args);
struct vmm_entry bench_load(const struct vmm_args *args);

s64 vmm_syscall(u64 a0, u64 a1, u64 a2, u64 number); /* start.S */
s64 must(s64 result);                                /* ends the process if it is an error */
void copy(void *to, const void *from, size_t bytes); /* both aligned to 8 bytes */

/* Ends the process with status 2 and "vmm: WHAT WHY". */
_Noreturn void refuse(const char *what, const char *why);

/* The guest's console: whole lines go out at once, so that those of two VMs do not mix. */
void console_write(char c);

#endif
