/* Modules of a hypervisor: Xen's docs/misc/arm/device-tree/booting.txt; and what of RAM is taken.
 */
#include <check.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "sim/board/fdt_modules.h"
#include "tests/unit/board/board_support.h"
#include "tests/support/run_suite.h"

#define RAM_BYTES (UINT64_C(256) << 20)

static struct ram ram;
static struct ram_map_of_files map;
static struct temp_file kernel, disk;
static struct fdt_tree tree;
static struct err e;

static void setup(void)
{
    e = (struct err){0};
    map = (struct ram_map_of_files){0};
    ck_assert(ram_map(&ram, pa(0x40000000), RAM_BYTES, &e));
    temp_write(&kernel, "kernel", 6);
    temp_write(&disk, "ramdisk", 7);
    struct fdt_board board = {.cpu_count = 1,
                              .cpu_name = "cortex-a57",
                              .gic_version = 3,
                              .has_el2 = true,
                              .conduit = PSCI_CONDUIT_SMC};
    struct fdt_boot boot = {
        .ram_base = ram.base, .ram_bytes = RAM_BYTES, .conduit = PSCI_CONDUIT_SMC};
    ck_assert(fdt_virt_create(&board, &boot, &tree, &e));
}

static void teardown(void)
{
    fdt_tree_free(&tree);
    temp_remove(&kernel);
    temp_remove(&disk);
    ram_unmap(&ram);
}

static const void *value(const char *path, const char *name)
{
    int node = fdt_path_offset(tree.data, path);
    ck_assert_msg(node >= 0, "no node %s", path);
    const void *found = fdt_getprop(tree.data, node, name, NULL);
    ck_assert_msg(found != NULL, "%s has no %s", path, name);
    return found;
}

static void has_text(const char *path, const char *name, const char *text)
{
    ck_assert_str_eq(value(path, name), text);
}

START_TEST(text_of_a_module_is_domain_kind_file_and_command_line)
{
    struct boot_module m;
    char with_append[] = "dom0:kernel:Image,console=hvc0 a,b", plain[] = "dom2:kernel:x:y";
    char ramdisk[] = "dom1:ramdisk:disk,1"; /* no command line: the comma is the file's */
    ck_assert(modules_parse(with_append, &m, &e));
    ck_assert_str_eq(m.path, "Image");
    ck_assert_str_eq(m.append, "console=hvc0 a,b");
    ck_assert(m.domain == 0 && !m.is_ramdisk);
    ck_assert(modules_parse(plain, &m, &e));
    ck_assert_str_eq(m.path, "x:y");
    ck_assert(m.domain == 2 && m.append == NULL);
    ck_assert(modules_parse(ramdisk, &m, &e));
    ck_assert_str_eq(m.path, "disk,1");
    ck_assert(m.domain == 1 && m.is_ramdisk && m.append == NULL);
}
END_TEST

START_TEST(modules_lie_in_ram_and_are_named_in_the_tree)
{
    struct boot_module modules[] = {{.path = kernel.path, .append = "zero"},
                                    {.path = disk.path, .is_ramdisk = true},
                                    {.path = kernel.path, .append = "one", .domain = 1},
                                    {.path = disk.path, .is_ramdisk = true, .domain = 1}};
    struct loaded_range ranges[4];
    ck_assert_msg(modules_place(modules, 4, &ram, &map, ranges, &e), "%s", e.text);
    ck_assert_msg(fdt_add_modules(&tree, modules, 4, ranges, "hypervisor", &e), "%s", e.text);
    ck_assert_uint_eq(map.count, 4);
    ck_assert_mem_eq(ram_at(&ram, pa(0x4a000000), 6), "kernel", 6);
    ck_assert_mem_eq(ram_at(&ram, pa(0x4a200000), 7), "ramdisk", 7);
    has_text("/chosen", "xen,xen-bootargs", "hypervisor");
    has_text("/chosen/module@4a000000", "bootargs", "zero");
    has_text("/chosen/module@4a000000", "compatible", "multiboot,kernel");
    has_text("/chosen/module@4a200000", "compatible", "multiboot,ramdisk");
    has_text("/chosen/domU1", "compatible", "xen,domain");
    has_text("/chosen/domU1/module@4a400000", "bootargs", "one");
    const fdt32_t *reg = value("/chosen/domU1/module@4a600000", "reg");
    ck_assert_uint_eq(fdt32_to_cpu(reg[1]), 0x4a600000);
    ck_assert_uint_eq(fdt32_to_cpu(reg[3]), 7);
    /* In KiB: 192 MiB. */
    ck_assert_uint_eq(fdt32_to_cpu(((const fdt32_t *)value("/chosen/domU1", "memory"))[1]),
                      0x30000);
    value("/chosen/domU1", "vpl011");
}
END_TEST

START_TEST(nothing_is_placed_over_what_is_there)
{
    struct placed_file first = {kernel.path, pa(0x48000000)};
    static const uint64_t over[] = {0x47fffffa, 0x48000000, 0x48000005};
    loader_note_use(&map, "initrd", (struct loaded_range){.size_bytes = 0}); /* none: no use */
    ck_assert(loader_place(&first, &ram, &map, &e));
    for (size_t i = 0; i < sizeof over / sizeof over[0]; i++) {
        struct placed_file file = {disk.path, pa(over[i])};
        e = (struct err){0};
        ck_assert(!loader_place(&file, &ram, &map, &e));
        ck_assert_ptr_nonnull(strstr(e.text, kernel.path));
        ck_assert_ptr_nonnull(strstr(e.text, disk.path));
    }
    struct placed_file before = {disk.path, pa(0x47fffff9)}, behind = {disk.path, pa(0x48000006)};
    ck_assert(loader_place(&before, &ram, &map, &e));
    ck_assert(loader_place(&behind, &ram, &map, &e));
    ck_assert_mem_eq(ram_at(&ram, pa(0x47fffff9), 20), "ramdiskkernelramdisk", 20);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("modules");
    TCase *tc = tcase_create("modules");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, text_of_a_module_is_domain_kind_file_and_command_line);
    tcase_add_test(tc, modules_lie_in_ram_and_are_named_in_the_tree);
    tcase_add_test(tc, nothing_is_placed_over_what_is_there);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
