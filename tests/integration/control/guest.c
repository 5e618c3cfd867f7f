#include "tests/integration/control/guest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/catalog/design.h"
#include "sim/catalog/profile.h"

#define IMAGE EL2SIM_GUESTS "/kvm-split.elf"

static size_t printed;

static void console(void *ctx, const char *text, size_t length)
{
    (void)ctx, (void)text;
    printed += length;
}

size_t guest_printed(void)
{
    size_t now = printed;
    printed = 0;
    return now;
}

struct machine *guest_new_machine(unsigned cpu_count)
{
    struct err e = {""};
    struct machine_config config = {.cpu_count = cpu_count,
                                    .gic_version = 2,
                                    .ram_bytes = UINT64_C(64) << 20,
                                    .entry_el = 2,
                                    .level = LEVEL_BLOCK,
                                    .quiet = true,
                                    .console = console};
    struct profile *profile = profile_load("xgene1", &e);
    BUG_ON(profile == NULL);
    bool found = cpu_model_find("x-gene1", &config.cpu, &e);
    BUG_ON(!found);
    profile_configure(profile, &config);
    profile_free(profile);
    struct machine *m = machine_create(&config, &e);
    BUG_ON(m == NULL);
    return m;
}

struct machine *guest_machine(unsigned cpu_count)
{
    struct err e = {""};
    struct machine *m = guest_new_machine(cpu_count);
    struct machine_images images = {.kernel = IMAGE, .append = "rows=hypercall,virtual-ipi n=1"};
    bool loaded = machine_load(m, &images, &e);
    BUG_ON(!loaded);
    return m;
}

static uint64_t ledger_sum(struct machine *m)
{
    struct ledger *ledger = machine_ledger(m);
    uint64_t sum = 0;
    for (size_t i = 0; i < ledger_row_count(ledger); i++) {
        const struct ledger_row *row = ledger_row_at(ledger, i);
        uint64_t key = (uint64_t)row->key.symbol << 32 | (uint64_t)row->key.context << 16 |
                       (uint64_t)row->key.el << 8 | row->key.cpu;
        for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
            sum += (row->cells[k].cycles + row->cells[k].count * 31 * (k + 1)) * (key * 2 + 1);
        }
    }
    return sum;
}

const struct guest_run *guest_whole_run(unsigned cpu_count)
{
    static struct guest_run runs[EL2SIM_MAX_CPUS + 1];
    struct guest_run *run = &runs[cpu_count];
    if (run->result.digest[0] == '\0') {
        struct machine *m = guest_machine(cpu_count);
        guest_printed();
        machine_run(m, &run->result);
        run->ledger = ledger_sum(m);
        run->printed = guest_printed();
        BUG_ON(run->result.end != END_POWER_OFF);
        machine_destroy(m);
    }
    return run;
}

void guest_must_be_whole(struct control *c, struct machine *m, unsigned cpu_count)
{
    const struct guest_run *whole = guest_whole_run(cpu_count);
    struct machine_result result;
    control_finish(c, &result);
    ck_assert_int_eq(result.end, END_POWER_OFF);
    ck_assert_uint_eq(result.cycles, whole->result.cycles);
    ck_assert_uint_eq(result.instructions, whole->result.instructions);
    ck_assert_str_eq(result.digest, whole->result.digest);
    ck_assert_uint_eq(ledger_sum(m), whole->ledger);
    control_destroy(c);
    machine_destroy(m);
}

uint64_t guest_symbol(const char *name)
{
    char line[256], own[128];
    unsigned long long at;
    uint64_t found = 0;
    FILE *nm = popen("nm " IMAGE, "r");
    ck_assert(nm != NULL);
    while (fgets(line, sizeof line, nm)) {
        if (sscanf(line, "%llx %*c %127s", &at, own) == 2 && strcmp(own, name) == 0) {
            found = at;
        }
    }
    pclose(nm);
    ck_assert_msg(found != 0, "no symbol %s", name);
    return found;
}

int main(void)
{
    guest_whole_run(1); /* before the tests fork */
    guest_whole_run(4);
    Suite *suite = suite_create("control");
    suite_add_tcase(suite, control_case());
    suite_add_tcase(suite, checkpoint_case());
    suite_add_tcase(suite, state_case());
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
