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

    Mistake("5", "ELR is moved on", "hvc.c", "    x[0] = is_ours", "    frame->elr += 4;\n    x[0] = is_ours",
            "HVC is complete when the exception is taken"),
    Mistake("5", "a guest's number is not checked", "hvc.c", "is_ours && number < CALLS", "is_ours",
            "Whatever comes from a guest is checked"),
    Mistake("5", "the immediate does not matter", "hvc.c", "(frame->esr & 0xffff) == 0", "true", "it was 0x5"),
    Mistake("5", "a register of the guest is lost", "hvc.c", "    x[0] = is_ours", "    x[8] = number;\n    x[0] = is_ours",
            "x8 was not what it was before"),

    Mistake("6", "ELR is not moved on", "emulate.c", "    frame->elr += 4;\n", "", "it must not run any more: add 4"),
    Mistake("6", "a store of XZR", "emulate.c", "t == 31 ? 0 : frame->x[t]", "frame->x[t]", "is XZR: a zero"),
    Mistake("6", "a load to XZR", "emulate.c", "if (t != 31)", "if (t <= 31)", "frame->x[31] is"),
    Mistake("6", "no sign", "emulate.c", "(esr >> 21 & 1) &&", "false &&", "SSE, bit 21, is 1"),

    Mistake("7", "ICH_HCR_EL2.En is forgotten", "vgic.c", '    WR("ich_hcr_el2", ICH_HCR_EN);\n', "",
            "without En none of them is signalled"),
    Mistake("7", "HCR_EL2.IMO is forgotten", "vgic.c", " | HCR_IMO", "", "virtual IRQs are not signalled at all"),
    Mistake("7", "group 0", "vgic.c", "LR_PENDING | LR_GROUP1", "LR_PENDING", "an interrupt of group 0, which would be an FIQ"),
    Mistake("7", "one list register for all", "vgic.c", 'RD("ich_elrsr_el2")', "~0UL", "the second took the place of the first"),

    Mistake("8", "CNTVOFF_EL2 with the wrong sign", "timers.c", 'WR("cntvoff_el2", RD', 'WR("cntvoff_el2", -RD',
            "the offset has the wrong sign"),
    Mistake("8", "CNTVOFF_EL2 is forgotten", "timers.c", '    WR("cntvoff_el2", RD("cntpct_el0"));\n', "",
            "its count is the machine's"),
    Mistake("8", "CNTHCTL_EL2 is forgotten", "timers.c", '    WR("cnthctl_el2", CNTHCTL_EL1PCTEN);\n', '    WR("cnthctl_el2", 0);\n',
            "The guest's read of CNTPCT_EL0 was trapped"),
    Mistake("8", "no HW in the list register", "timers.c", "LR_VINTID(intid) | LR_HW |", "LR_VINTID(intid) |",
            "The physical interrupt 27 is still active"),

    Mistake("9", "CPTR_EL2 as it was", "vhe.c", '    WR("cptr_el2", 3UL << 20);\n', "", "With E2H it has the layout of CPACR_EL1"),
    Mistake("9", "the guest's vectors by the host's name", "vhe.c", "WR(VBAR_EL12,", 'WR("vbar_el1",',
            "MSR VBAR_EL1 at EL2 with E2H writes VBAR_EL2"),
    Mistake("9", "TGE stays", "vhe.c", 'RD("hcr_el2") & ~HCR_TGE', 'RD("hcr_el2")', "with HCR_EL2.TGE there is no EL1 to go to"),
    Mistake("9", "E2H goes, too", "vhe.c", "& ~HCR_TGE", "& ~HCR_TGE & ~HCR_E2H", "It is the host's, and stays on"),
]


def of(lab):
    return [mistake for mistake in MISTAKES if mistake.lab == lab]
