#include "tests/unit/cpu-el/toy_pe.h"

#include <check.h>
#include <stdlib.h>

struct cpu_model toy_model(void)
{
    struct cpu_model model = {.name = "toy",
                              .midr = 0x410fd0c1,
                              .pa_bits = 40,
                              .granule_4k = true,
                              .breakpoint_count = 6,
                              .context_breakpoint_count = 2,
                              .watchpoint_count = 4,
                              .pmu_counter_count = 6,
                              .pmu_version = 4,
                              .list_register_count = 4,
                              .virtual_priority_bits = 5};
    for (size_t i = 0; i < FEATURE_COUNT; i++) {
        model.has[i] = true;
    }
    return model;
}

struct toy_pe *toy_pe_create(void)
{
    struct toy_pe *toy = calloc(1, sizeof *toy);
    ck_assert_ptr_nonnull(toy);
    toy->ledger = ledger_create();
    for (size_t k = 0; k < COST_CLASS_COUNT; k++) {
        toy->prices[k] = (k + 1) * CYCLE;
    }
    toy->meter = (struct cost_meter){toy->prices, &toy->clock,
                                     ledger_row(toy->ledger, (struct ledger_key){.cpu = 0})};
    toy->pe.model = toy_model();
    toy->pe.meter = &toy->meter;
    toy->pe.sr[SR_OSLSR_EL1] = 8;
    toy->pe.sr[SR_MDCR_EL2] = 6;
    toy_pe_at(toy, 2, true, 0xf);
    return toy;
}

void toy_pe_destroy(struct toy_pe *toy)
{
    ledger_destroy(toy->ledger);
    free(toy);
}

void toy_pe_at(struct toy_pe *toy, unsigned el, bool sp, unsigned daif)
{
    toy->pe.ps.el = (uint8_t)el;
    toy->pe.ps.sp = sp;
    toy->pe.ps.daif = (uint8_t)daif;
}

uint64_t toy_charged(const struct toy_pe *toy, enum cost_class k)
{
    return toy->meter.row->cells[k].count;
}
