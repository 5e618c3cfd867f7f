#include "cpu-el/sysreg_table.h"

#include <threads.h>

#include "cpu-el/fields.h"
#include "cpu-el/sysreg_masks.h"

#define ENC(op0, op1, crn, crm, op2) SYSREG_ENC(op0, op1, crn, crm, op2)

const struct sysreg_row sysreg_rows[SR_COUNT] = {
    [SR_NONE] = {.name = "none", .access = NO_ACCESS, .cost = COST_INSN_ALU},
#define SYSREG(id, encoding, ...) [SR_##id] = {.name = #id, .enc = encoding, __VA_ARGS__},
#define SYSOP(kind, id, encoding, ...)                                                             \
    [SR_##kind##_##id] = {.name = #kind " " #id, .enc = encoding, __VA_ARGS__},
#include "cpu-el/sysreg.def"
#undef SYSREG
};

/* A condition is two arguments of TRAP_ROW, which sees them because TRAP() expands once before.
 */
#define SET(bits)          (bits), (bits)
#define CLEAR(bits)        (bits), 0
#define FIELD(bits, image) (bits), (image)
#define FROM_ALL           (FROM_EL0 | FROM_EL1 | FROM_EL2)

#define TRAP_ROW(id, text, reg, bits, image, direction, from_els, to, e2h_tge, needs)              \
    {.name = (text),                                                                               \
     .mask = (bits),                                                                               \
     .value = (image),                                                                             \
     .control = SR_##reg,                                                                          \
     .group = TG_##id,                                                                             \
     .dir = TRAP_##direction,                                                                      \
     .from = (from_els),                                                                           \
     .target = (to),                                                                               \
     .when = (e2h_tge),                                                                            \
     .need = (needs)},

const struct trap_rule trap_rules[] = {
#define TRAP(...) TRAP_ROW(__VA_ARGS__)
#include "cpu-el/trap.def"
#undef TRAP
};

const size_t trap_rule_count = sizeof trap_rules / sizeof trap_rules[0];

/*
 * Encoding to row. Filled on first use, from constants only: the same in every machine. An entry
 * that another row took already would be a mistake of the table; test_sysreg.c looks for it.
 */
static uint16_t by_encoding[1 << 16];
static once_flag filled = ONCE_FLAG_INIT; /* machines may run in several threads */

static void fill(void)
{
    for (unsigned crm = 2; crm <= 7; crm++) {
        for (unsigned op2 = 0; op2 <= 7; op2++) {
            by_encoding[ENC(3, 0, 0, crm, op2)] = SR_ID_RESERVED;
        }
    }
    for (unsigned id = SR_NONE + 1; id < SR_COUNT; id++) {
        by_encoding[sysreg_rows[id].enc] = (uint16_t)id;
        if (sysreg_rows[id].el12 != 0) {
            by_encoding[sysreg_rows[id].el12] = (uint16_t)(id | SYSREG_ALIAS);
        }
    }
}

uint16_t sysreg_find(uint16_t enc)
{
    call_once(&filled, fill);
    return by_encoding[enc];
}
