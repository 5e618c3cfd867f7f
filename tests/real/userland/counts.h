/*
 * What the VMM (counts.c) and its guest (counts_guest.S) share: where things are in the VM, and the
 * page through which they talk. Addresses are the VM's.
 */
#ifndef EL2SIM_TESTS_REAL_COUNTS_H
#define EL2SIM_TESTS_REAL_COUNTS_H

#define COUNTS_RAM       0x40000000
#define COUNTS_RAM_SIZE  0x04000000
#define COUNTS_GICD      0x08000000
#define COUNTS_GICC      0x08010000
#define COUNTS_GICR      0x080a0000
#define COUNTS_DEVICE    0x0a000000 /* nothing is there: user space gets the access */
#define COUNTS_PARAMETER 0x40010000
#define COUNTS_FRESH     0x41000000 /* pages that the VM has not touched yet */

#define COUNTS_BATCHES     10 /* at most */
#define COUNTS_OPS         1000
#define COUNTS_TIMER_OPS   20 /* a millisecond each */
#define COUNTS_ROWS        7
#define COUNTS_FRESH_BYTES (COUNTS_BATCHES * COUNTS_OPS * 4096)

/* Offsets in the parameter page. */
#define COUNTS_AT_GIC     0    /* 2 or 3, from the VMM */
#define COUNTS_AT_ERROR   8    /* ESR_EL1 of an exception, which ends the guest; else 0 */
#define COUNTS_AT_DONE    16   /* 1 at the end */
#define COUNTS_AT_BATCHES 24   /* of each row, from the VMM */
#define COUNTS_AT_TICKS   1024 /* of each batch of each row, 8 bytes each */

#endif
