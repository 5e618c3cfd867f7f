/* A translation, taken apart: where the tables are, each descriptor on the way, what the access may
 * do there or which fault it takes. */
#include <inttypes.h>
#include <stdio.h>

#include "cpu-el/syndrome.h"
#include "mmu/attr.h"
#include "mmu/context.h"
#include "sim/report/explain.h"

struct walker {
    FILE *out;
    const struct pe *pe;
    struct mmu_context ctx;
    struct stage stages[2]; /* as configured; granule_bits 0: not used */
    uint64_t va;
};

static const char *size_text(uint64_t bytes, char text[16])
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    unsigned unit = 0;
    for (; bytes >= 1024 && unit < 4; unit++) {
        bytes /= 1024;
    }
    snprintf(text, 16, "%u %s", (unsigned)bytes, units[unit]);
    return text;
}

static const char *memory_text(uint8_t attr)
{
    switch (attr_memory(attr)) {
    case MEM_DEVICE:
        return "Device";
    case MEM_NORMAL_NC:
        return "Normal, Non-cacheable";
    case MEM_NORMAL:
        break;
    }
    return "Normal, cacheable";
}

static const char *shareability_text(unsigned sh)
{
    static const char *const names[] = {"Non-shareable", "reserved", "Outer Shareable",
                                        "Inner Shareable"};
    return names[sh & 3];
}

static enum sysreg_id table_register(const struct walker *w)
{
    bool upper = bit(w->va, 55);
    if (w->ctx.regime == REGIME_EL10) {
        return upper ? SR_TTBR1_EL1 : SR_TTBR0_EL1;
    }
    return upper && w->ctx.regime == REGIME_EL20 ? SR_TTBR1_EL2 : SR_TTBR0_EL2;
}

static void print_geometry(const struct walker *w, const struct stage *s, enum sysreg_id base)
{
    char granule[16];
    fprintf(w->out,
            "%s = %#" PRIx64 ": tables at %#" PRIx64
            ", %s granule, %u-bit input, %u-bit output, from level %u\n",
            sysreg_name(base), w->pe->sr[base], s->table, size_text(BIT(s->granule_bits), granule),
            s->input_bits, s->output_bits, s->start_level);
}

static void print_config(const struct walker *w, enum stage_check check, const struct stage *s,
                         enum sysreg_id base)
{
    if (check == STAGE_OK) {
        print_geometry(w, s, base);
    } else {
        fprintf(w->out, "%s = %#" PRIx64 ": %s\n", sysreg_name(base), w->pe->sr[base],
                check == STAGE_TRANSLATION_FAULT
                    ? "the address is outside what it translates, or its walks are disabled"
                    : "the address or the tables are beyond the size of addresses");
    }
}

static void begin_stage1(struct walker *w)
{
    if (!w->ctx.stage1) {
        fprintf(w->out, "stage 1 is off: the address goes on as it is\n");
        return;
    }
    enum stage_check check = stage1_config(w->pe, &w->ctx, va_canonical(w->va), &w->stages[0]);
    fprintf(w->out, "stage 1: ");
    print_config(w, check, &w->stages[0], table_register(w));
}

static void begin_stage2(struct walker *w, uint64_t input, bool of_table)
{
    enum stage_check check = stage2_config(w->pe, input, &w->stages[1]);
    fprintf(w->out,
            of_table ? "    the descriptor's IPA %#" PRIx64 ", by stage 2\n"
                     : "stage 2 of IPA %#" PRIx64 ": ",
            input);
    if (!of_table) {
        print_config(w, check, &w->stages[1], SR_VTTBR_EL2);
    }
}

static void print_stage1_leaf(const struct walker *w, uint64_t desc)
{
    static const char *const permissions[] = {"privileged read/write", "read/write",
                                              "privileged read-only", "read-only"};
    uint64_t mair = w->pe->sr[w->ctx.regime == REGIME_EL10 ? SR_MAIR_EL1 : SR_MAIR_EL2];
    unsigned index = (unsigned)bits(desc, 4, 2), ap = (unsigned)bits(desc, 7, 6);
    uint8_t attr = attr_of_mair(mair, index);
    fprintf(w->out,
            "      AttrIndx %u (MAIR 0x%02x: %s), AP %u (%s), SH %u (%s), AF %u, nG %u, DBM %u, "
            "Contiguous %u, PXN %u, UXN/XN %u\n",
            index, attr, memory_text(attr), ap, permissions[ap], (unsigned)bits(desc, 9, 8),
            shareability_text((unsigned)bits(desc, 9, 8)), bit(desc, 10), bit(desc, 11),
            bit(desc, 51), bit(desc, 52), bit(desc, 53), bit(desc, 54));
}

static void print_stage2_leaf(const struct walker *w, uint64_t desc)
{
    static const char *const permissions[] = {"none", "read", "write", "read/write"};
    unsigned memory = (unsigned)bits(desc, 5, 2), ap = (unsigned)bits(desc, 7, 6);
    fprintf(w->out,
            "      MemAttr 0x%x (%s), S2AP %u (%s), SH %u (%s), AF %u, DBM %u, Contiguous %u, "
            "XN %u\n",
            memory, memory_text(attr_of_stage2(memory)), ap, permissions[ap],
            (unsigned)bits(desc, 9, 8), shareability_text((unsigned)bits(desc, 9, 8)),
            bit(desc, 10), bit(desc, 51), bit(desc, 52), (unsigned)bits(desc, 54, 53));
}

static void print_hierarchy(const struct walker *w, uint64_t desc)
{
    if (bits(desc, 63, 59) != 0) {
        fprintf(w->out, " (NSTable %u, APTable %u, UXNTable/XNTable %u, PXNTable %u)",
                bit(desc, 63), (unsigned)bits(desc, 62, 61), bit(desc, 60), bit(desc, 59));
    }
    fputc('\n', w->out);
}

static void print_step(const struct walker *w, const struct mmu_step *step)
{
    const struct stage *s = &w->stages[step->stage2];
    uint64_t desc = step->descriptor;
    const char *space = step->stage2 || !w->ctx.stage2 ? "PA" : "IPA";
    char size[16];
    bool is_table = step->level != 3 && bit(desc, 1);
    fprintf(w->out, "  %slevel %u: descriptor 0x%016" PRIx64 " at PA %#" PRIx64 ": ",
            step->of_table ? "    " : "", step->level, desc, step->at.v);
    if (!bit(desc, 0) || (step->level == 3 && !bit(desc, 1))) {
        fprintf(w->out, bit(desc, 0) ? "reserved, so invalid\n" : "invalid\n");
        return;
    }
    if (is_table) {
        fprintf(w->out, "table at %s %#" PRIx64, space, desc & MASK(47, s->granule_bits));
        print_hierarchy(w, step->stage2 ? 0 : desc);
        return;
    }
    unsigned shift = stage_level_shift(s, step->level);
    fprintf(w->out, "%s of %s, to %s %#" PRIx64 "\n", step->level == 3 ? "page" : "block",
            size_text(BIT(shift), size), space, desc & MASK(47, shift));
    if (!step->of_table) {
        (step->stage2 ? print_stage2_leaf : print_stage1_leaf)(w, desc);
    }
}

static void print_steps(struct walker *w, const struct mmu_steps *steps)
{
    const struct mmu_step *before = NULL;
    for (unsigned i = 0; i < steps->count; i++) {
        const struct mmu_step *step = &steps->at[i];
        bool is_new = before == NULL || before->stage2 != step->stage2 ||
                      before->of_table != step->of_table || before->input != step->input;
        if (step->stage2 && is_new) {
            begin_stage2(w, step->input, step->of_table);
        }
        print_step(w, step);
        before = step;
    }
}

/* "read, write"; pages that may be written to or executed, and not read, there are, too. */
static const char *allowed(unsigned prot)
{
    static const char *const names[] = {[0] = "do nothing",
                                        [PROT_R] = "read",
                                        [PROT_W] = "write, and not read,",
                                        [PROT_X] = "execute, and not read,",
                                        [PROT_R | PROT_W] = "read, write",
                                        [PROT_R | PROT_X] = "read, execute",
                                        [PROT_W | PROT_X] = "write, execute, and not read,",
                                        [PROT_R | PROT_W | PROT_X] = "read, write, execute"};
    return names[prot & (PROT_R | PROT_W | PROT_X)];
}

static void print_page(const struct walker *w, const struct mmu_access *access,
                       const struct mmu_page *page)
{
    char size[16];
    fprintf(w->out,
            "PA %#" PRIx64 ": EL%u may %s there; %s, %s (attributes 0x%02x); one mapping for "
            "%s around it\n",
            page->pa.v, access->el, allowed(page->prot), memory_text(page->attr),
            shareability_text(page->shareability), page->attr, size_text(page->size_bytes, size));
}

static void print_fault(const struct walker *w, const struct mmu_access *access,
                        const struct mmu_fault *fault)
{
    static const char *const names[] = {[FAULT_TRANSLATION] = "Translation fault",
                                        [FAULT_ACCESS_FLAG] = "Access flag fault",
                                        [FAULT_PERMISSION] = "Permission fault",
                                        [FAULT_ADDRESS_SIZE] = "Address size fault",
                                        [FAULT_ALIGNMENT] = "Alignment fault",
                                        [FAULT_EXTERNAL] = "external abort",
                                        [FAULT_EXTERNAL_WALK] = "external abort on a walk",
                                        [FAULT_TLB_CONFLICT] = "TLB conflict abort",
                                        [FAULT_UNSUPPORTED_ATOMIC] = "unsupported atomic"};
    unsigned to = fault->target_el > access->el ? fault->target_el : access->el;
    fprintf(w->out, "%s, level %u, of stage %u%s: exception to EL%u\n", names[fault->type],
            fault->level, fault->stage2 ? 2 : 1,
            fault->s1ptw ? ", on the way to a stage-1 descriptor" : "", to);
    explain_esr(w->out, mmu_fault_esr(fault, access, to > access->el, 0), 2);
    fprintf(w->out, "  FAR_EL%u = %#" PRIx64 "\n", to, w->va);
    if (mmu_fault_hpfar_valid(fault)) {
        fprintf(w->out, "  HPFAR_EL2 = %#" PRIx64 ": the page of IPA %#" PRIx64 "\n",
                mmu_fault_hpfar(fault), fault->ipa.v);
    }
}

/* As a miss that finds nothing in a walk cache is charged. */
static void print_cost(const struct walker *w, const struct profile *profile,
                       const struct mmu_steps *steps)
{
    unsigned counts[2] = {0, 0};
    for (unsigned i = 0; i < steps->count; i++) {
        counts[steps->at[i].stage2]++;
    }
    double miss = (double)profile->costs[COST_TLB_MISS].price / CYCLE;
    double first = (double)profile->costs[COST_WALK_S1].price / CYCLE;
    double second = (double)profile->costs[COST_WALK_S2].price / CYCLE;
    fprintf(w->out,
            "cost of a TLB miss (%s, nothing in a walk cache): %s %g + %u x %s %g + %u x %s %g = "
            "%g cycles\n",
            profile->name, cost_class_info[COST_TLB_MISS].name, miss, counts[0],
            cost_class_info[COST_WALK_S1].name, first, counts[1],
            cost_class_info[COST_WALK_S2].name, second,
            miss + counts[0] * first + counts[1] * second);
}

static void print_head(const struct walker *w, const struct mmu_access *access)
{
    static const char *const regimes[] = {"EL1&0", "EL2", "EL2&0"};
    static const char *const types[] = {"read", "write", "instruction fetch"};
    fprintf(w->out, "%s of VA %#" PRIx64 " at EL%u: regime %s", types[access->type], w->va,
            access->el, regimes[w->ctx.regime]);
    if (w->ctx.stage2) {
        fprintf(w->out, " with stage 2, VMID %u", mmu_vmid(w->pe));
    }
    fprintf(w->out, ", ASID %u\n", (unsigned)(w->ctx.tag & TAG_ASID));
}

void explain_walk(FILE *out, const struct pe *pe, struct mmu *mmu, const struct profile *profile,
                  const struct mmu_access *access)
{
    struct walker w = {.out = out,
                       .pe = pe,
                       .ctx = mmu_context_of(pe, mmu_regime(pe, access->el)),
                       .va = access->va.v};
    struct mmu_steps steps;
    struct mmu_page page;
    struct mmu_fault fault;
    print_head(&w, access);
    bool held = (w.ctx.stage1 || w.ctx.stage2) && mmu_holds(mmu, access);
    bool ok = mmu_probe_steps(mmu, access, &steps, &page, &fault);
    if (va_is_valid(&w.ctx, w.va)) {
        begin_stage1(&w);
        print_steps(&w, &steps);
    } else {
        fprintf(out, "bits 63 to 56 are neither a tag (TBI) nor copies of bit 55\n");
    }
    if (ok) {
        print_page(&w, access, &page);
    } else {
        print_fault(&w, access, &fault);
    }
    if (steps.count != 0) {
        print_cost(&w, profile, &steps);
    }
    fprintf(out, "%s",
            held ? "the TLB holds a translation of it, which answers without a walk\n" : "");
}
