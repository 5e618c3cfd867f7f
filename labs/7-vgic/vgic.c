/* Lab 7: interrupts for a guest, by list registers. */
#include "gic.h"
#include "pt.h"

void guest(void);

static void vgic_on(void)
{
    /*
     * Your code:
     *   - ICH_HCR_EL2: the virtual CPU interface is on
     *   - HCR_EL2: as it is, with IMO. Then IRQs of the machine come to EL2, and EL1's ICC
     * registers are the virtual ones
     */
}

/* Makes the virtual interrupt pending. */
static void inject(unsigned intid, unsigned priority)
{
    /*
     * Your code: find a list register that is empty: ICH_ELRSR_EL2 has bit n set where list
     * register n is. Write it, lr_write(n, value): pending, group 1, with this number and priority
     * (lib/gic.h has the fields). Remove the next line.
     */
    (void)intid, (void)priority;
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
    vgic_on();
    inject(42, 0xa0);
    inject(43, 0x80);
    enter_el1(guest);
}
