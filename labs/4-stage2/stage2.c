/* Lab 4: the second stage. All of this is EL2; the guest is in guest.s. */
#include "lab.h"
#include "pt.h"

extern uint64_t guest_page[512], guest_data[512], guest_late[512];

PAGE uint64_t level1[512]; /* an entry is 1 GiB of IPA */
PAGE uint64_t level2[512]; /* 2 MiB */
PAGE uint64_t level3[512]; /* 4 KiB: IPA 0 to 0x1fffff */

#define PA(object)    ((uint64_t)(object))
#define LEVEL3(ipa)   ((ipa) >> 12 & 511)
#define GUEST_ENTRY   0x10000UL
#define GUEST_DATA    0x20000UL
#define VMID          7UL
#define S2_RAM        (S2_NORMAL | S2_INNER | S2_AF)
#define EC_HVC        0x16
#define EC_DATA_ABORT 0x24

/* VTCR_EL2: 4 KiB, write-back walks, inner shareable, PAs of 40 bits; RES1 bit 31. What is missing:
 */
#define VTCR_COMMON     (1UL << 31 | 2UL << 16 | 3UL << 12 | 1UL << 10 | 1UL << 8)
#define VTCR_T0SZ(bits) (64UL - (bits))
#define VTCR_SL0(n)     ((uint64_t)(n) << 6)

void stage2_on(void)
{
    level1[0] = PA(level2) | PT_TABLE;
    level2[0] = PA(level3) | PT_TABLE;
    /*
     * Your code:
     *   - level3: guest_page at IPA GUEST_ENTRY, which may be read (a fetch is a read, and not XN);
     *     guest_data at GUEST_DATA, which may be read and written, not executed
     *   - VTCR_EL2: IPAs of 32 bits, and the walk begins at level 1, which is SL0 = 1
     *   - VTTBR_EL2: level1, and VMID in bits 63 to 48
     *   - HCR_EL2: as it is, with VM
     *   - DSB, ISB: an ERET follows, but the tables are memory
     */
}

void el2_sync(struct frame *frame)
{
    unsigned ec = frame->esr >> 26;
    if (ec == EC_DATA_ABORT) {
        /*
         * Your code: the guest touched an IPA where nothing is. HPFAR_EL2 has bits 47 to 12 of the
         * IPA in its bits 39 to 4. Map guest_late there, for reading, and let the guest try again.
         * Remove the next line.
         */
        power_off();
    } else {
        power_off(); /* HVC: the guest is done */
    }
}

void lab(void)
{
    WR("vbar_el2", PA(el2_vectors));
    ISB();
    stage2_on();
    enter_el1((void (*)(void))GUEST_ENTRY);
}
