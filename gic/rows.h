/*
 * Registers as rows, walked by one routine, and the accessors that several views share.
 */
#ifndef EL2SIM_GIC_ROWS_H
#define EL2SIM_GIC_ROWS_H

#include "gic/state.h"

/* Accessors get a unit of a register row, never an address or a size. `f` is the CPU interface that
 * the view belongs to, NULL for the distributor and redistributors. */
typedef uint64_t gic_get(struct gic_cpu *c, struct cpu_interface *f, unsigned n);
typedef void gic_set(struct gic_cpu *c, struct cpu_interface *f, unsigned n, uint64_t value);

/*
 * bits > 0: that many bits per INTID; a unit is a word (1, 2 bits), a byte (8) or a doubleword
 * (64), and n is the first INTID in it. bits = 0: units of `unit_bytes`, n = arg + index of the
 * unit. No get: reads as zero; no set: writes ignored.
 */
struct gic_row {
    uint32_t offset;
    uint32_t length_bytes;
    uint8_t bits;
    uint8_t unit_bytes; /* where bits = 0 */
    uint8_t sizes;      /* sum of the access sizes allowed: 1, 2, 4, 8 */
    uint8_t arg;
    gic_get *get;
    gic_set *set;
};

struct gic_map {
    const struct gic_row *rows; /* by offset */
    size_t row_count;
    unsigned intid_first, intid_end; /* per-INTID rows are RAZ/WI outside; end as implemented */
};

/* GICD_STATUSR, GICR_STATUSR (IHI 0069 12.9.37). */
#define STATUS_RRD  1u /* read of a reserved location */
#define STATUS_WRD  2u /* write to a reserved location */
#define STATUS_RWOD 4u /* read of a write-only one */
#define STATUS_WROD 8u /* write to a read-only one */

/* Does the access. *status collects what was wrong with it; NULL where there is no such register.
 */
enum bus_result gic_walk(const struct gic_map *map, struct gic_cpu *c, struct cpu_interface *f,
                         struct bus_access *a, uint32_t *status);

/* One 32-bit register at `at`. */
#define ROW_WORD(at, argument, getter, setter)                                                     \
    {                                                                                              \
        .offset = (at), .length_bytes = 4, .unit_bytes = 4, .sizes = 4, .arg = (argument),         \
        .get = (getter), .set = (setter)                                                           \
    }

/* CPU interface registers that GICC, GICV, ICC and ICV share; n: enum group_view, group, or
 * group * 4 + word. */
uint64_t cpuif_get_iar(struct gic_cpu *c, struct cpu_interface *f, unsigned view);
uint64_t cpuif_get_hppir(struct gic_cpu *c, struct cpu_interface *f, unsigned view);
uint64_t cpuif_get_rpr(struct gic_cpu *c, struct cpu_interface *f, unsigned n);
uint64_t cpuif_get_pmr(struct gic_cpu *c, struct cpu_interface *f, unsigned n);
uint64_t cpuif_get_apr(struct gic_cpu *c, struct cpu_interface *f, unsigned n);
void cpuif_put_eoir(struct gic_cpu *c, struct cpu_interface *f, unsigned view, uint64_t value);
void cpuif_put_dir(struct gic_cpu *c, struct cpu_interface *f, unsigned n, uint64_t value);
void cpuif_put_pmr(struct gic_cpu *c, struct cpu_interface *f, unsigned n, uint64_t value);
void cpuif_put_apr(struct gic_cpu *c, struct cpu_interface *f, unsigned n, uint64_t value);

#endif
