/* Lab 8: time for a guest. */
#include "gic.h"
#include "pt.h"

void guest(void);

#define CNTHCTL_EL1PCTEN (1UL << 0) /* EL1 may read CNTPCT_EL0 */
#define CNTHCTL_EL1PCEN  (1UL << 1) /* EL1 may use the physical timer */

static void guest_time(void)
{
    /*
     * Your code:
     *   - CNTVOFF_EL2, so that the guest's count, CNTVCT_EL0 = CNTPCT_EL0 - CNTVOFF_EL2, begins at
     * 0 now
     *   - CNTHCTL_EL2: the guest may read CNTPCT_EL0, and may not use the physical timer
     */
}

/* An IRQ of the machine came while the guest ran. */
void el2_irq(struct frame *frame)
{
    /*
     * Your code:
     *   - acknowledge it (ICC_IAR1_EL1): the number
     *   - if it is VIRTUAL_TIMER, inject it, in list register 0: pending, group 1, priority 0x80,
     * with HW and its physical number, so that the guest's EOI deactivates it
     *   - end it (ICC_EOIR1_EL1). ICC_CTLR_EL1.EOImode is 1: this only drops the priority
     * Remove the next two lines.
     */
    (void)frame;
    power_off();
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
