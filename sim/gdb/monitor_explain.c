/* `monitor explain`: the instruction at pc, as `el2sim explain` takes it apart. */
#include "sim/gdb/monitor.h"

#include <stdio.h>
#include <stdlib.h>

#include "cpu-el/insn.h"
#include "sim/report/explain.h"

const char *gdb_fault_name(enum mmu_fault_type type)
{
    static const char *const names[] = {
        [FAULT_TRANSLATION] = "translation",
        [FAULT_ACCESS_FLAG] = "access flag",
        [FAULT_PERMISSION] = "permission",
        [FAULT_ADDRESS_SIZE] = "address size",
        [FAULT_ALIGNMENT] = "alignment",
        [FAULT_EXTERNAL] = "external abort",
        [FAULT_EXTERNAL_WALK] = "external abort on a walk",
        [FAULT_TLB_CONFLICT] = "TLB conflict",
        [FAULT_UNSUPPORTED_ATOMIC] = "unsupported atomic",
    };
    return names[type];
}

/* False: it is none that a control decides about. */
static bool subject_of(const struct insn *insn, struct explain_subject *out)
{
    static const struct {
        enum insn_kind kind;
        enum special_insn insn;
    } specials[] = {{INSN_KIND_SVC, INSN_SVC}, {INSN_KIND_HVC, INSN_HVC},
                    {INSN_KIND_SMC, INSN_SMC}, {INSN_KIND_ERET, INSN_ERET},
                    {INSN_KIND_BRK, INSN_BRK}, {INSN_KIND_WFI, INSN_WFI},
                    {INSN_KIND_WFE, INSN_WFE}};
    *out = (struct explain_subject){.imm16 = insn->imm16, .rt = insn->rt, .enc = insn->enc};
    bool is_write = insn->kind == INSN_KIND_MSR || insn->kind == INSN_KIND_MSR_IMM;
    if (insn->kind == INSN_KIND_MRS || is_write) {
        out->is_sysreg = true;
        out->write = is_write;
        return true;
    }
    for (size_t i = 0; i < sizeof specials / sizeof specials[0]; i++) {
        if (insn->kind == specials[i].kind) {
            out->insn = specials[i].insn;
            return true;
        }
    }
    return false;
}

void gdb_monitor_explain(struct gdb *g, char **words, unsigned count, struct gdb_text *out)
{
    char disassembly[DISASM_TEXT], *text = NULL;
    size_t length = 0;
    uint32_t word = 0;
    uint64_t pc[2];
    (void)words, (void)count;
    control_read_register(g->c, g->chosen, REG_PC, pc);
    control_read_memory(g->c, g->chosen, SPACE_CURRENT, pc[0], &word, sizeof word);
    struct err e = {""};
    if (g->disasm == NULL && (g->disasm = disasm_create(&e)) == NULL) {
        gdb_print(out, "%s\n", e.text);
        return;
    }
    disasm_insn(g->disasm, pc[0], word, disassembly);
    gdb_print(out, "0x%llx: %s\n", (unsigned long long)pc[0], disassembly);
    const struct pe *pe = control_pe(g->c, g->chosen);
    struct insn insn = insn_decode(&pe->model, word);
    struct explain_subject subject;
    FILE *stream = subject_of(&insn, &subject) ? open_memstream(&text, &length) : NULL;
    if (stream == NULL) {
        gdb_print(out, "no control decides about it\n");
        return;
    }
    explain_insn(stream, pe, g->config->profile, &subject);
    fclose(stream);
    gdb_add(out, text, length);
    free(text);
}
