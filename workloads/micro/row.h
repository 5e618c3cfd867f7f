/* A benchmark row, as data. */
#ifndef EL2SIM_WORKLOADS_MICRO_ROW_H
#define EL2SIM_WORKLOADS_MICRO_ROW_H

#include "lib/guest.h"

struct row {
    const char *id;        /* what rows= asks for, what the marks and the console say */
    unsigned ops;          /* operations in the measured run, unless n= says otherwise */
    unsigned ops_per_exec; /* of one call of exec; 0 is 1 */
    unsigned vcpus, pcpus; /* needs at least so many */
    bool marks_itself; /* begin and end lie at the two ends of each operation; else around the loop
                        */
    const char *(*unfit)(void); /* NULL, or says why the row cannot run here; NULL: it can */
    void (*prep)(unsigned ops); /* before the warm-up and before the measured run */
    void (*exec)(void);
    bool (*post)(unsigned ops); /* after each: true if everything happened as it should */
};

/* --- the front end: front_kvm.c, or another for another interface --- */
bool front_start(void); /* before the rows, on VCPU 0. False: the interface is not there */
const char *front_lacks(const char *row); /* why the interface cannot have the row, or NULL */
void hypercall_exec(void);
bool hypercall_post(unsigned ops);
void io_kernel_exec(void);
void io_user_exec(void);
void io_out_prep(unsigned ops);
void io_out_exec(void);
bool io_out_post(unsigned ops);
void io_in_prep(unsigned ops);
void io_in_exec(void);
bool io_in_post(unsigned ops);
bool front_checks_run(void); /* what only this interface has. False: one failed */
/* VM 1, for its checks: messages that have these bits, and when VM 0 has done. */
#define FRONT_MESSAGE (3UL << 62)
u64 front_answer(u64 message); /* returns the next message */
void front_partner_ends(void);
bool check_mmio_sizes(void);
bool check_mmio_zero_register(void);
bool check_abort_injected(void);
bool check_debug_registers(void);
bool check_spi_deactivated_elsewhere(void);

/* checks.c: what no row exercises, one line each; run by rows=check. False: one failed. */
bool checks_run(void);
#define SPI_MOVED (IODEV_INTID + 2)
u32 fill_list_registers(void); /* by SGIs to VCPU 0 that count in `handled`: returns how many */
void expect_exception(void);   /* the next one is taken note of in exception_expected */

/* state.c: two VMs of one CPU keep their registers. VM 1 answers messages that have this bit. */
#define STATE_MESSAGE (1UL << 63)
bool state_of_two_vms(void);
u64 state_answer(u64 message); /* returns the next message */

struct check {
    const char *id;
    bool (*run)(void);
};
bool checks_list_run(const struct check *checks, unsigned count);
bool checks_mmu_run(void); /* checks_mmu.c */

/* run.c: warm-up, measured run, and the row's line. False: it failed. */
bool row_run(const struct row *r, const struct guest_boot *boot);

/* True during the measured run: rows that mark themselves look here. */
extern bool row_measuring;

/* --- rows_trap.c: one exit each; each exec checks its result, results_post() says if all were
 * right --- */
void results_prep(unsigned ops);
bool results_post(unsigned ops);
extern u64 wrong; /* results that were not what they should be, or'ed */
void gic_trap_exec(void);
void vm_switch_exec(void);
void stage2_fault_prep(unsigned ops);
void stage2_fault_exec(void);
bool stage2_fault_post(unsigned ops);
void partner_main(void); /* the other VM of vm-switch */

/* --- rows_irq.c: interrupts --- */
void virtual_ipi_prep(unsigned ops);
void virtual_ipi_exec(void);
bool virtual_ipi_post(unsigned ops);
void ack_eoi_exec(void);
void virtual_eoi_exec(void);
bool virtual_eoi_post(unsigned ops);
extern volatile u32 handled; /* interrupts of the row's kind */
void pause_between_looks(void);
void virtual_timer_prep(unsigned ops);
void virtual_timer_exec(void);
bool virtual_timer_post(unsigned ops);
/* VCPU 1: on return it is up and about to sleep. False: PSCI refused. */
bool secondary_start(void);
void secondary_call(void (*fn)(void)); /* VCPU 1 calls fn; returns at once */

#endif
