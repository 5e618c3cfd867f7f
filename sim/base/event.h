/*
 * The architectural event stream: what a run did, as an outside observer of the architecture would
 * see it. Its digest identifies a run. Nothing in it depends on the engine or on which optimisation
 * is on.
 */
#ifndef EL2SIM_BASE_EVENT_H
#define EL2SIM_BASE_EVENT_H

#include "sim/base/archive.h"
#include "sim/base/types.h"

enum arch_event_kind {
    EV_EXCEPTION, /* a = from_el << 8 | to_el << 4 | vector class, b = ESR, c = preferred return
                     address */
    EV_ERET,      /* a = from_el << 8 | to_el, b = SPSR, c = address returned to */
    EV_MMIO,      /* a = size | write << 8, b = physical address, c = value */
    EV_SYSREG,    /* a = encoding | write << 16, b = value; only registers with an effect outside
                     PSTATE and storage */
    EV_WAIT,      /* WFI or WFE that waits: c = pc */
    EV_FIRMWARE,  /* a = function id, b = result */
    EV_MARK,      /* a = 1 begin, 0 end, b = operations, c = hash of the name */
    EV_STOP,      /* a = reason; per CPU final state in b, c */
    EV_VMCB,      /* a = 1 entry, 0 exit, b = physical address of the block, c = guest's pc */

    /* Notes: told to observers who want them, and no part of the digest. */
    EV_NOTES,
    /* The CPU's time belongs to another row of the ledger from now on: a = EL | context << 8,
     * b = symbol, c = VMPIDR_EL2. ROW: EL or context changed; FUNCTION: the symbol alone, in a
     * host's code; VM_FUNCTION: in a VM's. */
    NOTE_ROW = EV_NOTES,
    NOTE_FUNCTION,
    NOTE_VM_FUNCTION,
    NOTE_IDLE, /* the CPU has waited, or was off: a = since when, until now */
    /* The exception that follows has an address: a = FAR_ELx, b = HPFAR_EL2, c = 1 FAR is valid, 2
     * HPFAR, 3 both. */
    NOTE_FAULT,
    NOTE_GIC, /* a = enum gic_note_kind | its CPU << 8, b = INTID, c = value (gic/gic.h) */
    /* The CPU is about to carry out an instruction: a = pc, b = word | EL << 32 | with SP_EL0 << 34
     * | context << 40, c = how many before it. Once more where a page had to be granted first. Who
     * wants it makes each instruction a run of its own. */
    NOTE_INSN
};

/* Of event_observer.notes. */
#define NOTE_BIT(kind) (UINT32_C(1) << (kind))

struct arch_event {
    enum arch_event_kind kind;
    unsigned cpu;
    cycles_t at;
    uint64_t a, b, c;
};

/* Somebody who watches a run: told of each event as it happens, in the order of their adding, and
 * of the notes that it wants. Watching changes nothing, the digest included. */
struct event_observer {
    void (*seen)(void *ctx, const struct arch_event *e);
    void *ctx;
    uint32_t notes;              /* NOTE_BIT of each kind that it wants */
    struct event_observer *next; /* the stream's */
};

struct event_stream;

struct event_stream *event_stream_create(void);
void event_stream_destroy(struct event_stream *stream);
void event_emit(struct event_stream *stream, const struct arch_event *e);
/* Notes that somebody wants, by NOTE_BIT: others need not be emitted. */
uint32_t event_notes_wanted(const struct event_stream *stream);

/* From now on; *observer stays the caller's, until event_unobserve() or the stream's end. */
void event_observe(struct event_stream *stream, struct event_observer *observer);
void event_unobserve(struct event_stream *stream, struct event_observer *observer);

/* Digest of all events so far: XXH3, 128 bits, as 32 hex digits and a NUL. */
void event_digest(const struct event_stream *stream, char out[33]);

/* The digest so far. */
void event_stream_archive(struct event_stream *stream, struct archive *a);

#endif
