/* Branches, barriers, and what only computes. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/bits.h"
#include "sim/step/branch.h"
#include "sim/step/words.h"

void words_branch(const struct view *v, char text[WORDS_TEXT])
{
    struct branch b;
    char place[VIEW_PLACE];
    if (!branch_of(v->now, &b)) {
        words_plain(v, text);
        return;
    }
    view_place(v, b.target, place);
    if (b.is_conditional) {
        words_add(text, "%s: %s%s.", b.why, b.is_taken ? "goes to " : "does not go to ", place);
    } else if (b.is_call) {
        words_add(text, "Calls %s. X30 gets the return address.", place);
    } else if (b.is_return) {
        words_add(text, "Returns to %s.", place);
    } else {
        words_add(text, "Goes to %s.", place);
    }
}

/* By what the disassembler calls it: the first row whose mnemonic begins so. */
static const char *by_mnemonic(const char *name)
{
    static const struct {
        const char *mnemonic, *text;
    } rows[] = {
        {"isb", "What comes after it sees all changes of system registers before it."},
        {"dsb", "Waits until all loads, stores and TLB maintenance before it are done."},
        {"dmb", "Keeps loads and stores before and after it in order."},
        {"esb", "Takes a pending SError here, or notes it."},
        {"sevl", "Sends an event to this CPU alone: the next WFE does not wait."},
        {"sev", "Sends an event to all CPUs: WFE ends."},
        {"yield", "Lets others run; does nothing here."},
        {"nop", "Does nothing."},
        {"hint", "Does nothing on hardware; the simulator may take it as a mark of a measured "
                 "span."},
        {"msr daifset", "Masks exceptions: D debug 8, A SError 4, I IRQ 2, F FIQ 1."},
        {"msr daifclr", "Lets exceptions through: D debug 8, A SError 4, I IRQ 2, F FIQ 1."},
        {"msr spsel", "Chooses SP_EL0 (0) or the EL's own stack pointer (1)."},
        {"msr pan", "Whether EL1 may touch memory of EL0 (0) or not (1)."},
        {"msr uao", "Whether LDTR and STTR act as at EL0 (0) or not (1)."},
        {"prfm", "Asks for memory that will be needed; changes nothing."},
        {"clrex", "Gives the exclusive reservation up."},
        {"adrp", "Computes the address of a page near the PC."},
        {"adr", "Computes an address near the PC."},
        {"movk", "Puts 16 bits into a register and keeps the others."},
        {"mov", "Copies a value into a register."},
        {"cmp", "Compares: sets N, Z, C, V for a condition."},
        {"cmn", "Compares with the negative: sets N, Z, C, V."},
        {"tst", "Tests bits: sets N and Z."},
        {"ccmp", "Compares if a condition holds, else sets N, Z, C, V to a constant."},
        {"cs", "Takes one of two values, by a condition."},
        {"cin", "Takes a value or its successor, by a condition."},
        {"add", "Adds."},
        {"sub", "Subtracts."},
        {"adc", "Adds, with carry."},
        {"sbc", "Subtracts, with borrow."},
        {"neg", "Negates."},
        {"and", "Keeps the bits that both have."},
        {"orr", "Joins the bits of both."},
        {"eor", "Keeps the bits that differ."},
        {"bic", "Clears bits."},
        {"mvn", "Inverts all bits."},
        {"lsl", "Shifts left: multiplies by a power of two."},
        {"lsr", "Shifts right: divides by a power of two, unsigned."},
        {"asr", "Shifts right: divides by a power of two, signed."},
        {"ubf", "Cuts a field of bits out."},
        {"sbf", "Cuts a field of bits out, with its sign."},
        {"bfi", "Puts a field of bits in."},
        {"bfx", "Puts a field of bits into the low ones."},
        {"uxt", "Widens an unsigned value."},
        {"sxt", "Widens a signed value."},
        {"mul", "Multiplies."},
        {"madd", "Multiplies and adds."},
        {"msub", "Multiplies and subtracts."},
        {"udiv", "Divides, unsigned."},
        {"sdiv", "Divides, signed."},
        {"rev", "Turns the order of bytes round."},
        {"rbit", "Turns the order of bits round."},
        {"clz", "Counts leading zeroes."},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strncasecmp(name, rows[i].mnemonic, strlen(rows[i].mnemonic)) == 0) {
            return rows[i].text;
        }
    }
    return NULL;
}

void words_plain(const struct view *v, char text[WORDS_TEXT])
{
    char name[DISASM_TEXT];
    disasm_insn(v->disasm, v->now->pe.pc, v->now->insn.word, name);
    const char *what = by_mnemonic(name);
    words_add(text, "%s",
              what                                ? what
              : v->now->insn.flags & INSN_FLAG_FP ? "Works on FP and SIMD registers."
                                                  : "Works on registers alone.");
}
