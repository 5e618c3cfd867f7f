/*
 * Explanations for people: what a register's value says, what a syndrome means, and why an
 * instruction does what it does in a given state. The decision itself is resolve()'s; here it is
 * taken apart.
 */
#ifndef EL2SIM_REPORT_EXPLAIN_H
#define EL2SIM_REPORT_EXPLAIN_H

#include <stdio.h>

#include "cpu-el/pe.h"
#include "cpu-el/resolve.h"
#include "mmu/mmu.h"
#include "sim/catalog/profile.h"

/* The fields of a value that are not 0, then the names of those that are. */
void explain_register(FILE *out, enum sysreg_id id, uint64_t value, bool e2h);

/* Whether the register means something else with HCR_EL2.E2H = 1. */
bool explain_has_layouts(enum sysreg_id id);

/* Sets a field by name, in the layout that *pe has now. False: no such field, or the value does not
 * fit. */
bool explain_set_field(struct pe *pe, enum sysreg_id id, const char *field, uint64_t value);

/* "HCR_EL2.TVM" for bits of a control register. */
#define EXPLAIN_BITS_MAX 96
void explain_bits(enum sysreg_id id, uint64_t mask, bool e2h, char name[EXPLAIN_BITS_MAX]);

/* An ESR_ELx: class, and the class's syndrome. Each line begins with `indent` spaces. */
void explain_esr(FILE *out, uint32_t esr, int indent);

/* The same for programs: the class, the syndrome's fields, and what it comes to: the register of an
 * access, the fault of an abort ("": nothing). */
#define EXPLAIN_ISS_FIELDS_MAX 16
struct explain_iss {
    const char *name;
    struct {
        const char *name;
        uint32_t value;
    } fields[EXPLAIN_ISS_FIELDS_MAX];
    size_t count;
    char detail[96];
};
void explain_iss(uint32_t esr, struct explain_iss *out);

/* What is explained: an access to a system register or a system instruction by encoding, or one of
 * enum special_insn. */
struct explain_subject {
    bool is_sysreg;
    uint16_t enc;
    bool write;
    unsigned rt;
    uint8_t crm; /* the operand of MSR (immediate), which is no part of enc */
    enum special_insn insn;
    uint16_t imm16;
};

/* The decision chain for an instruction in the state of *pe, where it ends, what it costs, and
 * what would change it. *pe is not changed. */
void explain_insn(FILE *out, const struct pe *pe, const struct profile *profile,
                  const struct explain_subject *subject);

/* A translation step by step, in the state of *pe, which is the MMU's: registers, each descriptor,
 * where the access ends or the fault that it takes with its registers, and what a TLB miss costs.
 * Nothing is changed. */
void explain_walk(FILE *out, const struct pe *pe, struct mmu *mmu, const struct profile *profile,
                  const struct mmu_access *access);

/* Makes a rule not apply (on = false) or apply in *pe, by its bits alone. */
struct trap_rule;
void explain_flip(struct pe *pe, const struct trap_rule *rule, bool on);

#endif
