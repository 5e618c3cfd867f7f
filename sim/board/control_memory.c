/* Memory of a stopped run, by address of any regime. */
#include "sim/board/control_state.h"

#include <string.h>

#include "cpu-el/fields.h"
#include "sim/base/bits.h"
#include "sim/board/control_internal.h"

#define PAGE_BYTES UINT64_C(4096)

static const char *const space_names[SPACE_COUNT] = {
    [SPACE_CURRENT] = "va",  [SPACE_EL0] = "el0",       [SPACE_EL1] = "el1", [SPACE_EL2] = "el2",
    [SPACE_GUEST] = "guest", [SPACE_STAGE1] = "stage1", [SPACE_IPA] = "ipa", [SPACE_PA] = "pa",
};

enum control_space control_space_by_name(const char *name)
{
    unsigned space = 0;
    while (space < SPACE_COUNT && strcmp(name, space_names[space]) != 0) {
        space++;
    }
    return (enum control_space)space;
}

const char *control_space_name(enum control_space space)
{
    return space_names[space];
}

/* What a walk depends on, as the space would have it. Put back before anything runs. */
struct regime {
    uint64_t hcr, sctlr;
    bool pan;
};

static struct regime enter_regime(struct pe *pe, enum control_space space)
{
    struct regime before = {pe->sr[SR_HCR_EL2], pe->sr[SR_SCTLR_EL1], pe->ps.pan};
    uint64_t *hcr = &pe->sr[SR_HCR_EL2];
    pe->ps.pan = false;
    if (space == SPACE_GUEST || space == SPACE_IPA) {
        *hcr = (*hcr | HCR_VM) & ~(HCR_TGE | HCR_DC);
    } else if (space == SPACE_STAGE1) {
        *hcr &= ~(HCR_VM | HCR_TGE | HCR_DC);
    }
    if (space == SPACE_IPA) {
        pe->sr[SR_SCTLR_EL1] &= ~SCTLR_M;
    }
    return before;
}

static void leave_regime(struct pe *pe, const struct regime *before)
{
    pe->sr[SR_HCR_EL2] = before->hcr;
    pe->sr[SR_SCTLR_EL1] = before->sctlr;
    pe->ps.pan = before->pan;
}

static unsigned el_of(const struct pe *pe, enum control_space space)
{
    switch (space) {
    case SPACE_CURRENT:
    case SPACE_PA:
        return pe->ps.el;
    case SPACE_EL0:
        return 0;
    case SPACE_EL2:
        return 2;
    case SPACE_EL1:
    case SPACE_GUEST:
    case SPACE_STAGE1:
    case SPACE_IPA:
        break;
    }
    return 1;
}

/* An address that is its own: nothing is walked. */
static bool flat(const struct machine *m, uint64_t at, struct mmu_page *out,
                 struct mmu_fault *fault)
{
    *out = (struct mmu_page){.pa = pa(at), .size_bytes = PAGE_BYTES, .prot = PROT_R | PROT_W};
    *fault = (struct mmu_fault){.type = FAULT_EXTERNAL};
    return ram_holds(&m->ram, pa(at), 1) || bus_find(&m->bus, pa(at), 1) != NULL;
}

bool control_translate(struct control *c, unsigned cpu_index, enum control_space space, uint64_t at,
                       struct mmu_steps *steps, struct mmu_page *out, struct mmu_fault *fault)
{
    struct cpu *cpu = c->m->cpus[cpu_index];
    struct mmu_steps own;
    steps = steps ? steps : &own;
    *steps = (struct mmu_steps){.count = 0};
    bool no_el2 = !cpu->pe.model.has[FEAT_EL2];
    if (space == SPACE_PA || (space == SPACE_IPA && no_el2)) {
        return flat(c->m, at, out, fault);
    }
    if (space == SPACE_EL2 && no_el2) {
        *fault = (struct mmu_fault){.type = FAULT_TRANSLATION};
        return false;
    }
    struct regime before = enter_regime(&cpu->pe, space);
    struct mmu_access access = {
        .va = va(at), .type = MMU_READ, .el = (uint8_t)el_of(&cpu->pe, space)};
    bool found = mmu_probe_steps(cpu->mmu, &access, steps, out, fault);
    if (!found && fault->type == FAULT_PERMISSION) { /* of EL0 alone, or execute-only */
        struct mmu_access user = access, fetch = access;
        struct mmu_fault again;
        user.el = access.el == 1 ? 0 : access.el;
        user.unprivileged = true;
        fetch.type = MMU_FETCH;
        found = mmu_probe_steps(cpu->mmu, &user, steps, out, &again) ||
                mmu_probe_steps(cpu->mmu, &fetch, steps, out, &again);
    }
    leave_regime(&cpu->pe, &before);
    return found;
}

/* The next bytes of a transfer that lie in one page of RAM; NULL: there are none. */
static uint8_t *next_part(struct control *c, unsigned cpu, enum control_space space, uint64_t at,
                          size_t *size_bytes, pa_t *where)
{
    struct mmu_page page;
    struct mmu_fault fault;
    uint64_t in_page = PAGE_BYTES - at % PAGE_BYTES;
    *size_bytes = *size_bytes < in_page ? *size_bytes : (size_t)in_page;
    if (!control_translate(c, cpu, space, at, NULL, &page, &fault)) {
        return NULL;
    }
    *where = page.pa;
    return ram_at(&c->m->ram, page.pa, *size_bytes);
}

size_t control_read_memory(struct control *c, unsigned cpu, enum control_space space, uint64_t at,
                           void *to, size_t size_bytes)
{
    size_t done = 0;
    while (done < size_bytes) {
        size_t part = size_bytes - done;
        pa_t where;
        const uint8_t *from = next_part(c, cpu, space, at + done, &part, &where);
        if (from == NULL) {
            break;
        }
        memcpy((uint8_t *)to + done, from, part);
        done += part;
    }
    return done;
}

size_t control_write_memory(struct control *c, unsigned cpu, enum control_space space, uint64_t at,
                            const void *from, size_t size_bytes)
{
    size_t done = 0;
    while (done < size_bytes) {
        size_t part = size_bytes - done;
        pa_t where;
        uint8_t *to = next_part(c, cpu, space, at + done, &part, &where);
        if (to == NULL) {
            break;
        }
        code_written(c->m, where, part);
        memcpy(to, (const uint8_t *)from + done, part);
        ram_note_written(&c->m->ram, where, part);
        done += part;
    }
    if (done != 0) {
        control_note_change(c);
    }
    return done;
}

/* Symbols. */

struct seer {
    control_see_symbol *see;
    void *ctx;
    bool is_placed;   /* it is known which virtual addresses physical ones have */
    uint64_t from_pa; /* + PA: VA */
};

static void see_symbol(void *ctx, const char *name, enum symbol_address by, uint64_t start,
                       uint64_t end)
{
    const struct seer *s = ctx;
    uint64_t offset = by == SYMBOL_PHYSICAL ? s->from_pa : 0;
    if (by == SYMBOL_VIRTUAL || s->is_placed) {
        s->see(s->ctx, name, start + offset, end + offset);
    }
}

void control_each_symbol(struct control *c, unsigned cpu, control_see_symbol *see, void *ctx)
{
    const struct control_cpu now = control_cpu_state(c, cpu);
    struct seer s = {.see = see, .ctx = ctx};
    struct mmu_page page;
    struct mmu_fault fault;
    if (control_translate(c, cpu, SPACE_CURRENT, now.pc, NULL, &page, &fault)) {
        s.from_pa = now.pc - page.pa.v;
        s.is_placed = symbols_lookup(c->m->symbols, now.el, now.context, va(now.pc), page.pa) !=
                      SYMBOL_UNKNOWN;
    }
    symbols_each(c->m->symbols, now.el, now.context, see_symbol, &s);
}
