#include "sim/board/cpu.h"

#include "cpu-el/fields.h"
#include "cpu-el/ldst.h"
#include "sim/base/bits.h"

#define A64_DC_ZVA UINT32_C(0xd50b7420) /* Xt in bits 4..0 */

/* Memory is Device while the MMU is off, too, but then start-up code would run at the speed of a
 * bus: alignment is checked with it on. */
bool fault_mmu_is_on(const struct pe *pe, unsigned el)
{
    return pe->sr[mmu_regime(pe, el) == REGIME_EL10 ? SR_SCTLR_EL1 : SR_SCTLR_EL2] & SCTLR_M;
}

static struct mmu_access access_of(const struct cpu *cpu, va_t at, enum engine_access type)
{
    static const enum mmu_access_type types[] = {
        [ENGINE_READ] = MMU_READ, [ENGINE_WRITE] = MMU_WRITE, [ENGINE_FETCH] = MMU_FETCH};
    return (struct mmu_access){.va = at, .type = types[type], .el = cpu->pe.ps.el};
}

static bool refuse(struct cpu *cpu, enum refusal why, const struct mmu_access *access)
{
    cpu->refusal = why;
    cpu->refused_access = *access;
    cpu->refusal_open = true;
    cpu->refusal_time = cpu->clock.now;
    return false;
}

/* The engine asks twice for the page of a DC ZVA that faults, probing first: the second question is
 * of the same instruction, has the same answer, and is no second walk. */
static bool is_asked_again(const struct cpu *cpu, const struct mmu_access *access)
{
    const struct mmu_access *refused = &cpu->refused_access;
    return cpu->refusal_open && cpu->refusal == REFUSED_FAULT &&
           cpu->refusal_time == cpu->clock.now && refused->type == access->type &&
           refused->el == access->el && refused->unprivileged == access->unprivileged &&
           refused->va.v / ENGINE_PAGE == access->va.v / ENGINE_PAGE;
}

static bool is_same_page(const struct mmu_access *a, va_t at)
{
    return a->va.v / ENGINE_PAGE == at.v / ENGINE_PAGE;
}

/* Where the whole instruction was looked at, it may reach into the next page. */
static bool is_granted(const struct cpu *cpu, va_t at)
{
    uint64_t page = at.v / ENGINE_PAGE - cpu->refused_access.va.v / ENGINE_PAGE;
    return page == 0 || (page == 1 && cpu->grant_stays);
}

/* Whether the engine may access the page. Where the MMU is on, Device memory is strict about data.
 */
static bool is_ram(const struct cpu *cpu, const struct mmu_page *page, bool is_data)
{
    bool is_device =
        page->memory == MEM_DEVICE && is_data && fault_mmu_is_on(&cpu->pe, cpu->pe.ps.el);
    pa_t first = pa(align_down(page->pa.v, ENGINE_PAGE));
    return !is_device && ram_holds(&cpu->machine->ram, first, ENGINE_PAGE);
}

/* A read by the block that runs may be its DC (lend.c), which is no access to a watcher; and where
 * a load would not simply go on DC has its own rules. */
static bool may_be_dc(struct cpu *cpu, const struct mmu_access *access)
{
    if (cpu->current == NULL || !block_info_of(cpu->current)->has_dc ||
        !lend_dc_reads(cpu->machine, cpu->pe.ps.el)) {
        return false;
    }
    struct mmu_page page;
    struct mmu_fault fault;
    return cpu->machine->watcher || !mmu_peek(cpu->mmu, access, &page, &fault) ||
           !is_ram(cpu, &page, true);
}

bool fault_fill(void *ctx, va_t at, enum engine_access type, struct engine_page *out)
{
    struct cpu *cpu = ctx;
    struct mmu_access access = access_of(cpu, at, type);
    block_settle(cpu);
    if (cpu->stops_next) { /* nothing more runs: this is for the next block */
        return refuse(cpu, REFUSED_DEADLINE, &access);
    }
    if (is_asked_again(cpu, &access)) {
        return false;
    }
    bool is_looked_at = cpu->grant_refused && is_granted(cpu, at);
    if (type == ENGINE_READ && !is_looked_at && may_be_dc(cpu, &access)) {
        return refuse(cpu, REFUSED_LOOK, &access);
    }
    bool is_controlled = cpu->machine->control && type != ENGINE_FETCH;
    if (is_controlled && control_watches(cpu, at, type == ENGINE_READ)) {
        return refuse(cpu, REFUSED_WATCHED, &access);
    }
    if (type == ENGINE_FETCH) {
        if (!mmu_holds(cpu->mmu, &access)) {
            cpu->current = NULL;
            cpu->meter.row =
                block_row(cpu, at.v); /* its walk belongs to the code that is fetched */
            note_row(cpu, cpu->meter.row);
        }
    } else if (is_looked_at) {
        access.el = cpu->refused_access.el;
        access.unprivileged = cpu->refused_access.unprivileged;
        cpu->grant_refused = cpu->grant_stays;
    } else if (cpu->current && cpu->current->flags & BLOCK_HAS_UNPRIVILEGED) {
        return refuse(cpu, REFUSED_LOOK, &access);
    }
    cycles_t before = cpu->clock.now;
    if (cpu->machine->watcher) {
        watch_access(cpu, &access);
    }
    if (!mmu_translate(cpu->mmu, &access, &cpu->refused_page, &cpu->fault)) {
        return refuse(cpu, REFUSED_FAULT, &access);
    }
    struct mmu_page *page = &cpu->refused_page;
    if (!is_ram(cpu, page, type != ENGINE_FETCH)) {
        return refuse(cpu, REFUSED_DEVICE, &access);
    }
    if (cpu->clock.now != before && cpu->clock.now > cpu->deadline && type != ENGINE_FETCH) {
        return refuse(cpu, REFUSED_DEADLINE, &access);
    }
    bool writable = page->prot & PROT_W;
    if (type == ENGINE_FETCH) {
        if (!code_may_be_fetched(cpu->machine, page, at)) {
            return refuse(cpu, REFUSED_WRITTEN, &access);
        }
    } else if (writable && !code_may_be_written(cpu->machine, page, at)) {
        if (type == ENGINE_WRITE) {
            return refuse(cpu, REFUSED_CODE, &access);
        }
        writable = false; /* the store asks again */
    } else if (writable && !cpu->table_granted && table_is_watched(cpu->machine, page->pa)) {
        if (type == ENGINE_WRITE) {
            return refuse(cpu, REFUSED_TABLE, &access);
        }
        writable = false;
    } else if (writable) {
        ram_note_written(&cpu->machine->ram, pa(align_down(page->pa.v, ENGINE_PAGE)), ENGINE_PAGE);
    }
    if (is_controlled && control_watches(cpu, at, false)) {
        writable = false;
    }
    view_note_fill(cpu, page->pan_counts);
    *out = (struct engine_page){
        .pa = page->pa,
        .readable = page->prot & PROT_R,
        .writable = writable,
        .executable = page->prot & PROT_X,
        .is_steady = code_follows_stores(cpu->machine, page->pa.v),
    };
    return true;
}

static uint64_t general(void *ctx, unsigned n)
{
    struct cpu *cpu = ctx;
    return engine_x(cpu->engine, n);
}

bool fault_decode(struct cpu *cpu, uint64_t pc, uint32_t word, struct ldst *out)
{
    struct ldst_registers regs = {.general = general, .ctx = cpu, .pc = pc};
    return ldst_decode(word, &regs, out);
}

/* FAR: the address of the instruction's access, or the start of its second page where that one
 * failed. */
static uint64_t far_of(const struct mmu_access *access, bool decoded, const struct ldst *l,
                       uint64_t pc)
{
    if (access->type == MMU_FETCH) {
        return pc; /* the engine asks for the page */
    }
    if (!decoded || access->cache_maintenance) {
        return access->va.v;
    }
    return is_same_page(access, va(l->address)) ? l->address
                                                : align_down(access->va.v, ENGINE_PAGE);
}

void fault_raise(struct cpu *cpu, const struct mmu_fault *fault, const struct mmu_access *access,
                 uint64_t pc, uint32_t word)
{
    struct ldst l;
    struct mmu_access precise = *access;
    bool decoded =
        access->type != MMU_FETCH && !access->cache_maintenance && fault_decode(cpu, pc, word, &l);
    uint32_t isv = 0;
    if (decoded) {
        precise.atomic = l.is_atomic;
        if (fault->stage2 && !fault->s1ptw && fault->target_el == 2) {
            isv = ldst_iss(&l);
        }
    }
    cpu_save(cpu);
    struct exception exc = {
        .type = EXC_SYNC,
        .target_el = fault->target_el,
        .return_address = pc,
        .esr = mmu_fault_esr(fault, &precise, cpu->pe.ps.el < fault->target_el, isv),
        .far_valid = true,
        .far = far_of(access, decoded, &l, pc),
        .hpfar_valid = mmu_fault_hpfar_valid(fault),
        .hpfar = mmu_fault_hpfar(fault),
    };
    cpu_exception(cpu, &exc);
}

static void raise_simple(struct cpu *cpu, enum mmu_fault_type type, uint64_t pc, uint32_t word)
{
    struct mmu_fault fault = {.type = type, .target_el = exception_target_el(&cpu->pe)};
    if (type == FAULT_EXTERNAL && pe_hcr_effective(&cpu->pe) & HCR_TEA) {
        fault.target_el = 2;
    }
    fault_raise(cpu, &fault, &cpu->refused_access, pc, word);
}

/* Register n of a device load or store: general or (rarely) the low half of a vector. */
static uint64_t get_register(struct cpu *cpu, const struct ldst *l, unsigned n, unsigned half)
{
    if (l->is_fp) {
        uint64_t v[2];
        engine_v(cpu->engine, n, v);
        return v[half];
    }
    return n == 31 ? 0 : engine_x(cpu->engine, n);
}

static void set_register(struct cpu *cpu, const struct ldst *l, unsigned n, unsigned half,
                         uint64_t value)
{
    if (l->is_fp) {
        uint64_t v[2] = {0, 0};
        if (half == 1) {
            engine_v(cpu->engine, n, v);
        }
        v[half] = value;
        engine_set_v(cpu->engine, n, v);
        return;
    }
    if (l->sign_extend) {
        value = sign_extend(value, l->size_bytes * 8);
        value = l->sixty_four ? value : value & UINT32_MAX;
    }
    if (n != 31) {
        engine_set_x(cpu->engine, n, value);
    }
}

/* One access of at most 8 bytes. False: external abort. */
static bool bus_do(struct cpu *cpu, pa_t at, unsigned size_bytes, bool write, uint64_t *value,
                   uint64_t pc)
{
    struct machine *m = cpu->machine;
    if (ram_holds(&m->ram, at, size_bytes)) {
        if (write) {
            code_written(m, at, size_bytes);
            return ram_write(&m->ram, at, value, size_bytes);
        }
        return ram_read(&m->ram, at, value, size_bytes);
    }
    const struct bus_region *region = bus_find(&m->bus, at, size_bytes);
    if (region == NULL) {
        unimp_note(m->unimp, pc, "%s of %u bytes at 0x%llx: no device there",
                   write ? "write" : "read", size_bytes, (unsigned long long)at.v);
        return false;
    }
    struct bus_access a = {
        .offset = at.v - region->base.v,
        .size_bytes = size_bytes,
        .cpu = cpu->pe.index,
        .write = write,
        .value = write ? *value : 0,
    };
    cost_charge(&cpu->meter, write ? region->write_cost : region->read_cost, 1);
    enum bus_result result = region->access(region->device, &a);
    if (result == BUS_UNMODELLED) {
        unimp_note(m->unimp, pc, "%s %s %u bytes at 0x%llx", region->name, write ? "write" : "read",
                   size_bytes, (unsigned long long)a.offset);
        a.value = write ? a.value : 0;
    }
    if (!write) {
        *value = size_bytes == 8 ? a.value : a.value & (BIT(size_bytes * 8) - 1);
    }
    cpu_emit(cpu, EV_MMIO, size_bytes | (write ? 0x100u : 0), at.v, write ? a.value : *value);
    return result != BUS_ABORT;
}

/* All accesses of a load or store on a device page. False: external abort. */
static bool device_access(struct cpu *cpu, const struct ldst *l, uint64_t pc)
{
    unsigned part = l->size_bytes > 8 ? 8 : l->size_bytes;
    uint64_t at = cpu->refused_page.pa.v - cpu->refused_access.va.v + l->address;
    for (unsigned r = 0; r < l->register_count; r++) {
        unsigned n = l->is_pair && r == 1 ? l->rt2 : (l->rt + r) % 32u;
        for (unsigned half = 0; half < l->size_bytes / part; half++) {
            uint64_t value = l->is_store ? get_register(cpu, l, n, half) : 0;
            if (!bus_do(cpu, pa(at), part, l->is_store, &value, pc)) {
                return false;
            }
            if (l->is_load) {
                set_register(cpu, l, n, half, value);
            }
            at += part;
        }
    }
    return true;
}

/* LD1..LD4, ST1..ST4 of lanes or interleaved elements: device_access() does not take them apart. */
static bool has_lanes(const struct ldst *l)
{
    return l->element_bytes != 0 &&
           (l->structure_count > 1 || l->lane >= 0 || l->element_bytes < l->size_bytes);
}

/* What follows a device access is due: not for a prefetch, nor if it took an exception. */
static bool carry_out(struct cpu *cpu, uint64_t pc, uint32_t word)
{
    struct insn insn = code_decode(cpu, word);
    struct ldst l;
    if (insn.kind == INSN_KIND_MSR) { /* DC ZVA (D7.5.8) */
        raise_simple(cpu, FAULT_ALIGNMENT, pc, word);
        return false;
    }
    bool decoded = fault_decode(cpu, pc, word, &l);
    if (decoded && has_lanes(&l)) {
        unimp_note(cpu->machine->unimp, pc, "structure or lane load/store of a device: 0x%08x",
                   word);
        raise_simple(cpu, FAULT_EXTERNAL, pc, word);
        return false;
    }
    if (!decoded || l.is_exclusive || l.is_atomic) {
        raise_simple(cpu, FAULT_UNSUPPORTED_ATOMIC, pc, word);
        return false;
    }
    if (l.is_prefetch) {
        engine_set_pc(cpu->engine, pc + 4);
        return false;
    }
    if (l.address % l.size_bytes != 0 || !is_same_page(&cpu->refused_access, va(l.address))) {
        raise_simple(cpu, FAULT_ALIGNMENT, pc, word);
        return false;
    }
    insn_charge(&cpu->meter, &insn);
    cpu->instructions++;
    if (!device_access(cpu, &l, pc)) {
        insn_refund(&cpu->meter, &insn);
        cpu->instructions--;
        raise_simple(cpu, FAULT_EXTERNAL, pc, word);
        return false;
    }
    if (l.writeback) {
        engine_set_x(cpu->engine, l.rn, l.writeback_to);
    }
    engine_set_pc(cpu->engine, pc + 4);
    return true;
}

/* A load or store whose page is no RAM: carried out here, on the bus. */
static void device_insn(struct cpu *cpu, uint64_t pc, uint32_t word)
{
    if (carry_out(cpu, pc, word)) {
        loop_board_changed(cpu);
        loop_wake_others(cpu);
    }
}

void fault_store_by_hand(struct cpu *cpu, uint64_t pc, uint32_t word)
{
    if (carry_out(cpu, pc, word)) {
        cpu->last_store = cpu->instructions;
    }
}

/* The block holds LDTR or STTR: is this one? Then EL0's permissions decide (C6.2 "LDTR"), unless
 * PSTATE.UAO. */
static void look(struct cpu *cpu, uint32_t word)
{
    struct mmu_access *access = &cpu->refused_access;
    struct insn insn = code_decode(cpu, word);
    bool host_el2 = pe_e2h(&cpu->pe) && pe_tge(&cpu->pe) && cpu->pe.ps.el == 2;
    bool applies = (cpu->pe.ps.el == 1 || host_el2) && !cpu->pe.ps.uao;
    if (insn.flags & INSN_FLAG_UNPRIVILEGED && applies) {
        access->el = 0;
        access->unprivileged = true;
    }
    cpu->grant_refused = true;
}

bool fault_unprivileged(struct cpu *cpu, const struct insn *insn, uint64_t pc)
{
    struct ldst l;
    if (!(insn->flags & INSN_FLAG_UNPRIVILEGED) || !fault_decode(cpu, pc, insn->word, &l)) {
        return false;
    }
    cpu->refused_access = (struct mmu_access){
        .va = va(l.address), .type = l.is_store ? MMU_WRITE : MMU_READ, .el = cpu->pe.ps.el};
    look(cpu, insn->word);
    struct mmu_page page;
    struct mmu_fault fault;
    if (mmu_translate(cpu->mmu, &cpu->refused_access, &page, &fault)) {
        return false;
    }
    cpu->grant_refused = false;
    insn_refund(&cpu->meter, insn);
    fault_raise(cpu, &fault, &cpu->refused_access, pc, insn->word);
    return true;
}

/* One aligned access, or a pair, of one page. */
bool fault_is_plain_store(struct cpu *cpu, uint64_t pc, uint32_t word)
{
    struct ldst l;
    return fault_decode(cpu, pc, word, &l) && l.is_store && !l.is_load && !l.is_exclusive &&
           !l.is_atomic && !has_lanes(&l) && l.address % l.size_bytes == 0 &&
           l.address / ENGINE_PAGE ==
               (l.address + l.size_bytes * l.register_count - 1) / ENGINE_PAGE &&
           is_same_page(&cpu->refused_access, va(l.address));
}

/* A kernel that patches its text may patch the page of the very store: it cannot be code and data
 * at once. */
static void store_to_code(struct cpu *cpu, uint64_t pc, uint32_t word)
{
    struct machine *m = cpu->machine;
    pa_t page = pa(align_down(cpu->refused_page.pa.v, ENGINE_PAGE));
    uint64_t own;
    if (!code_pa(cpu, pc, &own) || align_down(own, ENGINE_PAGE) != page.v) {
        code_written(m, page, ENGINE_PAGE);
    } else if (fault_is_plain_store(cpu, pc, word)) {
        fault_store_by_hand(cpu, pc, word);
        code_changed(m, page, ENGINE_PAGE);
    } else {
        code_leave_to_engine(m, page);
    }
}

/* DC, which the engine has run as a load (lend.c): it faults by other rules, no deadline stops it,
 * and it is none of the reads that somebody watches. */
static bool is_dc(struct cpu *cpu, uint32_t word)
{
    return code_decode(cpu, word).cost == COST_OP_DC;
}

void fault_refused(struct cpu *cpu)
{
    uint64_t pc = engine_pc(cpu->engine);
    struct mmu_access access = cpu->refused_access;
    cpu->refusal_open = false;
    bool fetch = access.type == MMU_FETCH;
    uint32_t word = 0;
    if (!fetch) {
        word = code_word(cpu, pc);
        if (is_dc(cpu, word)) {
            trap_handle(cpu);
            return;
        }
        block_refund_from(cpu, pc);
        cpu->current = NULL;
        cpu->at_boundary = false;
    }
    if ((word & ~UINT32_C(31)) == A64_DC_ZVA) { /* FAR is its operand, not the block's start */
        unsigned t = word & 31;
        access.va = va(t == 31 ? 0 : engine_x(cpu->engine, t));
        cpu->refused_access.va = access.va;
    }
    switch (cpu->refusal) {
    case REFUSED_FAULT:
        fault_raise(cpu, &cpu->fault, &access, pc, word);
        break;
    case REFUSED_DEVICE:
        if (fetch) {
            raise_simple(cpu, FAULT_EXTERNAL, pc, word);
        } else {
            device_insn(cpu, pc, word);
        }
        break;
    case REFUSED_LOOK:
        look(cpu, word);
        break;
    case REFUSED_CODE:
        store_to_code(cpu, pc, word);
        break;
    case REFUSED_TABLE:
        table_store(cpu, pc, word);
        break;
    case REFUSED_WRITTEN:
        code_fetch_refused(cpu->machine, cpu->refused_page.pa);
        break;
    case REFUSED_WATCHED:
        control_watched(cpu, pc, word);
        break;
    case REFUSED_DEADLINE:
        break;
    }
}
