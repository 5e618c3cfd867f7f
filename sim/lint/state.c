/* Whose state is in the registers of EL1&0 when somebody is entered there, and when EL2 changes
 * what walks use. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu-el/fields.h"
#include "cpu-el/resolve.h"
#include "cpu-el/vmcb.h"
#include "mmu/context.h"
#include "sim/base/bits.h"
#include "sim/base/err.h"
#include "sim/lint/parts.h"

static const enum sysreg_id tracked[] = {
    SR_SCTLR_EL1, SR_CPACR_EL1, SR_TTBR0_EL1,      SR_TTBR1_EL1, SR_TCR_EL1,
    SR_MAIR_EL1,  SR_VBAR_EL1,  SR_CONTEXTIDR_EL1, SR_TPIDR_EL1, SR_ESR_EL1,
    SR_FAR_EL1,   SR_ELR_EL1,   SR_SPSR_EL1,       SR_PAR_EL1,   SR_CSSELR_EL1,
};

#define TRACKED (sizeof tracked / sizeof tracked[0])

/* Who runs at EL1 and EL0: where stage 2 is on, VMID and the vCPU's number; 0: EL2 wrote it, for
 * whoever comes. Behind a stage 2 with VMID 0 runs the host of a protected hypervisor, which ran
 * without one before: the same. */
#define NOBODY   0u
#define WHO_HOST 1u
#define WHO_VM   2u

#define SAVED_MAX 64

struct saved { /* registers of one vCPU when it left for EL2 */
    uint64_t who;
    uint64_t value[TRACKED];
};

struct lint_state {
    struct {
        uint64_t owner[TRACKED]; /* who wrote it at EL1 */
        struct saved saved[SAVED_MAX];
        unsigned next;
        bool walks_go_on; /* begun at EL1 or EL0; no DSB since */
    } cpus[EL2SIM_MAX_CPUS];
};

void lint_state_create(struct lint *lint)
{
    lint->state = calloc(1, sizeof *lint->state);
    BUG_ON(lint->state == NULL);
}

void lint_state_destroy(struct lint *lint)
{
    free(lint->state);
}

static bool stage2_is_on(const struct pe *pe)
{
    return pe->sr[SR_HCR_EL2] & HCR_VM;
}

static uint64_t who_of(const struct pe *pe)
{
    uint64_t vcpu = bits(pe->sr[SR_VMPIDR_EL2], 23, 0);
    uint64_t vmid = stage2_is_on(pe) ? mmu_vmid(pe) : 0;
    return vmid != 0 ? WHO_VM | vcpu << 8 | vmid << 32 : WHO_HOST;
}

static unsigned vmid_of(uint64_t who)
{
    return (unsigned)(who >> 32);
}

static int index_of(enum sysreg_id id)
{
    for (unsigned i = 0; i < TRACKED; i++) {
        if (tracked[i] == id) {
            return (int)i;
        }
    }
    return -1;
}

static void own(struct lint *lint, const struct watch_event *e, enum sysreg_id id)
{
    int i = index_of(id);
    if (i >= 0) {
        lint->state->cpus[e->cpu].owner[i] = e->pe->ps.el == 2 ? NOBODY : who_of(e->pe);
    }
}

static struct saved *saved_of(struct lint *lint, unsigned cpu, uint64_t who)
{
    for (unsigned i = 0; i < SAVED_MAX; i++) {
        if (lint->state->cpus[cpu].saved[i].who == who) {
            return &lint->state->cpus[cpu].saved[i];
        }
    }
    return NULL;
}

static void left(struct lint *lint, const struct watch_event *e)
{
    uint64_t who = who_of(e->pe);
    struct saved *s = saved_of(lint, e->cpu, who);
    if (s == NULL) {
        unsigned *next = &lint->state->cpus[e->cpu].next;
        s = &lint->state->cpus[e->cpu].saved[*next];
        *next = (*next + 1) % SAVED_MAX;
    }
    s->who = who;
    for (unsigned i = 0; i < TRACKED; i++) {
        s->value[i] = e->pe->sr[tracked[i]];
    }
}

/* Whether code at EL1 would get the register's value, and no trap. */
static bool can_read(const struct pe *pe, enum sysreg_id id)
{
    struct pe at_el1 = *pe;
    at_el1.ps.el = 1;
    return resolve_sysreg(&at_el1, sysreg_enc(id), false).kind == OUT_ACCESS;
}

static void name_of(char text[32], uint64_t who)
{
    if (who == WHO_HOST) {
        snprintf(text, 32, "the host");
    } else {
        snprintf(text, 32, "VMID %u, vCPU 0x%x", vmid_of(who), (unsigned)bits(who, 31, 8));
    }
}

static void found_other(struct lint *lint, const struct watch_event *e, unsigned i, uint64_t who,
                        const struct saved *s)
{
    char theirs[32], ours[32];
    name_of(theirs, lint->state->cpus[e->cpu].owner[i]);
    name_of(ours, who);
    struct lint_place place = lint_place_of(lint, e);
    struct lint_finding *f =
        lint_found(lint, LINT_EL1_STATE, &place, "%s is entered with the %s that %s wrote", ours,
                   sysreg_name(tracked[i]), theirs);
    unsigned long long now = e->pe->sr[tracked[i]];
    if (s) {
        lint_next(f, "it finds 0x%llx, and had 0x%llx", now, (unsigned long long)s->value[i]);
    } else {
        lint_next(f, "it finds 0x%llx at its first entry", now);
    }
}

/* An exception from EL0 to EL1 writes it, or leaves it UNKNOWN: who is entered at EL0 finds nothing
 * of its own there. */
static bool is_of_exceptions(enum sysreg_id id)
{
    return id == SR_ESR_EL1 || id == SR_FAR_EL1 || id == SR_ELR_EL1 || id == SR_SPSR_EL1;
}

static void entered(struct lint *lint, const struct watch_event *e)
{
    bool to_el10 = e->pe->ps.el == 2 && e->ret.to_el < 2 && !(pe_e2h(e->pe) && pe_tge(e->pe));
    if (!to_el10 || vmcb_is_active(e->pe)) { /* there the PE switches */
        return;
    }
    uint64_t who = who_of(e->pe), *owner = lint->state->cpus[e->cpu].owner;
    const struct saved *s = saved_of(lint, e->cpu, who);
    for (unsigned i = 0; i < TRACKED; i++) {
        bool is_others = owner[i] != NOBODY && owner[i] != who &&
                         (e->ret.to_el == 1 || !is_of_exceptions(tracked[i]));
        bool as_it_was = s && s->value[i] == e->pe->sr[tracked[i]];
        if (is_others && !as_it_was && can_read(e->pe, tracked[i])) {
            found_other(lint, e, i, who, s);
        }
        owner[i] = is_others ? who : owner[i];
    }
}

/* AT at EL2 for EL1&0: stage 2 of one VM, stage 1 of another. */
static void translated(struct lint *lint, const struct watch_event *e)
{
    bool of_el2 = e->reg.id == SR_AT_S1E2R || e->reg.id == SR_AT_S1E2W;
    if (e->pe->ps.el != 2 || of_el2 || !stage2_is_on(e->pe)) {
        return;
    }
    for (unsigned i = 0; i < TRACKED; i++) {
        uint64_t owner = lint->state->cpus[e->cpu].owner[i];
        bool translates = tracked[i] == SR_TTBR0_EL1 || tracked[i] == SR_TTBR1_EL1 ||
                          tracked[i] == SR_TCR_EL1 || tracked[i] == SR_SCTLR_EL1;
        if (translates && owner > WHO_HOST && vmid_of(owner) != mmu_vmid(e->pe)) {
            struct lint_place place = lint_place_of(lint, e);
            struct lint_finding *f = lint_found(
                lint, LINT_SWITCH_ORDER, &place, "AT with the stage 2 of VMID %u and %s of VMID %u",
                mmu_vmid(e->pe), sysreg_name(tracked[i]), vmid_of(owner));
            lint_next(f, "PAR_EL1 says what is true of neither");
            return;
        }
    }
}

static void written(struct lint *lint, const struct watch_event *e)
{
    static const enum sysreg_id walked_by[] = {SR_VTTBR_EL2, SR_VTCR_EL2,  SR_HCR_EL2,
                                               SR_TTBR0_EL1, SR_TTBR1_EL1, SR_TCR_EL1,
                                               SR_SCTLR_EL1, SR_MAIR_EL1};
    own(lint, e, e->reg.id);
    bool *goes_on = &lint->state->cpus[e->cpu].walks_go_on;
    for (unsigned i = 0; *goes_on && i < sizeof walked_by / sizeof walked_by[0]; i++) {
        if (walked_by[i] == e->reg.id && e->pe->ps.el == 2 && e->reg.old != e->reg.value) {
            struct lint_place place = lint_place_of(lint, e);
            struct lint_finding *f =
                lint_found(lint, LINT_WALKER_DSB, &place,
                           "%s is changed, and no DSB since the exception from EL1 or EL0",
                           sysreg_name(e->reg.id));
            lint_next(f,
                      "here no walk goes on; on a PE one begun at EL1 or EL0 may use both values");
            *goes_on = false;
            lint_want_barriers(lint, e->cpu, BARRIER_WALKS, false);
        }
    }
}

static void took_exception(struct lint *lint, const struct watch_event *e)
{
    if (vmcb_is_active(e->pe) && e->target_el == 2) {
        memset(lint->state->cpus[e->cpu].owner, 0, sizeof lint->state->cpus[e->cpu].owner);
        return;
    }
    bool from_el10 = e->pe->ps.el < 2 && !(pe_e2h(e->pe) && pe_tge(e->pe));
    if (e->target_el == 1) {
        for (unsigned i = 0; i < TRACKED; i++) {
            if (is_of_exceptions(tracked[i])) {
                own(lint, e, tracked[i]);
            }
        }
    } else if (from_el10) {
        left(lint, e);
        if (lint->is_pedantic) {
            lint->state->cpus[e->cpu].walks_go_on = true;
            lint_want_barriers(lint, e->cpu, BARRIER_WALKS, true);
        }
    }
}

void lint_state_seen(struct lint *lint, const struct watch_event *e)
{
    switch (e->kind) {
    case WATCH_WRITE:
        written(lint, e);
        break;
    case WATCH_AT:
        own(lint, e, SR_PAR_EL1);
        translated(lint, e);
        break;
    case WATCH_EXCEPTION:
        took_exception(lint, e);
        break;
    case WATCH_RETURN:
        entered(lint, e);
        break;
    case WATCH_DSB:
        lint->state->cpus[e->cpu].walks_go_on = false;
        lint_want_barriers(lint, e->cpu, BARRIER_WALKS, false);
        break;
    case WATCH_READ:
    case WATCH_UNSYNCED:
    case WATCH_ISB:
    case WATCH_TLBI:
    case WATCH_DESCRIPTOR:
    case WATCH_ACCESS:
    case WATCH_TABLE:
    case WATCH_IRQ:
        break;
    }
}
