/* GICv3 (Arm IHI 0069), as much as the labs need. */
#ifndef EL2SIM_LABS_LIB_GIC_H
#define EL2SIM_LABS_LIB_GIC_H

#include "lab.h"

/* ICH_LR<n>_EL2 */
#define LR_PENDING     (1UL << 62)           /* State: 0 empty, 1 pending, 2 active, 3 both */
#define LR_HW          (1UL << 61)           /* it stands for a physical interrupt ... */
#define LR_GROUP1      (1UL << 60)           /* 1: IRQ, 0: FIQ */
#define LR_PRIORITY(p) ((uint64_t)(p) << 48) /* bits 55..48; a smaller number comes first */
#define LR_PINTID(n)                                                                               \
    ((uint64_t)(n) << 32)            /* ... of this number, which the guest's EOI deactivates */
#define LR_VINTID(n) ((uint64_t)(n)) /* what the guest finds in ICC_IAR1_EL1 */

#define ICH_HCR_EN (1UL << 0) /* ICH_HCR_EL2: the virtual CPU interface is on */

#define VIRTUAL_TIMER 27 /* INTID of the virtual timer, a private one */

/* System registers for the GIC, at EL2 and at EL1. */
static inline void gic_system_registers(void)
{
    WR("icc_sre_el2", 15);
    ISB();
    WR("icc_sre_el1", 7);
    ISB();
}

static inline void lr_write(unsigned n, uint64_t value)
{
    switch (n) {
    case 0:
        WR("ich_lr0_el2", value);
        break;
    case 1:
        WR("ich_lr1_el2", value);
        break;
    case 2:
        WR("ich_lr2_el2", value);
        break;
    case 3:
        WR("ich_lr3_el2", value);
        break;
    }
}

/* The physical side for EL2: the private interrupt `intid`, group 1, and EOIs that drop the
 * priority but leave the interrupt active (ICC_CTLR_EL1.EOImode), as a hypervisor wants it. */
static inline void gic_on(unsigned intid)
{
    volatile uint32_t *distributor = (volatile uint32_t *)0x08000000;
    volatile uint32_t *waker = (volatile uint32_t *)0x080a0014;
    volatile uint32_t *private = (volatile uint32_t *)0x080b0000;
    distributor[0] = 0x10; /* GICD_CTLR.ARE */
    distributor[0] = 0x12; /* EnableGrp1 */
    *waker &= ~2u;         /* GICR_WAKER.ProcessorSleep */
    while (*waker & 4) {
    }
    private[0x80 / 4] = ~0u;          /* GICR_IGROUPR0 */
    private[0x100 / 4] = 1u << intid; /* GICR_ISENABLER0 */
    WR("icc_pmr_el1", 0xff);
    WR("icc_ctlr_el1", 2); /* EOImode */
    WR("icc_igrpen1_el1", 1);
    ISB();
}

#endif
