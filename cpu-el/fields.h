/* Bits of registers that the model looks at, each in one place (Arm ARM D13.2, by register). */
#ifndef EL2SIM_CPU_EL_FIELDS_H
#define EL2SIM_CPU_EL_FIELDS_H

#include "sim/base/bits.h"

/* HCR_EL2 */
#define HCR_VM      BIT(0)
#define HCR_SWIO    BIT(1)
#define HCR_PTW     BIT(2)
#define HCR_FMO     BIT(3)
#define HCR_IMO     BIT(4)
#define HCR_AMO     BIT(5)
#define HCR_VF      BIT(6)
#define HCR_VI      BIT(7)
#define HCR_VSE     BIT(8)
#define HCR_FB      BIT(9)
#define HCR_BSU     MASK(11, 10)
#define HCR_DC      BIT(12)
#define HCR_TWI     BIT(13)
#define HCR_TWE     BIT(14)
#define HCR_TID0    BIT(15)
#define HCR_TID1    BIT(16)
#define HCR_TID2    BIT(17)
#define HCR_TID3    BIT(18)
#define HCR_TSC     BIT(19)
#define HCR_TIDCP   BIT(20)
#define HCR_TACR    BIT(21)
#define HCR_TSW     BIT(22)
#define HCR_TPC     BIT(23)
#define HCR_TPU     BIT(24)
#define HCR_TTLB    BIT(25)
#define HCR_TVM     BIT(26)
#define HCR_TGE     BIT(27)
#define HCR_TDZ     BIT(28)
#define HCR_HCD     BIT(29)
#define HCR_TRVM    BIT(30)
#define HCR_RW      BIT(31)
#define HCR_CD      BIT(32)
#define HCR_ID      BIT(33)
#define HCR_E2H     BIT(34)
#define HCR_TLOR    BIT(35)
#define HCR_TERR    BIT(36)
#define HCR_TEA     BIT(37)
#define HCR_MIOCNCE BIT(38)
#define HCR_APK     BIT(40)
#define HCR_API     BIT(41)
#define HCR_NV      BIT(42)
#define HCR_NV1     BIT(43)
#define HCR_AT      BIT(44)
#define HCR_NV2     BIT(45)
#define HCR_FWB     BIT(46)
#define HCR_FIEN    BIT(47)
#define HCR_TID4    BIT(49)
#define HCR_TICAB   BIT(50)
#define HCR_TOCU    BIT(52)
#define HCR_ENSCXT  BIT(53)
#define HCR_TTLBIS  BIT(54)
#define HCR_TTLBOS  BIT(55)

/* SCTLR_EL1, SCTLR_EL2 */
#define SCTLR_M     BIT(0)
#define SCTLR_A     BIT(1)
#define SCTLR_C     BIT(2)
#define SCTLR_SA    BIT(3)
#define SCTLR_SA0   BIT(4)
#define SCTLR_I     BIT(12)
#define SCTLR_WXN   BIT(19)
#define SCTLR_UMA   BIT(9)
#define SCTLR_DZE   BIT(14)
#define SCTLR_UCT   BIT(15)
#define SCTLR_NTWI  BIT(16)
#define SCTLR_NTWE  BIT(18)
#define SCTLR_TSCXT BIT(20)
#define SCTLR_SPAN  BIT(23)
#define SCTLR_UCI   BIT(26)
#define SCTLR_DSSBS BIT(44)

/* CPACR_EL1, and CPTR_EL2 with E2H; CPTR_EL2 without */
#define CPACR_FPEN     MASK(21, 20)
#define CPACR_FPEN_EL1 BIT(20) /* EL1 (E2H: EL2) may use FP */
#define CPTR_TFP       BIT(10)
#define CPTR_TCPAC     BIT(31) /* both layouts */

/* CNTKCTL_EL1, and CNTHCTL_EL2 with E2H; CNTHCTL_EL2's own in both layouts */
#define CNTKCTL_EL0PCTEN     BIT(0)
#define CNTKCTL_EL0VCTEN     BIT(1)
#define CNTKCTL_EL0VTEN      BIT(8)
#define CNTKCTL_EL0PTEN      BIT(9)
#define CNTHCTL_EL1PCTEN     BIT(0)
#define CNTHCTL_EL1PCEN      BIT(1)
#define CNTHCTL_E2H_EL1PCTEN BIT(10)
#define CNTHCTL_E2H_EL1PTEN  BIT(11)

/* ICC_SRE_EL1, ICC_SRE_EL2; ICH_HCR_EL2 */
#define ICC_SRE_SRE    BIT(0)
#define ICC_SRE_ENABLE BIT(3)
#define ICH_HCR_TC     BIT(10)
#define ICH_HCR_TALL0  BIT(11)
#define ICH_HCR_TALL1  BIT(12)
#define ICH_HCR_TDIR   BIT(14)

/* PMUSERENR_EL0 */
#define PMUSERENR_EN BIT(0)
#define PMUSERENR_SW BIT(1)
#define PMUSERENR_CR BIT(2)
#define PMUSERENR_ER BIT(3)

/* SPSR_ELx */
#define SPSR_NZCV       MASK(31, 28)
#define SPSR_DIT        BIT(24)
#define SPSR_UAO        BIT(23)
#define SPSR_PAN        BIT(22)
#define SPSR_SS         BIT(21)
#define SPSR_IL         BIT(20)
#define SPSR_SSBS       BIT(12)
#define SPSR_D          BIT(9)
#define SPSR_DAIF_SHIFT 6
#define SPSR_M4         BIT(4) /* AArch32 */
#define SPSR_EL_SHIFT   2
#define SPSR_M1         BIT(1) /* reserved */
#define SPSR_SP         BIT(0)

/* DISR_EL1, VDISR_EL2 */
#define DISR_A BIT(31)

/* VTCR_EL2 */
#define VTCR_VMID16 BIT(19)

/* MDCR_EL2 */
#define MDCR_HPMN  MASK(4, 0)
#define MDCR_TPMCR BIT(5)
#define MDCR_TPM   BIT(6)
#define MDCR_HPME  BIT(7)
#define MDCR_TDE   BIT(8)
#define MDCR_TDA   BIT(9)
#define MDCR_TDOSA BIT(10)
#define MDCR_TDRA  BIT(11)
#define MDCR_HPMD  BIT(17)

/* MDSCR_EL1 */
#define MDSCR_SS           BIT(0)
#define MDSCR_TDCC         BIT(12)
#define MDSCR_KDE          BIT(13)
#define MDSCR_MDE          BIT(15)
#define MDSCR_WRITE        (MDSCR_SS | BIT(12) | MDSCR_KDE | MDSCR_MDE | BIT(21))
#define MDSCR_WRITE_LOCKED (MASK(31, 29) | MASK(27, 26) | MASK(23, 22) | BIT(14) | BIT(6))

/* OSLSR_EL1 */
#define OSLSR_OSLK BIT(1)
#define OSLSR_OSLM BIT(3)

/* DBGBCR<n>_EL1 and DBGWCR<n>_EL1; fields of more than one bit by position */
#define DBGCR_E       BIT(0)
#define DBGCR_HMC     BIT(13)
#define DBGCR_LINKED  BIT(20)    /* BT<0>, WT */
#define DBGBCR_BAS_AL MASK(8, 5) /* RES1 without AArch32 */
#define DBGBCR_WRITE  (MASK(23, 13) | MASK(2, 0))
#define DBGWCR_WRITE  (MASK(28, 24) | MASK(20, 0))

/* PMCR_EL0 */
#define PMCR_E       BIT(0)
#define PMCR_P       BIT(1)
#define PMCR_C       BIT(2)
#define PMCR_D       BIT(3)
#define PMCR_X       BIT(4)
#define PMCR_DP      BIT(5)
#define PMCR_LC      BIT(6)
#define PMCR_STORED  (PMCR_E | PMCR_D | PMCR_X | PMCR_DP)
#define PMCR_N_SHIFT 11

/* PMEVTYPER<n>_EL0, PMCCFILTR_EL0 */
#define PMFILTER_P   BIT(31)
#define PMFILTER_U   BIT(30)
#define PMFILTER_NSH BIT(27)
#define PM_CYCLE     BIT(31) /* the cycle counter in PMCNTENSET and its kin */

#endif
