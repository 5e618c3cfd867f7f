/* One test for each fact about Unicorn that the design leans on (docs/engine.md). */
#include "tests/integration/engine/probe.h"
#include "tests/support/run_suite.h"

int main(void)
{
    Suite *suite = suite_create("engine");
    probe_add_traps(suite);
    probe_add_natives(suite);
    probe_add_lend(suite);
    probe_add_memory(suite);
    probe_add_blocks(suite);
    probe_add_code(suite);
    probe_add_counts(suite);
    probe_add_views(suite);
    probe_add_state(suite);
    return run_suite(suite);
}
