/*
 * The part of a load/store that its encoding alone tells; inside cpu-el, for insn.c (cost, flags,
 * feature) and ldst.c (address).
 */
#ifndef EL2SIM_CPU_EL_LDST_H
#define EL2SIM_CPU_EL_LDST_H

#include "cpu-el/insn.h"

/* How the address comes from the base (Arm ARM C1.3.3). */
enum ldst_addressing {
    ADDRESS_OFFSET,        /* base + imm */
    ADDRESS_PRE,           /* base + imm, written back */
    ADDRESS_POST,          /* base; base + imm is written back */
    ADDRESS_POST_REGISTER, /* base; base + Rm is written back */
    ADDRESS_REGISTER,      /* base + extended Rm */
    ADDRESS_LITERAL        /* pc + imm */
};

#define LDST_FEATURE_ALWAYS (-1)
#define LDST_FEATURE_NEVER  FEATURE_COUNT /* of no CPU that can be modelled: MTE, PAuth */

struct ldst_form {
    struct ldst access; /* address and writeback_to are not filled in */
    enum ldst_addressing addressing;
    int64_t imm;
    uint8_t rm, extend, shift; /* ADDRESS_REGISTER: option bits 15..13, shift amount */
    int feature;               /* enum cpu_feature, or LDST_FEATURE_... */
};

/* False: the word is no load/store, or UNALLOCATED; then *form is not to be used. */
bool ldst_form_of(uint32_t word, struct ldst_form *form);

#endif
