/*
 * The CPU models. Identity and cache geometry are those of QEMU 7.2's CPU of the same name (read
 * there by a guest), so that one kernel takes the same paths on both; differences are listed in
 * docs/limits.md. X-Gene 1: MIDR of APM's Potenza r0p0, otherwise as a Cortex-A57.
 */
#include <stdio.h>
#include <string.h>

#include "cpu-el/feature.h"
#include "sim/base/err.h"

#define FEATURES_V8_0                                                                              \
    [FEAT_EL2] = true, [FEAT_FP] = true, [FEAT_AES] = true, [FEAT_SHA1] = true,                    \
    [FEAT_SHA256] = true, [FEAT_CRC32] = true, [FEAT_PMU] = true, [FEAT_GICV3_SYSREGS] = true

#define FEATURES_V8_2                                                                              \
    FEATURES_V8_0, [FEAT_VHE] = true, [FEAT_PAN] = true, [FEAT_LSE] = true, [FEAT_RDM] = true,     \
                   [FEAT_LOR] = true, [FEAT_HPDS] = true, [FEAT_HAF] = true, [FEAT_HDBS] = true,   \
                   [FEAT_VMID16] = true, [FEAT_PAN2] = true, [FEAT_UAO] = true, [FEAT_RAS] = true, \
                   [FEAT_XNX] = true, [FEAT_TTCNP] = true, [FEAT_FP16] = true,                     \
                   [FEAT_DOTPROD] = true, [FEAT_DPB] = true, [FEAT_IESB] = true,                   \
                   [FEAT_LRCPC] = true, [FEAT_SSBS] = true

#define NUMBERS_COMMON                                                                             \
    .granule_4k = true, .granule_64k = true, .breakpoint_count = 6, .context_breakpoint_count = 2, \
    .watchpoint_count = 4, .list_register_count = 4, .virtual_priority_bits = 5,                   \
    .ctr = 0x8444c004, .dczid = 4, .affinity_cluster = 16

static const struct cpu_model models[] = {
    {
        .name = "cortex-a57",
        .has = {FEATURES_V8_0},
        NUMBERS_COMMON,
        .midr = 0x411fd070,
        .pa_bits = 44,
        .pmu_counter_count = 6,
        .clidr = 0x0a200023,
        .ccsidr = {{0x701fe00a, 0x201fe012}, {0x70ffe07a, 0}},
        .tlb_entries = 1024, /* L2 TLB, 4-way: Cortex-A57 TRM 5.2 */
        .tlb_ways = 4,
        .debug_version = 6,
        .pmu_version = 1,
    },
    {
        .name = "x-gene1",
        .has = {FEATURES_V8_0},
        NUMBERS_COMMON,
        .midr = 0x500f0000,
        .pa_bits = 42,
        .pmu_counter_count = 6,
        .clidr = 0x0a200023,
        .ccsidr = {{0x701fe00a, 0x201fe012}, {0x70ffe07a, 0}},
        .tlb_entries = 512,
        .tlb_ways = 4,
        .debug_version = 6,
        .pmu_version = 1,
    },
    {
        .name = "cortex-a76",
        .has = {FEATURES_V8_2},
        NUMBERS_COMMON,
        .granule_16k = true,
        .midr = 0x414fd0b1,
        .pa_bits = 40,
        .pmu_counter_count = 6,
        .clidr = 0x82000023,
        .ccsidr = {{0x701fe01a, 0x201fe01a}, {0x707fe03a, 0}},
        .tlb_entries = 1280, /* L2 TLB, 5-way: Cortex-A76 TRM A5.1 */
        .tlb_ways = 5,
        .debug_version = 8,
        .pmu_version = 4,
        .csv2 = 1,
        .csv3 = 1,
        .ssbs = 1,
    },
    {
        .name = "neoverse-n1",
        .has = {FEATURES_V8_2},
        NUMBERS_COMMON,
        .granule_16k = true,
        .midr = 0x414fd0c1,
        .pa_bits = 48,
        .pmu_counter_count = 6,
        .clidr = 0x82000023,
        .ccsidr = {{0x701fe01a, 0x201fe01a}, {0x70ffe03a, 0}},
        .tlb_entries = 1280,
        .tlb_ways = 5,
        .debug_version = 8,
        .pmu_version = 4,
        .csv2 = 1,
        .csv3 = 1,
        .ssbs = 2,
    },
    {
        .name = "max", /* all that is modelled */
        .has = {FEATURES_V8_2, [FEAT_JSCVT] = true, [FEAT_FCMA] = true, [FEAT_DIT] = true,
                [FEAT_FLAGM] = true, [FEAT_LRCPC2] = true, [FEAT_TLBIOS] = true,
                [FEAT_TLBIRANGE] = true, [FEAT_TTST] = true, [FEAT_EVT] = true, [FEAT_SB] = true,
                [FEAT_IDST] = true},
        NUMBERS_COMMON,
        .granule_16k = true,
        .midr = 0x000f0510,
        .pa_bits = 48,
        .pmu_counter_count = 6,
        .clidr = 0x02000023,
        .ccsidr = {{0x701fe00a, 0x201fe012}, {0x70ffe07a, 0}},
        .tlb_entries = 1280,
        .tlb_ways = 5,
        .debug_version = 8,
        .pmu_version = 4,
        .csv2 = 1,
        .csv3 = 1,
        .ssbs = 2,
    },
};

const struct cpu_model *cpu_model_at(size_t index)
{
    return index < sizeof models / sizeof models[0] ? &models[index] : NULL;
}

const struct cpu_model *cpu_model_by_name(const char *name)
{
    for (size_t i = 0; cpu_model_at(i); i++) {
        if (strcmp(cpu_model_at(i)->name, name) == 0) {
            return cpu_model_at(i);
        }
    }
    return NULL;
}

bool cpu_model_find(const char *name, struct cpu_model *out, struct err *e)
{
    const struct cpu_model *model = cpu_model_by_name(name);
    if (model == NULL) {
        char known[256] = "";
        for (size_t i = 0; cpu_model_at(i); i++) {
            size_t used = strlen(known);
            snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "",
                     cpu_model_at(i)->name);
        }
        return err_set(e, "%s: no such model; there are %s", name, known);
    }
    *out = *model;
    return true;
}
