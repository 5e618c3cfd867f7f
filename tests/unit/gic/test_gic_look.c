/* What gic_look() says is what the registers and wires were given. _i is the GIC version. */
#include "gic/look.h"
#include "tests/unit/gic/gic_bench.h"

#define SPI  40u
#define VIRQ 50u

static void start(unsigned version)
{
    bench_start(version, 2);
    bench_enable();
}

static const struct gic_look_interrupt *find(const struct gic_look *look, unsigned intid)
{
    for (unsigned i = 0; i < look->count; i++) {
        if (look->interrupts[i].intid == intid) {
            return &look->interrupts[i];
        }
    }
    return NULL;
}

START_TEST(a_pending_interrupt_is_there_for_its_cpu_alone)
{
    static struct gic_look look;
    start((unsigned)_i);
    enable(SPI, 1);
    set_priority(SPI, 1, 0x50);
    set_group(SPI, 1, _i == 3);
    wire(SPI, 1, true);
    gic_look(bench_gic(), 0, &look);
    ck_assert_uint_eq(look.count, 0);
    ck_assert_uint_eq(look.next, GIC_LOOK_NONE);
    gic_look(bench_gic(), 1, &look);
    ck_assert_uint_eq(look.version, (unsigned)_i);
    ck_assert_uint_eq(look.count, 1);
    ck_assert_uint_eq(look.next, SPI);
    const struct gic_look_interrupt *i = find(&look, SPI);
    ck_assert(i && i->pending && i->enabled && !i->active && !i->edge);
    ck_assert_uint_eq(i->priority, 0x50);
    ck_assert_uint_eq(look.physical.running, GIC_LOOK_IDLE);

    ck_assert_uint_eq(ack(1), SPI);
    wire(SPI, 1, false);
    gic_look(bench_gic(), 1, &look);
    i = find(&look, SPI);
    ck_assert(i && !i->pending && i->active);
    ck_assert_uint_eq(look.physical.running, 0x50);
    ck_assert_uint_eq(look.next, GIC_LOOK_NONE);
    bench_stop();
}
END_TEST

START_TEST(list_registers_are_taken_apart)
{
    static struct gic_look look;
    start((unsigned)_i);
    guest_enable(0, false);
    set_hcr(0, 1);
    set_lr(0, 2,
           (struct lr_fields){
               .vintid = VIRQ, .pintid = SPI, .priority = 0x80, .state = 1, .hw = true});
    set_lr(0, 1, (struct lr_fields){.vintid = VIRQ + 1, .priority = 0x90, .state = 2, .eoi = true});
    gic_look(bench_gic(), 0, &look);
    ck_assert_uint_eq(look.lr_count, 4);
    ck_assert_uint_eq(look.lr_next, 2);
    ck_assert_uint_eq(look.hcr, 1);
    ck_assert(look.lrs[2].hw && look.lrs[2].pending && !look.lrs[2].active && !look.lrs[2].eoi);
    ck_assert_uint_eq(look.lrs[2].vintid, VIRQ);
    ck_assert_uint_eq(look.lrs[2].pintid, SPI);
    ck_assert_uint_eq(look.lrs[2].priority, 0x80);
    ck_assert(!look.lrs[1].hw && !look.lrs[1].pending && look.lrs[1].active && look.lrs[1].eoi);
    ck_assert(!look.lrs[0].pending && !look.lrs[0].active);
    bench_stop();
}
END_TEST

START_TEST(what_has_no_room_is_counted)
{
    static struct gic_look look;
    start((unsigned)_i);
    for (unsigned intid = 32; intid < 32 + GIC_LOOK_INTERRUPTS + 5; intid++) {
        enable(intid, 0);
        pend(intid, 0);
    }
    gic_look(bench_gic(), 0, &look);
    ck_assert_uint_eq(look.count, GIC_LOOK_INTERRUPTS);
    ck_assert_uint_eq(look.left_out, 5);
    bench_stop();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("gic_look");
    TCase *tc = tcase_create("look");
    tcase_add_loop_test(tc, a_pending_interrupt_is_there_for_its_cpu_alone, 2, 4);
    tcase_add_loop_test(tc, list_registers_are_taken_apart, 2, 4);
    tcase_add_loop_test(tc, what_has_no_room_is_counted, 2, 4);
    suite_add_tcase(suite, tc);
    return bench_run(suite);
}
