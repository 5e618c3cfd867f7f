/* Both stages of the next instruction's access: each descriptor that a walk reads. */
#include <inttypes.h>
#include <stdio.h>

#include "cpu-el/fields.h"
#include "sim/base/bits.h"
#include "sim/step/view.h"
#include "sim/step/words.h"

static const char *what_is(const struct mmu_step *s)
{
    bool is_last = s->level == 3;
    if (!(s->descriptor & 1) || (is_last && !(s->descriptor & 2))) {
        return "invalid";
    }
    return is_last ? "page" : s->descriptor & 2 ? "table" : "block";
}

static void step_line(const struct mmu_step *s, struct lines *out)
{
    enum line_style style = !(s->descriptor & 1) ? LINE_WARN : LINE_PLAIN;
    lines_add(out, style, " L%u %010" PRIx64 ": %016" PRIx64 " %s", s->level, s->at.v,
              s->descriptor, what_is(s));
}

static void access_line(const struct inspect_access *a, struct lines *out)
{
    static const char *const types[] = {
        [MMU_READ] = "load", [MMU_WRITE] = "store", [MMU_FETCH] = "fetch"};
    lines_add(out, LINE_HEAD, "%s, %u byte%s, as EL%u", types[a->access.type], a->size_bytes,
              a->size_bytes == 1 ? "" : "s", a->access.el);
    lines_add(out, LINE_PLAIN, "VA  %016" PRIx64, a->access.va.v);
}

static const char *table_register(const struct inspect *now, const struct inspect_access *a)
{
    bool is_upper = bit(a->access.va.v, 55);
    switch (mmu_regime(&now->pe, a->access.el)) {
    case REGIME_EL10:
        return is_upper ? "TTBR1_EL1" : "TTBR0_EL1";
    case REGIME_EL20:
        return is_upper ? "TTBR1_EL2" : "TTBR0_EL2";
    case REGIME_EL2:
    case REGIME_COUNT:
        break;
    }
    return "TTBR0_EL2";
}

/* Steps of one stage; those that only find a stage-1 descriptor are counted. */
static void stage_lines(const struct inspect_access *a, bool stage2, struct lines *out)
{
    unsigned hidden = 0;
    for (unsigned i = 0; i < a->steps.count; i++) {
        const struct mmu_step *s = &a->steps.at[i];
        if (s->of_table) {
            hidden++;
        } else if (s->stage2 == stage2) {
            step_line(s, out);
        }
    }
    if (!stage2 && hidden) {
        lines_add(out, LINE_DIM, " (+ %u stage-2 reads to find them)", hidden);
    }
}

/* What stage 1 made of the VA: the input of stage 2, if it came so far. */
static void ipa_line(const struct inspect_access *a, struct lines *out)
{
    const struct mmu_step *last = a->steps.count ? &a->steps.at[a->steps.count - 1] : NULL;
    if (last && last->stage2 && !last->of_table) {
        lines_add(out, LINE_PLAIN, "IPA %016" PRIx64, last->input);
    }
}

static void result_lines(const struct inspect_access *a, struct lines *out)
{
    static const char *const memories[] = {
        [MEM_DEVICE] = "Device", [MEM_NORMAL_NC] = "Normal, not cached", [MEM_NORMAL] = "Normal"};
    if (!a->translates) {
        char text[WORDS_TEXT] = "";
        words_fault(&a->fault, text);
        lines_add(out, LINE_WARN, "%s, to EL%u", text, a->fault.target_el);
        return;
    }
    lines_add(out, LINE_PLAIN, "PA  %016" PRIx64 "  %s", a->page.pa.v,
              a->device ? a->device : "nothing there");
    unsigned shift = a->page.size_bytes >> 30 ? 30 : a->page.size_bytes >> 20 ? 20 : 10;
    lines_add(out, LINE_PLAIN, "    %c%c%c for EL%u, %s, %" PRIu64 " %s",
              a->page.prot & PROT_R ? 'r' : '-', a->page.prot & PROT_W ? 'w' : '-',
              a->page.prot & PROT_X ? 'x' : '-', a->access.el, memories[a->page.memory],
              a->page.size_bytes >> shift,
              shift == 30   ? "GiB"
              : shift == 20 ? "MiB"
                            : "KiB");
}

static void tlb_line(const struct inspect_access *a, struct lines *out)
{
    if (!a->steps.has_stage1 && !a->steps.has_stage2) {
        return;
    }
    if (!a->is_held) {
        lines_add(out, LINE_DIM, "TLB: not held, the walk will be paid");
    } else if (a->held_translates && a->translates && a->held_pa.v == a->page.pa.v) {
        lines_add(out, LINE_PLAIN, "TLB: held, no walk");
    } else {
        lines_add(out, LINE_WARN, "TLB: holds %s%" PRIx64 ", not as the tables: a TLBI is missing",
                  a->held_translates ? "PA " : "a refusal ", a->held_pa.v);
    }
}

void pane_translation(const struct view *v, unsigned height, struct lines *out)
{
    const struct inspect *now = v->now;
    const struct inspect_access *a = now->has_data ? &now->access : &now->fetch;
    (void)height;
    access_line(a, out);
    if (a->steps.has_stage1) {
        lines_add(out, LINE_HEAD, "stage 1: %s", table_register(now, a));
        stage_lines(a, false, out);
    } else {
        lines_add(out, LINE_DIM, "stage 1 off: %s = VA", a->steps.has_stage2 ? "IPA" : "PA");
    }
    if (a->steps.has_stage2) {
        ipa_line(a, out);
        lines_add(out, LINE_HEAD, "stage 2: VTTBR_EL2, VMID %u",
                  (unsigned)bits(now->pe.sr[SR_VTTBR_EL2], 63, 48));
        stage_lines(a, true, out);
    }
    result_lines(a, out);
    tlb_line(a, out);
}
