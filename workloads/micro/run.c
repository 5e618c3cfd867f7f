/* Runs one row. */
#include "abi/mark.h"
#include "micro/row.h"

#define WARM_UP_OPS 16

bool row_measuring;

static bool run(const struct row *r, unsigned ops, bool measured)
{
    unsigned step = r->ops_per_exec ? r->ops_per_exec : 1;
    row_measuring = measured;
    if (r->prep) {
        r->prep(ops);
    }
    bool marks = measured && !r->marks_itself;
    if (marks) {
        mark_begin(r->id, ops);
    }
    for (unsigned i = 0; i < ops; i += step) {
        r->exec();
    }
    if (marks) {
        mark_end(r->id);
    }
    return r->post(ops);
}

bool row_run(const struct row *r, const struct guest_boot *boot)
{
    unsigned ops = boot->ops ? boot->ops : r->ops;
    if (r->ops_per_exec) {
        ops = (ops + r->ops_per_exec - 1) / r->ops_per_exec * r->ops_per_exec;
    }
    if (boot->vcpu_count < r->vcpus || boot->pcpu_count < r->pcpus) {
        print("row %s: skipped, needs %u cpus\n", r->id, r->pcpus);
        return true;
    }
    const char *unfit = r->unfit ? r->unfit() : NULL;
    if (unfit) {
        print("row %s: skipped, %s\n", r->id, unfit);
        return true;
    }
    bool ok = run(r, WARM_UP_OPS, false);
    ok = run(r, ops, true) && ok;
    print("row %s: %u ops %s\n", r->id, ops, ok ? "ok" : "FAIL");
    return ok;
}
