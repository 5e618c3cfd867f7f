/* Lab 9: a host at EL2, by the Virtualization Host Extensions. */
#include "lab.h"
#include "pt.h"

#define HCR_TGE (1UL << 27)
#define HCR_E2H (1UL << 34)

/* Not all assemblers know the names that exist for E2H alone. */
#define VBAR_EL12 "s3_5_c12_c0_0"

void guest(void);
extern char guest_vectors[];
uint64_t host_double(uint64_t n);

uint64_t doubled;

static void host_on(void)
{
    WR("hcr_el2", RD("hcr_el2") | HCR_E2H | HCR_TGE);
    ISB();
    WR("cptr_el2", 3UL << 20);
    ISB();
}

static void run_guest(void)
{
    WR(VBAR_EL12, guest_vectors);
    WR("hcr_el2", RD("hcr_el2") & ~HCR_TGE);
    ISB();
    enter_el1(guest);
}

void el2_sync(struct frame *frame)
{
    (void)frame;
    power_off(); /* HVC: the guest is done */
}

void lab(void)
{
    host_on();
    WR("vbar_el1", el2_vectors); /* a kernel's code: it believes to be at EL1 */
    ISB();
    doubled = host_double(21);
    run_guest();
}
