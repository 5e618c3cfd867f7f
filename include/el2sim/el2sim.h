/*
 * libel2sim: an ARMv8-A machine to test hypervisor code with (docs/library.md).
 *
 * A machine is made from a design or from parts, loaded with A64 code, and run: to a symbol, an
 * event, a deadline, or for one function call. In between, its registers and memory can be read and
 * written, interrupts and faults injected, and its whole state kept, put back and copied.
 *
 * Rules that hold for every function:
 * - Errors. A function that returns bool says whether it was done; one that returns a pointer gives
 *   NULL when it was not. el2sim_error() then says why, in one line. What a guest does wrong is no
 *   error: it is an exception in the machine. A CPU that the machine has not got is an error like
 *   others. Handles must be ones that were given out; only the functions that free take NULL.
 * - Time is in cycles of the simulated CPU, as the profile prices them: approximate, never of the
 *   host. The same calls give the same results, on any host.
 * - Addresses and values are 64 bits, little endian in memory, as the machine is.
 * - Handles belong to the caller until the function that frees them. Strings and structs that are
 *   passed in are copied; strings that are returned live as long as stated.
 * - A machine is used by one thread at a time; different machines may be used by different ones.
 */
#ifndef EL2SIM_EL2SIM_H
#define EL2SIM_EL2SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* "0.1.0"; static. */
const char *el2sim_version(void);

/* Why the last function of this thread that was not done was not: one line without its end. ""
 * before any. Lives until the next one that fails in this thread. */
const char *el2sim_error(void);

/* ---- A machine ---------------------------------------------------------------------------- */

struct el2sim_machine;

/* What machine to make. What is 0 or NULL is the design's, or the default in brackets. */
struct el2sim_config {
    size_t size;            /* sizeof(struct el2sim_config): EL2SIM_CONFIG sets it */
    const char *design;     /* a design's name or YAML file; NULL: the parts below alone */
    const char *cpu;        /* cortex-a57 (default), x-gene1, cortex-a76, neoverse-n1, max */
    const char *features;   /* as --feature of el2sim: "vhe=off,lrs=1" */
    const char *profile;    /* price list: name or YAML file [xgene1] */
    unsigned gic;           /* 2 or 3 [3] */
    unsigned cpus;          /* 1 to 8, with GICv3 to 16 [1] */
    unsigned entry_el;      /* 2 [default], or 1: a machine without EL2 */
    uint64_t memory_bytes;  /* whole MiB, from address 0x40000000 [16 MiB] */
    bool functional;        /* an instruction is a cycle, nothing else costs; not the profile */
    uint64_t schedule_seed; /* how turns of several CPUs vary in length; 0: not at all */
    void (*console)(void *ctx, const char *text, size_t length); /* what the guest prints */
    void *console_ctx;
};

#define EL2SIM_CONFIG .size = sizeof(struct el2sim_config)

/* Makes a machine: all CPUs are off, memory is zero, nothing is loaded. Free it with
 * el2sim_destroy(). Costs some 10 ms: share one between tests (el2sim_snapshot). */
struct el2sim_machine *el2sim_create(const struct el2sim_config *config);
void el2sim_destroy(struct el2sim_machine *m);

/* Loads a kernel (ELF, Linux Image, gzip'd Image) and a device tree as QEMU's `-kernel` does, with
 * `append` (or NULL) as its command line, and starts CPU 0 at its entry. An ELF's symbols can be
 * used by name from then on. Once per machine. */
bool el2sim_load(struct el2sim_machine *m, const char *path, const char *append);
/* The same with the image, the initrd and the symbols of the machine's design. append: NULL is the
 * design's own. */
bool el2sim_load_design(struct el2sim_machine *m, const char *append);
/* Copies a file as it is to a physical address; starts nothing. */
bool el2sim_load_raw(struct el2sim_machine *m, const char *path, uint64_t address);
/* Symbols of another ELF file: of code at the ELs in el_mask (bit n: ELn) of a host, or of VMs. */
bool el2sim_symbols(struct el2sim_machine *m, const char *path, unsigned el_mask, bool in_vm);

/* The address that a symbol of a loaded ELF is linked for: the first file that has it. */
bool el2sim_symbol(const struct el2sim_machine *m, const char *name, uint64_t *address);

unsigned el2sim_cpu_count(const struct el2sim_machine *m);

/* ---- Running ------------------------------------------------------------------------------- */

enum el2sim_stop_kind {
    EL2SIM_STOP_ADDRESS,   /* before the instruction there */
    EL2SIM_STOP_ACCESS,    /* before the load or store */
    EL2SIM_STOP_EXCEPTION, /* in the vector of the exception that was taken */
    EL2SIM_STOP_MARK,      /* behind a mark (hyp/include/abi/mark.h) */
    EL2SIM_STOP_CONSOLE,   /* behind the write that completed the text */
    EL2SIM_STOP_STEP,      /* the instruction is done */
    EL2SIM_STOP_DEADLINE,  /* the cycles are over */
    EL2SIM_STOP_END        /* the machine is off, has failed, or waits for ever */
};

/* Where a run stands, and why. */
struct el2sim_stop {
    enum el2sim_stop_kind kind;
    unsigned cpu, el;        /* whose instruction is next, and at which EL */
    uint64_t pc;             /* its address */
    uint64_t address;        /* EL2SIM_STOP_ACCESS: the first byte */
    unsigned from_el, to_el; /* EL2SIM_STOP_EXCEPTION: as el2sim_traps() has them */
    unsigned ec;
    uint32_t esr;
    int status; /* EL2SIM_STOP_END: 0 after power-off */
};

/*
 * Each runs all CPUs, by the model's turns, until what it says or until CPU clocks have gone on by
 * max_cycles (0: no deadline). True if that is what the run stands at; false, with a reason, if it
 * stands at a deadline or its end. *stop (may be NULL) is filled in both cases. A place that the
 * run stands at already does not stop it again.
 */
bool el2sim_run_to_symbol(struct el2sim_machine *m, const char *name, uint64_t max_cycles,
                          struct el2sim_stop *stop);
bool el2sim_run_to_address(struct el2sim_machine *m, uint64_t address, uint64_t max_cycles,
                           struct el2sim_stop *stop);
#define EL2SIM_ACCESS_MAX 4096u
/* A load or store of one of these bytes (at most EL2SIM_ACCESS_MAX), by virtual address. */
bool el2sim_run_to_access(struct el2sim_machine *m, uint64_t address, uint64_t size_bytes,
                          bool reads, bool writes, uint64_t max_cycles, struct el2sim_stop *stop);
/* An exception to that EL, by ESR_ELx.EC or EL2SIM_IRQ, ...; EL2SIM_ANY for each. */
bool el2sim_run_to_exception(struct el2sim_machine *m, unsigned to_el, unsigned ec,
                             uint64_t max_cycles, struct el2sim_stop *stop);
/* The next mark of a measured span, begin or end. */
bool el2sim_run_to_mark(struct el2sim_machine *m, uint64_t max_cycles, struct el2sim_stop *stop);
/* Once the guest has printed the text (at most 255 bytes). */
bool el2sim_run_to_console(struct el2sim_machine *m, const char *text, uint64_t max_cycles,
                           struct el2sim_stop *stop);
/* The deadline is what it runs to; 0: the machine's end. */
bool el2sim_run(struct el2sim_machine *m, uint64_t cycles, struct el2sim_stop *stop);
/* One instruction of that CPU, or one exception; others run only where it has to wait for them. */
bool el2sim_step(struct el2sim_machine *m, unsigned cpu, struct el2sim_stop *stop);

/* ---- Calling a function ------------------------------------------------------------------- */

#define EL2SIM_EL0 8u

/* A call by the procedure call standard (AAPCS64). What is 0 is the default in brackets. */
struct el2sim_call {
    const char *function; /* a symbol; NULL: `address` */
    uint64_t address;
    unsigned cpu;        /* switched on for the call if it is off, as it is */
    unsigned el;         /* 1 or 2 [the highest], with its own SP; or EL2SIM_EL0 */
    uint64_t args[8];    /* x0 to x7 */
    uint64_t sp;         /* [SP of that EL; where that is 0, a place at the end of memory] */
    uint64_t return_to;  /* code that runs nowhere in between [the loaded image's entry] */
    uint64_t max_cycles; /* [1,000,000] */
};

struct el2sim_result {
    uint64_t x0;
    uint64_t cycles, instructions; /* of that CPU, from the first instruction to the return */
    uint64_t exceptions;           /* that it took meanwhile, to any EL */
};

/* Calls a function and waits for its return. Interrupts are masked, other CPUs stand still.
 * Afterwards general registers, SP, PC and PSTATE are what they were before; memory and system
 * registers are what the function made of them. False: it did not return in time (the reason says
 * where it stands, and there it stays), or cannot be called. *result may be NULL. */
bool el2sim_call(struct el2sim_machine *m, const struct el2sim_call *call,
                 struct el2sim_result *result);
/* A call in two parts: the CPU stands at the function's first instruction; the machine can be run
 * (el2sim_run_to_access(), el2sim_step(), ...) and looked at; then to the return. One at a time; to
 * restore a snapshot ends it. */
bool el2sim_call_begin(struct el2sim_machine *m, const struct el2sim_call *call);
bool el2sim_call_finish(struct el2sim_machine *m, struct el2sim_result *result);
/* The same for one call on each of several CPUs at once, in the model's turns. */
bool el2sim_call_together(struct el2sim_machine *m, const struct el2sim_call *calls, unsigned count,
                          struct el2sim_result *results);
/* As el2sim_config.schedule_seed has it, from now on. */
void el2sim_set_schedule_seed(struct el2sim_machine *m, uint64_t seed);

/* ---- State -------------------------------------------------------------------------------- */

/* A register by name, in any case: X0..X30, SP (of the current EL), PC, PSTATE (as an SPSR has it),
 * half of a vector register (V0.D[0]..V31.D[1]), or a system register as the Arm ARM spells it.
 * Writing one has its effects, as MSR has. */
bool el2sim_read_register(struct el2sim_machine *m, unsigned cpu, const char *name,
                          uint64_t *value);
bool el2sim_write_register(struct el2sim_machine *m, unsigned cpu, const char *name,
                           uint64_t value);
/* One bit of it becomes the other: what a fault in the hardware does. */
bool el2sim_flip_register(struct el2sim_machine *m, unsigned cpu, const char *name, unsigned bit);

/* Whose address: a virtual one as the CPU translates it now, an intermediate physical one by its
 * stage 2, a physical one. */
enum el2sim_space { EL2SIM_VA, EL2SIM_IPA, EL2SIM_PA };

/* RAM only; a device is not touched. Permissions do not matter, the TLB is neither asked nor
 * changed. False, with nothing done: some byte has no translation, or is not RAM. */
bool el2sim_read_memory(struct el2sim_machine *m, unsigned cpu, enum el2sim_space space,
                        uint64_t address, void *to, size_t size_bytes);
bool el2sim_write_memory(struct el2sim_machine *m, unsigned cpu, enum el2sim_space space,
                         uint64_t address, const void *from, size_t size_bytes);
/* Where an address leads: the physical one. */
bool el2sim_translate(struct el2sim_machine *m, unsigned cpu, enum el2sim_space space,
                      uint64_t address, uint64_t *physical);
/* A variable of `size_bytes` (1, 2, 4 or 8) by its symbol, in the memory of the CPU's current VA.
 */
bool el2sim_read_symbol(struct el2sim_machine *m, const char *name, unsigned size_bytes,
                        uint64_t *value);
bool el2sim_flip_memory(struct el2sim_machine *m, uint64_t physical, unsigned bit);

/* ---- Snapshots, in memory ------------------------------------------------------------------ */

struct el2sim_snapshot;

/* Keeps the machine's whole state: some 0.1 ms, and the memory that changed since the last one.
 * Any number, in any order. Free it with el2sim_snapshot_free() before the machine. */
struct el2sim_snapshot *el2sim_snapshot_take(struct el2sim_machine *m);
void el2sim_snapshot_free(struct el2sim_snapshot *snapshot);
/* The machine that it was taken of is as it was then, to the cycle; counts begin anew. */
bool el2sim_snapshot_restore(struct el2sim_machine *m, const struct el2sim_snapshot *snapshot);
/* Another machine in the state of this one, which runs on its own; as dear as el2sim_create(). */
struct el2sim_machine *el2sim_fork(struct el2sim_machine *m);

/* ---- Interrupts and faults ---------------------------------------------------------------- */

/* Sets the wire of an SPI (INTID 32..; cpu is of no importance) or of a PPI (16..31) of that CPU.
 * A level: it stays until it is set again. */
bool el2sim_set_interrupt(struct el2sim_machine *m, unsigned cpu, unsigned intid, bool level);
/* An SGI (0..15) from one CPU to another. */
bool el2sim_send_sgi(struct el2sim_machine *m, unsigned from, unsigned to, unsigned intid);
/* Puts a virtual interrupt, pending, into a list register of that CPU that is free: GICv2 group 0,
 * GICv3 group 1. ICH_HCR_EL2 and the masks stay as the hypervisor has them. */
bool el2sim_inject_virtual(struct el2sim_machine *m, unsigned cpu, unsigned intid,
                           unsigned priority);
/* Makes an SError pending (a physical one, or a virtual one by HCR_EL2.VSE); masks hold it back. */
bool el2sim_inject_serror(struct el2sim_machine *m, unsigned cpu, bool is_virtual);
/* The CPU takes a synchronous external abort now, as if the instruction at its pc had accessed that
 * virtual address. */
bool el2sim_inject_abort(struct el2sim_machine *m, unsigned cpu, uint64_t address, bool write);

/* ---- Counts ------------------------------------------------------------------------------- */

#define EL2SIM_ANY (~0u)

/* Exception classes (ESR_ELx.EC) that tests ask for most, and what interrupts count as. */
enum {
    EL2SIM_EC_WFX = 0x01,
    EL2SIM_EC_FP = 0x07,
    EL2SIM_EC_SVC = 0x15,
    EL2SIM_EC_HVC = 0x16,
    EL2SIM_EC_SMC = 0x17,
    EL2SIM_EC_SYSREG = 0x18,
    EL2SIM_EC_INSTRUCTION_ABORT = 0x20, /* from a lower EL */
    EL2SIM_EC_DATA_ABORT = 0x24,        /* from a lower EL */
    EL2SIM_EC_BRK = 0x3c,
    EL2SIM_IRQ = 0x101,
    EL2SIM_FIQ = 0x102,
    EL2SIM_SERROR = 0x103
};

/* Counts begin anew: those of this part of the header, and of the checks. */
void el2sim_restart_counts(struct el2sim_machine *m);
/* Exceptions taken on all CPUs, by the EL that they left, the EL that they went to, and ESR_ELx.EC
 * (or the values above); EL2SIM_ANY for each. */
uint64_t el2sim_traps(const struct el2sim_machine *m, unsigned from_el, unsigned to_el,
                      unsigned ec);
/* Whole cycles, waits included, and instructions of one CPU. 0 for a CPU that is not there. */
uint64_t el2sim_cycles(const struct el2sim_machine *m, unsigned cpu);
uint64_t el2sim_instructions(const struct el2sim_machine *m, unsigned cpu);
/* Cycles of a function itself (not of what it calls), on all CPUs, at all ELs. False: no function
 * has that name. */
bool el2sim_function_cycles(const struct el2sim_machine *m, const char *function, uint64_t *cycles);
/* Exceptions taken while a function itself ran, to that EL (EL2SIM_ANY: to any): what it traps on,
 * interrupts included. False: no function has that name. */
bool el2sim_function_traps(const struct el2sim_machine *m, const char *function, unsigned to_el,
                           uint64_t *count);

/* ---- All interleavings of two CPUs ---------------------------------------------------------- */

enum el2sim_verdict {
    EL2SIM_HOLDS,  /* in all interleavings, and all of them end */
    EL2SIM_BROKEN, /* `holds` said false */
    EL2SIM_STUCK,  /* from some state on the calls can never return, however the CPUs take turns */
    EL2SIM_BOUND   /* there are max_states or more: nothing was found among those seen */
};

/* What to explore. */
struct el2sim_exploration {
    struct el2sim_call calls[2]; /* on two CPUs, begun together */
    /* Where CPUs may be switched: before each access to these bytes by virtual address [to any
     * memory], before MSR, WFE, SEV and what changes the EL. Bytes that only one CPU uses (stacks)
     * need no switch: to leave them out loses no interleaving, and makes the search shorter. */
    uint64_t shared, shared_bytes;
    unsigned max_states; /* [100,000] */
    /* What must be true in each state between two switches, and (ended) when both calls have
     * returned. It may look at the machine, and change nothing. NULL: only that all runs end. */
    bool (*holds)(void *ctx, struct el2sim_machine *m, bool ended);
    void *ctx;
};

struct el2sim_finding {
    enum el2sim_verdict verdict;
    unsigned states, runs; /* different states; times that a CPU was run from one to the next */
    const char *schedule;  /* "0*57 1*21": CPU 0 runs 57 instructions, then CPU 1 21; "" if the
                              verdict needs none */
    const char *story;     /* the same for people, a line for each turn. Both live until the next
                              exploration of the machine */
};

/*
 * Runs two calls in every order of their accesses to shared memory, depth first, each state once
 * (states are known by a hash of registers, memory, TLBs and GIC; time is left out). The machine
 * is afterwards as it was before. False: a call cannot be begun, or an instruction sequence without
 * a switch does not end.
 *
 * Memory is sequentially consistent here: what only a weaker order breaks is not found.
 */
bool el2sim_explore(struct el2sim_machine *m, const struct el2sim_exploration *what,
                    struct el2sim_finding *finding);
/* Runs the calls in the order of a schedule, from the same state; the machine stays where it
 * leads. The verdict is EL2SIM_BROKEN where `holds` says false on the way; EL2SIM_STUCK where the
 * calls have not returned at its end; else EL2SIM_HOLDS. */
bool el2sim_replay(struct el2sim_machine *m, const struct el2sim_exploration *what,
                   const char *schedule, struct el2sim_finding *finding);

#ifdef __cplusplus
}
#endif

#endif
