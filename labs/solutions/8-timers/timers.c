/* Lab 8: time for a guest. */
#include "gic.h"
#include "pt.h"

void guest(void);

#define CNTHCTL_EL1PCTEN (1UL << 0) /* EL1 may read CNTPCT_EL0 */
#define CNTHCTL_EL1PCEN  (1UL << 1) /* EL1 may use the physical timer */

static void guest_time(void)
{
    WR("cntvoff_el2", RD("cntpct_el0"));
    WR("cnthctl_el2", CNTHCTL_EL1PCTEN);
    ISB();
}

/* An IRQ of the machine came while the guest ran. */
void el2_irq(struct frame *frame)
{
    uint64_t intid = RD("icc_iar1_el1");
    (void)frame;
    if (intid == VIRTUAL_TIMER) {
        lr_write(0, LR_PENDING | LR_GROUP1 | LR_PRIORITY(0x80) | LR_VINTID(intid) | LR_HW |
                        LR_PINTID(intid));
    }
    WR("icc_eoir1_el1", intid);
    ISB();
}

void el2_sync(struct frame *frame)
{
    (void)frame;
    power_off(); /* HVC: the guest is done */
}

void lab(void)
{
    WR("vbar_el2", el2_vectors);
    gic_system_registers();
    gic_on(VIRTUAL_TIMER);
    WR("ich_hcr_el2", ICH_HCR_EN);
    WR("hcr_el2", RD("hcr_el2") | HCR_IMO);
    ISB();
    while (RD("cntpct_el0") < 5000) { /* the machine has been on for a while */
    }
    guest_time();
    enter_el1(guest);
}
