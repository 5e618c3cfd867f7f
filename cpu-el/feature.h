/*
 * CPU models: which features, which identity, which sizes. A model is data; --feature name=on|off
 * changes a copy of it.
 */
#ifndef EL2SIM_CPU_EL_FEATURE_H
#define EL2SIM_CPU_EL_FEATURE_H

#include "sim/base/types.h"

enum cpu_feature {
#define FEATURE(id, name, version, what) FEAT_##id,
#include "cpu-el/feature.def"
#undef FEATURE
    FEATURE_COUNT
};

struct cpu_feature_info {
    const char *name;    /* --feature NAME=on|off */
    const char *version; /* "8.1": the first architecture version that has it */
    const char *what;
};

extern const struct cpu_feature_info cpu_feature_info[FEATURE_COUNT];

struct cpu_model {
    const char *name; /* --cpu NAME */
    bool has[FEATURE_COUNT];
    uint64_t midr, revidr;
    unsigned pa_bits; /* 32..48 */
    bool granule_4k, granule_16k, granule_64k;
    unsigned breakpoint_count; /* 1..16, context-aware ones included */
    unsigned context_breakpoint_count;
    unsigned watchpoint_count;      /* 1..16 */
    unsigned pmu_counter_count;     /* PMCR_EL0.N */
    unsigned list_register_count;   /* 1..16, GICv2 and v3 alike */
    unsigned virtual_priority_bits; /* ICH_VTR_EL2.PRIbits + 1: 5..7 */
    uint64_t ctr, dczid, clidr;     /* cache geometry as the CPU reports it */
    uint64_t ccsidr[7][2];          /* [level][instruction] */
    unsigned tlb_entries, tlb_ways; /* unified main TLB; a profile may override */
    /* What the core's ID registers state beyond features: versions and security claims. */
    uint8_t debug_version, pmu_version; /* ID_AA64DFR0_EL1.DebugVer, PMUVer */
    uint8_t csv2, csv3, ssbs;           /* ID_AA64PFR0_EL1.CSV2, CSV3, ID_AA64PFR1_EL1.SSBS */
    uint8_t affinity_cluster;           /* CPUs per cluster in MPIDR_EL1: the board's choice */
};

/* The model of that name, or NULL. cpu_model_at(i) walks all of them in the order of the
 * documentation; NULL past the end. */
const struct cpu_model *cpu_model_by_name(const char *name);
const struct cpu_model *cpu_model_at(size_t index);

struct err;

/* *out becomes the model of that name. False with *e, which names those that there are. */
bool cpu_model_find(const char *name, struct cpu_model *out, struct err *e);

/*
 * Applies "vhe=off,lrs=1,pa=40,...": feature names with on/off, and the numbers lrs, pa,
 * breakpoints, watchpoints, counters, pribits. Checks that what remains can exist (NV2 needs NV,
 * VHE needs EL2 ...). False with *e filled on an unknown name or impossible set.
 */
bool cpu_model_apply(struct cpu_model *model, const char *settings, struct err *e);

#endif
