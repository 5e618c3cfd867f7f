/* Self-hosted debug in AArch64 without EL3 and Secure state (Arm ARM D2). */
#include "cpu-el/debug.h"

#include "cpu-el/fields.h"
#include "cpu-el/syndrome.h"

#define UNITS 16

/* The registers of breakpoint and watchpoint n. */
struct unit_registers {
    enum sysreg_id bvr, bcr, wvr, wcr;
};

#define UNIT(n)                                                                                    \
    [n] = {SR_DBGBVR##n##_EL1, SR_DBGBCR##n##_EL1, SR_DBGWVR##n##_EL1, SR_DBGWCR##n##_EL1}
static const struct unit_registers units[UNITS] = {
    UNIT(0), UNIT(1), UNIT(2),  UNIT(3),  UNIT(4),  UNIT(5),  UNIT(6),  UNIT(7),
    UNIT(8), UNIT(9), UNIT(10), UNIT(11), UNIT(12), UNIT(13), UNIT(14), UNIT(15),
};
#undef UNIT

unsigned debug_target_el(const struct pe *pe)
{
    /* With TGE, MDCR_EL2.TDE is treated as 1 (MDCR_EL2). */
    bool tde = pe->model.has[FEAT_EL2] && (pe->sr[SR_MDCR_EL2] & MDCR_TDE);
    return tde || pe_tge(pe) ? 2 : 1;
}

bool debug_enabled_from(const struct pe *pe, unsigned el, bool d_masked)
{
    unsigned target = debug_target_el(pe);
    if (pe->sr[SR_OSLSR_EL1] & OSLSR_OSLK) {
        return false;
    }
    if (el == target) {
        return (pe->sr[SR_MDSCR_EL1] & MDSCR_KDE) && !d_masked;
    }
    return el < target;
}

static bool enabled_here(const struct pe *pe)
{
    return debug_enabled_from(pe, pe->ps.el, pe->ps.daif & 8u);
}

static struct exception debug_exception(const struct pe *pe, uint32_t esr)
{
    unsigned target = pe->ps.el == 2 ? 2 : debug_target_el(pe);
    return (struct exception){
        .type = EXC_SYNC, .target_el = target, .return_address = pe->pc, .esr = esr};
}

static bool from_lower(const struct pe *pe)
{
    return pe->ps.el < debug_target_el(pe);
}

bool debug_step_active(const struct pe *pe)
{
    return (pe->sr[SR_MDSCR_EL1] & MDSCR_SS) && enabled_here(pe);
}

bool debug_step_due(const struct pe *pe, bool stepped, bool exclusive, struct exception *out)
{
    if (pe->ps.ss || !debug_step_active(pe)) {
        return false;
    }
    *out = debug_exception(pe, syndrome_step(from_lower(pe), stepped, exclusive));
    return true;
}

void debug_step_advance(struct pe *pe)
{
    if (pe->sr[SR_MDSCR_EL1] & MDSCR_SS) {
        pe->ps.ss = false;
    }
}

bool debug_step_on_return(const struct pe *pe, unsigned el, uint32_t spsr)
{
    /* DebugExceptionReturnSS(): SPSR.SS counts only where the return enables debug exceptions. */
    return (pe->sr[SR_MDSCR_EL1] & MDSCR_SS) && !enabled_here(pe) &&
           debug_enabled_from(pe, el, spsr & SPSR_D) && (spsr & SPSR_SS);
}

/* ELIsInHost(PSTATE.EL): the EL&0 translation regime is that of EL2. */
static bool in_host(const struct pe *pe)
{
    return pe_e2h(pe) && (pe->ps.el == 2 || (pe->ps.el == 0 && pe_tge(pe)));
}

/* The VMID in use (8 bits, or 16 with VTCR_EL2.VS) against DBGBVR<n>_EL1.VMID. */
static bool vmid_matches(const struct pe *pe, uint64_t bvr)
{
    bool wide = pe->model.has[FEAT_VMID16] && (pe->sr[SR_VTCR_EL2] & VTCR_VMID16);
    uint64_t vmid = bits(pe->sr[SR_VTTBR_EL2], wide ? 63 : 55, 48);
    return pe->ps.el < 2 && !in_host(pe) && bits(bvr, wide ? 47 : 39, 32) == vmid;
}

/*
 * The context comparison of breakpoint n (DBGBCR<n>_EL1.BT 2 to 15, D2.9.3); address types give
 * false. BT<3:1>: 1 CONTEXTIDR_EL1 (of the host: EL2), 3 CONTEXTIDR_EL1, 4 VMID, 5 VMID and
 * CONTEXTIDR_EL1, 6 CONTEXTIDR_EL2, 7 both.
 */
static bool context_matches(const struct pe *pe, unsigned n, bool linked)
{
    const struct cpu_model *model = &pe->model;
    unsigned count = model->breakpoint_count;
    if (n >= count || n < count - model->context_breakpoint_count) {
        return false;
    }
    uint64_t bcr = pe->sr[units[n].bcr];
    uint64_t bvr = pe->sr[units[n].bvr];
    unsigned type = (unsigned)bits(bcr, 23, 21);
    if (!(bcr & DBGCR_E) || bit(bcr, 20) != linked) {
        return false;
    }
    bool low_el = pe->ps.el < 2 && !in_host(pe);
    bool cid1 = low_el && bits(pe->sr[SR_CONTEXTIDR_EL1], 31, 0) == bits(bvr, 31, 0);
    bool host_cid = in_host(pe) && bits(pe->sr[SR_CONTEXTIDR_EL2], 31, 0) == bits(bvr, 31, 0);
    bool cid2 = bits(pe->sr[SR_CONTEXTIDR_EL2], 31, 0) == bits(bvr, 63, 32);
    bool vhe = model->has[FEAT_VHE];
    switch (type) {
    case 1:
        return cid1 || host_cid;
    case 3:
        return vhe && cid1;
    case 4:
        return model->has[FEAT_EL2] && vmid_matches(pe, bvr);
    case 5:
        return model->has[FEAT_EL2] && vmid_matches(pe, bvr) && cid1;
    case 6:
        return vhe && cid2;
    case 7:
        return vhe && cid1 && cid2;
    }
    return false; /* address match, and the reserved type 2 */
}

/*
 * The ELs that HMC:SSC:PMC (PAC) name, as a mask, without EL3 and Secure state (D2.9.2, D2.10.2);
 * reserved combinations name none.
 */
static const uint8_t state_els[32] = {
    [1] = 1u << 1,
    [2] = 1u << 0,
    [3] = 1u << 1 | 1u << 0,
    [0x11] = 1u << 2 | 1u << 1,
    [0x13] = 1u << 2 | 1u << 1 | 1u << 0,
    [0x1c] = 1u << 2,
};

/* `control` is a DBGBCR or DBGWCR: they have these fields, LBN and the link bit in common. el: 0
 * for an unprivileged access, else PSTATE.EL. */
static bool state_matches(const struct pe *pe, unsigned el, uint64_t control)
{
    unsigned state = (control & DBGCR_HMC ? 16u : 0u) | (unsigned)bits(control, 15, 14) << 2 |
                     (unsigned)bits(control, 2, 1);
    if (state >= 16 && !pe->model.has[FEAT_EL2]) {
        return false;
    }
    if (!(state_els[state] >> el & 1u)) {
        return false;
    }
    return !(control & DBGCR_LINKED) || context_matches(pe, (unsigned)bits(control, 19, 16), true);
}

static bool breakpoint_armed(const struct pe *pe, unsigned n)
{
    return n < pe->model.breakpoint_count && (pe->sr[units[n].bcr] & DBGCR_E);
}

static bool breakpoint_matches(const struct pe *pe, unsigned n, uint64_t pc)
{
    uint64_t bcr = pe->sr[units[n].bcr];
    unsigned type = (unsigned)bits(bcr, 23, 20);
    if (!breakpoint_armed(pe, n)) {
        return false;
    }
    if (type <= 1) { /* address, unlinked or linked to a context: bits 48..2 */
        return bits(pe->sr[units[n].bvr], 48, 2) == bits(pc, 48, 2) &&
               state_matches(pe, pe->ps.el, bcr);
    }
    /* An unlinked context breakpoint: at any address of that context. */
    return !(type & 1u) && context_matches(pe, n, false) && state_matches(pe, pe->ps.el, bcr);
}

static bool monitor_enabled(const struct pe *pe)
{
    return (pe->sr[SR_MDSCR_EL1] & MDSCR_MDE) && enabled_here(pe);
}

bool debug_any_breakpoint_enabled(const struct pe *pe)
{
    if (!monitor_enabled(pe)) {
        return false;
    }
    for (unsigned n = 0; n < UNITS; n++) {
        if (breakpoint_armed(pe, n)) {
            return true;
        }
    }
    return false;
}

static bool any_breakpoint_matches(const struct pe *pe, uint64_t pc)
{
    for (unsigned n = 0; n < UNITS; n++) {
        if (breakpoint_matches(pe, n, pc)) {
            return true;
        }
    }
    return false;
}

bool debug_breakpoint_hit(const struct pe *pe, uint64_t pc, struct exception *out)
{
    if (!monitor_enabled(pe) || !any_breakpoint_matches(pe, pc)) {
        return false;
    }
    *out = debug_exception(pe, syndrome_breakpoint(from_lower(pe)));
    out->return_address = pc;
    return true;
}

/* The bytes that a watchpoint looks at: up to 2 GiB from base (D2.10.3), bytes by BAS when it is
 * one doubleword. */
struct watched {
    uint64_t base, size_bytes;
    uint8_t bas; /* of size 8 */
};

/* False where the programming is reserved or CONSTRAINED UNPREDICTABLE: such ones watch nothing. */
static bool watched_bytes(const struct pe *pe, unsigned n, struct watched *out)
{
    uint64_t wcr = pe->sr[units[n].wcr];
    uint64_t wvr = sign_extend(pe->sr[units[n].wvr], 49);
    unsigned mask = (unsigned)bits(wcr, 28, 24);
    unsigned bas = (unsigned)bits(wcr, 12, 5);
    if (mask > 0) {
        if (mask < 3 || bas != 0xff) {
            return false;
        }
        *out = (struct watched){align_down(wvr, BIT(mask)), BIT(mask), 0xff};
        return true;
    }
    if (wvr & 4u) { /* word aligned: BAS<7:4> is RES0 */
        bas = (bas & 0xfu) << 4;
    }
    *out = (struct watched){align_down(wvr, 8), 8, (uint8_t)bas};
    return bas != 0;
}

/* The first byte of [va, va + size_bytes) that is watched. */
static bool first_watched(const struct watched *w, uint64_t va, uint64_t size_bytes, uint64_t *at)
{
    if (w->size_bytes == 8) {
        for (unsigned i = 0; i < 8; i++) {
            uint64_t byte = w->base + i;
            if (bit(w->bas, i) && byte - va < size_bytes) {
                *at = byte;
                return true;
            }
        }
        return false;
    }
    if (va - w->base < w->size_bytes) {
        *at = va;
        return true;
    }
    *at = w->base;
    return w->base - va < size_bytes;
}

static bool watchpoint_armed(const struct pe *pe, unsigned n)
{
    return n < pe->model.watchpoint_count && (pe->sr[units[n].wcr] & DBGCR_E);
}

bool debug_any_watchpoint_enabled(const struct pe *pe)
{
    if (!monitor_enabled(pe)) {
        return false;
    }
    for (unsigned n = 0; n < UNITS; n++) {
        if (watchpoint_armed(pe, n)) {
            return true;
        }
    }
    return false;
}

bool debug_watchpoint_hit(const struct pe *pe, const struct debug_access *access,
                          struct exception *out)
{
    unsigned el = access->unprivileged ? 0 : pe->ps.el;
    if (!monitor_enabled(pe)) {
        return false;
    }
    for (unsigned n = 0; n < UNITS; n++) {
        struct watched w;
        uint64_t at;
        uint64_t wcr = pe->sr[units[n].wcr];
        bool direction = (access->read && bit(wcr, 3)) || (access->write && bit(wcr, 4));
        if (watchpoint_armed(pe, n) && direction && watched_bytes(pe, n, &w) &&
            first_watched(&w, access->va, access->size_bytes, &at) && state_matches(pe, el, wcr)) {
            /* An atomic is reported as a read where a read would have hit (ISS.WnR). */
            bool as_read = access->read && bit(wcr, 3);
            *out = debug_exception(
                pe, syndrome_watchpoint(from_lower(pe), !as_read, access->cache_maintenance));
            out->far_valid = true;
            out->far = at;
            return true;
        }
    }
    return false;
}

enum unit_kind { UNIT_NONE, UNIT_BVR, UNIT_BCR, UNIT_WVR, UNIT_WCR };

/* Which of the numbered registers `id` is, and its number. */
static enum unit_kind unit_of(enum sysreg_id id, unsigned *n)
{
    for (*n = 0; *n < UNITS; (*n)++) {
        const struct unit_registers *u = &units[*n];
        if (id == u->bvr) {
            return UNIT_BVR;
        }
        if (id == u->bcr) {
            return UNIT_BCR;
        }
        if (id == u->wvr) {
            return UNIT_WVR;
        }
        if (id == u->wcr) {
            return UNIT_WCR;
        }
    }
    return UNIT_NONE;
}

bool debug_owns(enum sysreg_id id)
{
    unsigned n;
    return id == SR_MDSCR_EL1 || id == SR_OSLAR_EL1 || id == SR_OSLSR_EL1 ||
           id == SR_DBGCLAIMSET_EL1 || id == SR_DBGCLAIMCLR_EL1 || unit_of(id, &n) != UNIT_NONE;
}

uint64_t debug_read(const struct pe *pe, enum sysreg_id id)
{
    if (id == SR_OSLAR_EL1) {
        return 0; /* write only */
    }
    if (id == SR_DBGCLAIMSET_EL1) {
        return 0xff; /* reads as the number of claim tags: eight */
    }
    return pe->sr[id];
}

/* MDSCR_EL1: the bits of the external debugger's channel are writable only while the OS lock is set
 * (to save and restore it). */
static void write_mdscr(struct pe *pe, uint64_t value)
{
    uint64_t writable = MDSCR_WRITE;
    if (pe->sr[SR_OSLSR_EL1] & OSLSR_OSLK) {
        writable |= MDSCR_WRITE_LOCKED;
    }
    pe->sr[SR_MDSCR_EL1] = (pe->sr[SR_MDSCR_EL1] & ~writable) | (value & writable);
}

unsigned debug_write(struct pe *pe, enum sysreg_id id, uint64_t value)
{
    unsigned n;
    switch (unit_of(id, &n)) {
    case UNIT_BVR:
        pe->sr[id] = value; /* all 64 bits: BCR.BT may make it two context IDs */
        return EFF_DEBUG;
    case UNIT_BCR:
        pe->sr[id] = (value & DBGBCR_WRITE) | DBGBCR_BAS_AL;
        return EFF_DEBUG;
    case UNIT_WVR:
        pe->sr[id] = sign_extend(value, 49) & ~UINT64_C(3);
        return EFF_DEBUG;
    case UNIT_WCR:
        pe->sr[id] = value & DBGWCR_WRITE;
        return EFF_DEBUG;
    case UNIT_NONE:
        break;
    }
    if (id == SR_OSLAR_EL1) {
        pe->sr[SR_OSLSR_EL1] = OSLSR_OSLM | (value & 1 ? OSLSR_OSLK : 0);
        return EFF_DEBUG;
    }
    if (id == SR_MDSCR_EL1) {
        write_mdscr(pe, value);
        return EFF_DEBUG;
    }
    if (id == SR_DBGCLAIMSET_EL1) {
        pe->sr[SR_DBGCLAIMCLR_EL1] |= value & 0xff;
    } else if (id == SR_DBGCLAIMCLR_EL1) {
        pe->sr[SR_DBGCLAIMCLR_EL1] &= ~value;
    }
    return EFF_NONE;
}
