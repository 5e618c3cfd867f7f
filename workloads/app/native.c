/* The rows on the bare board, for comparison with the same rows in a VM: same program, same
 * runtime, no hypervisor. */
#include "app/rows.h"
#include "kernel/bootargs.h"
#include "kernel/fdt.h"

#define VCPUS 2 /* as a VM has */

static struct guest_boot boot_page;

/* x0 is the device tree's address, or 0: then it is where RAM begins. */
int guest_main(const struct guest_boot *tree)
{
    struct board_info board;
    struct guest_boot *b = &boot_page;
    if (!fdt_read_board(tree ? (const void *)tree : (const void *)BOARD_RAM, &board)) {
        print("native: no device tree\n");
        return 1;
    }
    if (!bootargs_check("native", board.bootargs)) {
        return 1;
    }
    b->pcpu_count = board.cpu_count;
    b->vcpu_count = board.cpu_count < VCPUS ? board.cpu_count : VCPUS;
    b->ops = bootargs_number(board.bootargs, "n");
    b->work = bootargs_number(board.bootargs, "work");
    b->receive = bootargs_number(board.bootargs, "receive");
    bootargs_value(board.bootargs, "rows", b->rows, sizeof(b->rows));
    bootargs_value(board.bootargs, "spread", b->spread, sizeof(b->spread));
    if (b->rows[0] == 0) { /* there are no others */
        bootargs_value("rows=app", "rows", b->rows, sizeof(b->rows));
    }
    gic_init();
    gic_init_cpu(0);
    irq_on();
    print("native: %u of %u cpus, %s\n", b->vcpu_count, b->pcpu_count, gic_name);
    if (b->vcpu_count > 1 && !secondary_start()) {
        print("native: cpu 1 does not start\n");
        return 1;
    }
    return app_rows_run(b) && irq_unexpected_count == 0 ? 0 : 1;
}
