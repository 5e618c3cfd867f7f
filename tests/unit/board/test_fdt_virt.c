/* The device tree: what QEMU's virt says of these devices (its -M dumpdtb), and --dtb filled in. */
#define _DEFAULT_SOURCE /* popen */

#include <check.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "sim/board/fdt_virt.h"
#include "tests/unit/board/board_support.h"
#include "tests/support/run_suite.h"

static struct fdt_board board;
static struct fdt_boot boot;
static struct fdt_tree tree;
static struct err e;

static void setup(void)
{
    board = (struct fdt_board){.cpu_count = 2,
                               .mpidr = {0x80000000, 0x80000001},
                               .cpu_name = "cortex-a57",
                               .gic_version = 2,
                               .has_el2 = true,
                               .has_pmu = true,
                               .conduit = PSCI_CONDUIT_SMC};
    boot = (struct fdt_boot){
        .ram_base = pa(0x40000000), .ram_bytes = 0x8000000, .conduit = PSCI_CONDUIT_SMC};
    tree = (struct fdt_tree){0};
    e = (struct err){0};
}

static void teardown(void)
{
    fdt_tree_free(&tree);
}

static void create(void)
{
    fdt_tree_free(&tree);
    ck_assert_msg(fdt_virt_create(&board, &boot, &tree, &e), "%s", e.text);
    ck_assert_int_eq(fdt_check_full(tree.data, tree.size_bytes), 0);
}

static int node_of(const char *path)
{
    int node = fdt_path_offset(tree.data, path);
    ck_assert_msg(node >= 0, "no node %s", path);
    return node;
}

static void has_cells(const char *path, const char *property, const uint32_t *cells, int count)
{
    int length;
    const fdt32_t *value = fdt_getprop(tree.data, node_of(path), property, &length);
    ck_assert_msg(length == count * 4, "%s %s: %d bytes", path, property, length);
    for (int i = 0; i < count; i++) {
        ck_assert_msg(fdt32_to_cpu(value[i]) == cells[i], "%s %s: cell %d is 0x%x", path, property,
                      i, fdt32_to_cpu(value[i]));
    }
}

#define CELLS(path, property, ...)                                                                 \
    do {                                                                                           \
        static const uint32_t wanted[] = {__VA_ARGS__};                                            \
        has_cells(path, property, wanted, sizeof wanted / sizeof wanted[0]);                       \
    } while (0)

static void has_text(const char *path, const char *property, const char *text)
{
    const char *value = fdt_getprop(tree.data, node_of(path), property, NULL);
    ck_assert_msg(value && strcmp(value, text) == 0, "%s %s is %s", path, property, value);
}

static bool absent(const char *path)
{
    return fdt_path_offset(tree.data, path) == -FDT_ERR_NOTFOUND;
}

START_TEST(tree_of_gicv2_is_that_of_virt)
{
    create();
    has_text("/", "compatible", "linux,dummy-virt");
    has_text("/psci", "method", "smc");
    CELLS("/psci", "cpu_on", 0xc4000003);
    CELLS("/psci", "cpu_off", 0x84000002);
    CELLS("/psci", "cpu_suspend", 0xc4000001);
    CELLS("/memory@40000000", "reg", 0, 0x40000000, 0, 0x8000000);
    has_text("/cpus/cpu@1", "compatible", "arm,cortex-a57");
    has_text("/cpus/cpu@1", "enable-method", "psci");
    CELLS("/cpus/cpu@1", "reg", 1);
    CELLS("/timer", "interrupts", 1, 0xd, 0x304, 1, 0xe, 0x304, 1, 0xb, 0x304, 1, 0xa, 0x304);
    CELLS("/pmu", "interrupts", 1, 7, 0x304);
    has_text("/intc@8000000", "compatible", "arm,cortex-a15-gic");
    CELLS("/intc@8000000", "reg", 0, 0x8000000, 0, 0x10000, 0, 0x8010000, 0, 0x10000, 0, 0x8030000,
          0, 0x10000, 0, 0x8040000, 0, 0x10000);
    CELLS("/intc@8000000", "interrupts", 1, 9, 4);
    CELLS("/apb-pclk", "clock-frequency", 24000000);
    CELLS("/pl011@9000000", "reg", 0, 0x9000000, 0, 0x1000);
    CELLS("/pl011@9000000", "interrupts", 0, 1, 4);
    CELLS("/pl031@9010000", "reg", 0, 0x9010000, 0, 0x1000);
    CELLS("/pl031@9010000", "interrupts", 0, 2, 4);
    has_text("/chosen", "stdout-path", "/pl011@9000000");
    ck_assert(absent("/virtio_mmio@a000000"));
    ck_assert_ptr_null(fdt_getprop(tree.data, node_of("/chosen"), "bootargs", NULL));
    ck_assert_ptr_null(fdt_getprop(tree.data, node_of("/chosen"), "linux,initrd-start", NULL));
}
END_TEST

START_TEST(phandles_lead_to_the_clock_and_the_gic)
{
    create();
    uint32_t gic = fdt_get_phandle(tree.data, node_of("/intc@8000000"));
    uint32_t clock = fdt_get_phandle(tree.data, node_of("/apb-pclk"));
    has_cells("/", "interrupt-parent", &gic, 1);
    has_cells("/pl031@9010000", "clocks", &clock, 1);
    has_cells("/pl011@9000000", "clocks", (const uint32_t[]){clock, clock}, 2);
}
END_TEST

START_TEST(tree_of_gicv3_has_redistributors)
{
    board.gic_version = 3;
    board.has_vhe = true;
    create();
    has_text("/intc@8000000", "compatible", "arm,gic-v3");
    CELLS("/intc@8000000", "reg", 0, 0x8000000, 0, 0x10000, 0, 0x80a0000, 0, 0xf60000);
    CELLS("/intc@8000000", "#redistributor-regions", 1);
    CELLS("/intc@8000000", "interrupts", 1, 9, 4);
    CELLS("/timer", "interrupts", 1, 0xd, 4, 1, 0xe, 4, 1, 0xb, 4, 1, 0xa, 4, 1, 0xc, 4);
    CELLS("/pmu", "interrupts", 1, 7, 4);
}
END_TEST

START_TEST(tree_without_el2_has_no_virtual_interface)
{
    board.has_el2 = false;
    board.has_vhe = true;
    board.has_pmu = false;
    board.cpu_count = 1;
    board.conduit = PSCI_CONDUIT_HVC;
    board.cpu_name = "max";
    create();
    has_text("/psci", "method", "hvc");
    has_text("/cpus/cpu@0", "compatible", "arm,armv8");
    CELLS("/intc@8000000", "reg", 0, 0x8000000, 0, 0x10000, 0, 0x8010000, 0, 0x10000);
    ck_assert_ptr_null(fdt_getprop(tree.data, node_of("/intc@8000000"), "interrupts", NULL));
    CELLS("/timer", "interrupts", 1, 0xd, 0x104, 1, 0xe, 0x104, 1, 0xb, 0x104, 1, 0xa, 0x104);
    ck_assert(absent("/pmu"));
}
END_TEST

START_TEST(cpu_nodes_carry_the_affinity)
{
    board.mpidr[1] = 0x80000100;
    create();
    CELLS("/cpus/cpu@100", "reg", 0x100);
}
END_TEST

START_TEST(cpu_map_has_one_cluster_of_all_cpus)
{
    create();
    uint32_t second = fdt_get_phandle(tree.data, node_of("/cpus/cpu@1"));
    has_cells("/cpus/cpu-map/socket0/cluster0/core1", "cpu", &second, 1);
    ck_assert(absent("/cpus/cpu-map/socket0/cluster0/core2"));
}
END_TEST

START_TEST(populated_virtio_slots_have_nodes)
{
    board.virtio_slots = 0x80000001;
    create();
    CELLS("/virtio_mmio@a000000", "reg", 0, 0xa000000, 0, 0x200);
    CELLS("/virtio_mmio@a000000", "interrupts", 0, 16, 1);
    CELLS("/virtio_mmio@a003e00", "reg", 0, 0xa003e00, 0, 0x200);
    CELLS("/virtio_mmio@a003e00", "interrupts", 0, 47, 1);
    ck_assert(absent("/virtio_mmio@a000200"));
}
END_TEST

START_TEST(boot_parameters_are_filled_in)
{
    boot.bootargs = "console=ttyAMA0 quiet";
    boot.initrd = (struct loaded_range){.start = pa(0x48000000), .size_bytes = 0x1001};
    boot.ram_bytes = UINT64_C(0x123400000);
    create();
    has_text("/chosen", "bootargs", "console=ttyAMA0 quiet");
    CELLS("/chosen", "linux,initrd-start", 0, 0x48000000);
    CELLS("/chosen", "linux,initrd-end", 0, 0x48001001);
    CELLS("/memory@40000000", "reg", 0, 0x40000000, 1, 0x23400000);
}
END_TEST

START_TEST(command_line_may_be_long_but_not_endless)
{
    static char args[3 << 20];
    memset(args, 'a', 100000);
    boot.bootargs = args;
    create();
    has_text("/chosen", "bootargs", args);
    fdt_tree_free(&tree);
    memset(args, 'a', sizeof args - 1);
    ck_assert(!fdt_virt_create(&board, &boot, &tree, &e));
    ck_assert_ptr_nonnull(strstr(e.text, "shorten"));
}
END_TEST

/* dtc reads it back without a word. */
static void accepted_by_dtc(void)
{
    struct temp_file file;
    char command[160], said[512] = "";
    temp_write(&file, tree.data, tree.size_bytes);
    snprintf(command, sizeof command, "dtc -I dtb -O dts -o /dev/null %s 2>&1", file.path);
    FILE *dtc = popen(command, "r");
    ck_assert_ptr_nonnull(dtc);
    size_t length = fread(said, 1, sizeof said - 1, dtc);
    int status = pclose(dtc);
    temp_remove(&file);
    if (WEXITSTATUS(status) == 127) {
        return; /* not installed */
    }
    said[length] = '\0';
    ck_assert_int_eq(WEXITSTATUS(status), 0);
    ck_assert_str_eq(said, "");
}

START_TEST(dtc_has_nothing_to_say)
{
    board.virtio_slots = UINT32_MAX;
    boot.bootargs = "x";
    board.gic_version = _i & 1 ? 3 : 2;
    board.has_el2 = _i & 2;
    board.has_vhe = _i & 4;
    board.has_pmu = _i & 8;
    create();
    accepted_by_dtc();
}
END_TEST

/* A user's tree: what create() makes, changed by the test, in a file. */
static bool read_back(void)
{
    struct temp_file file;
    struct fdt_tree out;
    temp_write(&file, tree.data, fdt_totalsize(tree.data));
    bool done = fdt_virt_read(file.path, &boot, &out, &e);
    temp_remove(&file);
    if (done) {
        fdt_tree_free(&tree);
        tree = out;
    } else {
        ck_assert_ptr_nonnull(strstr(e.text, file.path));
    }
    return done;
}

START_TEST(tree_of_the_user_is_kept_but_for_this_boot)
{
    boot.bootargs = "own";
    board.conduit = PSCI_CONDUIT_HVC;
    create();
    ck_assert_int_eq(fdt_set_name(tree.data, node_of("/memory@40000000"), "memory@50000000"), 0);
    boot.bootargs = "";
    boot.initrd = (struct loaded_range){.start = pa(0x48000000), .size_bytes = 16};
    ck_assert_msg(read_back(), "%s", e.text);
    ck_assert(absent("/memory@50000000"));
    CELLS("/memory@40000000", "reg", 0, 0x40000000, 0, 0x8000000);
    has_text("/chosen", "bootargs", "own");
    CELLS("/chosen", "linux,initrd-end", 0, 0x48000010);
    has_text("/psci", "method", "hvc"); /* believed */
    boot.bootargs = "new";
    ck_assert(read_back());
    has_text("/chosen", "bootargs", "new");
}
END_TEST

START_TEST(tree_of_the_user_without_chosen_and_psci_gets_them)
{
    create();
    ck_assert_int_eq(fdt_del_node(tree.data, node_of("/chosen")), 0);
    ck_assert_int_eq(fdt_del_node(tree.data, node_of("/psci")), 0);
    boot.bootargs = "new";
    ck_assert_msg(read_back(), "%s", e.text);
    has_text("/chosen", "bootargs", "new");
    has_text("/psci", "method", "smc");
    accepted_by_dtc();
}
END_TEST

START_TEST(tree_with_one_size_cell_cannot_say_4_gib)
{
    create();
    ck_assert_int_eq(fdt_setprop_inplace_u32(tree.data, node_of("/"), "#size-cells", 1), 0);
    boot.ram_bytes = UINT64_C(1) << 32;
    ck_assert(!read_back());
    ck_assert_ptr_nonnull(strstr(e.text, "#size-cells = 1"));
    e = (struct err){0};
    boot.ram_bytes -= 0x100000;
    ck_assert_msg(read_back(), "%s", e.text);
    CELLS("/memory@40000000", "reg", 0, 0x40000000, 0xfff00000);
}
END_TEST

START_TEST(tree_with_bad_cells_is_refused)
{
    create();
    fdt_setprop_inplace_u32(tree.data, node_of("/"), "#address-cells", 5);
    ck_assert(!read_back());
    ck_assert_ptr_nonnull(strstr(e.text, "#address-cells"));
}
END_TEST

START_TEST(file_that_is_no_tree_is_refused)
{
    struct temp_file file;
    struct fdt_tree out;
    create();
    size_t size = tree.size_bytes;
    for (size_t cut = 1; cut < size; cut += cut < 64 ? 1 : 64) {
        e = (struct err){0};
        temp_write(&file, tree.data, cut);
        ck_assert_msg(!fdt_virt_read(file.path, &boot, &out, &e), "%zu of %zu bytes", cut, size);
        temp_remove(&file);
        ck_assert_ptr_nonnull(strstr(e.text, file.path));
    }
    e = (struct err){0};
    ck_assert(!fdt_virt_read("/nonexistent.dtb", &boot, &out, &e));
    ck_assert_str_eq(e.text,
                     "device tree /nonexistent.dtb: cannot open: No such file or directory");
}
END_TEST

START_TEST(tree_with_any_byte_changed_is_read_or_refused)
{
    create();
    uint8_t *bytes = tree.data;
    for (size_t at = 0; at < tree.size_bytes; at++) {
        struct temp_file file;
        struct fdt_tree out;
        uint8_t old = bytes[at];
        bytes[at] = (uint8_t)(old ^ (at % 2 ? 0xff : 0x01));
        e = (struct err){0};
        temp_write(&file, bytes, tree.size_bytes);
        if (fdt_virt_read(file.path, &boot, &out, &e)) {
            fdt_tree_free(&out);
        }
        temp_remove(&file);
        bytes[at] = old;
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fdt_virt");
    TCase *tc = tcase_create("fdt_virt");
    tcase_set_timeout(tc, 120);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, tree_of_gicv2_is_that_of_virt);
    tcase_add_test(tc, phandles_lead_to_the_clock_and_the_gic);
    tcase_add_test(tc, tree_of_gicv3_has_redistributors);
    tcase_add_test(tc, tree_without_el2_has_no_virtual_interface);
    tcase_add_test(tc, cpu_nodes_carry_the_affinity);
    tcase_add_test(tc, cpu_map_has_one_cluster_of_all_cpus);
    tcase_add_test(tc, populated_virtio_slots_have_nodes);
    tcase_add_test(tc, boot_parameters_are_filled_in);
    tcase_add_test(tc, command_line_may_be_long_but_not_endless);
    tcase_add_loop_test(tc, dtc_has_nothing_to_say, 0, 16);
    tcase_add_test(tc, tree_of_the_user_is_kept_but_for_this_boot);
    tcase_add_test(tc, tree_of_the_user_without_chosen_and_psci_gets_them);
    tcase_add_test(tc, tree_with_one_size_cell_cannot_say_4_gib);
    tcase_add_test(tc, tree_with_bad_cells_is_refused);
    tcase_add_test(tc, file_that_is_no_tree_is_refused);
    tcase_add_test(tc, tree_with_any_byte_changed_is_read_or_refused);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
