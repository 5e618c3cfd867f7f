/* Runs the rows that the boot arguments ask for, in the order of the table; see README.md for what
 * each measures. */
#include "app/rows.h"
#include "micro/row.h"

static const struct row rows[] = {
    {
        .id = "hypercall",
        .ops = 128,
        .prep = results_prep,
        .exec = hypercall_exec,
        .post = hypercall_post,
    },
    {
        .id = "gic-trap",
        .ops = 128,
        .prep = results_prep,
        .exec = gic_trap_exec,
        .post = results_post,
    },
    {
        .id = "io-kernel",
        .ops = 128,
        .prep = results_prep,
        .exec = io_kernel_exec,
        .post = results_post,
    },
    {
        .id = "io-user",
        .ops = 128,
        .prep = results_prep,
        .exec = io_user_exec,
        .post = results_post,
    },
    {
        .id = "virtual-ipi",
        .ops = 128,
        .vcpus = 2,
        .pcpus = 2,
        .prep = virtual_ipi_prep,
        .exec = virtual_ipi_exec,
        .post = virtual_ipi_post,
    },
    {
        .id = "virtual-eoi",
        .ops = 256,
        .exec = virtual_eoi_exec,
        .post = virtual_eoi_post,
    },
    {
        .id = "ack-eoi",
        .ops = 256,
        .prep = results_prep,
        .exec = ack_eoi_exec,
        .post = results_post,
    },
    {
        .id = "vm-switch",
        .ops = 128,
        .ops_per_exec = 2,
        .prep = results_prep,
        .exec = vm_switch_exec,
        .post = results_post,
    },
    {
        .id = "io-latency-out",
        .ops = 64,
        .marks_itself = true,
        .prep = io_out_prep,
        .exec = io_out_exec,
        .post = io_out_post,
    },
    {
        .id = "io-latency-in",
        .ops = 64,
        .marks_itself = true,
        .prep = io_in_prep,
        .exec = io_in_exec,
        .post = io_in_post,
    },
    {
        .id = "virtual-timer",
        .ops = 64,
        .marks_itself = true,
        .prep = virtual_timer_prep,
        .exec = virtual_timer_exec,
        .post = virtual_timer_post,
    },
    {
        .id = "stage2-fault",
        .ops = 64,
        .prep = stage2_fault_prep,
        .exec = stage2_fault_exec,
        .post = stage2_fault_post,
    },
};

/* True if the list's first name is this one. */
static bool list_starts(const char *list, const char *name)
{
    while (*name && *list == *name) {
        list++;
        name++;
    }
    return *name == 0 && (*list == 0 || *list == ',');
}

/* A name in rows= that no row has is a mistake, not an empty run. */
static bool names_known(const char *list)
{
    while (*list) {
        bool known = list_starts(list, "check") || list_starts(list, "app");
        for (unsigned i = 0; i < ARRAY_SIZE(rows) && !known; i++) {
            known = list_starts(list, rows[i].id);
        }
        for (unsigned i = 0; i < app_row_count && !known; i++) {
            known = list_starts(list, app_rows[i].id);
        }
        if (!known) {
            return false;
        }
        while (*list && *list != ',') {
            list++;
        }
        list += *list == ',';
    }
    return true;
}

static bool run_row(const struct row *r, const struct guest_boot *boot)
{
    const char *lacks = front_lacks(r->id);
    if (lacks) {
        print("row %s: skipped, %s\n", r->id, lacks);
        return true;
    }
    return row_run(r, boot);
}

static bool run_rows(const struct guest_boot *boot)
{
    bool ok = true;
    print("vm0: %u vcpus, %s\n", boot->vcpu_count, gic_name);
    if (!names_known(boot->rows)) {
        print("vm0: unknown row in %s\n", boot->rows);
        return false;
    }
    if (!front_start()) {
        print("vm0: the hypervisor's interface does not answer\n");
        return false;
    }
    if (boot->vcpu_count > 1 && !secondary_start()) {
        print("vm0: vcpu 1 does not start\n");
        return false;
    }
    if (boot->rows[0] && list_has(boot->rows, "check")) {
        ok = checks_run();
    }
    for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
        if (list_has(boot->rows, rows[i].id)) {
            ok = run_row(&rows[i], boot) && ok;
        }
    }
    ok = app_rows_run(boot) && ok;
    if (list_has(boot->rows, "vm-switch") || list_has(boot->rows, "check")) {
        hvc(HVC_SWITCH_DON, 0, 0, 0); /* the partner may go */
    }
    if (irq_unexpected_count) {
        print("vm0: unexpected interrupts\n");
        ok = false;
    }
    return ok;
}

int guest_main(const struct guest_boot *boot)
{
    gic_init();
    gic_init_cpu(0);
    irq_on();
    if (boot->vm_id == 1) {
        partner_main();
        front_partner_ends();
        return 0;
    }
    return run_rows(boot) ? 0 : 1;
}
