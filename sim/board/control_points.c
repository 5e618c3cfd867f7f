/* Breakpoints, of which blocks know, and watchpoints, whose pages the engine does not get. */
#include "sim/board/control_internal.h"

#include "cpu-el/ldst.h"
#include "sim/base/array.h"
#include "sim/base/bits.h"

/* Tags do not matter (TBI), and no two addresses of a regime differ in them alone. */
static uint64_t untagged(uint64_t va)
{
    return bits(va, 55, 0);
}

static bool overlap(const struct control_point *p, uint64_t at, uint64_t size_bytes)
{
    uint64_t own = untagged(p->at.v), other = untagged(at);
    return other - own < p->size_bytes || own - other < size_bytes;
}

/* What was known of the code or data around a point is asked for again. */
static void forget_around(struct control *c, const struct control_point *p)
{
    for (unsigned i = 0; i < c->m->config.cpu_count; i++) {
        if (p->is_watch) {
            view_empty_all(c->m->cpus[i]);
        } else {
            blocks_moved(c->m->cpus[i], p->at, 4);
        }
    }
}

static int add(struct control *c, const struct control_point *p)
{
    if (c->point_count == c->point_room) {
        c->points = array_grown(c->points, &c->point_room, sizeof *c->points);
    }
    struct control_point *own = &c->points[c->point_count++];
    *own = *p;
    own->number = ++c->last_number;
    c->has_watches |= p->is_watch;
    forget_around(c, own);
    return own->number;
}

int control_break(struct control *c, va_t at, unsigned el_mask, int context)
{
    return add(c, &(struct control_point){
                      .at = at, .size_bytes = 4, .el_mask = el_mask, .context = context});
}

int control_watch(struct control *c, va_t at, uint64_t size_bytes, bool reads, bool writes)
{
    return add(c, &(struct control_point){.at = at,
                                          .size_bytes = size_bytes,
                                          .is_watch = true,
                                          .reads = reads,
                                          .writes = writes});
}

bool control_point_delete(struct control *c, int number)
{
    for (size_t i = 0; i < c->point_count; i++) {
        struct control_point p = c->points[i];
        if (p.number != number) {
            continue;
        }
        c->points[i] = c->points[--c->point_count];
        c->has_watches = false;
        for (size_t n = 0; n < c->point_count; n++) {
            c->has_watches |= c->points[n].is_watch;
        }
        forget_around(c, &p);
        return true;
    }
    return false;
}

/* Breakpoints. */

static const struct control_point *break_in(const struct cpu *cpu, uint64_t pc, uint32_t count)
{
    const struct control *c = cpu->machine->control;
    int context = (int)(cpu->block_key >> 8);
    for (size_t i = 0; i < c->point_count; i++) {
        const struct control_point *p = &c->points[i];
        if (!p->is_watch && p->at.v - pc < 4 * (uint64_t)count && p->el_mask >> cpu->pe.ps.el & 1 &&
            (p->context == CONTROL_ANY_CONTEXT || p->context == context)) {
            return p;
        }
    }
    return NULL;
}

bool control_breaks_in(const struct cpu *cpu, uint64_t pc, uint32_t count)
{
    return break_in(cpu, pc, count) != NULL;
}

bool control_breaks_at(struct cpu *cpu, uint64_t pc)
{
    const struct control *c = cpu->machine->control;
    if (c->arriving == cpu->pe.index) {
        control_stop_at(cpu, CONTROL_STEPPED);
        return true;
    }
    const struct control_point *p = c->is_silent ? NULL : break_in(cpu, pc, 1);
    if (p == NULL || control_is_passed(cpu, pc)) {
        return false;
    }
    control_stop_at(cpu, CONTROL_BREAKPOINT);
    cpu->machine->control->stop.point = p->number;
    return true;
}

/* Watchpoints. */

bool control_watches(const struct cpu *cpu, va_t at, bool reads)
{
    const struct control *c = cpu->machine->control;
    uint64_t page = align_down(at.v, ENGINE_PAGE);
    for (size_t i = 0; c->has_watches && !c->watch_granted && i < c->point_count; i++) {
        const struct control_point *p = &c->points[i];
        if (p->is_watch && (reads ? p->reads : p->writes) && overlap(p, page, ENGINE_PAGE)) {
            return true;
        }
    }
    return false;
}

/* One lane of each register, or all of each. */
static uint64_t bytes_of(const struct ldst *l)
{
    bool lanes = l->element_bytes != 0 && (l->lane >= 0 || l->replicate);
    return lanes ? (uint64_t)l->element_bytes * l->structure_count
                 : (uint64_t)l->size_bytes * l->register_count;
}

static const struct control_point *watch_on(struct cpu *cpu, const struct ldst *l)
{
    const struct control *c = cpu->machine->control;
    uint64_t size_bytes = bytes_of(l);
    for (size_t i = 0; i < c->point_count; i++) {
        const struct control_point *p = &c->points[i];
        bool direction = (p->reads && l->is_load) || (p->writes && l->is_store);
        if (p->is_watch && direction && overlap(p, l->address, size_bytes)) {
            return p;
        }
    }
    return NULL;
}

/* DC ZVA, the one access that is no load or store: 64 bytes, as DCZID_EL0 has it. */
static bool zeroes(struct cpu *cpu, uint32_t word, struct ldst *l)
{
    struct insn insn = code_decode(cpu, word);
    uint64_t size_bytes = UINT64_C(4) << bits(cpu->pe.model.dczid, 3, 0);
    if (insn.kind != INSN_KIND_MSR || insn.enc != sysreg_enc(SR_DC_ZVA)) {
        return false;
    }
    uint64_t at = insn.rt == 31 ? 0 : engine_x(cpu->engine, insn.rt);
    *l = (struct ldst){.is_store = true,
                       .size_bytes = 4,
                       .register_count = (unsigned)(size_bytes / 4),
                       .address = align_down(at, size_bytes)};
    return true;
}

/* Carries out the instruction, with the page for it alone. */
static void run_granted(struct cpu *cpu, uint64_t pc)
{
    struct control *c = cpu->machine->control;
    c->watch_granted = true;
    block_charge_part(cpu, pc, 1);
    loop_engine_stopped(cpu, loop_run_until(cpu, va(pc + 4)));
    c->watch_granted = false;
    for (size_t i = 0; i < c->point_count; i++) {
        const struct control_point *p = &c->points[i];
        uint64_t first = align_down(p->at.v, ENGINE_PAGE);
        uint64_t last = align_down(p->at.v + p->size_bytes - 1, ENGINE_PAGE);
        if (p->is_watch) {
            engine_flush_range(cpu->engine, engine_view(cpu->engine), va(first),
                               last - first + ENGINE_PAGE);
        }
    }
}

void control_watched(struct cpu *cpu, uint64_t pc, uint32_t word)
{
    struct ldst l;
    const struct control_point *p = NULL;
    bool looks = !cpu->machine->control->is_silent && !control_is_passed(cpu, pc);
    if (looks && (fault_decode(cpu, pc, word, &l) || zeroes(cpu, word, &l))) {
        p = l.is_prefetch ? NULL : watch_on(cpu, &l);
    }
    if (p == NULL) {
        run_granted(cpu, pc);
        return;
    }
    struct control *c = cpu->machine->control;
    control_stop_at(cpu, CONTROL_WATCHPOINT);
    c->stop.point = p->number;
    c->stop.is_write = l.is_store;
    c->stop.address = untagged(l.address) < untagged(p->at.v) ? p->at.v : l.address;
}
