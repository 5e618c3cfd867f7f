/* Exits of VMs in the shape of `perf kvm stat report`, whose readers know where to look. */
#include <inttypes.h>
#include <stdlib.h>

#include "cpu-el/exception.h"
#include "cpu-el/syndrome.h"
#include "sim/report/report.h"

#define EXITS_MAX 512

/* As arch/arm64/include/asm/esr.h and kvm_arm.h of Linux name them, which perf prints. */
static const char *reason_name(unsigned ec)
{
    static const struct {
        unsigned ec;
        const char *name;
    } names[] = {
        {EC_UNKNOWN, "UNKNOWN"},
        {EC_WFX, "WFx"},
        {EC_FP_TRAP, "FP_ASIMD"},
        {EC_ILLEGAL_STATE, "ILL"},
        {EC_SVC64, "SVC64"},
        {EC_HVC64, "HVC64"},
        {EC_SMC64, "SMC64"},
        {EC_SYSREG, "SYS64"},
        {EC_ERET, "ERET"},
        {EC_IABT_LOWER, "IABT_LOW"},
        {EC_DABT_LOWER, "DABT_LOW"},
        {EC_BREAKPOINT_LOWER, "BREAKPT_LOW"},
        {EC_STEP_LOWER, "SOFTSTP_LOW"},
        {EC_WATCHPOINT_LOWER, "WATCHPT_LOW"},
        {EC_BRK64, "BRK64"},
        {0x100 + EXC_IRQ, "IRQ"},
        {0x100 + EXC_FIQ, "FIQ"},
        {0x100 + EXC_SERROR, "SERROR"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].ec == ec) {
            return names[i].name;
        }
    }
    return report_ec_name(ec);
}

/* Most first, as perf does; then by EC. */
static int compare(const void *pa, const void *pb)
{
    const struct exit_count *a = pa, *b = pb;
    if (a->count != b->count) {
        return a->count < b->count ? 1 : -1;
    }
    return (a->ec > b->ec) - (a->ec < b->ec);
}

static double microseconds(cycles_t cycles, uint64_t clock_hz)
{
    return (double)cycles / (double)CYCLE / (double)clock_hz * 1e6;
}

void report_exits_text(FILE *out, const struct machine *m, uint64_t clock_hz)
{
    struct exit_count exits[EXITS_MAX];
    size_t n = machine_exit_counts(m, exits, EXITS_MAX);
    uint64_t count = 0;
    cycles_t cycles = 0;
    for (size_t i = 0; i < n; i++) {
        count += exits[i].count;
        cycles += exits[i].cycles;
    }
    qsort(exits, n, sizeof exits[0], compare);
    fprintf(out, "\n%20s %9s %9s %9s %11s %11s %11s\n\n", "VM-EXIT", "Samples", "Samples%", "Time%",
            "Min Time", "Max Time", "Avg time");
    for (size_t i = 0; i < n; i++) {
        const struct exit_count *e = &exits[i];
        fprintf(out, "%20s %9" PRIu64 " %8.2f%% %8.2f%% %9.2fus %9.2fus %9.2fus\n",
                reason_name(e->ec), e->count, 100.0 * (double)e->count / (double)count,
                cycles ? 100.0 * (double)e->cycles / (double)cycles : 0.0,
                microseconds(e->least, clock_hz), microseconds(e->most, clock_hz),
                microseconds(e->cycles, clock_hz) / (double)e->count);
    }
    fprintf(out, "\nTotal Samples:%" PRIu64 ", Total events handled time:%.2fus.\n", count,
            microseconds(cycles, clock_hz));
}
