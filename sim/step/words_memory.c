#include <inttypes.h>

#include "sim/step/words.h"

static void words_where(const struct view *v, char text[WORDS_TEXT])
{
    const struct inspect_access *a = &v->now->access;
    bool is_held = a->is_held && a->held_translates;
    uint64_t at = is_held ? a->held_pa.v : a->page.pa.v;
    words_add(text, " at VA %#" PRIx64, a->access.va.v);
    if (a->steps.has_stage1 || a->steps.has_stage2) {
        words_add(text, ", PA %#" PRIx64, at);
    }
    if (a->device == NULL) {
        words_add(text, ", where there is nothing: external abort");
    } else {
        words_add(text, " (%s)", a->device);
    }
}

void words_memory(const struct view *v, char text[WORDS_TEXT], bool *is_exception)
{
    const struct inspect_access *a = &v->now->access;
    const struct ldst *l = &v->now->data;
    if (!v->now->has_data) {
        words_plain(v, text);
        return;
    }
    words_add(text, "%s %u byte%s",
              l->is_load && l->is_store ? "Changes"
              : l->is_load              ? "Loads"
                                        : "Stores",
              a->size_bytes, a->size_bytes == 1 ? "" : "s");
    bool fails = a->is_held ? !a->held_translates : !a->translates;
    if (!fails) {
        words_where(v, text);
        words_add(text, "%s.",
                  l->is_exclusive && l->is_load ? ", and watches the place (exclusive)"
                  : l->is_exclusive             ? ", if nobody else has written there since"
                                                : "");
        return;
    }
    *is_exception = true;
    words_add(text, " at VA %#" PRIx64 ": ", a->access.va.v);
    words_fault(&a->fault, text);
    words_add(text, ", so a data abort: ");
    words_vector(v, text, a->fault.target_el, EXC_SYNC);
    words_add(text,
              a->fault.stage2 ? ". HPFAR_EL2 gets the IPA: the hypervisor decides."
                              : ". FAR_EL%u gets the VA.",
              a->fault.target_el);
}
