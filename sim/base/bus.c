#include "sim/base/bus.h"

#include <string.h>

bool bus_add(struct bus *bus, const struct bus_region *region)
{
    size_t i = 0;
    while (i < bus->region_count && bus->regions[i].base.v < region->base.v) {
        i++;
    }
    uint64_t end = region->base.v + region->size_bytes;
    bool below =
        i > 0 && bus->regions[i - 1].base.v + bus->regions[i - 1].size_bytes > region->base.v;
    bool above = i < bus->region_count && bus->regions[i].base.v < end;
    if (below || above || bus->region_count == BUS_REGIONS_MAX) {
        return false;
    }
    memmove(&bus->regions[i + 1], &bus->regions[i],
            (bus->region_count - i) * sizeof bus->regions[0]);
    bus->regions[i] = *region;
    bus->region_count++;
    return true;
}

const struct bus_region *bus_find(const struct bus *bus, pa_t at, unsigned size_bytes)
{
    size_t low = 0;
    size_t high = bus->region_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct bus_region *r = &bus->regions[middle];
        if (at.v < r->base.v) {
            high = middle;
        } else if (at.v - r->base.v >= r->size_bytes) {
            low = middle + 1;
        } else {
            return at.v - r->base.v + size_bytes <= r->size_bytes ? r : NULL;
        }
    }
    return NULL;
}
