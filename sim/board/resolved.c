#include "sim/board/resolved.h"

#include <string.h>

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

/* The number of the controls as they are now. */
static uint64_t set_of(struct resolved *r, const struct pe *pe)
{
    const struct rule_control *controls;
    unsigned count = rules_controls(&controls);
    uint64_t values[RULE_CONTROLS_MAX] = {0};
    uint64_t hash = 0;
    for (unsigned i = 0; i < count; i++) {
        values[i] = pe->sr[controls[i].id] & controls[i].mask;
        hash = mix(hash, values[i]);
    }
    struct control_set *set = &r->sets[hash % RESOLVED_SETS];
    if (set->number == 0 || memcmp(set->values, values, sizeof values) != 0) {
        set->number = ++r->last_set;
        memcpy(set->values, values, sizeof values);
    }
    return set->number;
}

struct outcome resolved_sysreg(struct resolved *r, const struct pe *pe, uint16_t enc, bool write)
{
    if (r->set == 0) {
        r->set = set_of(r, pe);
    }
    uint64_t key =
        r->set << 20 | (uint64_t)enc << 4 | (write ? 8u : 0) | (pe->ps.sp ? 4u : 0) | pe->ps.el;
    struct resolved_entry *e = &r->entries[mix(0, key) % RESOLVED_ENTRIES];
    if (e->key != key) {
        e->key = key;
        e->outcome = resolve_sysreg(pe, enc, write);
    }
    return e->outcome;
}
