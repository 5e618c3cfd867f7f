/*
 * The machine: CPUs, memory, devices and firmware of QEMU's `virt`, wired together, and the loop
 * that runs them.
 *
 *     machine_create -> machine_load... -> machine_run (until power-off, limit or stop) ->
 * machine_result, ledger, spans
 *
 * Everything hangs off one struct machine; a process may have several.
 */
#ifndef EL2SIM_BOARD_MACHINE_H
#define EL2SIM_BOARD_MACHINE_H

#include "cpu-el/feature.h"
#include "sim/base/cost.h"
#include "sim/base/err.h"
#include "sim/base/event.h"
#include "sim/base/log.h"
#include "sim/base/types.h"
#include "sim/board/context.h"
#include "sim/device/device_spec.h"
#include "sim/image/imagehash.h"
#include "sim/board/fdt_modules.h"
#include "sim/image/loader_place.h"
#include "sim/board/span.h"
#include "sim/image/symbols.h"

enum machine_level {
    LEVEL_FUNCTIONAL, /* an instruction is a cycle, nothing else is charged */
    LEVEL_BLOCK       /* instruction classes, TLB and all system events, from the profile */
};

/* What can be switched off without changing any result: the tests do so one by one
 * (machine_config.engine_off). */
enum machine_shortcut {
    SHORTCUT_BLOCK_TABLE = 1 << 0, /* remember decoded blocks */
    SHORTCUT_VIEWS = 1 << 1,       /* three engine views instead of flushing at EL changes */
    SHORTCUT_RANGE_FLUSH = 1 << 2, /* flush ranges instead of whole views */
    SHORTCUT_TRAP_IN_HOOK =
        1 << 3,                /* handle traps inside the engine's callback instead of leaving it */
    SHORTCUT_DC_ZVA = 1 << 4,  /* DC ZVA natively */
    SHORTCUT_LEND = 1 << 5,    /* SP_EL0 and TPIDR_ELx read natively */
    SHORTCUT_STATE = 1 << 6,   /* the engine's registers where they lie, not by its API */
    SHORTCUT_COUNTS = 1 << 7,  /* blocks count themselves */
    SHORTCUT_TLBS = 1 << 8,    /* the engine's translation caches are kept small */
    SHORTCUT_RESOLVED = 1 << 9 /* what a system register's access is, remembered */
};

struct machine_config {
    struct cpu_model cpu;
    unsigned cpu_count;   /* 1..8 (GICv2), 1..16 (GICv3) */
    unsigned gic_version; /* 2 or 3 */
    uint64_t ram_bytes;
    unsigned entry_el; /* 2 (default) or 1 */
    enum machine_level level;
    cycles_t prices[COST_CLASS_COUNT]; /* of the profile; ignored by LEVEL_FUNCTIONAL */
    uint64_t clock_hz, counter_hz;
    cycles_t quantum;       /* SMP turn length */
    uint64_t schedule_seed; /* not 0: turns vary between nothing and two quanta, by this seed */
    unsigned store_drain_instructions; /* so long a DSB finds a store outstanding */
    unsigned tlb_entries, tlb_ways, walk_cache_entries;
    cycles_t max_cycles; /* 0 = no limit; of the CPU that is furthest */
    unsigned engine_off; /* enum machine_shortcut bits to switch off */
    bool
        strict; /* stop at each LDTR, STTR, acquire and release to check what the engine does not */
    bool host_stage2; /* VMID 0 is no VM: the host's own stage 2, as protected KVM has one */
    struct asid_range guest_asids; /* how code of guests is known where there is no EL2 */
    bool semihosting;              /* HLT #0xF000 SYS_EXIT ends the run with its status */
    bool quiet;                    /* do not say unmodelled accesses on stderr */
    void (*console)(void *ctx, const char *text, size_t length); /* PL011 output; NULL = discard */
    void *console_ctx;
    struct device_list devices; /* virtio */
};

enum machine_end {
    END_POWER_OFF, /* PSCI SYSTEM_OFF */
    END_RESET,     /* PSCI SYSTEM_RESET */
    END_EXIT,      /* semihosting exit: status */
    END_LIMIT,     /* max_cycles */
    END_SNAPSHOT,  /* a snapshot was to end it */
    END_DEADLOCK,  /* every CPU waits and nothing is due */
    END_QUIT,      /* the user ended it (host_input.h) */
    END_ENGINE     /* the engine gave up: `text` */
};

struct machine_result {
    enum machine_end end;
    int status;     /* what the program should exit with: 0 after power-off */
    char text[256]; /* one line that says why it ended */
    char digest[33];
    cycles_t cycles;       /* of the CPU that is furthest */
    uint64_t instructions; /* of all CPUs */
};

struct machine;

struct machine *machine_create(const struct machine_config *config, struct err *e);
void machine_destroy(struct machine *m);

/* What to boot, all paths; NULL where absent. kernel: ELF, Image or gzip'd Image. */
struct machine_images {
    const char *kernel, *initrd, *dtb, *append;
    struct placed_file placed[PLACED_FILES_MAX]; /* further files, each at its address */
    unsigned placed_count;
    struct boot_module modules[MODULES_MAX]; /* what the kernel, a hypervisor, is to start */
    unsigned module_count;
};

bool machine_load(struct machine *m, const struct machine_images *images, struct err *e);

/* The device tree that the guest gets (after machine_load). */
const void *machine_dtb(const struct machine *m, size_t *size_bytes);

/* Symbols for the ledger (after machine_load): for code at the ELs and in the context that `scope`
 * says. From an ELF file, or from a kernel's Image or System.map: where the scope is the host's,
 * those name the code of the kernel that was loaded by where it is in memory, so at any EL above 0
 * and under any virtual address; an Image that is not that kernel is of a guest. */
bool machine_symbols(struct machine *m, const char *path, const struct symbol_scope *scope,
                     struct err *e);

#define IMAGE_RECORDS_MAX 40 /* each file that options can name, and some */

/* Files that went into the run, with their SHA-256: the kernel first, initrd, device tree, modules,
 * placed files, disks, an input script. Symbols change no result, and are not among them. */
struct image_record {
    char path[256];
    char sha256[IMAGE_HASH_TEXT];
};

struct image_list {
    struct image_record records[IMAGE_RECORDS_MAX];
    size_t count;
};

const struct image_list *machine_image_list(const struct machine *m);

/* Runs to the end. May be called once. */
void machine_run(struct machine *m, struct machine_result *result);

/* Called now and then in simulated time with the CPU's stamp: progress only, never part of the
 * model. */
void machine_on_progress(struct machine *m, void (*progress)(void *ctx, cycles_t now), void *ctx);

/* Has somebody watch the run's events (sim/base/event.h), before the run or while it stands. */
void machine_observe(struct machine *m, struct event_observer *observer);
void machine_unobserve(struct machine *m, struct event_observer *observer);

/* The device at a physical address, as "GICH"; NULL: none. */
const char *machine_device_name(const struct machine *m, pa_t at);

/* After (or during) the run. The ledger is complete: its sum over a CPU is that CPU's clock. */
struct ledger *machine_ledger(struct machine *m);
const struct span_table *machine_spans(const struct machine *m);
/* The row whose name has the hash that EV_MARK gives; SPAN_ROWS_MAX: none. */
unsigned machine_span_row(const struct machine *m, uint64_t hash);
struct unimp_log *machine_unimp(struct machine *m);
/* How often a driver broke the rules of a virtio device. */
uint64_t machine_broken_devices(const struct machine *m);
const char *machine_symbol_name(const struct machine *m, uint32_t symbol);
unsigned machine_cpu_count(const struct machine *m);
uint64_t machine_clock_hz(const struct machine *m);
/* The ledger's context of the code that a CPU runs, and its EL. */
uint16_t machine_cpu_context(const struct machine *m, unsigned cpu, unsigned *el);
cycles_t machine_cpu_cycles(const struct machine *m, unsigned cpu);
/* Of the CPU that is furthest. */
cycles_t machine_furthest(const struct machine *m);
uint64_t machine_cpu_instructions(const struct machine *m, unsigned cpu);

/* Exceptions taken, by what: rows in order of (from, to, EC). EC 0x100 + type for IRQ, FIQ, SError.
 */
struct trap_count {
    unsigned from_el, to_el, ec;
    uint64_t count;
};
/* Whether a context of the ledger is a VM's. */
bool machine_context_is_vm(const struct machine *m, uint16_t context);
size_t machine_trap_counts(const struct machine *m, struct trap_count *out, size_t room);

/* Exits of VMs by EC (exits.h), on all CPUs: rows in order of EC. */
struct exit_count {
    unsigned ec;
    uint64_t count;
    cycles_t cycles;
    cycles_t least, most; /* of one exit */
};
size_t machine_exit_counts(const struct machine *m, struct exit_count *out, size_t room);

struct engine_stats_sum {
    uint64_t hooks, traps, fills, flushes, exact_stops, tlb_misses, walk_steps;
};
struct engine_stats_sum machine_engine_stats(const struct machine *m);

/* What the TLBs of all CPUs did: misses, descriptors read by the walks of either stage, entries
 * replaced, TLBI operations. */
struct tlb_counts {
    uint64_t misses, walk_steps_s1, walk_steps_s2, evictions, invalidations;
};
struct tlb_counts machine_tlb_counts(const struct machine *m);

#endif
