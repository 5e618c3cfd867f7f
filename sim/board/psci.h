/*
 * The machine's firmware: PSCI 1.1 (Arm DEN 0022), called by SMC where the machine has EL2, by HVC
 * where it has not. Answers as QEMU's does, so that one guest sees one firmware: affinity level 0
 * only, suspend is standby, no SMCCC_VERSION (which makes it SMCCC 1.0).
 *
 * It keeps who is on and decides; the machine carries out what a request says.
 */
#ifndef EL2SIM_BOARD_PSCI_H
#define EL2SIM_BOARD_PSCI_H

#include "sim/base/archive.h"
#include "sim/base/types.h"

enum psci_conduit { PSCI_CONDUIT_SMC, PSCI_CONDUIT_HVC };

/* Function identifiers (DEN 0022 chapter 5); bit 30 is set in those of the 64-bit convention. */
#define PSCI_VERSION           0x84000000U
#define PSCI_CPU_SUSPEND       0x84000001U
#define PSCI_CPU_OFF           0x84000002U
#define PSCI_CPU_ON            0x84000003U
#define PSCI_AFFINITY_INFO     0x84000004U
#define PSCI_MIGRATE_INFO_TYPE 0x84000006U
#define PSCI_SYSTEM_OFF        0x84000008U
#define PSCI_SYSTEM_RESET      0x84000009U
#define PSCI_FEATURES          0x8400000aU
#define PSCI_MIGRATE_64        0xc4000005U
#define PSCI_64BIT             0x40000000U

/* What the caller must do after a call, beside going on with the new x[0]. */
enum psci_action {
    PSCI_GO_ON,    /* nothing */
    PSCI_START,    /* start request.cpu at request.entry with x0 = request.context_id, reset */
    PSCI_STOP,     /* the calling CPU is off: it does not return */
    PSCI_STANDBY,  /* the calling CPU waits as in WFI, then goes on */
    PSCI_POWEROFF, /* the guest is done */
    PSCI_RESET     /* the guest asks for a reboot */
};

struct psci_request {
    enum psci_action action;
    unsigned cpu;        /* PSCI_START */
    pa_t entry;          /* PSCI_START: the MMU of a started CPU is off */
    uint64_t context_id; /* PSCI_START */
};

struct psci {
    unsigned cpu_count;
    uint64_t affinity[EL2SIM_MAX_CPUS]; /* MPIDR_EL1's Aff3..Aff0, the other bits 0 */
    bool on[EL2SIM_MAX_CPUS];
};

/* mpidr: MPIDR_EL1 of each CPU. CPU 0 is on, the others are off. */
void psci_init(struct psci *psci, unsigned cpu_count, const uint64_t *mpidr);

/* Who is on. */
void psci_archive(struct psci *psci, struct archive *a);

/*
 * One call by a CPU: x[0] is the function, x[1..3] its arguments; x[0] gets the result. *out says
 * what to do. False when there is no such function: x[0] is NOT_SUPPORTED, and the caller counts it
 * as unmodelled.
 */
bool psci_call(struct psci *psci, unsigned cpu, uint64_t x[4], struct psci_request *out);

#endif
