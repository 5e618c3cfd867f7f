/* A sample of rows of each kind; expected.txt has what the manual says they do on a v8.0 CPU. */
#ifndef EL2SIM_TESTS_GUEST_MATRIX_SAMPLE_MATRIX_ROWS_H
#define EL2SIM_TESTS_GUEST_MATRIX_SAMPLE_MATRIX_ROWS_H

#include "matrix.h"

#define HCR(bits) .setup = {{ENC(3, 4, 1, 1, 0), (bits), (bits)}}
#define TVM       (1UL << 26)
#define TRVM      (1UL << 30)
#define TID3      (1UL << 18)
#define E2H       (1UL << 34)
#define TGE       (1UL << 27)
#define ROW(n, e, k, l, ...)                                                                       \
    {                                                                                              \
        .name = (n), .enc = (e), .kind = (k), .el = (l), __VA_ARGS__                               \
    }

#define SCTLR_EL1   ENC(3, 0, 1, 0, 0)
#define SCTLR_EL12  ENC(3, 5, 1, 0, 0)
#define TTBR0_EL1   ENC(3, 0, 2, 0, 0)
#define VBAR_EL1    ENC(3, 0, 12, 0, 0)
#define VBAR_EL2    ENC(3, 4, 12, 0, 0)
#define ID_PFR0     ENC(3, 0, 0, 4, 0)
#define CPTR_EL2    ENC(3, 4, 1, 1, 2)
#define CPACR_EL1   ENC(3, 0, 1, 0, 2)
#define CNTHCTL_EL2 ENC(3, 4, 14, 1, 0)
#define CNTPCT_EL0  ENC(3, 3, 14, 0, 1)
#define CTR_EL0     ENC(3, 3, 0, 0, 1)
#define DAIF        ENC(3, 3, 4, 2, 1)

const struct matrix_row matrix_rows[] = {
    ROW("SCTLR_EL1", SCTLR_EL1, MATRIX_READ, 0, .with = NULL),
    ROW("SCTLR_EL1", SCTLR_EL1, MATRIX_READ, 1, .with = NULL),
    ROW("SCTLR_EL1", SCTLR_EL1, MATRIX_READ, 2, .with = NULL),
    ROW("SCTLR_EL1", SCTLR_EL1, MATRIX_WRITE, 0, .with = NULL),
    ROW("SCTLR_EL1", SCTLR_EL1, MATRIX_WRITE, 1, .with = NULL),
    ROW("SCTLR_EL1", SCTLR_EL1, MATRIX_WRITE, 2, .with = NULL),
    ROW("SCTLR_EL1", SCTLR_EL1, MATRIX_READ, 0, .with = "HCR_EL2.TRVM", HCR(TRVM)),
    ROW("SCTLR_EL1", SCTLR_EL1, MATRIX_READ, 1, .with = "HCR_EL2.TRVM", HCR(TRVM)),
    ROW("SCTLR_EL1", SCTLR_EL1, MATRIX_READ, 2, .with = "HCR_EL2.TRVM", HCR(TRVM)),
    ROW("SCTLR_EL1", SCTLR_EL1, MATRIX_WRITE, 1, .with = "HCR_EL2.TVM", HCR(TVM)),
    ROW("TTBR0_EL1", TTBR0_EL1, MATRIX_WRITE, 1, .with = "HCR_EL2.TVM", HCR(TVM)),
    ROW("TTBR0_EL1", TTBR0_EL1, MATRIX_READ, 1, .with = "HCR_EL2.TVM", HCR(TVM)),
    ROW("VBAR_EL1", VBAR_EL1, MATRIX_WRITE, 1, .with = "HCR_EL2.TVM", HCR(TVM)),
    ROW("VBAR_EL2", VBAR_EL2, MATRIX_WRITE, 1, .with = NULL),
    ROW("VBAR_EL2", VBAR_EL2, MATRIX_WRITE, 2, .with = NULL),
    ROW("ID_AA64PFR0_EL1", ID_PFR0, MATRIX_READ, 0, .with = NULL),
    ROW("ID_AA64PFR0_EL1", ID_PFR0, MATRIX_READ, 1, .with = "HCR_EL2.TID3", HCR(TID3)),
    ROW("ID_AA64PFR0_EL1", ID_PFR0, MATRIX_WRITE, 1, .with = NULL),
    ROW("CPACR_EL1", CPACR_EL1, MATRIX_READ, 1, .with = "CPTR_EL2.TCPAC",
        .setup = {{CPTR_EL2, 1UL << 31, 1UL << 31}}),
    ROW("CNTPCT_EL0", CNTPCT_EL0, MATRIX_READ, 0, .with = NULL),
    ROW("CNTPCT_EL0", CNTPCT_EL0, MATRIX_READ, 1, .with = "CNTHCTL_EL2.EL1PCTEN=0",
        .setup = {{CNTHCTL_EL2, 1, 0}}),
    ROW("CTR_EL0", CTR_EL0, MATRIX_READ, 0, .with = NULL),
    ROW("CTR_EL0", CTR_EL0, MATRIX_READ, 0, .with = "SCTLR_EL1.UCT",
        .setup = {{SCTLR_EL1, 1UL << 15, 1UL << 15}}),
    ROW("DAIF", DAIF, MATRIX_READ, 0, .with = NULL),
    ROW("DAIF", DAIF, MATRIX_READ, 1, .with = NULL, .show = true),
    ROW("DAIF", DAIF, MATRIX_READ, 0, .with = "HCR_EL2.TGE", HCR(TGE)),
    ROW("SCTLR_EL12", SCTLR_EL12, MATRIX_READ, 1, .with = NULL),
    ROW("SCTLR_EL12", SCTLR_EL12, MATRIX_WRITE, 2, .with = "HCR_EL2.E2H", HCR(E2H)),
    ROW("TLBI VMALLE1", ENC(1, 0, 8, 7, 0), MATRIX_BARE, 0, .with = NULL),
    ROW("TLBI VMALLE1", ENC(1, 0, 8, 7, 0), MATRIX_BARE, 1, .with = "HCR_EL2.TTLB", HCR(1UL << 25)),
    ROW("TLBI VAE1", ENC(1, 0, 8, 7, 1), MATRIX_SYS, 2, .with = "HCR_EL2.TTLB", HCR(1UL << 25)),
    ROW("DC CIVAC", ENC(1, 3, 7, 14, 1), MATRIX_SYS, 1, .with = "HCR_EL2.TPC", HCR(1UL << 23)),
    ROW("DC ZVA", ENC(1, 3, 7, 4, 1), MATRIX_SYS, 1, .with = "HCR_EL2.TDZ", HCR(1UL << 28)),
    ROW("S3_0_C7_C15_7", ENC(3, 0, 7, 15, 7), MATRIX_READ, 2, .with = NULL),
};

#endif
