#include "sim/board/cpu.h"

#include <string.h>

#include "cpu-el/fields.h"
#include "sim/base/bits.h"

/*
 * A view of the engine holds translations made under one context. Its tag covers all that a
 * translation depends on and that may change without a TLBI: regime, ASID, VMID, controls. Table
 * bases are left out on purpose: a new base without TLBI shows old entries, as it does in the
 * model's TLB and on silicon.
 */
static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

static uint64_t asid_of(uint64_t ttbr0, uint64_t ttbr1, uint64_t tcr)
{
    return bits(bit(tcr, 22) ? ttbr1 : ttbr0, 63, 48); /* TCR_ELx.A1 */
}

/* What of HCR_EL2 the EL1&0 regime depends on. Of the others, E2H and TGE choose the regime, no
 * more: a VHE host changes TGE around each run of a guest, and keeps its translations. */
#define HCR_EL10 (HCR_VM | HCR_PTW | HCR_DC | HCR_TGE | HCR_CD | HCR_ID)

static uint64_t tag_of(const struct pe *pe, unsigned el)
{
    enum mmu_regime regime = mmu_regime(pe, el);
    const uint64_t *sr = pe->sr;
    uint64_t tag = mix(1, (uint64_t)regime << 8 | el);
    switch (regime) {
    case REGIME_EL10:
        tag = mix(tag, sr[SR_HCR_EL2] & HCR_EL10);
        tag = mix(tag, sr[SR_SCTLR_EL1]);
        tag = mix(tag, sr[SR_TCR_EL1]);
        tag = mix(tag, asid_of(sr[SR_TTBR0_EL1], sr[SR_TTBR1_EL1], sr[SR_TCR_EL1]));
        tag = mix(tag, sr[SR_VTCR_EL2]);
        tag = mix(tag, bits(sr[SR_VTTBR_EL2], 63, 48));
        break;
    case REGIME_EL20:
        tag = mix(tag, asid_of(sr[SR_TTBR0_EL2], sr[SR_TTBR1_EL2], sr[SR_TCR_EL2]));
        tag = mix(tag, sr[SR_SCTLR_EL2]);
        tag = mix(tag, sr[SR_TCR_EL2]);
        break;
    case REGIME_EL2:
    case REGIME_COUNT:
        tag = mix(tag, sr[SR_SCTLR_EL2]);
        tag = mix(tag, sr[SR_TCR_EL2]);
        break;
    }
    return tag;
}

/*
 * Whose code it is, whatever its address space. Unicorn's translated code belongs to the view it
 * was made in: where a kernel goes on with another ASID, it had best stay in its view.
 */
static uint64_t family_of(const struct pe *pe, unsigned el)
{
    enum mmu_regime regime = mmu_regime(pe, el);
    uint64_t family = mix(1, (uint64_t)regime << 8 | el);
    if (regime == REGIME_EL10 && pe->sr[SR_HCR_EL2] & HCR_VM) {
        family = mix(family, bits(pe->sr[SR_VTTBR_EL2], 63, 48) + 1);
    }
    return family;
}

/* What was known of code in this view is so no more. */
static void renew_epoch(struct cpu *cpu, unsigned view)
{
    cpu->view_epoch[view] = ++cpu->last_epoch;
}

void view_renew_code(struct cpu *cpu)
{
    for (unsigned view = 0; view < ENGINE_VIEWS; view++) {
        renew_epoch(cpu, view);
    }
    cpu->code_epoch = cpu->view_epoch[engine_view(cpu->engine)];
    block_tag_changed(cpu);
}

void view_tags_changed(struct cpu *cpu)
{
    memset(cpu->tag_of_el, 0, sizeof cpu->tag_of_el);
}

/* tag_of(), asked at every exception and return, so remembered; 0: not known. */
static uint64_t tag_of_el(struct cpu *cpu)
{
    uint64_t *tag = &cpu->tag_of_el[cpu->pe.ps.el];
    if (*tag == 0) {
        *tag = tag_of(&cpu->pe, cpu->pe.ps.el);
    }
    return *tag;
}

/* A tag that is back so soon takes turns with the one it gave way to: with kernel page-table
 * isolation, EL1 has one ASID for its vectors and one for all else. */
#define SOON 4

/* The view to give to a new tag: its family's, or the one that was not used for longest. */
static unsigned view_for(struct cpu *cpu, uint64_t tag, uint64_t family, unsigned count)
{
    bool takes_turns = tag == cpu->view_lost && cpu->view_uses - cpu->view_lost_at < SOON;
    unsigned oldest = 0;
    for (unsigned view = 0; view < count; view++) {
        if (cpu->view_family[view] == family && !takes_turns) {
            cpu->view_lost = cpu->view_tag[view];
            cpu->view_lost_at = cpu->view_uses;
            return view;
        }
        oldest = cpu->view_used[view] < cpu->view_used[oldest] ? view : oldest;
    }
    return oldest;
}

/* The view that holds translations with this tag; else one that is emptied for it. */
static unsigned view_with(struct cpu *cpu, uint64_t tag)
{
    unsigned count = shortcut_on(cpu->machine, SHORTCUT_VIEWS) ? ENGINE_VIEWS : 1;
    for (unsigned view = 0; view < count; view++) {
        if (cpu->view_tag[view] == tag) {
            return view;
        }
    }
    unsigned el = cpu->pe.ps.el;
    uint64_t family = family_of(&cpu->pe, el);
    unsigned view = view_for(cpu, tag, family, count);
    engine_flush_view(cpu->engine, view);
    engine_set_kind(cpu->engine, view, lend_kind(cpu->machine, el));
    cpu->view_tag[view] = tag;
    cpu->view_family[view] = family;
    cpu->view_regime[view] = mmu_regime(&cpu->pe, el);
    cpu->view_without_pan[view] = false;
    renew_epoch(cpu, view);
    return view;
}

/*
 * PSTATE.PAN is no part of the tag: KVM and a VHE host change it around each run of a guest. It
 * takes away pages that were granted without it, so a view that has such a page is emptied when it
 * is set.
 */
void view_select(struct cpu *cpu)
{
    unsigned view = view_with(cpu, tag_of_el(cpu));
    cpu->view_used[view] = ++cpu->view_uses;
    if (cpu->view_without_pan[view] && cpu->pe.ps.pan) {
        engine_flush_view(cpu->engine, view);
        cpu->view_without_pan[view] = false;
    }
    cpu->code_epoch = cpu->view_epoch[view];
    block_tag_changed(cpu);
    if (engine_view(cpu->engine) != view) {
        engine_set_view(cpu->engine, view);
    }
}

void view_note_fill(struct cpu *cpu, bool pan_counts)
{
    if (pan_counts && !cpu->pe.ps.pan && cpu->pe.ps.el != 0) {
        cpu->view_without_pan[engine_view(cpu->engine)] = true;
    }
}

void view_empty_all(struct cpu *cpu)
{
    for (unsigned view = 0; view < ENGINE_VIEWS; view++) {
        engine_flush_view(cpu->engine, view);
        cpu->view_without_pan[view] = false;
    }
}

/* Beyond this, to empty the view and look for all its code again is cheaper than to go through it
 * page by page. */
#define RANGE_MAX (UINT64_C(2) << 20)

void view_dropped(void *ctx, enum mmu_regime regime, va_t at, uint64_t size_bytes)
{
    struct cpu *cpu = ctx;
    bool by_range = size_bytes != 0 && size_bytes <= RANGE_MAX &&
                    shortcut_on(cpu->machine, SHORTCUT_RANGE_FLUSH);
    for (unsigned view = 0; view < ENGINE_VIEWS; view++) {
        if (cpu->view_regime[view] != regime) {
            continue;
        }
        if (by_range) {
            engine_flush_range(cpu->engine, view, at, size_bytes);
        } else {
            engine_flush_view(cpu->engine, view);
            renew_epoch(cpu, view);
        }
    }
    if (by_range) {
        blocks_moved(cpu, at, size_bytes);
    }
    cpu->code_epoch = cpu->view_epoch[engine_view(cpu->engine)];
    block_tag_changed(cpu);
}
