/* Instructions as people write them, as far as a system programmer asks what they do: MRS, MSR,
 * SYS, TLBI, AT, DC, IC, SVC, HVC, SMC, ERET, WFI, WFE, BRK, HLT; any other as its word in hex. */
#ifndef EL2SIM_CLI_INSN_TEXT_H
#define EL2SIM_CLI_INSN_TEXT_H

#include "sim/base/err.h"
#include "sim/report/explain.h"

/* "msr ttbr0_el1, x0", "tlbi vae1is, x3", "hvc #1", "0xd51c1100". The CPU model decides how a word
 * is decoded. False with *e. */
bool insn_text_parse(const char *text, const struct cpu_model *model, struct explain_subject *out,
                     struct err *e);

/* "sctlr_el1", "SCTLR_EL12", "s3_4_c1_c1_0": its encoding. False: no such name. */
bool insn_text_register(const char *name, uint16_t *enc);

#endif
