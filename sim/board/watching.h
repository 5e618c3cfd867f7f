/* Inside the board: controls that are written and not yet synchronized, and what a watcher is told
 * (watch.h). */
#ifndef EL2SIM_BOARD_WATCHING_H
#define EL2SIM_BOARD_WATCHING_H

#include "cpu-el/insn.h"
#include "cpu-el/resolve.h"
#include "sim/base/archive.h"
#include "sim/board/watch.h"

struct cpu;

/* A control that was written and not yet synchronized (sync.c). */
struct unsynced {
    enum sysreg_id id;
    uint64_t other; /* value: the old one; if deferred, the new one */
    bool is_deferred;
    bool told;        /* the watcher knows that something hung on it */
    unsigned effects; /* deferred with it: enum sysreg_effect */
    uint64_t pc;      /* of the write */
    cycles_t at;
};

#define UNSYNCED_MAX 16

/* sync.c ------------------------------------------------------------------------------------ */

/* A control was written: what it had before, and what the write does. Returns what of that is to
 * be acted upon now. */
unsigned sync_written(struct cpu *cpu, enum sysreg_id id, uint64_t old, unsigned effects,
                      uint64_t pc);
/* What an instruction reads of a control that is deferred. */
bool sync_read(const struct cpu *cpu, enum sysreg_id id, uint64_t *value);
/* A context synchronization event. */
void sync_event(struct cpu *cpu);
/* An ISB or a DSB that blocks stop at. */
void sync_barrier(struct cpu *cpu, bool is_isb, uint64_t pc);
/* Whether blocks must stop at barriers may have changed. */
void sync_stops_changed(struct cpu *cpu);
/* Tells the watcher what the instruction at pc, or an access, does only by one of the values. */
void sync_look_sysreg(struct cpu *cpu, const struct insn *insn, const struct outcome *out,
                      uint64_t pc);
void sync_look_tlbi(struct cpu *cpu, enum sysreg_id op, uint64_t value, uint64_t pc);
void sync_look_at(struct cpu *cpu, bool of_el2, uint64_t pc);
void sync_look_access(struct cpu *cpu, const struct mmu_access *access);
void sync_look_fp(struct cpu *cpu, uint64_t pc);
/* Whether FP instructions must be looked at. */
bool sync_fp_depends(struct cpu *cpu);
void sync_archive(struct cpu *cpu, struct archive *a);

/* table_writes.c ----------------------------------------------------------------------------- */

/* Whether the page holds words that are watched, and who stores to it must be looked at. */
bool table_is_watched(const struct machine *m, pa_t at);
/* The store at pc was refused for that: carries it out, and tells what it changed. */
void table_store(struct cpu *cpu, uint64_t pc, uint32_t word);

/* watch.c ------------------------------------------------------------------------------------ */

/* Tells the watcher, which must be there; fills in who and when. */
void watch_tell(struct cpu *cpu, struct watch_event *e);
void watch_register(struct cpu *cpu, enum watch_kind kind, enum sysreg_id id, uint64_t old,
                    uint64_t value, uint64_t pc);
void watch_return(struct cpu *cpu, uint64_t spsr);
/* An interrupt's life, on the CPU that acts. */
void watch_irq(struct cpu *cpu, const struct gic_note *irq);
/* A TLBI or an AT is about to act. */
void watch_mmu_op(struct cpu *cpu, enum sysreg_id id, uint64_t value, uint64_t pc);
/* A page is about to be translated for the engine. */
void watch_access(struct cpu *cpu, const struct mmu_access *access);
/* mmu_watch() */
void watch_descriptor(void *cpu, const struct mmu_descriptor *d);

#endif
