/* One row of the access matrix: an MRS, MSR or SYS encoding, executed at an EL under control
 * settings. The rows come from a header "matrix_rows.h" on the include path that defines const
 * struct matrix_row matrix_rows[] = { ... }; MATRIX_ROWS_END; It can be generated;
 * sample/matrix_rows.h is written by hand. */
#ifndef EL2SIM_TESTS_GUEST_MATRIX_MATRIX_H
#define EL2SIM_TESTS_GUEST_MATRIX_MATRIX_H

#include "guest.h"

#define MATRIX_SETUPS 4

/* Bits [20:5] of the instruction word: op0[20:19] op1[18:16] CRn[15:12] CRm[11:8] op2[7:5] (Arm ARM
 * C5.1). */
#define ENC(op0, op1, crn, crm, op2)                                                               \
    ((op0) << 19 | (op1) << 16 | (crn) << 12 | (crm) << 8 | (op2) << 5)

enum matrix_kind {
    MATRIX_READ,  /* MRS X0, register */
    MATRIX_WRITE, /* MSR register, X0 with the value that the register has, 0 if it cannot be read
                   */
    MATRIX_SYS,   /* SYS with X0 = the address of a block of RAM that nothing else uses */
    MATRIX_BARE,  /* SYS or MSR (immediate) with Rt = 31: no operand */
};

/* Done at EL2 in the order of the list: register = (register & ~mask) | value; undone in the
 * opposite order. */
struct matrix_setup {
    uint32_t reg; /* ENC(); 0 ends the list */
    uint64_t mask, value;
};

struct matrix_row {
    const char *name; /* of the register or operation: printed */
    const char *with; /* of the settings: printed; NULL: none */
    uint32_t enc;
    enum matrix_kind kind;
    unsigned el;
    bool show; /* print the value that was read: only for registers that must be equal on all
                  machines */
    struct matrix_setup setup[MATRIX_SETUPS];
};

extern const struct matrix_row matrix_rows[];
extern const unsigned matrix_row_count;
#define MATRIX_ROWS_END const unsigned matrix_row_count = ARRAY_SIZE(matrix_rows)

#endif
