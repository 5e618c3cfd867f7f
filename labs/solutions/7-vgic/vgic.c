/* Lab 7: interrupts for a guest, by list registers. */
#include "gic.h"
#include "pt.h"

void guest(void);

static void vgic_on(void)
{
    WR("ich_hcr_el2", ICH_HCR_EN);
    WR("hcr_el2", RD("hcr_el2") | HCR_IMO);
    ISB();
}

/* Makes the virtual interrupt pending. */
static void inject(unsigned intid, unsigned priority)
{
    uint64_t empty = RD("ich_elrsr_el2");
    unsigned n = 0;
    while (n < 4 && !(empty >> n & 1)) {
        n++;
    }
    lr_write(n, LR_PENDING | LR_GROUP1 | LR_PRIORITY(priority) | LR_VINTID(intid));
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
