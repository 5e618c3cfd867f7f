#include "sim/board/context.h"

#include "cpu-el/fields.h"
#include "sim/base/bits.h"

bool asid_range_check(const struct asid_range *guests, unsigned entry_el, struct err *e)
{
    if (guests->last == 0 && guests->first == 0) {
        return true;
    }
    if (guests->first == 0 || guests->first > guests->last || guests->last > GUEST_ASID_MAX) {
        return err_set(e, "guest_asids: [%u, %u] is no range of 1 to %u", guests->first,
                       guests->last, GUEST_ASID_MAX);
    }
    if (entry_el != 1) {
        return err_set(e, "guest_asids: a machine with EL2 tells guests by VMID: they need el: 1");
    }
    return true;
}

void asid_range_archive(struct asid_range *guests, struct archive *a)
{
    archive_unsigned(a, &guests->first, GUEST_ASID_MAX);
    archive_unsigned(a, &guests->last, GUEST_ASID_MAX);
}

/* Of EL1&0; TCR_EL1.AS = 0: eight bits. */
static unsigned asid(const struct pe *pe)
{
    uint64_t tcr = pe->sr[SR_TCR_EL1];
    uint64_t ttbr = pe->sr[bit(tcr, 22) ? SR_TTBR1_EL1 : SR_TTBR0_EL1]; /* A1 */
    return (unsigned)bits(ttbr, bit(tcr, 36) ? 63 : 55, 48);
}

uint16_t context_of(const struct pe *pe, const struct asid_range *guests)
{
    if (guests->last != 0) {
        unsigned n = pe->ps.el == 0 ? asid(pe) : 0;
        return n >= guests->first && n <= guests->last ? (uint16_t)(n + 1) : 0;
    }
    bool stage2 = pe->ps.el < 2 && (pe->sr[SR_HCR_EL2] & HCR_VM) && !(pe_tge(pe) && pe_e2h(pe));
    uint64_t vmid = bits(pe->sr[SR_VTTBR_EL2], 63, 48);
    return !stage2 ? 0 : (uint16_t)(vmid == UINT16_MAX ? UINT16_MAX : vmid + 1);
}
