"""What people get wrong in the labs: a change of the solution, and what the checker must then say."""
import collections

# Of the solution's `file`, the text `right`, which is there once, becomes `wrong`; the hint holds `hint`.
Mistake = collections.namedtuple("Mistake", "lab what file right wrong hint")

MISTAKES = [
    Mistake("1", "SPSR_EL2.M is forgotten", "drop.S", "mov x0, #0x3c5", "mov x0, #0x3c0",
            "it was 0b00000, which is EL0t"),
    Mistake("1", "EL1t for EL1h", "drop.S", "mov x0, #0x3c5", "mov x0, #0x3c4",
            "Its lowest bit chooses between SP_EL0"),
    Mistake("1", "SP_EL1 is forgotten", "drop.S", "    msr sp_el1, x0\n", "",
            "Each EL has its own stack pointer"),
    Mistake("1", "EL1's own SPSR is not written", "drop.S", "    msr spsr_el1, x0\n", "    mov x1, #0x3c5\n    msr spsr_el1, x1\n",
            "ERET stayed at EL1: SPSR_EL1.M was 0b00101"),

    Mistake("2", "the table is not aligned", "vectors.S", ".balign 2048\n    .global", ".balign 2048\n    nop\n    .balign 128\n    .global",
            "Bits 10 to 0 of VBAR_EL2 are RES0"),
    Mistake("2", "ELR is not moved on", "vectors.S", "add x0, x0, #4", "nop",
            "The handler came back to the BRK itself"),
    Mistake("2", "SVC skips one instruction too many", "vectors.S", "    b.eq 1f\n", "",
            "The handler added 4 to ELR_EL2 for SVC, too"),
    Mistake("2", "a register is lost", "vectors.S", "1:  ldp x2, x3, [sp, #16]", "1:",
            "mask 0x8, bit n for Xn"),

    Mistake("3", "AF is not set", "stage1.c", "0x40200000 | S1_AF", "0x40200000", "access flag, AF (bit 10), is 0"),
    Mistake("3", "no ISB behind SCTLR", "stage1.c", "SCTLR_I);\n    ISB();", "SCTLR_I);",
            "only a context synchronization event makes it look again"),
    Mistake("3", "a page that ends as a block", "stage1.c", "S1_UXN | PT_PAGE", "S1_UXN | PT_BLOCK",
            "at level 3 it is reserved"),
    Mistake("3", "AP is forgotten", "stage1.c", " | S1_READONLY", "", "AP[2], bit 7 of the descriptor"),

    Mistake("4", "HCR_EL2.VM is not set", "stage2.c", 'RD("hcr_el2") | HCR_VM', 'RD("hcr_el2")',
            "HCR_EL2.VM, bit 0, was 0 (HCR_EL2 was 0x80000000)"),
    Mistake("4", "walks begin at level 2", "stage2.c", "VTCR_SL0(1));", "VTCR_SL0(0));", "VTCR_EL2.SL0 is 0x0"),
    Mistake("4", "S2AP without writing", "stage2.c", "S2_READ | S2_WRITE", "S2_READ", "here each right is given"),
    Mistake("4", "the load is skipped", "stage2.c", "        DSB();\n    } else", "        frame->elr += 4;\n    } else",
            "the load was never done"),
]


def of(lab):
    return [mistake for mistake in MISTAKES if mistake.lab == lab]
