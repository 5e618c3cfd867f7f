#include "cpu-el/feature.h"

#include <stdio.h>
#include <string.h>

#include "sim/base/err.h"
#include "sim/base/parse.h"

const struct cpu_feature_info cpu_feature_info[FEATURE_COUNT] = {
#define FEATURE(id, name_, version_, what_) [FEAT_##id] = {name_, version_, what_},
#include "cpu-el/feature.def"
#undef FEATURE
};

/* A feature that cannot be without another. */
static const struct {
    enum cpu_feature feature, needs;
} dependencies[] = {
    {FEAT_VHE, FEAT_EL2},     {FEAT_NV, FEAT_EL2},     {FEAT_NV2, FEAT_NV},
    {FEAT_PAN2, FEAT_PAN},    {FEAT_HDBS, FEAT_HAF},   {FEAT_XNX, FEAT_EL2},
    {FEAT_VMID16, FEAT_EL2},  {FEAT_S2FWB, FEAT_EL2},  {FEAT_LRCPC2, FEAT_LRCPC},
    {FEAT_SHA256, FEAT_SHA1}, {FEAT_AES, FEAT_FP},     {FEAT_SHA1, FEAT_FP},
    {FEAT_FP16, FEAT_FP},     {FEAT_DOTPROD, FEAT_FP}, {FEAT_RDM, FEAT_FP},
    {FEAT_FCMA, FEAT_FP},     {FEAT_IESB, FEAT_RAS},   {FEAT_TLBIRANGE, FEAT_TLBIOS},
    {FEAT_VMCB, FEAT_EL2},
};

/* Features that a guest would be told of and not get. */
static const enum cpu_feature unmodelled[] = {FEAT_NV, FEAT_RNG, FEAT_S2FWB, FEAT_BTI};

/* Numbers that --feature sets, and what they may be. */
static const struct {
    const char *name;
    size_t offset;
    unsigned lowest, highest;
} numbers[] = {
    {"lrs", offsetof(struct cpu_model, list_register_count), 1, 16},
    {"pa", offsetof(struct cpu_model, pa_bits), 32, 48},
    {"breakpoints", offsetof(struct cpu_model, breakpoint_count), 2, 16},
    {"watchpoints", offsetof(struct cpu_model, watchpoint_count), 2, 16},
    {"counters", offsetof(struct cpu_model, pmu_counter_count), 0, 31},
    {"pribits", offsetof(struct cpu_model, virtual_priority_bits), 5, 7},
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static bool unknown(const char *name, struct err *e)
{
    char known[420] = "";
    for (size_t i = 0; i < FEATURE_COUNT + COUNT(numbers); i++) {
        size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s", i ? " " : "",
                 i < FEATURE_COUNT ? cpu_feature_info[i].name : numbers[i - FEATURE_COUNT].name);
    }
    return err_set(e, "no CPU feature \"%s\"; there are: %s", name, known);
}

static bool set_number(struct cpu_model *model, size_t i, const char *text, struct err *e)
{
    uint64_t n;
    if (!parse_u64(text, 10, &n, NULL) || n < numbers[i].lowest || n > numbers[i].highest) {
        return err_set(e, "%s=%s: a number of %u to %u is expected", numbers[i].name, text,
                       numbers[i].lowest, numbers[i].highest);
    }
    unsigned value = (unsigned)n;
    memcpy((char *)model + numbers[i].offset, &value, sizeof value);
    return true;
}

static bool set_one(struct cpu_model *model, const char *name, const char *value, struct err *e)
{
    for (size_t i = 0; i < COUNT(numbers); i++) {
        if (strcmp(name, numbers[i].name) == 0) {
            return set_number(model, i, value, e);
        }
    }
    for (size_t i = 0; i < FEATURE_COUNT; i++) {
        if (strcmp(name, cpu_feature_info[i].name) == 0) {
            bool on = strcmp(value, "on") == 0;
            if (!on && strcmp(value, "off") != 0) {
                return err_set(e, "%s=%s: on or off is expected", name, value);
            }
            model->has[i] = on;
            return true;
        }
    }
    return unknown(name, e);
}

static bool check(const struct cpu_model *model, struct err *e)
{
    for (size_t i = 0; i < COUNT(dependencies); i++) {
        if (model->has[dependencies[i].feature] && !model->has[dependencies[i].needs]) {
            return err_set(e, "%s=on needs %s=on", cpu_feature_info[dependencies[i].feature].name,
                           cpu_feature_info[dependencies[i].needs].name);
        }
    }
    for (size_t i = 0; i < COUNT(unmodelled); i++) {
        if (model->has[unmodelled[i]]) {
            return err_set(e, "%s=on: not modelled yet (docs/limits.md)",
                           cpu_feature_info[unmodelled[i]].name);
        }
    }
    static const unsigned sizes[] = {32, 36, 40, 42, 44, 48}; /* ID_AA64MMFR0_EL1.PARange */
    for (size_t i = 0; i < COUNT(sizes); i++) {
        if (model->pa_bits == sizes[i]) {
            return true;
        }
    }
    return err_set(e, "pa=%u: 32, 36, 40, 42, 44 or 48 is expected", model->pa_bits);
}

bool cpu_model_apply(struct cpu_model *model, const char *settings, struct err *e)
{
    char copy[1024];
    struct cpu_model changed = *model;
    if (strlen(settings) >= sizeof copy) {
        return err_set(e, "a feature list of %zu characters is too long", strlen(settings));
    }
    strcpy(copy, settings);
    for (char *at = copy; at && *at;) {
        char *next = strchr(at, ',');
        if (next) {
            *next++ = '\0';
        }
        char *equals = strchr(at, '=');
        if (equals == NULL) {
            return err_set(e, "\"%s\": NAME=on, NAME=off or NAME=NUMBER is expected", at);
        }
        *equals = '\0';
        if (!set_one(&changed, at, equals + 1, e)) {
            return false;
        }
        at = next;
    }
    if (changed.context_breakpoint_count > changed.breakpoint_count) {
        changed.context_breakpoint_count = changed.breakpoint_count;
    }
    if (!check(&changed, e)) {
        return false;
    }
    *model = changed;
    return true;
}
