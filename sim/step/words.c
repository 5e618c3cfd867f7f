#include "sim/step/words.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cpu-el/fields.h"
#include "cpu-el/syndrome.h"
#include "sim/base/bits.h"
#include "sim/report/report.h"

void words_add(char text[WORDS_TEXT], const char *format, ...)
{
    va_list arguments;
    size_t used = strlen(text);
    va_start(arguments, format);
    vsnprintf(text + used, WORDS_TEXT - used, format, arguments);
    va_end(arguments);
}

void words_vector(const struct view *v, char text[WORDS_TEXT], unsigned to, unsigned type)
{
    const struct pe *pe = &v->now->pe;
    unsigned offset = (to > pe->ps.el ? 0x400 : pe->ps.sp ? 0x200 : 0) + type * 0x80;
    char place[VIEW_PLACE];
    uint64_t base = pe->sr[to == 2 ? SR_VBAR_EL2 : SR_VBAR_EL1];
    view_place(v, base + offset, place);
    words_add(text, "exception to EL%u, vector VBAR_EL%u+%#x = %s", to, to, offset, place);
}

void words_outcome(const struct view *v, char text[WORDS_TEXT], const struct outcome *o)
{
    struct outcome taken = o->kind == OUT_UNDEF ? resolve_undef(&v->now->pe) : *o;
    const char *class = report_ec_name(syndrome_ec(taken.esr));
    words_add(text, o->kind == OUT_UNDEF ? "UNDEFINED here" : "traps");
    if (o->rule) {
        words_add(text, " by %s", o->rule);
    }
    words_add(text, ": ");
    words_vector(v, text, taken.target_el, EXC_SYNC);
    words_add(text, ". ESR_EL%u will say %s.", taken.target_el, class);
}

void words_fault(const struct mmu_fault *fault, char text[WORDS_TEXT])
{
    static const char *const names[] = {
        [FAULT_TRANSLATION] = "translation fault",
        [FAULT_ACCESS_FLAG] = "access flag fault",
        [FAULT_PERMISSION] = "permission fault",
        [FAULT_ADDRESS_SIZE] = "address size fault",
        [FAULT_ALIGNMENT] = "alignment fault",
        [FAULT_EXTERNAL] = "external abort",
        [FAULT_EXTERNAL_WALK] = "external abort on a walk",
        [FAULT_TLB_CONFLICT] = "TLB conflict",
        [FAULT_UNSUPPORTED_ATOMIC] = "unsupported atomic",
    };
    words_add(text, "%s, level %u of stage %u%s", names[fault->type], fault->level,
              fault->stage2 ? 2 : 1, fault->s1ptw ? ", on a descriptor of stage 1" : "");
}

/* An ERET: where to, and as whom (C6.2.97). */
static void words_eret(const struct view *v, char text[WORDS_TEXT])
{
    const struct pe *pe = &v->now->pe;
    unsigned el = pe->ps.el;
    uint64_t spsr = pe->sr[el == 2 ? SR_SPSR_EL2 : SR_SPSR_EL1];
    uint64_t elr = pe->sr[el == 2 ? SR_ELR_EL2 : SR_ELR_EL1];
    unsigned to = (unsigned)(spsr >> 2 & 3);
    /* Names are looked up for the code that runs now: not for that of a lower EL. */
    char place[VIEW_PLACE];
    if (to == el) {
        view_place(v, elr, place);
    } else {
        snprintf(place, sizeof place, "%#" PRIx64, elr);
    }
    words_add(text,
              "Returns from the exception: to EL%u%s at %s (ELR_EL%u), with PSTATE from "
              "SPSR_EL%u = %#" PRIx64 ".",
              to,
              to == 0    ? ""
              : spsr & 1 ? "h"
                         : "t",
              place, el, el, spsr);
    if (to > el || (spsr & 0x10)) {
        words_add(text, " That is an illegal return: PSTATE.IL is set instead.");
    } else if (el == 2 && to < 2 && (pe->sr[SR_HCR_EL2] & HCR_VM) && !pe_tge(pe)) {
        words_add(text, " Stage 2 is on: into the VM with VMID %u.",
                  (unsigned)bits(pe->sr[SR_VTTBR_EL2], 63, 48));
    }
}

static void words_call(const struct view *v, char text[WORDS_TEXT], const struct outcome *o,
                       const char *name)
{
    const struct insn *insn = &v->now->insn;
    words_add(text, "%s #%u: ", name, insn->imm16);
    words_vector(v, text, o->target_el, EXC_SYNC);
    words_add(text, ". ELR_EL%u gets the address behind it, ESR_EL%u the number and EC %#x.",
              o->target_el, o->target_el, (unsigned)syndrome_ec(o->esr));
}

static bool special_of(const struct insn *insn, enum special_insn *out)
{
    static const struct {
        enum insn_kind kind;
        enum special_insn insn;
    } kinds[] = {
        {INSN_KIND_SVC, INSN_SVC},   {INSN_KIND_HVC, INSN_HVC}, {INSN_KIND_SMC, INSN_SMC},
        {INSN_KIND_ERET, INSN_ERET}, {INSN_KIND_BRK, INSN_BRK}, {INSN_KIND_HLT, INSN_HLT},
        {INSN_KIND_WFI, INSN_WFI},   {INSN_KIND_WFE, INSN_WFE},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (insn->kind == kinds[i].kind) {
            *out = kinds[i].insn;
            return true;
        }
    }
    *out = INSN_FP;
    return insn->flags & INSN_FLAG_FP;
}

/* What is left to say of an instruction that nothing traps. */
static void words_executes(const struct view *v, char text[WORDS_TEXT], enum special_insn insn,
                           bool at_once)
{
    switch (insn) {
    case INSN_SMC:
        words_add(text,
                  "SMC #%u: calls the firmware (PSCI, which the board is): function "
                  "X0 = %#" PRIx64 ". Nothing traps it.",
                  v->now->insn.imm16, v->now->x[0]);
        return;
    case INSN_ERET:
        words_eret(v, text);
        return;
    case INSN_WFI:
    case INSN_WFE:
        words_add(text,
                  at_once ? "Would wait, but there is something to do: goes on at once."
                          : "Waits until %s comes; other CPUs run meanwhile.",
                  insn == INSN_WFI ? "an interrupt" : "an event");
        return;
    case INSN_SVC:
    case INSN_HVC:
    case INSN_BRK:
    case INSN_HLT:
    case INSN_FP:
        return;
    }
}

/* True: said. */
static bool words_special(const struct view *v, char text[WORDS_TEXT], bool *is_exception)
{
    const struct insn *insn = &v->now->insn;
    enum special_insn special;
    if (!special_of(insn, &special)) {
        return false;
    }
    struct outcome o = resolve_insn(&v->now->pe, special, insn->imm16);
    *is_exception = o.kind == OUT_TRAP || o.kind == OUT_UNDEF;
    if (*is_exception && o.rule == NULL && o.kind == OUT_TRAP) {
        words_call(v, text, &o, special == INSN_HVC ? "HVC" : special == INSN_SVC ? "SVC" : "BRK");
    } else if (*is_exception) {
        char name[DISASM_TEXT];
        disasm_insn(v->disasm, v->now->pe.pc, insn->word, name);
        words_add(text, "%s: ", name);
        words_outcome(v, text, &o);
    } else {
        words_executes(v, text, special, o.kind == OUT_NOP);
    }
    return special != INSN_FP || *is_exception;
}

static void words_interrupt(const struct view *v, char text[WORDS_TEXT])
{
    static const char *const names[] = {
        [EXC_SYNC] = "", [EXC_IRQ] = "an IRQ", [EXC_FIQ] = "an FIQ", [EXC_SERROR] = "an SError"};
    const struct exception *e = &v->now->interrupt;
    bool is_virtual = v->now->pe.ps.el < 2 && e->target_el == 1 && v->now->in_vm;
    words_add(text, "First %s is taken%s: ", names[e->type], is_virtual ? ", a virtual one" : "");
    words_vector(v, text, e->target_el, e->type);
    words_add(text, ". The instruction comes after it.");
}

static void words_no_fetch(const struct view *v, char text[WORDS_TEXT])
{
    const struct mmu_fault *fault = &v->now->fetch.fault;
    if (v->now->fetch.translates) {
        words_add(text, "There is no memory where the PC leads: external abort.");
        return;
    }
    words_add(text, "The instruction cannot be fetched: ");
    words_fault(fault, text);
    words_add(text, ", so an instruction abort: ");
    words_vector(v, text, fault->target_el, EXC_SYNC);
    words_add(text, ".");
}

/* What is said of a CPU that does not come to an instruction. */
static bool words_state(const struct view *v, char text[WORDS_TEXT], bool *is_exception)
{
    const struct pe *pe = &v->now->pe;
    *is_exception = true;
    if (!pe->powered) {
        *is_exception = false;
        words_add(text, "This CPU is off. Another one starts it by PSCI CPU_ON.");
    } else if (pe->waiting) {
        *is_exception = false;
        words_add(text, "This CPU waits (WFI or WFE) until an interrupt or event comes.");
    } else if (v->now->interrupt_is_due) {
        words_interrupt(v, text);
    } else if (!v->now->fetched) {
        words_no_fetch(v, text);
    } else if (pe->ps.il) {
        words_add(text, "PSTATE.IL is set (an illegal return): ");
        words_vector(v, text, exception_target_el(pe), EXC_SYNC);
        words_add(text, ".");
    } else {
        *is_exception = false;
        return false;
    }
    return true;
}

void words_of(const struct view *v, char text[WORDS_TEXT], bool *is_exception)
{
    text[0] = '\0';
    if (words_state(v, text, is_exception) || words_special(v, text, is_exception)) {
        return;
    }
    switch (v->now->insn.kind) {
    case INSN_KIND_MRS:
    case INSN_KIND_MSR:
    case INSN_KIND_MSR_IMM:
        words_sysreg(v, text, is_exception);
        break;
    case INSN_KIND_LOADSTORE:
        words_memory(v, text, is_exception);
        break;
    case INSN_KIND_BRANCH:
        words_branch(v, text);
        break;
    case INSN_KIND_UNDEF: {
        struct outcome o = {.kind = OUT_UNDEF};
        *is_exception = true;
        words_add(text, "Not an instruction of this CPU: ");
        words_outcome(v, text, &o);
        break;
    }
    case INSN_KIND_OTHER:
    case INSN_KIND_SVC:
    case INSN_KIND_HVC:
    case INSN_KIND_SMC:
    case INSN_KIND_ERET:
    case INSN_KIND_BRK:
    case INSN_KIND_HLT:
    case INSN_KIND_WFI:
    case INSN_KIND_WFE:
    case INSN_KIND_SEV:
    case INSN_KIND_ISB:
    case INSN_KIND_DSB:
    case INSN_KIND_DMB:
    case INSN_KIND_ESB:
    case INSN_KIND_MARK:
        words_plain(v, text);
        break;
    }
}
