/*
 * What things cost, and the only way time passes.
 *
 * A profile gives each class a price; cost_charge() moves a CPU's clock and books the same cycles
 * in the ledger, so the sum over the ledger is the clock, always.
 */
#ifndef EL2SIM_BASE_COST_H
#define EL2SIM_BASE_COST_H

#include "sim/base/archive.h"
#include "sim/base/clock.h"
#include "sim/base/types.h"

enum cost_class {
#define COST(id, name, kind, unit) COST_##id,
#include "sim/base/cost.def"
#undef COST
    COST_CLASS_COUNT
};

enum cost_kind { COST_KIND_I, COST_KIND_E, COST_KIND_W };

struct cost_class_info {
    const char *name; /* as in profiles and reports */
    const char *unit;
    enum cost_kind kind;
};

extern const struct cost_class_info cost_class_info[COST_CLASS_COUNT];

/* Whether units of the class are instructions that completed. */
static inline bool cost_counts_instructions(enum cost_class k)
{
    return cost_class_info[k].kind == COST_KIND_I && k != COST_INSN_TRAPPED;
}

/* The class of that name, or COST_CLASS_COUNT. */
enum cost_class cost_class_by_name(const char *name);

/* One cell of the ledger: how often, and what it came to. */
struct ledger_cell {
    uint64_t count;
    cycles_t cycles;
};

/*
 * Who a cycle belongs to. context: 0 = no stage 2, else an index the board gives to (stage 2 on,
 * VMID) and to the address ranges that a design declares. symbol: an index of the board's symbol
 * table, 0 = unknown.
 */
struct ledger_key {
    uint8_t cpu;
    uint8_t el;
    uint16_t context;
    uint32_t symbol;
};

struct ledger_row {
    struct ledger_key key;
    uint32_t index; /* ledger_row_at() */
    struct ledger_cell cells[COST_CLASS_COUNT];
};

struct ledger;

struct ledger *ledger_create(void);
void ledger_destroy(struct ledger *ledger);

/* The row of that key, made when new. The pointer stays valid for the ledger's life. */
struct ledger_row *ledger_row(struct ledger *ledger, struct ledger_key key);

/* Rows in the order they were made; index < ledger_row_count(). */
size_t ledger_row_count(const struct ledger *ledger);
struct ledger_row *ledger_row_at(const struct ledger *ledger, size_t index);

/* All cycles of one CPU: equals its clock. */
cycles_t ledger_total(const struct ledger *ledger, unsigned cpu);

/* All rows, in their order; loading replaces what is there. Keys are of CPUs below cpu_count. */
void ledger_archive(struct ledger *ledger, unsigned cpu_count, struct archive *a);
/* Which row *row is. */
void ledger_archive_row(struct ledger *ledger, struct ledger_row **row, unsigned cpu_count,
                        struct archive *a);

/* A CPU's meter: prices, clock, and the row of the code that runs now. */
struct cost_meter {
    const cycles_t *prices; /* COST_CLASS_COUNT of them */
    struct clock *clock;
    struct ledger_row *row;
};

static inline void cost_charge(struct cost_meter *meter, enum cost_class k, uint64_t n)
{
    cycles_t cycles = meter->prices[k] * n;
    meter->clock->now += cycles;
    meter->row->cells[k].count += n;
    meter->row->cells[k].cycles += cycles;
}

/* Takes n units back: instructions of a block that ended early. Time never goes below what was
 * charged before the block. */
static inline void cost_refund(struct cost_meter *meter, enum cost_class k, uint64_t n)
{
    cycles_t cycles = meter->prices[k] * n;
    meter->clock->now -= cycles;
    meter->row->cells[k].count -= n;
    meter->row->cells[k].cycles -= cycles;
}

/* Idle until `stamp` (no-op in the past): the wait is booked as COST_IDLE. */
static inline void cost_wait_until(struct cost_meter *meter, cycles_t stamp)
{
    if (stamp > meter->clock->now) {
        cycles_t cycles = stamp - meter->clock->now;
        meter->clock->now = stamp;
        meter->row->cells[COST_IDLE].count++;
        meter->row->cells[COST_IDLE].cycles += cycles;
    }
}

#endif
