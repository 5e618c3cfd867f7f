/*
 * Physical address space outside RAM: devices in regions, one access struct, three results.
 */
#ifndef EL2SIM_BASE_BUS_H
#define EL2SIM_BASE_BUS_H

#include "sim/base/cost.h"
#include "sim/base/types.h"

enum bus_result {
    BUS_OK,
    BUS_UNMODELLED, /* no such register or size here: RAZ/WI, counted */
    BUS_ABORT,      /* the device answers with a synchronous external abort */
};

struct bus_access {
    uint64_t offset;     /* from the region's base, in bytes, aligned to size_bytes */
    unsigned size_bytes; /* 1, 2, 4 or 8 */
    unsigned cpu;        /* who asks: banked registers depend on it */
    bool write;
    uint64_t value; /* in on a write, out on a read (zero extended) */
};

struct bus_region {
    const char *name; /* as in the documentation: "GICD", "PL011" */
    pa_t base;
    uint64_t size_bytes;
    enum bus_result (*access)(void *device, struct bus_access *a);
    void *device;
    enum cost_class read_cost, write_cost;
};

#define BUS_REGIONS_MAX 128

struct bus {
    struct bus_region regions[BUS_REGIONS_MAX]; /* by base, not overlapping */
    size_t region_count;
};

/* Adds a region (copied). False if it overlaps another or there is no room. */
bool bus_add(struct bus *bus, const struct bus_region *region);

/* The region that holds all of [at, at+size_bytes), or NULL. */
const struct bus_region *bus_find(const struct bus *bus, pa_t at, unsigned size_bytes);

#endif
