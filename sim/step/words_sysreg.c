#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cpu-el/sysreg_table.h"
#include "sim/step/words.h"

const char *words_register(enum sysreg_id id)
{
    static const char *const words[SR_COUNT] = {
#define WORDS(id, text) [SR_##id] = text,
#include "sim/step/register_words.def"
#undef WORDS
    };
    return words[id];
}

/* TLBI, AT, DC, IC by the name's first word. */
static const char *operation(const char *name)
{
    static const struct {
        const char *kind, *text;
    } kinds[] = {
        {"TLBI", "Forgets translations: what the TLB holds must not outlive the tables."},
        {"AT", "Translates an address by the tables; the answer is in PAR_EL1."},
        {"DC", "Cache maintenance of data, by address or set and way."},
        {"IC", "Cache maintenance of instructions: code in memory has changed."},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        size_t length = strlen(kinds[i].kind);
        if (strncmp(name, kinds[i].kind, length) == 0 && name[length] == ' ') {
            return kinds[i].text;
        }
    }
    return NULL;
}

static void words_access(const struct view *v, char text[WORDS_TEXT], const struct outcome *o,
                         bool write)
{
    const struct insn *insn = &v->now->insn;
    uint16_t found = sysreg_find(insn->enc);
    const char *name = sysreg_name(o->id), *does = operation(name);
    unsigned rt = insn->word & 31;
    uint64_t value = rt == 31 ? 0 : v->now->x[rt];
    if (does) {
        words_add(text, "%s", does);
        return;
    }
    if (write) {
        words_add(text, "Writes %#" PRIx64 " to %s", value, name);
    } else {
        words_add(text, "Reads %s into X%u", name, rt);
    }
    if (found != o->id && !(found & SYSREG_ALIAS)) {
        words_add(text, ", which is what %s names here", sysreg_name((enum sysreg_id)found));
    }
    const char *what = words_register(o->id);
    words_add(text, "%s%s%s. Nothing traps it.", what ? " (" : "", what ? what : "",
              what ? ")" : "");
}

void words_sysreg(const struct view *v, char text[WORDS_TEXT], bool *is_exception)
{
    const struct insn *insn = &v->now->insn;
    bool write = insn->kind != INSN_KIND_MRS;
    struct outcome o = resolve_sysreg(&v->now->pe, insn->enc, write);
    switch (o.kind) {
    case OUT_ACCESS:
        if (insn->kind == INSN_KIND_MSR_IMM) {
            words_plain(v, text);
        } else {
            words_access(v, text, &o, write);
        }
        break;
    case OUT_MEMORY:
        words_add(text,
                  "%s memory at VNCR_EL2 + %#x instead of the register: nested "
                  "virtualization defers it.",
                  write ? "Writes" : "Reads", o.offset);
        break;
    case OUT_NOP:
        words_add(text, "Does nothing here.");
        break;
    case OUT_UNDEF:
    case OUT_TRAP: {
        char name[DISASM_TEXT];
        disasm_insn(v->disasm, v->now->pe.pc, insn->word, name);
        *is_exception = true;
        words_add(text, "%s: ", name);
        words_outcome(v, text, &o);
        break;
    }
    }
}
