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
    /*
     * Your code:
     *   - HCR_EL2: as it is, with E2H and TGE: EL2 is the host's, EL0 too
     *   - CPTR_EL2 now has the layout of CPACR_EL1: FPEN, bits 21 and 20, is 3 where FP and SIMD
     * are not trapped
     *   - ISB
     */
}

static void run_guest(void)
{
    /*
     * Your code:
     *   - the guest's vectors are guest_vectors: write EL1's own VBAR_EL1. With E2H, that name at
     * EL2 means VBAR_EL2
     *   - EL1 is a guest's, not the host's: HCR_EL2 without TGE; ISB
     */
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
