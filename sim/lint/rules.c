/* Sections are those of Arm DDI 0487 (issue L), IHI 0069 (issue H) and IHI 0048 (issue B). */
#include "sim/lint/rules.h"

#define ARM_ARM "Arm ARM "

static const struct lint_rule_row rows[LINT_RULES] = {
    [LINT_ISB_CONTROL] =
        {.id = "isb-control",
         .rule = "a changed control is relied upon behind a context synchronization event only",
         .section = ARM_ARM "D24.1.2.2, Synchronization requirements for AArch64 System registers",
         .remedy = "ISB between the write and the first instruction that hangs on it"},
    [LINT_ISB_AT] = {.id = "isb-at",
                     .rule = "what an AT found is read from PAR_EL1 behind an ISB",
                     .section = ARM_ARM "D24.1.2.2, Synchronization requirements (AT and PAR_EL1)",
                     .remedy = "ISB between AT and MRS PAR_EL1"},
    [LINT_BBM] = {.id = "break-before-make",
                  .rule = "a valid entry gets another address, size, type or attribute only by way "
                          "of an invalid one and a TLBI",
                  .section = ARM_ARM "D8.17.1, Using break-before-make when updating translation "
                                     "table entries",
                  .remedy = "write an invalid entry, DSB, TLBI, DSB, then the new entry"},
    [LINT_TLBI_MISSING] = {.id = "tlbi-missing",
                           .rule = "a changed valid entry is used again behind a TLBI only",
                           .section = ARM_ARM "D8.17, TLB maintenance",
                           .remedy = "DSB, TLBI by VA, IPA, ASID or VMID, DSB, ISB"},
    [LINT_TLBI_SCOPE] = {.id = "tlbi-scope",
                         .rule = "a TLBI reaches every TLB and every stage that may hold the entry",
                         .section = ARM_ARM "D8.17.5, TLB maintenance instructions",
                         .remedy = "the right VMID and ASID, IS where other PEs ran it; behind "
                                   "IPAS2E1 also VMALLE1"},
    [LINT_DSB_BEFORE_TLBI] = {.id = "dsb-before-tlbi",
                              .rule = "the store to the table is complete before the TLBI",
                              .section = ARM_ARM
                              "D8.17.8, Ordering and completion of TLB maintenance instructions",
                              .remedy = "DSB ISHST between the store and the TLBI"},
    [LINT_DSB_AFTER_TLBI] =
        {.id = "dsb-after-tlbi",
         .rule = "a TLBI is complete behind a DSB of the same PE, before ISB or ERET",
         .section = ARM_ARM "D8.17.8, Ordering and completion of TLB maintenance instructions",
         .remedy = "DSB between the TLBI and the ISB or ERET"},
    [LINT_VMID_REUSE] = {.id = "vmid-reuse",
                         .rule = "a VMID stands for one stage 2 until its entries are invalidated",
                         .section = ARM_ARM "D8.16, Translation Lookaside Buffers; D8.17",
                         .remedy = "TLBI VMALLS12E1 or ALLE1, DSB, before the VMID gets other "
                                   "tables"},
    [LINT_ASID_REUSE] = {.id = "asid-reuse",
                         .rule = "an ASID stands for one set of tables until its entries are "
                                 "invalidated",
                         .section = ARM_ARM "D8.16, Translation Lookaside Buffers; D8.17",
                         .remedy =
                             "TLBI ASIDE1 or VMALLE1, DSB, before the ASID gets other tables"},
    [LINT_SWITCH_ORDER] =
        {.id = "switch-order",
         .rule = "EL1&0 is used, by AT too, with VTTBR_EL2 and EL1 registers of one VM",
         .section = ARM_ARM "D8.1.5, Out-of-context translation regimes",
         .remedy = "load all of one VM, ISB, then use it"},
    [LINT_WALKER_DSB] =
        {.id = "walker-dsb",
         .rule = "walks begun at EL1 or EL0 end before EL2 changes what they use",
         .section = ARM_ARM "D8.1.5, Out-of-context translation regimes (R_LFHQG)",
         .remedy = "DSB NSH behind the exception to EL2, before EL1&0's controls are changed",
         .is_pedantic = true},
    [LINT_EL1_STATE] = {.id = "el1-state",
                        .rule = "whoever runs at EL1 finds its own registers there",
                        .section = ARM_ARM "D1, Exception levels; D8.1.5",
                        .remedy = "restore the register before the ERET, or trap it"},
    [LINT_ILLEGAL_RETURN] = {.id = "illegal-return",
                             .rule = "SPSR_ELx names a state that ERET may return to",
                             .section = ARM_ARM "D1, Illegal exception returns from AArch64 state",
                             .remedy = "a mode the PE has, not above this EL, that HCR_EL2 allows"},
    [LINT_LR_TWICE] = {.id = "lr-twice",
                       .rule = "an INTID is in one list register at a time",
                       .section = "IHI 0069 12.4.6 ICH_LR<n>_EL2.vINTID; IHI 0048 5.3.9",
                       .remedy = "look for the INTID before a list register is filled"},
    [LINT_LR_HW_STATE] = {.id = "lr-hw-state",
                          .rule = "a list register of a physical interrupt is never active and "
                                  "pending, and no two have the same one",
                          .section = "IHI 0069 12.4.6 ICH_LR<n>_EL2.State, .pINTID; IHI 0048 5.3.9",
                          .remedy = "leave the pending state to the distributor"},
    [LINT_MAINTENANCE] = {.id = "maintenance",
                          .rule = "a maintenance interrupt that is asked for can reach the PE",
                          .section =
                              "IHI 0069 chapter 6, Maintenance interrupts; IHI 0048 chapter 5",
                          .remedy =
                              "enable INTID 25, its group, the distributor and ICH_HCR_EL2.En"},
    [LINT_EOI_ORDER] = {.id = "eoi-order",
                        .rule = "EOIR gets the INTID that was acknowledged last and not ended yet",
                        .section = "IHI 0069 12.2, ICC_EOIR<n>_EL1; IHI 0048 chapter 4, GICC_EOIR",
                        .remedy = "end what IAR said, the newest first; nothing for 1020 to 1023"},
};

const struct lint_rule_row *lint_rule_row(enum lint_rule rule)
{
    return &rows[rule];
}
