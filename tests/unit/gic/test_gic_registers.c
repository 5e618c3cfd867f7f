/* What each register accepts: sizes, and bits that read as zero or ignore writes. Offsets and
 * values are literals of IHI 0048B chapter 4 and 5, and of IHI 0069 chapter 12. */
#include <stdlib.h>

#include "tests/unit/gic/gic_bench.h"

#define WORD       4
#define BYTE_WORD  (1 | 4)
#define WORD_DWORD (4 | 8)

/* Which access sizes are modelled at an offset; 0: nothing is there. */
static const struct size_case {
    const char *name;
    unsigned version;
    enum port port;
    uint64_t offset;
    unsigned sizes;
} size_cases[] = {
    {"GICD_CTLR", 2, GICD, 0x000, WORD},
    {"GICD_TYPER", 2, GICD, 0x004, WORD},
    {"GICD_IIDR", 2, GICD, 0x008, WORD},
    {"GICD reserved", 2, GICD, 0x010, 0},
    {"GICD_IGROUPR", 2, GICD, 0x080, WORD},
    {"GICD_ISENABLER last", 2, GICD, 0x17c, WORD},
    {"GICD_ICENABLER", 2, GICD, 0x180, WORD},
    {"GICD_ISPENDR", 2, GICD, 0x200, WORD},
    {"GICD_ICPENDR", 2, GICD, 0x280, WORD},
    {"GICD_ISACTIVER", 2, GICD, 0x300, WORD},
    {"GICD_ICACTIVER", 2, GICD, 0x380, WORD},
    {"GICD_IPRIORITYR", 2, GICD, 0x420, BYTE_WORD},
    {"GICD_ITARGETSR", 2, GICD, 0x820, BYTE_WORD},
    {"GICD_ICFGR", 2, GICD, 0xc08, WORD},
    {"GICD implementation defined", 2, GICD, 0xd00, 0},
    {"GICD_SGIR", 2, GICD, 0xf00, WORD},
    {"GICD reserved", 2, GICD, 0xf04, 0},
    {"GICD_CPENDSGIR", 2, GICD, 0xf10, BYTE_WORD},
    {"GICD_SPENDSGIR", 2, GICD, 0xf2c, BYTE_WORD},
    {"GICD reserved", 2, GICD, 0xf30, 0},
    {"GICD PIDR4", 2, GICD, 0xfd0, WORD},
    {"GICD CIDR3", 2, GICD, 0xffc, WORD},
    {"GICD past the end", 2, GICD, 0x1000, 0},
    {"GICC_CTLR", 2, GICC, 0x00, WORD},
    {"GICC_IAR", 2, GICC, 0x0c, WORD},
    {"GICC_AHPPIR", 2, GICC, 0x28, WORD},
    {"GICC reserved", 2, GICC, 0x2c, 0},
    {"GICC_APR3", 2, GICC, 0xdc, WORD},
    {"GICC_NSAPR3", 2, GICC, 0xec, WORD},
    {"GICC_IIDR", 2, GICC, 0xfc, WORD},
    {"GICC_DIR", 2, GICC, 0x1000, WORD},
    {"GICC past the end", 2, GICC, 0x1004, 0},
    {"GICH_HCR", 2, GICH, 0x00, WORD},
    {"GICH reserved", 2, GICH, 0x0c, 0},
    {"GICH_EISR1", 2, GICH, 0x24, WORD},
    {"GICH_ELRSR1", 2, GICH, 0x34, WORD},
    {"GICH_APR", 2, GICH, 0xf0, WORD},
    {"GICH_LR63", 2, GICH, 0x1fc, WORD},
    {"GICH past the end", 2, GICH, 0x200, 0},
    {"GICV_IAR", 2, GICV, 0x0c, WORD},
    {"GICV_APR0", 2, GICV, 0xd0, WORD},
    {"GICV has no NSAPR", 2, GICV, 0xe0, 0},
    {"GICV_DIR", 2, GICV, 0x1000, WORD},
    {"GICR is no part of GICv2", 2, GICR, 0x00, 0},
    {"GICD_CTLR", 3, GICD, 0x000, WORD},
    {"GICD_TYPER2", 3, GICD, 0x00c, WORD},
    {"GICD_STATUSR", 3, GICD, 0x010, WORD},
    {"GICD_SETSPI_NSR without MBIS", 3, GICD, 0x040, 0},
    {"GICD_ISENABLER", 3, GICD, 0x104, WORD},
    {"GICD_IPRIORITYR", 3, GICD, 0x420, BYTE_WORD},
    {"GICD_ITARGETSR", 3, GICD, 0x820, BYTE_WORD},
    {"GICD_IGRPMODR", 3, GICD, 0xd04, WORD},
    {"GICD_NSACR", 3, GICD, 0xe08, WORD},
    {"GICD_SGIR", 3, GICD, 0xf00, WORD},
    {"GICD_IROUTER32", 3, GICD, 0x6100, WORD_DWORD},
    {"GICD_IROUTER32 high half", 3, GICD, 0x6104, WORD},
    {"GICD_IROUTER1019", 3, GICD, 0x7fd8, WORD_DWORD},
    {"GICD past IROUTER", 3, GICD, 0x8000, 0},
    {"GICD PIDR2", 3, GICD, 0xffe8, WORD},
    {"GICR_CTLR", 3, GICR, 0x00, WORD},
    {"GICR_IIDR", 3, GICR, 0x04, WORD},
    {"GICR_TYPER", 3, GICR, 0x08, WORD_DWORD},
    {"GICR_TYPER high half", 3, GICR, 0x0c, WORD},
    {"GICR_STATUSR", 3, GICR, 0x10, WORD},
    {"GICR_WAKER", 3, GICR, 0x14, WORD},
    {"GICR_PROPBASER without LPIs", 3, GICR, 0x70, 0},
    {"GICR PIDR2", 3, GICR, 0xffe8, WORD},
    {"GICR_IGROUPR0", 3, GICR, 0x10080, WORD},
    {"GICR_IGROUPR1E without extended ranges", 3, GICR, 0x10084, 0},
    {"GICR_ISENABLER0", 3, GICR, 0x10100, WORD},
    {"GICR_ICENABLER0", 3, GICR, 0x10180, WORD},
    {"GICR_ISPENDR0", 3, GICR, 0x10200, WORD},
    {"GICR_ICPENDR0", 3, GICR, 0x10280, WORD},
    {"GICR_ISACTIVER0", 3, GICR, 0x10300, WORD},
    {"GICR_ICACTIVER0", 3, GICR, 0x10380, WORD},
    {"GICR_IPRIORITYR0", 3, GICR, 0x10400, BYTE_WORD},
    {"GICR_IPRIORITYR7", 3, GICR, 0x1041c, BYTE_WORD},
    {"GICR past IPRIORITYR7", 3, GICR, 0x10420, 0},
    {"GICR_ICFGR1", 3, GICR, 0x10c04, WORD},
    {"GICR_IGRPMODR0", 3, GICR, 0x10d00, WORD},
    {"GICR_NSACR", 3, GICR, 0x10e00, WORD},
    {"second frame", 3, GICR, 0x30100, WORD},
    {"frame of an absent CPU", 3, GICR, 0x40000, 0},
    {"GICC is no part of GICv3 here", 3, GICC, 0x00, 0},
    {"GICH is no part of GICv3 here", 3, GICH, 0x00, 0},
    {"GICV is no part of GICv3 here", 3, GICV, 0x00, 0},
};

START_TEST(register_accepts_its_sizes_and_no_other)
{
    const struct size_case *c = &size_cases[_i];
    for (unsigned size = 1; size <= 8; size *= 2) {
        for (unsigned write = 0; write < 2; write++) {
            struct bus_access a = {.offset = c->offset, .size_bytes = size, .write = write};
            bool aligned = c->offset % size == 0;
            if (!aligned) {
                continue;
            }
            bench_start(c->version, 2);
            a.value = write ? 0 : UINT64_MAX;
            enum bus_result expected = c->sizes & size ? BUS_OK : BUS_UNMODELLED;
            ck_assert_msg(access_port(c->port, &a) == expected, "v%u %s, size %u, write %u",
                          c->version, c->name, size, write);
            if (!write && expected == BUS_UNMODELLED) {
                ck_assert_msg(a.value == 0, "%s reads as zero", c->name);
            }
            ck_assert_msg(write || size == 8 || a.value >> (8 * size) == 0, "%s is zero extended",
                          c->name);
            bench_stop();
        }
    }
}
END_TEST

/* After writing all ones, what reads back. */
static const struct ones_case {
    const char *name;
    unsigned version;
    enum port port;
    uint64_t offset;
    uint32_t expected;
} ones_cases[] = {
    {"GICD_CTLR", 2, GICD, 0x000, 3},
    {"GICD_IGROUPR0", 2, GICD, 0x080, 0xffffffff},
    {"GICD_IGROUPR7, last implemented", 2, GICD, 0x09c, 0xffffffff},
    {"GICD_IGROUPR8, beyond 256 INTIDs", 2, GICD, 0x0a0, 0},
    {"GICD_ISENABLER0", 2, GICD, 0x100, 0xffffffff},
    {"GICD_ISENABLER8", 2, GICD, 0x120, 0},
    {"GICD_ICENABLER0: SGIs stay", 2, GICD, 0x180, 0xffff},
    {"GICD_ISPENDR0: not SGIs", 2, GICD, 0x200, 0xffff0000},
    {"GICD_ISPENDR8", 2, GICD, 0x220, 0},
    {"GICD_ISACTIVER1", 2, GICD, 0x304, 0xffffffff},
    {"GICD_IPRIORITYR8", 2, GICD, 0x420, 0xffffffff},
    {"GICD_IPRIORITYR64", 2, GICD, 0x500, 0},
    {"GICD_ITARGETSR0 of CPU 0", 2, GICD, 0x800, 0x01010101},
    {"GICD_ITARGETSR8, two CPUs", 2, GICD, 0x820, 0x03030303},
    {"GICD_ITARGETSR64", 2, GICD, 0x900, 0},
    {"GICD_ICFGR0", 2, GICD, 0xc00, 0xaaaaaaaa},
    {"GICD_ICFGR2", 2, GICD, 0xc08, 0xaaaaaaaa},
    {"GICD_ICFGR16", 2, GICD, 0xc40, 0},
    {"GICD_SGIR is write-only", 2, GICD, 0xf00, 0},
    {"GICC_CTLR", 2, GICC, 0x00, 0x21f},
    {"GICC_PMR", 2, GICC, 0x04, 0xff},
    {"GICC_BPR", 2, GICC, 0x08, 7},
    {"GICC_EOIR is write-only", 2, GICC, 0x10, 0},
    {"GICC_ABPR", 2, GICC, 0x1c, 7},
    {"GICC_APR0", 2, GICC, 0xd0, 0xffffffff},
    {"GICC_DIR is write-only", 2, GICC, 0x1000, 0},
    {"GICH_VMCR", 2, GICH, 0x08, 0xf8fc021f},
    {"GICH_MISR is read-only", 2, GICH, 0x10, 0},
    {"GICH_ELRSR0 is read-only", 2, GICH, 0x30, 0xf},
    {"GICH_ELRSR1", 2, GICH, 0x34, 0},
    {"GICH_LR4, beyond 4", 2, GICH, 0x110, 0},
    {"GICV_PMR", 2, GICV, 0x04, 0xf8},
    {"GICD_CTLR", 3, GICD, 0x000, 0x53},
    {"GICD_IGROUPR0: banked state is elsewhere", 3, GICD, 0x080, 0},
    {"GICD_ISENABLER0", 3, GICD, 0x100, 0},
    {"GICD_ISENABLER1", 3, GICD, 0x104, 0xffffffff},
    {"GICD_IPRIORITYR0", 3, GICD, 0x400, 0},
    {"GICD_IPRIORITYR8: 5 bits", 3, GICD, 0x420, 0xf8f8f8f8},
    {"GICD_ITARGETSR8", 3, GICD, 0x820, 0},
    {"GICD_ICFGR1", 3, GICD, 0xc04, 0},
    {"GICD_IGRPMODR1", 3, GICD, 0xd04, 0},
    {"GICD_NSACR2", 3, GICD, 0xe08, 0},
    {"GICD_IROUTER31", 3, GICD, 0x60f8, 0},
    {"GICD_IROUTER32, low half", 3, GICD, 0x6100, 0x80ffffff},
    {"GICD_IROUTER32, high half", 3, GICD, 0x6104, 0xff},
    {"GICD_IROUTER256", 3, GICD, 0x6800, 0},
    {"GICR_CTLR", 3, GICR, 0x00, 0},
    {"GICR_TYPER is read-only", 3, GICR, 0x08, 0},
    {"GICR_WAKER", 3, GICR, 0x14, 6},
    {"GICR_IGROUPR0", 3, GICR, 0x10080, 0xffffffff},
    {"GICR_ISENABLER0", 3, GICR, 0x10100, 0xffffffff},
    {"GICR_ICENABLER0", 3, GICR, 0x10180, 0},
    {"GICR_ISPENDR0", 3, GICR, 0x10200, 0xffffffff},
    {"GICR_IPRIORITYR0", 3, GICR, 0x10400, 0xf8f8f8f8},
    {"GICR_ICFGR0", 3, GICR, 0x10c00, 0xaaaaaaaa},
    {"GICR_ICFGR1", 3, GICR, 0x10c04, 0xaaaaaaaa},
};

START_TEST(all_ones_read_back_as_the_bits_that_exist)
{
    const struct ones_case *c = &ones_cases[_i];
    bench_start(c->version, 2);
    wr(c->port, 0, c->offset, 0xffffffff);
    uint32_t got = rd(c->port, 0, c->offset);
    ck_assert_msg(got == c->expected, "v%u %s: %#x, not %#x", c->version, c->name, got,
                  c->expected);
    bench_stop();
}
END_TEST

/* A byte access touches its interrupt and no neighbour. */
START_TEST(byte_access_reaches_one_interrupt)
{
    bench_start(2, 2);
    wr(GICD, 0, 0x420, 0x10203040);
    struct bus_access a = {.offset = 0x421, .size_bytes = 1, .write = true, .value = 0xff88};
    ck_assert_int_eq(access_port(GICD, &a), BUS_OK);
    ck_assert_uint_eq(rd(GICD, 0, 0x420), 0x10208840);
    a = (struct bus_access){.offset = 0x422, .size_bytes = 1};
    ck_assert_int_eq(access_port(GICD, &a), BUS_OK);
    ck_assert_uint_eq(a.value, 0x20);
    bench_stop();
}
END_TEST

START_TEST(router_halves_and_whole_are_one_register)
{
    bench_start(3, 2);
    struct bus_access a = {
        .offset = 0x6140, .size_bytes = 8, .write = true, .value = UINT64_C(0x1200345678)};
    ck_assert_int_eq(access_port(GICD, &a), BUS_OK);
    ck_assert_uint_eq(rd(GICD, 0, 0x6140), 0x00345678);
    ck_assert_uint_eq(rd(GICD, 0, 0x6144), 0x12);
    wr(GICD, 0, 0x6144, 0x34);
    a = (struct bus_access){.offset = 0x6140, .size_bytes = 8};
    ck_assert_int_eq(access_port(GICD, &a), BUS_OK);
    ck_assert_uint_eq(a.value, UINT64_C(0x3400345678));
    bench_stop();
}
END_TEST

START_TEST(without_virtualization_gich_and_gicv_do_not_exist)
{
    const struct gic_config config = {.version = 2,
                                      .cpu_count = 1,
                                      .spi_count = 32,
                                      .priority_bits = 8,
                                      .virtual_priority_bits = 5,
                                      .list_register_count = 4};
    bench_start_with(&config);
    struct bus_access a = {.size_bytes = 4};
    ck_assert_int_eq(access_port(GICH, &a), BUS_UNMODELLED);
    ck_assert_int_eq(access_port(GICV, &a), BUS_UNMODELLED);
    bench_stop();
}
END_TEST

START_TEST(sizes_are_as_configured)
{
    const struct gic_config config = {.version = (unsigned)_i,
                                      .cpu_count = _i == 2 ? 8 : 16,
                                      .spi_count = 960,
                                      .priority_bits = 8,
                                      .virtual_priority_bits = 7,
                                      .list_register_count = 16,
                                      .has_virtualization = true};
    bench_start_with(&config);
    bench_enable();
    unsigned last = config.cpu_count - 1;
    ck_assert_uint_eq(rd(GICD, 0, D_TYPER) & 0x1f, 30);
    ck_assert_uint_eq(elrsr(last), 0xffff);
    set_group(991, 0, _i == 3);
    enable(991, last);
    wire(991, 0, true);
    ck_assert_uint_eq(ack(last), 991);
    bench_stop();
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("gic registers");
    TCase *t = tcase_create("registers");
    tcase_add_loop_test(t, register_accepts_its_sizes_and_no_other, 0,
                        (int)(sizeof size_cases / sizeof size_cases[0]));
    tcase_add_loop_test(t, all_ones_read_back_as_the_bits_that_exist, 0,
                        (int)(sizeof ones_cases / sizeof ones_cases[0]));
    tcase_add_test(t, byte_access_reaches_one_interrupt);
    tcase_add_test(t, router_halves_and_whole_are_one_register);
    tcase_add_test(t, without_virtualization_gich_and_gicv_do_not_exist);
    tcase_add_loop_test(t, sizes_are_as_configured, 2, 4);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return bench_run(suite());
}
