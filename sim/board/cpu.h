/*
 * Inside the board: one simulated CPU and the machine around it. Only the files of sim/board that
 * run CPUs include this.
 *
 *   blocks.c   what a translated block costs, and who its cycles belong to
 *   loop.c     turns, deadlines, interrupts: who runs, and until when
 *   trap.c     a trapped instruction: decide, act, account
 *   fault.c    a refused page: abort, device access, or an exact deadline
 *   view.c     which translations the engine may remember
 *   align.c    alignment rules that the engine does not check
 *   step.c     one instruction at a time: debug events
 *   notes.c    what observers are told beside the events of the digest
 *   span.c     measured spans
 *   snapshot_plan.c   when a snapshot is taken
 *   sync.c     controls that are written but not synchronized
 *   table_writes.c    stores to translation tables, for a watcher
 *   watch.c    what a watcher is told
 */
#ifndef EL2SIM_BOARD_CPU_H
#define EL2SIM_BOARD_CPU_H

#include "cpu-el/exception.h"
#include "cpu-el/insn.h"
#include "cpu-el/pe.h"
#include "cpu-el/pmu.h"
#include "cpu-el/resolve.h"
#include "cpu-el/syndrome.h"
#include "gic/gic.h"
#include "mmu/mmu.h"
#include "sim/base/bus.h"
#include "sim/base/clock.h"
#include "sim/base/cost.h"
#include "sim/base/event.h"
#include "sim/board/block.h"
#include "sim/board/booked.h"
#include "sim/board/causes.h"
#include "sim/board/code.h"
#include "sim/device/devices.h"
#include "sim/board/fdt_virt.h"
#include "sim/board/exits.h"
#include "sim/board/host_input_internal.h"
#include "sim/board/machine.h"
#include "sim/device/pl011.h"
#include "sim/device/pl031.h"
#include "sim/board/psci.h"
#include "sim/image/ram.h"
#include "sim/board/resolved.h"
#include "sim/board/snapshot.h"
#include "sim/image/symbols.h"
#include "sim/board/watching.h"
#include "sim/engine/engine.h"
#include "timer/timer.h"

#define BLOCK_SLOT_BITS 17
/* Blocks are only ever added; when there are so many, all are forgotten, the engine's too. */
#define BLOCKS_MAX   (1u << 17)
#define PAGE_HEADS   (1u << 16)
#define FRAME_HEADS  4096
#define DECODED_BITS 10

/* Of struct cpu; more are as good as all. */
#define LEFT_PAGES_MAX 16

/* Why fill() refused. */
enum refusal {
    REFUSED_FAULT,    /* translation fault: cpu->fault */
    REFUSED_DEVICE,   /* not RAM: carry it out on the bus */
    REFUSED_DEADLINE, /* the walk's cycles reached a deadline: find the exact instruction */
    REFUSED_LOOK,     /* the instruction must be known first (LDTR, watched page) */
    REFUSED_CODE,     /* a store to a page of code, through another mapping */
    REFUSED_WRITTEN,  /* a fetch from a page that may be written through another mapping */
    REFUSED_WATCHED,  /* a page with a watchpoint of the user (control.h) */
    REFUSED_TABLE     /* a store to a watched page of translation tables */
};

#define TRAP_KINDS 0x104

struct trap_counter {
    uint64_t count[3][3][TRAP_KINDS]; /* [from][to][EC; 0x100 + type for interrupts] */
};

struct cpu {
    struct machine *machine;
    struct pe pe;

    /* What block_enter() touches. */
    struct clock clock;
    struct cost_meter meter;
    struct block **block_slots; /* 1 << BLOCK_SLOT_BITS, by pc and key; none is NULL */
    uint64_t code_tag;          /* changes with code_epoch, block_key and look_flags */
    uint64_t instructions;
    cycles_t horizon;          /* min(deadline, turn_end): the hot path looks at this only */
    struct block *current;     /* entered last; what it leaves behind: block_settle() */
    uint64_t last_store;       /* `instructions` behind the last store, 0 = none outstanding */
    uint64_t entry_last_store; /* `last_store` before `current` */
    uint32_t look_tag;         /* of look_flags what varies, as bits of code_tag */
    uint32_t look_flags;       /* enum block_flag: stop_flags, and what account_rare() is for */
    bool at_boundary;          /* nothing ran since an exception, return or branch */

    struct pmu pmu;
    struct engine *engine;
    struct mmu *mmu;
    struct timer *timer;

    /* blocks.c */
    struct block_whole *blocks; /* BLOCKS_MAX; the first is nobody's */
    unsigned block_count;
    bool blocks_full;        /* the loop must make room: blocks_forget() */
    bool counts_itself;      /* engine_count_blocks() */
    struct block **run_list; /* blocks with runs to fold */
    size_t run_count;
    struct block_whole partial;             /* `current` while a part of a block runs */
    uint64_t entry_instructions;            /* `instructions` before the block that is looked at */
    struct block *page_heads[PAGE_HEADS];   /* blocks with a tag, by the page of their pc */
    uint64_t page_has[PAGE_HEADS / 64];     /* which of those there are */
    struct block *frame_heads[FRAME_HEADS]; /* and by that of their place in memory */
    struct insn decoded[1 << DECODED_BITS]; /* by word; units 0: none yet */
    struct code_state *code_states;         /* code.c: of each page of RAM */
    uint64_t code_stamp, all_changed;       /* code.c: now; and of the last IC IALLU */
    uint64_t stale_at;                      /* what code_is_fresh() found */
    bool code_stale;
    /* code_note_left(), since the last IC IALLU; left_many: there may be others. */
    uint64_t left_pages[LEFT_PAGES_MAX];
    unsigned left_count;
    bool left_many;
    uint64_t code_epoch;       /* changes whenever VA -> PA of code may have */
    uint32_t block_key;        /* el | context << 8 */
    uint32_t stop_flags;       /* enum block_flag: blocks with one of these stop */
    uint32_t stop_flags_of[3]; /* by EL, whatever SP is; 0: not known */

    /* loop.c */
    cycles_t deadline; /* first event, or the limit */
    cycles_t turn_end;
    cycles_t progress_at;   /* when to tell who watches; a deadline like others, without effect */
    cycles_t wake_stamp;    /* earliest time at which a raised input can wake it */
    bool wake_known;        /* wake_stamp is of this wait */
    bool wake_by_sgi;       /* and an SGI is what wakes */
    cycles_t wfe_stamp;     /* when a WFE looks again: other CPUs ran when it began */
    bool in_wfe;            /* waiting in WFE: any event wakes */
    bool trap_waits;        /* the trap hook left the trap to the loop */
    bool stops_next;        /* the loop has something to do before the next block */
    uint32_t stopped_insns; /* block_enter() stopped before a block of so many instructions */
    bool leave;             /* stop at the next chance: power, wait, end of the machine */
    bool pc_misaligned;     /* block_enter() saw a pc that is no multiple of 4 */
    bool sp_moved;          /* look at SP before the next block */
    bool sp_misaligned;     /* and a load or store through it faults */
    bool entry_exclusive_open; /* `exclusive_open` before `current` */
    bool exclusive_open; /* a load-exclusive ran without its store: ERET must clear the monitor */

    /* notes.c */
    const struct ledger_row *row_told; /* whose time observers believe it is */
    bool row_is_due;                   /* they must be told what the next block's is */
    bool each_insn;                    /* they want each instruction */

    /* step.c */
    bool stepping;     /* debug events are on: one instruction at a time */
    bool step_through; /* the next one runs in the engine: its fetch faults */
    bool stepped;      /* an instruction ran since step became active */
    bool stepped_exclusive;

    /* control.c */
    bool held;     /* the run stops before the next instruction */
    bool one_insn; /* the user steps this CPU: one instruction at a time */

    /* fault.c */
    bool trap_misaligned; /* the trap is of a misaligned exclusive */
    enum refusal refusal;
    struct mmu_fault fault;
    struct mmu_access refused_access;
    struct mmu_page refused_page;
    bool refusal_open; /* the engine has been told, the instruction has not taken its fault */
    cycles_t refusal_time;
    bool grant_refused; /* the next fill of refused_access's page is answered without looking at the
                           instruction */
    bool grant_stays;   /* and all fills of the one instruction that runs now */

    bool table_granted; /* the instruction that runs may store to watched pages */

    struct resolved resolved;

    /* sync.c */
    struct unsynced unsynced[UNSYNCED_MAX];
    unsigned unsynced_count;
    bool barriers_watched; /* machine_watch_barriers() */
    bool stops_at_barriers;

    /* trap.c */
    struct engine_natives natives;
    bool zva_runs[3]; /* by EL: what natives.dc_zva is there */

    /* view.c */
    uint64_t lent[2];                            /* lend.c: what the engine's TPIDR_EL0 and
                                                    TPIDRRO_EL0 hold, but for EL0's own writes */
    uint64_t view_used[ENGINE_VIEWS], view_uses; /* when each was selected last; now */
    uint64_t tag_of_el[3];                       /* by EL; 0: not known */
    bool view_without_pan[ENGINE_VIEWS];         /* holds a page that PSTATE.PAN would refuse */
    uint64_t view_tag[ENGINE_VIEWS];             /* what its translations depend on; 0 = empty */
    uint64_t view_family[ENGINE_VIEWS];          /* whose code it is */
    uint64_t view_lost, view_lost_at;          /* the tag that last gave way to its family; when */
    enum mmu_regime view_regime[ENGINE_VIEWS]; /* whose they are */
    uint64_t view_epoch[ENGINE_VIEWS];         /* changes when code of it was dropped */
    uint64_t last_epoch;

    struct trap_counter traps;
    struct exits exits;
    struct causes causes;
    struct booked_tracker tracker; /* span.c */
    uint64_t traps_to_hypervisor, exceptions;
};

/* A snapshot that is planned (snapshot_plan.c). */
struct snapshot_task {
    const struct snapshot_plan *plan; /* NULL: none */
    cycles_t at;           /* a deadline of every CPU; CYCLES_NEVER: not yet, or not more */
    bool is_over, is_done; /* it was tried; it is there */
    struct err err;        /* or why not */
    char printed[SNAPSHOT_TEXT_MAX]; /* last, on the console */
};

/* How often a snapshot of a run from a snapshot may change the prices. */
#define NOTES_MAX 16
#define RATES_MAX 16

struct machine {
    struct machine_config config;
    cycles_t prices[COST_CLASS_COUNT]; /* as charged: by level */
    struct counter_rate counter;
    struct counter_rate rates[RATES_MAX]; /* before it */
    size_t rate_count;
    struct cpu *cpus[EL2SIM_MAX_CPUS];
    struct gic *gic;
    struct bus bus;
    struct ram ram;
    struct code_page *code_pages; /* code_writes.c */
    uint32_t code_epoch;          /* grows when all views are emptied */
    struct psci psci;
    struct pl011 uart;
    struct pl031 rtc;
    struct devices *devices;
    struct host_input *input;     /* NULL: none */
    struct net_link *link;        /* to another machine; NULL: none */
    struct input_past input_past; /* before the snapshot that the machine goes on from */
    struct input_script *script;  /* NULL: none */
    uint64_t printed, shown;      /* bytes of the console: by the run, and at most so far */
    struct ledger *ledger;
    struct symbols *symbols;
    pa_t kernel_at; /* first byte of the kernel's image */
    struct event_stream *events;
    uint32_t notes_wanted;                 /* by observers: NOTE_BIT */
    struct cpu *acting;                    /* whose turn it is, or who wakes */
    const struct machine_watcher *watcher; /* NULL: none */
    uint16_t *watched_words;               /* table_writes.c: by page of RAM; NULL: none */
    struct unimp_log *unimp;
    struct span_table spans;
    struct span_state *span_state;
    struct machine_result result;
    bool ended;
    struct fdt_tree dtb;
    struct image_list images;
    struct snapshot_task snapshot;
    struct ram_image *ram_last; /* checkpoint_ram.c: what RAM held last; NULL: nobody asked */
    struct cpu *running;        /* in the midst of its turn; NULL: between turns */
    struct control *control;    /* who has the run in hand; NULL: nobody */
    uint64_t debugger_changes;  /* of registers and memory, by hand */
    bool is_rerun;              /* what runs has run before (history.h): nothing comes live */
    char notes[NOTES_MAX][160]; /* machine_snapshot_note() */
    size_t note_count;
    void (*progress)(void *ctx, cycles_t now);
    void *progress_ctx;
};

static inline bool shortcut_on(const struct machine *m, enum machine_shortcut s)
{
    return !(m->config.engine_off & s);
}

/* blocks.c
 * ------------------------------------------------------------------------------------------------------------
 */

/* The engine's block hook. */
void block_enter(void *core, uint64_t pc, uint32_t size_bytes, void *cpu);
/* The engine has stopped or asks: meter.row and at_boundary become those that `current`, if any,
 * leaves behind. Who sets them otherwise then sets `current` to NULL. */
static inline void block_settle(struct cpu *cpu)
{
    const struct block *b = cpu->current;
    if (b != NULL) {
        cpu->meter.row = b->row;
        cpu->at_boundary = b->flags & BLOCK_ENDS_AT_BOUNDARY;
    }
}

bool blocks_init(struct cpu *cpu);
void blocks_destroy(struct cpu *cpu);
/* From now on: engine_count_blocks(), where the host allows. */
void blocks_count_themselves(struct cpu *cpu);
/* Makes room for new blocks, while the engine stands. */
void blocks_forget(struct cpu *cpu);
/* code_epoch, block_key or look_flags has changed. */
void block_tag_changed(struct cpu *cpu);
/* Takes back what was charged for the instructions of `current` from pc on; with `but_first`, all
 * but the one at pc. */
void block_refund_from(struct cpu *cpu, uint64_t pc);
/* Charges `count` instructions at pc as a block of their own (`current` = partial), which
 * engine_run_until() then runs. */
void block_charge_part(struct cpu *cpu, uint64_t pc, uint32_t count);
/* How many of the `count` instructions at pc the engine may run before a deadline or an instruction
 * that it must not run. */
uint32_t block_insns_before_stop(struct cpu *cpu, uint64_t pc, uint32_t count);
/* Books all runs into the ledger. */
void blocks_fold(struct cpu *cpu);
/* Code in that page of memory may have changed: find() looks again. */
void blocks_changed(struct cpu *cpu, pa_t at);
/* Where code at [at, at+size) leads has changed: find() looks again. */
void blocks_moved(struct cpu *cpu, va_t at, uint64_t size_bytes);
/* EL, stage 2 or VMID changed. */
void block_context_changed(struct cpu *cpu);
/* What traps has changed: FP, strictness. */
void block_stop_flags_changed(struct cpu *cpu);
/* The EL or the alignment of SP has changed. */
void block_stop_flags_select(struct cpu *cpu);
/* The ledger row for code at pc now. */
struct ledger_row *block_row(struct cpu *cpu, uint64_t pc);
/* The symbol of code at pc now, and in *at its physical address, if symbols need one. */
uint32_t block_symbol(struct cpu *cpu, uint64_t pc, uint64_t *at);

/* loop.c
 * --------------------------------------------------------------------------------------------------------------
 */

/* Until the run ends, or its user stops it (control.h); it goes on with another call. */
void loop_run(struct machine *m);
/* Handles a trap left to the loop, a refused page or a failure; nothing for the other stops. */
void loop_engine_stopped(struct cpu *cpu, enum engine_stop stop);
/* Events or turn limits may have moved: recompute cpu->deadline and horizon. */
void loop_deadline_changed(struct cpu *cpu);
/* `cpu` accessed a device: the board's events may have moved. They come due on the first CPU's
 * clock, so another one's turn must let it come there. */
void loop_board_changed(struct cpu *cpu);
/* Runs to exactly `until`; what it runs is charged already. */
enum engine_stop loop_run_until(struct cpu *cpu, va_t until);
/* `by` did something that may interrupt waiting CPUs: those wake at this moment. */
void loop_wake_others(struct cpu *by);
/* Another CPU has something to do: the turn ends at the next boundary. */
void loop_end_turn(struct cpu *cpu);
/* Whether the CPU has an instruction to run now: it is on, and does not wait. */
bool loop_can_run(const struct cpu *cpu);
/* The CPU, which can run, has the turn from now on, whatever the model's turns are, until somebody
 * else is given it. */
void loop_give_turn(struct cpu *cpu);
/* Behind the last loop_run(): the last events, what was run, the digest. */
void machine_complete(struct machine *m, struct machine_result *result);
/* Ends the run. The first reason counts. */
void machine_end(struct machine *m, enum machine_end end, int status, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Carries engine state into pe before, and pe's into the engine after, a change of PSTATE. */
void cpu_save(struct cpu *cpu);
void cpu_load(struct cpu *cpu, enum sysreg_id old_sp);
/* Takes an exception now: pc, SP, view, ledger context follow. */
void cpu_exception(struct cpu *cpu, const struct exception *exc);
void cpu_return(struct cpu *cpu);

/* vmcb.c: the step of FEAT_VMCB at an ERET that vmcb_enters(), before cpu_return(). False: the
 * entry failed, and an exception was taken instead. */
bool vm_enter(struct cpu *cpu, const struct insn *insn, uint64_t pc);
/* ... and behind an exception to EL2 that ended a VM's run. */
void vm_exit(struct cpu *cpu, const struct exception *exc);
/* Takes a due interrupt, if any; true if taken. */
bool cpu_interrupt(struct cpu *cpu);
/* Starts a CPU (PSCI CPU_ON). */
void cpu_start(struct cpu *cpu, uint64_t entry, uint64_t context_id, cycles_t at);
/* The CPU enters WFI or WFE. */
void cpu_wait(struct cpu *cpu);

/* trap.c
 * --------------------------------------------------------------------------------------------------------------
 */

/* The engine's trap hook. */
enum engine_next trap_taken(void *cpu, enum engine_trap kind);
/* The trapped instruction at pc, in the hook or after it. */
void trap_handle(struct cpu *cpu);
/* Carries out the instruction at pc, which the engine must not or cannot run. `insn` is decoded
 * from it. */
void trap_execute(struct cpu *cpu, const struct insn *insn, uint64_t pc);
/* The loop has something to do before the next instruction. */
bool trap_loop_is_due(const struct cpu *cpu);

/* trap_sysreg.c: an MRS, MSR or SYS. */
void trap_sysreg(struct cpu *cpu, const struct insn *insn, uint64_t pc);
/* The engine asks before a system instruction traps: carries it out if that is all there is to do.
 */
bool trap_system(void *cpu);
/* What the engine may run natively: the state that decides it has changed, or the EL alone. */
void trap_natives_changed(struct cpu *cpu);
void trap_natives_select(struct cpu *cpu);
/* An exception by rule at pc: UNDEF or trap. */
void trap_exception(struct cpu *cpu, const struct outcome *out, const struct insn *insn,
                    uint64_t pc);
/* Acts on enum sysreg_effect bits. */
void trap_effects(struct cpu *cpu, unsigned effects);
void cpu_emit(struct cpu *cpu, enum arch_event_kind kind, uint64_t a, uint64_t b, uint64_t c);

/* fault.c
 * -------------------------------------------------------------------------------------------------------------
 */

bool fault_fill(void *cpu, va_t at, enum engine_access access, struct engine_page *out);
/* The access of the load or store at pc, registers as they are now; false if it is none. */
bool fault_decode(struct cpu *cpu, uint64_t pc, uint32_t word, struct ldst *out);
/* LDTR and STTR: takes the fault if EL0 may not do it; the instruction's charge is taken back. */
bool fault_unprivileged(struct cpu *cpu, const struct insn *insn, uint64_t pc);
/* Whether stage 1 is on for code that runs now: only then Device memory is strict (docs/limits.md).
 */
bool fault_mmu_is_on(const struct pe *pe, unsigned el);
/* engine_run() stopped because fill refused. */
void fault_refused(struct cpu *cpu);
/* Carries out a load or store of general registers on the page that was refused. */
void fault_store_by_hand(struct cpu *cpu, uint64_t pc, uint32_t word);
/* Whether the store is one that can be, wholly in that page. */
bool fault_is_plain_store(struct cpu *cpu, uint64_t pc, uint32_t word);
/* Raises the abort of a failed translation of an access by the instruction at pc. */
void fault_raise(struct cpu *cpu, const struct mmu_fault *fault, const struct mmu_access *access,
                 uint64_t pc, uint32_t word);

/* lend.c ------------------------------------------------------------------------------------ */

void lend_init(struct cpu *cpu);
/* Whether DC by address is a load to the engine at this EL (struct engine_lends). */
bool lend_dc_reads(const struct machine *m, unsigned el);
/* What kind of code to the engine that of this EL is (engine_set_kind). */
unsigned lend_kind(const struct machine *m, unsigned el);
/* The EL is about to change: what the engine holds goes back to pe.sr[]. */
void lend_leave_el(struct cpu *cpu);
/* The EL, or which SP it uses, has changed: the engine gets what its code reads. */
void lend_enter_el(struct cpu *cpu);
/* A system register was written. */
void lend_written(struct cpu *cpu, enum sysreg_id id);
/* Whether reads of lent registers may not be native at this EL, whatever SP is: SP_EL0 with
 * PSTATE.SP = 0 never may (C5.2.23). */
bool lend_traps(const struct cpu *cpu);

/* view.c
 * --------------------------------------------------------------------------------------------------------------
 */

/* Selects the view of the current EL, emptied if what it holds was translated under another
 * context. */
void view_select(struct cpu *cpu);
/* What translations depend on has changed: system registers, but for table bases. */
void view_tags_changed(struct cpu *cpu);
/* A page goes into the view that runs; pan_counts: struct mmu_page. */
void view_note_fill(struct cpu *cpu, bool pan_counts);
/* No view holds a page; their tags stay. */
void view_empty_all(struct cpu *cpu);
/* Code may have changed: all views' code is looked up again. */
void view_renew_code(struct cpu *cpu);
/* mmu_hooks.dropped */
void view_dropped(void *cpu, enum mmu_regime regime, va_t at, uint64_t size_bytes);

/* align.c ----------------------------------------------------------------------------------- */

/* SCTLR_ELx.A: every load and store must be looked at. */
bool align_checks_all(const struct pe *pe);
/* Whether the instruction may leave SP misaligned. */
bool align_moves_sp(uint32_t word);
/* Something moved SP: is it misaligned now? */
void align_look_at_sp(struct cpu *cpu);
/* Takes the fault of a misaligned load or store at pc; the instruction's charge is taken back. */
bool align_faults(struct cpu *cpu, const struct insn *insn, uint64_t pc);

/* notes.c ----------------------------------------------------------------------------------- */

static inline bool note_is_wanted(const struct cpu *cpu, enum arch_event_kind note)
{
    return cpu->machine->notes_wanted & NOTE_BIT(note);
}
/* What is charged from now on belongs to that row, and observers are told so. */
void note_row(struct cpu *cpu, const struct ledger_row *row);
/* The CPU's EL or context changed: the next block's row is to be told. */
void note_context_changed(struct cpu *cpu);
/* An exception is taken: what its ESR does not say. */
void note_fault(struct cpu *cpu, const struct exception *exc);
/* Who watches the GIC has changed. */
void note_gic_watched(struct machine *m);
/* Whether each block must be looked at, as its function may be another. */
bool note_wants_blocks(const struct cpu *cpu);
/* One instruction at a time, for the user or for observers. */
static inline bool insn_by_insn(const struct cpu *cpu)
{
    return cpu->one_insn || cpu->each_insn;
}
/* The instruction at pc comes next. */
void note_insn(struct cpu *cpu, uint64_t pc);
/* The CPU waited, or was off, since then. */
void note_idle(struct cpu *cpu, cycles_t since);

/* step.c
 * --------------------------------------------------------------------------------------------------------------
 */

void step_changed(struct cpu *cpu);
/* Runs one instruction with breakpoints, watchpoints and software step. */
void step_one(struct cpu *cpu);

/* machine_images.c
 * --------------------------------------------------------------------------------------------------------------
 */

/* A further file that the run depends on. */
bool machine_note_file(struct machine *m, const char *path, struct err *e);
/* What was booted, and the disks. The kernel must be the first file of all. */
bool machine_note_images(struct machine *m, const struct machine_images *images, struct err *e);

/* span.c
 * --------------------------------------------------------------------------------------------------------------
 */

void span_init(struct machine *m);
void span_destroy(struct machine *m);
/* Rows, and spans that are open; behind the ledger, to whose rows they refer. */
void span_archive(struct machine *m, struct archive *a);
void span_mark(struct cpu *cpu, bool begin, uint64_t name_va, uint64_t operations);
/* A row's name out of guest memory; false if it is unreadable or none. */
bool span_read_name(struct cpu *cpu, uint64_t at, char name[SPAN_NAME_MAX]);
/* An SGI left `from` for `to`; `to` goes on (woken, or in its next turn). */
void span_sgi(struct cpu *from, struct cpu *to);
void span_wake(struct cpu *cpu);

/* control.c; where there is a machine.control --------------------------------------------------
 */

/* Whether the run stops before the next instruction; the CPU is in its turn. */
bool control_holds(struct cpu *cpu);
/* Whether it stops between turns. `next` goes on, at `at`, by waiting or not. */
bool control_holds_machine(struct machine *m, struct cpu *next, cycles_t at, bool is_idle);
/* Whether somebody asks for that: to look changes nothing. */
bool control_is_wanted(struct machine *m);
/* A deadline without effect of its own, and what is then to be done. */
cycles_t control_due_at(const struct cpu *cpu);
void control_look(struct cpu *cpu);

/* control_points.c: whether one of `count` instructions at pc has a breakpoint; whether the run
 * stops for it. */
bool control_breaks_in(const struct cpu *cpu, uint64_t pc, uint32_t count);
bool control_breaks_at(struct cpu *cpu, uint64_t pc);
/* Whether reads (else writes) of this page must be looked at. */
bool control_watches(const struct cpu *cpu, va_t at, bool reads);
/* Carries out the instruction that was refused for it, or stops the run before it. */
void control_watched(struct cpu *cpu, uint64_t pc, uint32_t word);

/* snapshot_plan.c ---------------------------------------------------------------------------- */

/* What a planned snapshot may wait for. */
void snapshot_at_mark(struct machine *m, bool is_snapshot_mark, const char *name);
void snapshot_at_console(struct machine *m, const char *printed, size_t length);
/* It is due, and the CPU stands between two instructions. */
void snapshot_take(struct cpu *cpu);

#endif
