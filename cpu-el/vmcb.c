#include "cpu-el/vmcb.h"

#include <string.h>

#include "cpu-el/fields.h"
#include "cpu-el/resolve.h"
#include "cpu-el/syndrome.h"
#include "sim/base/bits.h"
#include "sim/base/err.h"

/* VMCBR_EL2. ACTIVE is set only while the guest runs, so no code can read it. */
#define VMCBR_EN     BIT(0)
#define VMCBR_ACTIVE BIT(1)
#define VMCBR_EXITED BIT(2)
#define ADDRESS      MASK(47, 12)

/* What is no register. */
#define REVISION_AT 0x128u
#define ESR_AT      0x618u
#define FAR_AT      0x620u
#define HPFAR_AT    0x628u
#define EXIT_AT     0x790u

#define REVISION 1

#define DFSC_EXTERNAL 0x10u
#define ISS_FNV       BIT(10)

struct field {
    uint16_t offset;
    uint16_t id; /* enum sysreg_id */
    bool host;
};

static const struct field fields[] = {
#define VMCB(offset, id, host) {offset, SR_##id, host},
#include "cpu-el/vmcb.def"
#undef VMCB
};
#define FIELDS (sizeof fields / sizeof fields[0])

static uint64_t get(const uint8_t *block, unsigned offset)
{
    uint64_t value;
    memcpy(&value, block + offset, sizeof value);
    return value;
}

static void put(uint8_t *block, unsigned offset, uint64_t value)
{
    memcpy(block + offset, &value, sizeof value);
}

bool vmcb_enters(const struct pe *pe)
{
    return pe->ps.el == 2 && (pe->sr[SR_VMCBR_EL2] & VMCBR_EN);
}

bool vmcb_is_active(const struct pe *pe)
{
    return pe->sr[SR_VMCBR_EL2] & VMCBR_ACTIVE;
}

pa_t vmcb_guest_pa(const struct pe *pe)
{
    return pa(pe->sr[SR_VMCBR_EL2] & ADDRESS);
}

pa_t vmcb_host_pa(const struct pe *pe)
{
    return pa(pe->sr[SR_VMHSR_EL2] & ADDRESS);
}

static void save(struct pe *pe, uint8_t *block, bool host)
{
    for (size_t i = 0; i < FIELDS; i++) {
        enum sysreg_id id = (enum sysreg_id)fields[i].id;
        if ((fields[i].host || !host) && resolve_is_present(&pe->model, id)) {
            put(block, fields[i].offset, sysreg_read(pe, id));
        }
    }
    cost_charge(pe->meter, COST_VMCB_SAVE, 1);
}

static unsigned load(struct pe *pe, const uint8_t *block, bool host)
{
    unsigned effects = EFF_NONE;
    for (size_t i = 0; i < FIELDS; i++) {
        enum sysreg_id id = (enum sysreg_id)fields[i].id;
        if ((fields[i].host || !host) && resolve_is_present(&pe->model, id)) {
            effects |= sysreg_write(pe, id, get(block, fields[i].offset));
        }
    }
    cost_charge(pe->meter, COST_VMCB_LOAD, 1);
    return effects;
}

/* EL0 or EL1 of AArch64, and not an EL1 that TGE forbids: what exception_return() would not find
 * illegal. */
static bool can_return_to(uint64_t spsr, uint64_t hcr)
{
    unsigned el = (unsigned)bits(spsr, 3, 2);
    bool names_mode = !(spsr & (SPSR_M4 | SPSR_M1)) && el <= 1 && (el == 1 || !(spsr & SPSR_SP));
    return names_mode && !(el == 1 && (hcr & HCR_TGE));
}

enum vmcb_entry vmcb_enter(struct pe *pe, const uint8_t *guest, uint8_t *host, unsigned *effects)
{
    uint64_t address = pe->sr[SR_VMCBR_EL2] & ADDRESS;
    *effects = EFF_NONE;
    pe->sr[SR_VMCBR_EL2] = address; /* also if it fails, or the handler's ERET would fail again */
    if (guest == NULL || host == NULL) {
        return VMCB_ABORT;
    }
    uint64_t spsr = 0, hcr = 0;
    for (size_t i = 0; i < FIELDS; i++) {
        spsr = fields[i].id == SR_SPSR_EL2 ? get(guest, fields[i].offset) : spsr;
        hcr = fields[i].id == SR_HCR_EL2 ? get(guest, fields[i].offset) : hcr;
    }
    if (get(guest, REVISION_AT) != REVISION || !can_return_to(spsr, hcr)) {
        return VMCB_ILLEGAL;
    }
    save(pe, host, true);
    *effects = load(pe, guest, false);
    pe->sr[SR_VMCBR_EL2] = address | VMCBR_ACTIVE;
    return VMCB_ENTERED;
}

unsigned vmcb_exit(struct pe *pe, enum exception_type type, uint8_t *guest, const uint8_t *host)
{
    unsigned effects = EFF_NONE;
    BUG_ON(pe->ps.el != 2);
    pe->sr[SR_VMCBR_EL2] = (pe->sr[SR_VMCBR_EL2] & ADDRESS) | VMCBR_EXITED;
    if (guest != NULL && host != NULL) { /* it was so at the entry, and memory stays */
        save(pe, guest, false);
        put(guest, ESR_AT, pe->sr[SR_ESR_EL2]);
        put(guest, FAR_AT, pe->sr[SR_FAR_EL2]);
        put(guest, HPFAR_AT, pe->sr[SR_HPFAR_EL2]);
        put(guest, EXIT_AT, type);
        effects = load(pe, host, true);
    }
    return effects;
}

uint32_t vmcb_syndrome(enum vmcb_entry failure)
{
    return failure == VMCB_ABORT ? syndrome_data_abort(false, DFSC_EXTERNAL | (uint32_t)ISS_FNV)
                                 : syndrome_illegal_state();
}
