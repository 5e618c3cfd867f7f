/*
 * A close look at a run: what the event stream leaves out, for somebody who judges what a guest
 * does (sim/lint). Told as it happens, by a call; may look at anything, changes nothing. Without a
 * watcher all of it costs the test of a pointer, in places that are rare.
 */
#ifndef EL2SIM_BOARD_WATCH_H
#define EL2SIM_BOARD_WATCH_H

#include "gic/gic.h"
#include "mmu/mmu.h"
#include "sim/base/types.h"

struct machine;

enum watch_kind {
    WATCH_WRITE,      /* a system register was written: reg */
    WATCH_READ,       /* ... was read, by an instruction that traps in the engine: reg */
    WATCH_UNSYNCED,   /* what an instruction does hangs on a write not yet synchronized: unsynced */
    WATCH_ISB,        /* while barriers are watched (machine_watch_barriers()) */
    WATCH_DSB,        /* ... */
    WATCH_EXCEPTION,  /* about to be taken: target_el */
    WATCH_RETURN,     /* ERET, about to return: ret */
    WATCH_TLBI,       /* tlbi; before it acts */
    WATCH_AT,         /* reg.id: which; reg.value: its operand */
    WATCH_DESCRIPTOR, /* a walk read one: descriptor */
    WATCH_ACCESS,     /* the engine asked for a page: access. pc is not exact */
    WATCH_TABLE,      /* an instruction changed a watched word: table */
    WATCH_IRQ         /* an interrupt's life: irq */
};

struct watch_event {
    enum watch_kind kind;
    unsigned cpu;
    const struct pe *pe;
    uint64_t pc;
    cycles_t at;
    union {
        struct {
            enum sysreg_id id;
            uint64_t old, value;
        } reg;
        struct {
            enum sysreg_id id;
            uint64_t written_at; /* pc */
            cycles_t since;
            const char *what; /* it does */
        } unsynced;
        struct {
            uint64_t spsr;
            unsigned to_el;
            bool is_illegal;
        } ret;
        struct {
            const struct mmu_tlbi *op;
            bool broadcast;
        } tlbi;
        struct {
            const struct mmu_access *access;
            uint64_t tag;    /* of its translations */
            bool is_held;    /* by the TLB, */
            uint64_t at_ipa; /* which says it goes there */
        } access;
        struct {
            pa_t at;
            uint64_t old, value;
        } table;
        const struct mmu_descriptor *descriptor;
        const struct gic_note *irq;
        unsigned target_el;
    };
};

struct machine_watcher {
    void (*seen)(void *ctx, const struct watch_event *e);
    void *ctx;
};

/* Before machine_run(); *watcher stays the caller's. One at a time. */
void machine_watch(struct machine *m, const struct machine_watcher *watcher);

/* What a watcher may ask for, in a call or before the run. Barriers of a CPU: on or off. A word of
 * RAM: stores to it are told from now on, until it is let go; counted per page of 4 KiB. */
void machine_watch_barriers(struct machine *m, unsigned cpu, bool on);
void machine_watch_word(struct machine *m, pa_t at);
void machine_unwatch_word(struct machine *m, pa_t at);

/* Every CPU's engine asks again before it uses a translation. */
void machine_ask_again(struct machine *m);

/* Whether the CPU's TLB holds a translation whose tag equals `tag` under `mask` and which maps part
 * of [first, last]: VAs, or IPAs. */
bool machine_tlb_holds(const struct machine *m, unsigned cpu, uint64_t tag, uint64_t mask,
                       bool by_ipa, uint64_t first, uint64_t last);

/* Whose code is at pc, in the CPU's present state. */
struct code_place {
    unsigned el;
    uint16_t context;     /* of the ledger */
    const char *function; /* "?": no symbol */
    uint64_t offset;
};
void machine_code_place(struct machine *m, unsigned cpu, uint64_t pc, struct code_place *out);

#endif
