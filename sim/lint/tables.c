/* Stores to descriptors that may be held, and what is translated by them afterwards. */
#include "sim/lint/tables.h"

#include <stdlib.h>

#include "sim/base/err.h"
#include "sim/lint/tables_change.h"

/* Whether the storing CPU's barriers still matter. */
static void count_open(struct lint *lint, unsigned cpu, int by)
{
    unsigned *n = &lint->tables->open[cpu];
    *n = (unsigned)((int)*n + by);
    lint_want_barriers(lint, cpu, BARRIER_STORE, *n != 0);
}

void tables_close(struct lint *lint, struct live *entry)
{
    struct live_change *c = entry->change;
    if (c == NULL) {
        return;
    }
    if (c->state != CHANGE_SYNCHRONIZED) {
        count_open(lint, c->place.cpu, -1);
    }
    *c->link = c->next;
    if (c->next) {
        c->next->link = c->link;
    }
    free(c);
    entry->change = NULL;
}

void lint_tables_create(struct lint *lint)
{
    lint->tables = calloc(1, sizeof *lint->tables);
    BUG_ON(lint->tables == NULL);
    lint->tables->live = live_create(lint, tables_close);
}

void lint_tables_destroy(struct lint *lint)
{
    while (lint->tables->changes) {
        struct live_change *next = lint->tables->changes->next;
        free(lint->tables->changes);
        lint->tables->changes = next;
    }
    live_destroy(lint->tables->live);
    free(lint->tables);
}

/* Of the newest store to the entry. */
static struct live_change *open_change(struct lint *lint, struct live *entry,
                                       const struct watch_event *e)
{
    struct lint_tables *t = lint->tables;
    struct lint_finding *finding = entry->change ? entry->change->finding : NULL;
    tables_close(lint, entry);
    struct live_change *c = calloc(1, sizeof *c);
    BUG_ON(c == NULL);
    *c = (struct live_change){.entry = entry,
                              .next = t->changes,
                              .link = &t->changes,
                              .place = lint_place_of(lint, e),
                              .value = e->table.value,
                              .exceptions = t->exceptions[e->cpu],
                              .finding = finding};
    if (c->next) {
        c->next->link = &c->next;
    }
    t->changes = entry->change = c;
    count_open(lint, e->cpu, 1);
    return c;
}

static bool tlb_holds(struct lint *lint, const struct live *e, unsigned *cpu)
{
    uint64_t mask = TAG_REGIME | TAG_VMID | (e->is_any_asid ? 0 : TAG_ASID);
    uint64_t tag = e->tag | (e->stage2 ? (uint64_t)REGIME_EL10 << TAG_REGIME_SHIFT : 0);
    for (*cpu = 0; *cpu < EL2SIM_MAX_CPUS; ++*cpu) {
        if (e->cpus >> *cpu & 1 &&
            machine_tlb_holds(lint->machine, *cpu, tag, mask, e->stage2, e->input, live_last(e))) {
            return true;
        }
    }
    return false;
}

/* Valid to valid, where break-before-make is due: wrong at once. */
static void broken(struct lint *lint, struct live *entry, const struct watch_event *e,
                   const char *why)
{
    bool had_gap = entry->change && entry->change->finding == NULL;
    struct live_change *c = open_change(lint, entry, e);
    struct lint_finding *f = lint_found(
        lint, LINT_BBM, &c->place, "%s for %s 0x%llx: level %u descriptor 0x%llx -> 0x%llx%s", why,
        entry->stage2 ? "IPA" : "VA", (unsigned long long)entry->input, entry->level,
        (unsigned long long)entry->value, (unsigned long long)e->table.value,
        had_gap ? ", with an invalid one between but no TLBI" : ", in one store");
    unsigned cpu;
    if (tlb_holds(lint, entry, &cpu)) {
        lint_next(f, "CPU %u's TLB still holds the old entry", cpu);
    } else {
        lint_next(f, "no TLB holds the old entry any more: today it works");
    }
    c->finding = f ? f : c->finding;
}

static void stored(struct lint *lint, struct live *entry, const struct watch_event *e)
{
    const char *why = "";
    switch (table_change_of(entry->value, e->table.value, entry->level, entry->stage2, &why)) {
    case CHANGE_NONE:
        tables_close(lint, entry);
        break;
    case CHANGE_INVALID:
    case CHANGE_RESTRICT:
        open_change(lint, entry, e);
        break;
    case CHANGE_BREAK:
        broken(lint, entry, e, why);
        break;
    }
}

/* Tables of stage 1 are looked after by who is translated by them, or by a hypervisor without VHE.
 * Another one's store is to memory that is used anew: what is held of it is out of context. */
static bool is_foreign(const struct live *l, const struct pe *pe)
{
    enum mmu_regime of = (enum mmu_regime)((l->tag & TAG_REGIME) >> TAG_REGIME_SHIFT);
    enum mmu_regime by = mmu_regime(pe, pe->ps.el);
    if (l->stage2 || of != REGIME_EL10) {
        return false;
    }
    if (by == REGIME_EL10) {
        return (l->tag ^ mmu_context_of(pe, by).tag) & (TAG_VMID | TAG_STAGE2);
    }
    return pe_e2h(pe) && pe_tge(pe);
}

static void table_written(struct lint *lint, const struct watch_event *e)
{
    struct live *next;
    for (struct live *l = live_first_at(lint->tables->live, e->table.at); l; l = next) {
        next = live_next_at(lint->tables->live, l);
        if (is_foreign(l, e->pe)) {
            tables_close(lint, l);
            live_remove(lint->tables->live, l);
            continue;
        }
        stored(lint, l, e);
        if (l->change) {
            machine_ask_again(lint->machine); /* who uses the old entry now is told */
        }
    }
}

/*
 * Who uses an old entry before the TLBI may be right: another CPU that is not told yet, another
 * thread in the midst of an unmapping that was interrupted. Who stored, made sure of it by DSB and
 * ISB or ERET, and uses it without an exception between, is not. Nor is the VM of a stage 2.
 */
static bool counts_on_it(const struct lint *lint, const struct live_change *c, unsigned cpu)
{
    return c->place.cpu == cpu && c->state == CHANGE_SYNCHRONIZED &&
           (c->entry->stage2 || c->exceptions == lint->tables->exceptions[cpu]);
}

static void report(struct lint *lint, struct live_change *c, const struct watch_event *e,
                   bool is_held)
{
    const struct live *l = c->entry;
    enum lint_rule rule = c->near_miss ? LINT_TLBI_SCOPE : LINT_TLBI_MISSING;
    struct lint_finding *f = lint_found(
        lint, rule, &c->place, "level %u descriptor of %s 0x%llx: 0x%llx -> 0x%llx, and %s%s",
        l->level, l->stage2 ? "IPA" : "VA", (unsigned long long)l->input,
        (unsigned long long)l->value, (unsigned long long)c->value,
        c->near_miss ? "the TLBI behind it " : "no TLBI", c->near_miss ? c->near_miss : "");
    lint_next(f, "CPU %u used %s %llu cycles later", e->cpu,
              is_held ? "the old entry" : "the new one, as no TLB held the old one",
              (unsigned long long)((e->at - c->place.at) / CYCLE));
}

/* An input of a changed entry is translated: by the old entry, or by a walk that finds the new one.
 * What the new one allows as well is no matter. */
static void used(struct lint *lint, struct live *entry, const struct mmu_access *access,
                 const struct watch_event *e, bool is_held)
{
    struct live_change *c = entry->change;
    if (!(entry->cpus >> e->cpu & 1) || c->is_used) {
        return;
    }
    if (c->finding) {
        c->is_used = is_held;
        if (is_held) {
            lint_next(c->finding, "CPU %u used the old entry %llu cycles later", e->cpu,
                      (unsigned long long)((e->at - c->place.at) / CYCLE));
        }
    } else if (counts_on_it(lint, c, e->cpu) &&
               table_forbids(c->value, entry->level, entry->stage2, access)) {
        c->is_used = true;
        report(lint, c, e, is_held);
    }
}

static void accessed(struct lint *lint, const struct watch_event *e)
{
    struct lint_tables *t = lint->tables;
    if (t->changes == NULL) {
        return;
    }
    const struct mmu_access *access = e->access.access;
    struct live *entry = live_changed(t->live, false, va_canonical(access->va.v), e->access.tag);
    if (entry) {
        used(lint, entry, access, e, e->access.is_held);
    }
    if (e->access.tag & TAG_STAGE2 && e->access.is_held) {
        entry = live_changed(t->live, true, e->access.at_ipa, e->access.tag & TAG_VMID);
        if (entry) {
            used(lint, entry, access, e, true);
        }
    }
}

/* A barrier of the CPU, or its ERET, behind its stores. */
static void advance(struct lint *lint, unsigned cpu, enum change_state from)
{
    struct lint_tables *t = lint->tables;
    for (struct live_change *c = t->open[cpu] ? t->changes : NULL; c; c = c->next) {
        if (c->place.cpu == cpu && c->state == from) {
            c->state = from + 1;
            count_open(lint, cpu, c->state == CHANGE_SYNCHRONIZED ? -1 : 0);
        }
    }
}

void lint_tables_seen(struct lint *lint, const struct watch_event *e)
{
    switch (e->kind) {
    case WATCH_DESCRIPTOR:
        live_note(lint->tables->live, e->descriptor, e->cpu);
        break;
    case WATCH_TABLE:
        table_written(lint, e);
        break;
    case WATCH_ACCESS:
        accessed(lint, e);
        break;
    case WATCH_TLBI:
        tables_tlbi(lint, e);
        break;
    case WATCH_DSB:
        advance(lint, e->cpu, CHANGE_STORED);
        break;
    case WATCH_ISB:
    case WATCH_RETURN:
        advance(lint, e->cpu, CHANGE_COMPLETE);
        break;
    case WATCH_EXCEPTION:
        lint->tables->exceptions[e->cpu]++;
        break;
    case WATCH_WRITE:
    case WATCH_READ:
    case WATCH_UNSYNCED:
    case WATCH_AT:
    case WATCH_IRQ:
        break;
    }
}
