/* GICv2 and GICv3 as QEMU's virt board places them. Offsets: ARM IHI 0048B chapter 4 and IHI 0069
 * chapter 12. */
#ifndef EL2SIM_TESTS_GUEST_LIB_GIC_H
#define EL2SIM_TESTS_GUEST_LIB_GIC_H

#include "guest.h"

#define GICD_BASE   0x08000000UL
#define GICC_BASE   0x08010000UL
#define GICH_BASE   0x08030000UL
#define GICV_BASE   0x08040000UL
#define GICR_BASE   0x080a0000UL
#define GICR_STRIDE 0x20000UL
#define SGI_FRAME   0x10000UL

#define GICD(offset)      (*(volatile uint32_t *)(GICD_BASE + (offset)))
#define GICC(offset)      (*(volatile uint32_t *)(GICC_BASE + (offset)))
#define GICH(offset)      (*(volatile uint32_t *)(GICH_BASE + (offset)))
#define GICV(offset)      (*(volatile uint32_t *)(GICV_BASE + (offset)))
#define GICD_BYTE(offset) (*(volatile uint8_t *)(GICD_BASE + (offset)))

enum gicd { /* the same in both versions; for GICv3's INTID < 32 in the SGI frame of the
               redistributor */
            GICD_CTLR = 0x000,
            GICD_TYPER = 0x004,
            GICD_IGROUPR = 0x080,
            GICD_ISENABLER = 0x100,
            GICD_ICENABLER = 0x180,
            GICD_ISPENDR = 0x200,
            GICD_ICPENDR = 0x280,
            GICD_ISACTIVER = 0x300,
            GICD_ICACTIVER = 0x380,
            GICD_IPRIORITYR = 0x400,
            GICD_ITARGETSR = 0x800,
            GICD_ICFGR = 0xc00,
            GICD_SGIR = 0xf00,
            GICD_CPENDSGIR = 0xf10,
            GICD_SPENDSGIR = 0xf20,
            GICD_IROUTER = 0x6000,
};

enum gicc {
    GICC_CTLR = 0x00,
    GICC_PMR = 0x04,
    GICC_BPR = 0x08,
    GICC_IAR = 0x0c,
    GICC_EOIR = 0x10,
    GICC_RPR = 0x14,
    GICC_HPPIR = 0x18,
    GICC_ABPR = 0x1c,
    GICC_AIAR = 0x20,
    GICC_AEOIR = 0x24,
    GICC_AHPPIR = 0x28,
    GICC_APR0 = 0xd0,
    GICC_DIR = 0x1000,
};

enum gich {
    GICH_HCR = 0x000,
    GICH_VTR = 0x004,
    GICH_VMCR = 0x008,
    GICH_MISR = 0x010,
    GICH_EISR0 = 0x020,
    GICH_ELRSR0 = 0x030,
    GICH_APR = 0x0f0,
    GICH_LR0 = 0x100,
};

#define ICC_SRE_EL2     "s3_4_c12_c9_5"
#define ICC_SRE_EL1     "s3_0_c12_c12_5"
#define ICC_IGRPEN0_EL1 "s3_0_c12_c12_6"
#define ICC_IGRPEN1_EL1 "s3_0_c12_c12_7"
#define ICC_PMR_EL1     "s3_0_c4_c6_0"
#define ICC_CTLR_EL1    "s3_0_c12_c12_4"
#define ICC_BPR0_EL1    "s3_0_c12_c8_3"
#define ICC_BPR1_EL1    "s3_0_c12_c12_3"
#define ICC_AP0R0_EL1   "s3_0_c12_c8_4"
#define ICC_AP1R0_EL1   "s3_0_c12_c9_0"
#define ICC_IAR0_EL1    "s3_0_c12_c8_0"
#define ICC_IAR1_EL1    "s3_0_c12_c12_0"
#define ICC_EOIR0_EL1   "s3_0_c12_c8_1"
#define ICC_EOIR1_EL1   "s3_0_c12_c12_1"
#define ICC_HPPIR0_EL1  "s3_0_c12_c8_2"
#define ICC_HPPIR1_EL1  "s3_0_c12_c12_2"
#define ICC_DIR_EL1     "s3_0_c12_c11_1"
#define ICC_RPR_EL1     "s3_0_c12_c11_3"
#define ICC_SGI1R_EL1   "s3_0_c12_c11_5"
#define ICC_SGI0R_EL1   "s3_0_c12_c11_7"
#define ICH_HCR_EL2     "s3_4_c12_c11_0"
#define ICH_VTR_EL2     "s3_4_c12_c11_1"
#define ICH_MISR_EL2    "s3_4_c12_c11_2"
#define ICH_EISR_EL2    "s3_4_c12_c11_3"
#define ICH_ELRSR_EL2   "s3_4_c12_c11_5"
#define ICH_VMCR_EL2    "s3_4_c12_c11_7"
#define ICH_AP0R0_EL2   "s3_4_c12_c8_0"
#define ICH_AP1R0_EL2   "s3_4_c12_c9_0"
#define ICH_LR0_EL2     "s3_4_c12_c12_0"
#define ICH_LR1_EL2     "s3_4_c12_c12_1"
#define ICH_LR2_EL2     "s3_4_c12_c12_2"
#define ICH_LR3_EL2     "s3_4_c12_c12_3"

#define SPURIOUS  1023
#define TEST_SPI  100 /* no device of the board has it */
#define TEST_SPI2 101

bool gic_is_v3(void);
void gic_reset(void);

/* Distributor side, on either version. Interrupts start disabled, priority 0xa0, SPIs targeted at
 * CPU 0, level. */
void gic_set(unsigned bank,
             unsigned intid); /* set the INTID's bit in a bank of one bit per INTID */
bool gic_get(unsigned bank, unsigned intid);
void gic_priority(unsigned intid, unsigned priority);
void gic_group1(unsigned intid, bool group1);
void gic_edge(unsigned intid);

/* CPU interface of group 0 in GICv2, group 1 in GICv3: both signal IRQ. */
void gic_cpu_on(
    void); /* distributor and CPU interface enabled, PMR 0xf0; all INTIDs of group 1 on GICv3 */
unsigned gic_ack(void);
void gic_eoi(unsigned intid);
void gic_deactivate(unsigned intid);
unsigned gic_hppir(void);
unsigned gic_rpr(void);
void gic_pmr(unsigned priority);
void gic_bpr(unsigned point);
void gic_eoi_mode(bool split);
void gic_sgi(unsigned intid, unsigned cpu_mask);
bool gic_wait_pending(unsigned intid); /* until HPPIR shows it */

/* Physical IRQs to EL2 (HCR_EL2.IMO), unmasked for a moment; true if one was taken (see the trap
 * log). */
bool irq_window(void);

#endif
