#include "gic/rows.h"

#include "sim/base/bits.h"

static unsigned unit_bytes(const struct gic_row *row)
{
    switch (row->bits) {
    case 1:
    case 2:
        return 4;
    case 8:
        return 1;
    case 64:
        return 8;
    default:
        return row->unit_bytes;
    }
}

static const struct gic_row *find(const struct gic_map *map, uint64_t offset)
{
    for (size_t i = 0; i < map->row_count && map->rows[i].offset <= offset; i++) {
        if (offset - map->rows[i].offset < map->rows[i].length_bytes) {
            return &map->rows[i];
        }
    }
    return NULL;
}

/* One unit, or a part of it of `bytes` at `first`. */
static void access_unit(const struct gic_row *row, struct gic_cpu *c, struct cpu_interface *f,
                        unsigned n, bool write, unsigned first, unsigned bytes, uint64_t *value)
{
    unsigned hi = (first + bytes) * 8 - 1;
    unsigned lo = first * 8;
    if (!write) {
        *value = row->get ? bits(row->get(c, f, n), hi, lo) : 0;
    } else if (row->set) {
        bool is_part = bytes < unit_bytes(row) && row->get;
        row->set(c, f, n, bits_set(is_part ? row->get(c, f, n) : 0, hi, lo, *value));
    }
}

static uint32_t misuse(const struct gic_row *row, bool write)
{
    if (write) {
        return row->get && !row->set ? STATUS_WROD : 0;
    }
    return row->set && !row->get ? STATUS_RWOD : 0;
}

static void walk_row(const struct gic_map *map, const struct gic_row *row, struct gic_cpu *c,
                     struct cpu_interface *f, struct bus_access *a)
{
    unsigned unit = unit_bytes(row);
    uint64_t result = 0;
    for (unsigned done = 0; done < a->size_bytes;) {
        unsigned at = (unsigned)(a->offset - row->offset) + done;
        unsigned bytes = a->size_bytes - done < unit ? a->size_bytes - done : unit;
        unsigned n = row->bits ? at / unit * unit * 8 / row->bits : row->arg + at / unit;
        bool exists =
            !row->bits || (n >= map->intid_first && n < map->intid_end && n < c->gic->intid_count);
        if (exists) {
            uint64_t part = a->value >> done * 8;
            access_unit(row, c, f, n, a->write, at % unit, bytes, &part);
            result |= a->write ? 0 : part << done * 8;
        }
        done += bytes;
    }
    if (!a->write) {
        a->value = result;
    }
}

enum bus_result gic_walk(const struct gic_map *map, struct gic_cpu *c, struct cpu_interface *f,
                         struct bus_access *a, uint32_t *status)
{
    const struct gic_row *row = find(map, a->offset);
    bool known = row && (row->sizes & a->size_bytes);
    if (status) {
        uint32_t reserved = a->write ? STATUS_WRD : STATUS_RRD;
        *status |= known ? misuse(row, a->write) : reserved;
    }
    if (!known) {
        a->value = a->write ? a->value : 0;
        return BUS_UNMODELLED;
    }
    walk_row(map, row, c, f, a);
    return BUS_OK;
}

void cpuif_changed(struct gic_cpu *c, const struct cpu_interface *f)
{
    if (f->is_virtual) {
        virt_update(c);
    } else {
        phys_drive(c);
    }
}

uint64_t cpuif_get_iar(struct gic_cpu *c, struct cpu_interface *f, unsigned view)
{
    return cpuif_acknowledge(c, f, (enum group_view)view);
}

uint64_t cpuif_get_hppir(struct gic_cpu *c, struct cpu_interface *f, unsigned view)
{
    return cpuif_pending(c, f, (enum group_view)view);
}

uint64_t cpuif_get_rpr(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)c;
    (void)n;
    unsigned running = cpuif_running(f);
    return running == PRIORITY_IDLE ? 0xff : running;
}

uint64_t cpuif_get_pmr(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)c;
    (void)n;
    return f->pmr;
}

uint64_t cpuif_get_apr(struct gic_cpu *c, struct cpu_interface *f, unsigned n)
{
    (void)c;
    return f->apr[n / ACTIVE_PRIORITY_WORDS][n % ACTIVE_PRIORITY_WORDS];
}

void cpuif_put_eoir(struct gic_cpu *c, struct cpu_interface *f, unsigned view, uint64_t value)
{
    cpuif_end(c, f, (enum group_view)view, (uint32_t)value);
}

void cpuif_put_dir(struct gic_cpu *c, struct cpu_interface *f, unsigned n, uint64_t value)
{
    (void)n;
    cpuif_deactivate(c, f, (uint32_t)value);
}

void cpuif_put_pmr(struct gic_cpu *c, struct cpu_interface *f, unsigned n, uint64_t value)
{
    (void)n;
    cpuif_set_pmr(f, value);
    cpuif_changed(c, f);
}

/* Words that the number of priority bits leaves out are RAZ/WI. */
void cpuif_put_apr(struct gic_cpu *c, struct cpu_interface *f, unsigned n, uint64_t value)
{
    if (n % ACTIVE_PRIORITY_WORDS < cpuif_apr_count(f)) {
        f->apr[n / ACTIVE_PRIORITY_WORDS][n % ACTIVE_PRIORITY_WORDS] = (uint32_t)value;
        cpuif_changed(c, f);
    }
}
