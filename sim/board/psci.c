#include "sim/board/psci.h"

#include "sim/base/bits.h"

#define PSCI_VERSION_1_1 0x10001

/* DEN 0022 5.2.2; one per call, a 32-bit signed value that X0 gets sign extended. */
enum psci_result {
    PSCI_SUCCESS = 0,
    PSCI_NOT_SUPPORTED = -1,
    PSCI_INVALID_PARAMETERS = -2,
    PSCI_ALREADY_ON = -4,
    PSCI_INVALID_ADDRESS = -9
};

enum affinity_state { AFFINITY_ON = 0, AFFINITY_OFF = 1 };

#define TRUSTED_OS_NEEDS_NO_MIGRATION 2 /* MIGRATE_INFO_TYPE: there is no trusted OS */

/* CPU_SUSPEND, power_state in the original format: bits that say other than "standby of this CPU"
 * (StateType is bit 16 and may say power-down: firmware may do standby instead). */
#define POWER_STATE_UNSUPPORTED MASK(31, 17)

typedef int64_t psci_function(struct psci *psci, unsigned cpu, const uint64_t x[4],
                              struct psci_request *out);

/* Index of the CPU with that affinity, or cpu_count. */
static unsigned cpu_by_affinity(const struct psci *psci, uint64_t affinity)
{
    unsigned cpu = 0;
    while (cpu < psci->cpu_count && psci->affinity[cpu] != affinity) {
        cpu++;
    }
    return cpu;
}

static int64_t version(struct psci *psci, unsigned cpu, const uint64_t x[4],
                       struct psci_request *out)
{
    (void)psci, (void)cpu, (void)x, (void)out;
    return PSCI_VERSION_1_1;
}

static int64_t cpu_suspend(struct psci *psci, unsigned cpu, const uint64_t x[4],
                           struct psci_request *out)
{
    (void)psci, (void)cpu;
    if (x[1] & POWER_STATE_UNSUPPORTED) {
        return PSCI_INVALID_PARAMETERS;
    }
    out->action = PSCI_STANDBY;
    return PSCI_SUCCESS;
}

static int64_t cpu_off(struct psci *psci, unsigned cpu, const uint64_t x[4],
                       struct psci_request *out)
{
    (void)x;
    psci->on[cpu] = false;
    out->action = PSCI_STOP;
    return PSCI_SUCCESS;
}

static int64_t cpu_on(struct psci *psci, unsigned cpu, const uint64_t x[4],
                      struct psci_request *out)
{
    (void)cpu;
    unsigned target = cpu_by_affinity(psci, x[1]);
    if (target == psci->cpu_count) {
        return PSCI_INVALID_PARAMETERS;
    }
    if (psci->on[target]) {
        return PSCI_ALREADY_ON;
    }
    if (x[2] % 4 != 0) { /* no A64 instruction can be there */
        return PSCI_INVALID_ADDRESS;
    }
    psci->on[target] = true;
    *out = (struct psci_request){
        .action = PSCI_START, .cpu = target, .entry = pa(x[2]), .context_id = x[3]};
    return PSCI_SUCCESS;
}

static int64_t affinity_info(struct psci *psci, unsigned cpu, const uint64_t x[4],
                             struct psci_request *out)
{
    (void)cpu, (void)out;
    if (x[2] > 3) {
        return PSCI_INVALID_PARAMETERS;
    }
    if (x[2] != 0) { /* a cluster: on, since its caller is */
        return AFFINITY_ON;
    }
    unsigned target = cpu_by_affinity(psci, x[1]);
    if (target == psci->cpu_count) {
        return PSCI_INVALID_PARAMETERS;
    }
    return psci->on[target] ? AFFINITY_ON : AFFINITY_OFF;
}

static int64_t migrate_info_type(struct psci *psci, unsigned cpu, const uint64_t x[4],
                                 struct psci_request *out)
{
    (void)psci, (void)cpu, (void)x, (void)out;
    return TRUSTED_OS_NEEDS_NO_MIGRATION;
}

static int64_t system_off(struct psci *psci, unsigned cpu, const uint64_t x[4],
                          struct psci_request *out)
{
    (void)psci, (void)cpu, (void)x;
    out->action = PSCI_POWEROFF;
    return PSCI_SUCCESS;
}

static int64_t system_reset(struct psci *psci, unsigned cpu, const uint64_t x[4],
                            struct psci_request *out)
{
    (void)psci, (void)cpu, (void)x;
    out->action = PSCI_RESET;
    return PSCI_SUCCESS;
}

static psci_function features;

static const struct {
    uint32_t id;
    bool has_64bit; /* also with PSCI_64BIT set */
    psci_function *call;
} functions[] = {
    {PSCI_VERSION, false, version},
    {PSCI_CPU_SUSPEND, true, cpu_suspend},
    {PSCI_CPU_OFF, false, cpu_off},
    {PSCI_CPU_ON, true, cpu_on},
    {PSCI_AFFINITY_INFO, true, affinity_info},
    {PSCI_MIGRATE_INFO_TYPE, false, migrate_info_type},
    {PSCI_SYSTEM_OFF, false, system_off},
    {PSCI_SYSTEM_RESET, false, system_reset},
    {PSCI_FEATURES, false, features},
};

static psci_function *function_by_id(uint32_t id)
{
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        if (id == functions[i].id ||
            (functions[i].has_64bit && id == (functions[i].id | PSCI_64BIT))) {
            return functions[i].call;
        }
    }
    return NULL;
}

/* No function has feature flags that differ from 0 here: platform-coordinated, original
 * power_state format (DEN 0022 5.15). */
static int64_t features(struct psci *psci, unsigned cpu, const uint64_t x[4],
                        struct psci_request *out)
{
    (void)psci, (void)cpu, (void)out;
    return function_by_id((uint32_t)x[1]) ? PSCI_SUCCESS : PSCI_NOT_SUPPORTED;
}

void psci_init(struct psci *psci, unsigned cpu_count, const uint64_t *mpidr)
{
    *psci = (struct psci){.cpu_count = cpu_count};
    for (unsigned cpu = 0; cpu < cpu_count; cpu++) {
        psci->affinity[cpu] = mpidr[cpu] & (MASK(39, 32) | MASK(23, 0));
    }
    psci->on[0] = true;
}

bool psci_call(struct psci *psci, unsigned cpu, uint64_t x[4], struct psci_request *out)
{
    uint32_t id = (uint32_t)x[0];
    psci_function *call = function_by_id(id);
    *out = (struct psci_request){.action = PSCI_GO_ON};
    if (!call) {
        x[0] = (uint64_t)(int64_t)PSCI_NOT_SUPPORTED;
        return false;
    }
    uint64_t arguments[4] = {id, x[1], x[2], x[3]};
    if (!(id & PSCI_64BIT)) { /* SMCCC: the 32-bit convention passes W registers */
        for (unsigned i = 1; i < 4; i++) {
            arguments[i] = (uint32_t)arguments[i];
        }
    }
    x[0] = (uint64_t)call(psci, cpu, arguments, out);
    return true;
}

void psci_archive(struct psci *psci, struct archive *a)
{
    for (unsigned cpu = 0; cpu < psci->cpu_count; cpu++) {
        archive_bool(a, &psci->on[cpu]);
    }
}
