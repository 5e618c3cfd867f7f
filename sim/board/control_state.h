/*
 * What a run that is stopped (control.h) is made of: registers and memory, to look at and to
 * change. To look changes nothing: no charge, no TLB fill, no acknowledge. A change is the user's
 * input: the run says that it took some (control_note_change).
 */
#ifndef EL2SIM_BOARD_CONTROL_STATE_H
#define EL2SIM_BOARD_CONTROL_STATE_H

#include "mmu/mmu.h"
#include "sim/board/control.h"
#include "sim/board/snapshot.h"

/* Registers by number: as gdb numbers those of AArch64, then the rows of the register table. */
enum control_register {
    REG_X0 = 0,
    REG_SP = 31, /* of the code that runs */
    REG_PC = 32,
    REG_PSTATE = 33, /* as an SPSR has it */
    REG_V0 = 34,
    REG_FPSR = 66,
    REG_FPCR = 67
};
#define REG_SYSTEM 68u /* + enum sysreg_id */
#define REG_COUNT  (REG_SYSTEM + SR_COUNT)

/* "x0", "sp", "pc", "pstate" or "cpsr", "v31", "fpsr", or a row's name ("TTBR0_EL2"); upper or
 * lower case. REG_COUNT: none. */
unsigned control_register_by_name(const char *name);
/* Whether a CPU of this machine has it, and reading it has no effect (ICC_IAR<n>_EL1 acknowledges:
 * it is none of them). */
bool control_has_register(const struct control *c, unsigned reg);
/* What it is for writing: 0 for a row that has none, as RO registers. */
bool control_is_writable(const struct control *c, unsigned reg);
const char *control_register_name(unsigned reg); /* of the table's rows; NULL for the others */

/* The low 64 bits are value[0]; only V registers have others. Registers of the table are as the
 * table has them: VHE's redirection plays no part, "TTBR0_EL1" is always that register; ICC_ ones
 * are what code at the present EL would read. */
void control_read_register(struct control *c, unsigned cpu, unsigned reg, uint64_t value[2]);
/* As if written by an instruction of the highest EL, with all that follows. False: read-only, or
 * a value that PSTATE cannot have. */
bool control_write_register(struct control *c, unsigned cpu, unsigned reg, const uint64_t value[2]);

/* Whose addresses. */
enum control_space {
    SPACE_CURRENT, /* virtual, as for a load of the code that the CPU runs */
    SPACE_EL0,     /* ... as for one at EL0, EL1, EL2, by the registers as they are now */
    SPACE_EL1,
    SPACE_EL2,
    SPACE_GUEST,  /* EL1&0 with stage 2, even where HCR_EL2 has it off now (in a hypervisor
                     between two runs of a VM) */
    SPACE_STAGE1, /* EL1&0 without stage 2: its output taken as physical */
    SPACE_IPA,    /* of stage 2 by VTTBR_EL2, on or off */
    SPACE_PA
};
#define SPACE_COUNT (SPACE_PA + 1)

/* "va", "el0", "el1", "el2", "guest", "stage1", "ipa", "pa"; SPACE_COUNT: none. */
enum control_space control_space_by_name(const char *name);

/* Where a byte is, by the tables as they are in memory (a TLB may say otherwise). Tries a read, as
 * EL0 too where EL1 may not, then a fetch. False: *fault. steps: the walk, or NULL. */
bool control_translate(struct control *c, unsigned cpu, enum control_space space, uint64_t at,
                       struct mmu_steps *steps, struct mmu_page *out, struct mmu_fault *fault);

/* Copies bytes out of or into RAM; how many, up to the first that is not mapped or no RAM (devices
 * are not touched). What is written over code runs as written; TLBs keep what they hold. */
size_t control_read_memory(struct control *c, unsigned cpu, enum control_space space, uint64_t at,
                           void *to, size_t size_bytes);
size_t control_write_memory(struct control *c, unsigned cpu, enum control_space space, uint64_t at,
                            const void *from, size_t size_bytes);

const char *control_space_name(enum control_space space);

/* Calls `see` with each symbol that is known of the code that a CPU runs, its EL's and context's,
 * by virtual address. Of a kernel that is known by where it is in memory: where the CPU is in it.
 */
typedef void control_see_symbol(void *ctx, const char *name, uint64_t start, uint64_t end);
void control_each_symbol(struct control *c, unsigned cpu, control_see_symbol *see, void *ctx);

/* For who explains a decision: PSTATE included, as it is now. */
const struct pe *control_pe(struct control *c, unsigned cpu);
/* What a CPU's GIC holds. */
struct gic_look;
void control_look_gic(struct control *c, unsigned cpu, struct gic_look *out);
/* All that is booked so far. */
struct ledger *control_ledger(struct control *c);
/* A snapshot of the machine as it stands, in a file: plan->path and what a run from it starts
 * with. False with *e. */
bool control_save(struct control *c, const struct snapshot_plan *plan, struct err *e);

struct control_cpu {
    bool is_on, is_waiting; /* PSCI; WFI or WFE */
    unsigned el;
    uint16_t context; /* struct ledger_key */
    uint64_t pc, instructions, exceptions;
    cycles_t now;
};
struct control_cpu control_cpu_state(struct control *c, unsigned cpu);

/* Digest of the machine as it stands: CPUs with TLBs, GIC, timers, devices, RAM, what was booked,
 * and the event stream so far. Two stops of a run are the same state where it is the same. 32 hex
 * digits and a NUL. */
void control_digest(struct control *c, char out[33]);

#endif
