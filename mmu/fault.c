/* Faults as registers show them (Arm ARM ISS encodings of Instruction and Data Aborts, HPFAR_EL2).
 */
#include "mmu/fault.h"
#include "cpu-el/syndrome.h"
#include "mmu/mmu.h"
#include "sim/base/bits.h"

#define ISS_WNR      (UINT32_C(1) << 6)
#define ISS_S1PTW    (UINT32_C(1) << 7)
#define ISS_CM       (UINT32_C(1) << 8)
#define ISS_ISV_MASK UINT32_C(0x01ffc000) /* ISV, SAS, SSE, SRT, SF, AR */

uint32_t fault_status(const struct mmu_fault *fault)
{
    static const struct {
        uint8_t code;
        bool has_level;
    } status[] = {
        [FAULT_TRANSLATION] = {0x04, true},         [FAULT_ACCESS_FLAG] = {0x08, true},
        [FAULT_PERMISSION] = {0x0c, true},          [FAULT_ADDRESS_SIZE] = {0x00, true},
        [FAULT_ALIGNMENT] = {0x21, false},          [FAULT_EXTERNAL] = {0x10, false},
        [FAULT_EXTERNAL_WALK] = {0x14, true},       [FAULT_TLB_CONFLICT] = {0x30, false},
        [FAULT_UNSUPPORTED_ATOMIC] = {0x35, false},
    };
    return status[fault->type].code | (status[fault->type].has_level ? fault->level : 0);
}

/* Maintenance and AT always report a write; an atomic does only if a read would have passed. */
static bool reports_write(const struct mmu_fault *fault, const struct mmu_access *access)
{
    if (access->cache_maintenance) {
        return true;
    }
    return access->atomic ? fault->read_allowed : access->type == MMU_WRITE;
}

/* FnV, EA and SET stay 0: FAR is always valid, external aborts have no further class, errors are
 * recoverable. */
uint32_t mmu_fault_esr(const struct mmu_fault *fault, const struct mmu_access *access,
                       bool from_lower_el, uint32_t isv_iss)
{
    uint32_t iss = fault_status(fault) | (fault->s1ptw ? ISS_S1PTW : 0);
    if (access->type == MMU_FETCH) {
        return syndrome_instruction_abort(from_lower_el, iss);
    }
    iss |= (reports_write(fault, access) ? ISS_WNR : 0) | (access->cache_maintenance ? ISS_CM : 0);
    /* ISV is for stage-2 aborts of the access itself (ISS for Data Aborts, "ISV"). */
    if (fault->stage2 && !fault->s1ptw) {
        iss |= isv_iss & ISS_ISV_MASK;
    }
    return syndrome_data_abort(from_lower_el, iss);
}

uint64_t mmu_fault_hpfar(const struct mmu_fault *fault)
{
    return bits(fault->ipa.v, 47, 12) << 4;
}

bool mmu_fault_hpfar_valid(const struct mmu_fault *fault)
{
    switch (fault->type) {
    case FAULT_TRANSLATION:
    case FAULT_ACCESS_FLAG:
    case FAULT_ADDRESS_SIZE:
        return fault->stage2;
    case FAULT_PERMISSION:
        return fault->stage2 && fault->s1ptw;
    case FAULT_ALIGNMENT:
    case FAULT_EXTERNAL:
    case FAULT_EXTERNAL_WALK:
    case FAULT_TLB_CONFLICT:
    case FAULT_UNSUPPORTED_ATOMIC:
        return false;
    }
    return false;
}
