#include "sim/study/design_run.h"

#include <stdio.h>
#include <string.h>

#include "sim/study/console_lines.h"
#include "sim/study/design_start.h"

static bool ended_well(const struct design *design, const struct machine_result *result,
                       const struct console_lines *said, struct err *e)
{
    if (result->end == END_POWER_OFF && strstr(said->tail, "RESULT PASS")) {
        return true;
    }
    fprintf(stderr, "%s", said->tail);
    return err_set(e, "design %s did not end with RESULT PASS: %s (its last lines are above)",
                   design->name, result->text);
}

static bool run_machine(const struct design_run *how, const struct design *design,
                        const struct profile *profile, const struct machine_config *config,
                        struct design_start *start, struct machine *m, struct design_report *out,
                        struct err *e)
{
    const struct console_lines *said = config->console_ctx;
    struct machine_result result;
    struct err later = {.text = ""};
    if (!design_start(start, design, profile, config, m, e)) {
        return false;
    }
    if (how->progress) {
        machine_on_progress(m, how->progress, how->progress_ctx);
    }
    if (how->starts) {
        how->starts(how->machine_ctx, m, design, config->clock_hz);
    }
    machine_run(m, &result);
    if (how->ended) {
        how->ended(how->machine_ctx);
    }
    report_design_take(out, m, design, config, &result);
    out->skipped_count = said->skipped_count;
    memcpy(out->skipped, said->skipped, sizeof out->skipped);
    bool ok = ended_well(design, &result, said, e);
    return design_end(start, m, &result, ok ? e : &later) && ok;
}

bool design_run(const struct design_run *how, const struct design *design,
                const struct profile *profile, struct design_report *out, struct err *e)
{
    struct console_lines said = {.tail_length = 0};
    struct machine_config config = {.level = how->level,
                                    .max_cycles = how->max_cycles,
                                    .engine_off = how->engine_off,
                                    .quiet = how->quiet,
                                    .console = console_lines_take,
                                    .console_ctx = &said};
    *out = (struct design_report){.design = design};
    if (!design_configure(design, profile, &config, e)) {
        return false;
    }
    config.cpu_count = how->smp ? how->smp : config.cpu_count;
    struct design_start start = {.rows = how->rows,
                                 .ops = how->ops,
                                 .append = how->append,
                                 .snapshots = how->snapshots,
                                 .boot_prices = how->boot_prices};
    if (!design_prepare(&start, design, &config, e)) {
        return false;
    }
    struct machine *m = machine_create(&config, e);
    if (m == NULL) {
        return err_prefix(e, "design %s: ", design->path);
    }
    bool ok = run_machine(how, design, profile, &config, &start, m, out, e);
    machine_destroy(m);
    return ok;
}
