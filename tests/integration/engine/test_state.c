/* The state of an engine as an archive: registers, and the exclusive monitor that Unicorn does not
 * name. */
#include "tests/integration/engine/probe.h"

#include <string.h>
#include <sys/utsname.h>

#define LDXR_X2_X0    UINT32_C(0xc85f7c02)
#define STXR_W3_X1_X0 UINT32_C(0xc8037c01)

static struct archive saved(struct probe *p, struct err *e)
{
    struct archive a;
    archive_save(&a, e);
    engine_archive(p->engine, &a);
    ck_assert_msg(archive_is_done(&a), "%s", e->text);
    return a;
}

static void load(struct probe *p, const struct archive *from)
{
    struct err e = {""};
    struct archive a;
    archive_load(&a, from->bytes, from->size_bytes, &e);
    engine_archive(p->engine, &a);
    ck_assert_msg(archive_is_done(&a), "%s", e.text);
}

/* LDXR; SVC; STXR; SVC, stopped behind the first SVC. */
static struct probe *probe_with_reservation(bool lse)
{
    struct probe *p = probe_create(lse);
    PROBE_CODE_AT(p, PROBE_CODE, LDXR_X2_X0, PROBE_SVC, STXR_W3_X1_X0, PROBE_SVC);
    engine_set_x(p->engine, 0, PROBE_DATA);
    engine_set_x(p->engine, 1, 0x2a);
    engine_set_x(p->engine, 3, 7);
    memset(p->ram + PROBE_DATA, 0x5a, 8);
    engine_set_pc(p->engine, PROBE_CODE);
    ck_assert_int_eq(engine_run(p->engine), ENGINE_STOPPED_TRAP);
    engine_set_pc(p->engine, PROBE_CODE + 8);
    return p;
}

/* W3 of the STXR: 0 if the reservation was there. */
static uint64_t store(struct probe *p)
{
    engine_set_pc(p->engine, PROBE_CODE + 8);
    ck_assert_int_eq(engine_run(p->engine), ENGINE_STOPPED_TRAP);
    return engine_x(p->engine, 3);
}

START_TEST(saving_keeps_a_reservation)
{
    struct err e = {""};
    struct probe *p = probe_with_reservation(_i);
    struct archive a = saved(p, &e);
    ck_assert_uint_eq(engine_x(p->engine, 0), PROBE_DATA);
    ck_assert_uint_eq(engine_x(p->engine, 3), 7);
    ck_assert_uint_eq(store(p), 0);
    archive_free(&a);
    probe_destroy(p);
}
END_TEST

START_TEST(a_reservation_is_loaded)
{
    struct err e = {""};
    struct probe *p = probe_with_reservation(_i), *q = probe_create(_i);
    struct archive a = saved(p, &e);
    memcpy(q->ram, p->ram, PROBE_RAM);
    load(q, &a);
    ck_assert_uint_eq(engine_pc(q->engine), PROBE_CODE + 8);
    ck_assert_uint_eq(store(q), 0);
    ck_assert_uint_eq(q->ram[PROBE_DATA], 0x2a);
    archive_free(&a);
    probe_destroy(p);
    probe_destroy(q);
}
END_TEST

START_TEST(a_cleared_reservation_is_loaded_as_none)
{
    struct err e = {""};
    struct probe *p = probe_with_reservation(_i), *q = probe_with_reservation(_i);
    engine_clear_exclusive(p->engine);
    struct archive a = saved(p, &e);
    load(q, &a); /* over a reservation of its own */
    ck_assert_uint_eq(store(q), 1);
    ck_assert_uint_eq(q->ram[PROBE_DATA], 0x5a);
    archive_free(&a);
    probe_destroy(p);
    probe_destroy(q);
}
END_TEST

START_TEST(registers_are_loaded)
{
    struct err e = {""};
    struct probe *p = probe_create(_i), *q = probe_create(_i);
    for (unsigned n = 0; n < 32; n++) {
        uint64_t v[2] = {n * UINT64_C(0x0101010101010101), ~(uint64_t)n};
        engine_set_x(p->engine, n, UINT64_C(0xabcdef0000000000) | n);
        engine_set_v(p->engine, n, v);
    }
    engine_set_nzcv(p->engine, 0x90000000);
    engine_set_fpcr(p->engine, 0x01000000);
    engine_set_fpsr(p->engine, 0x1f);
    struct archive a = saved(p, &e), again;
    load(q, &a);
    again = saved(q, &e);
    ck_assert_uint_eq(again.size_bytes, a.size_bytes);
    ck_assert_mem_eq(again.bytes, a.bytes, a.size_bytes);
    ck_assert_uint_eq(engine_x(q->engine, 31), UINT64_C(0xabcdef000000001f));
    ck_assert_uint_eq(engine_nzcv(q->engine), 0x90000000);
    archive_free(&a);
    archive_free(&again);
    probe_destroy(p);
    probe_destroy(q);
}
END_TEST

/* What the engine writes where Unicorn's state lies, Unicorn reads, and the reverse. */
START_TEST(registers_in_memory_are_those_of_the_api)
{
    struct utsname host;
    struct probe *p = probe_create(_i == 1);
    ck_assert_int_eq(uname(&host), 0);
    for (unsigned n = 0; n < 32; n++) {
        engine_set_x(p->engine, n, UINT64_C(0x123456789abcde00) | n);
    }
    engine_set_nzcv(p->engine, 0x60000000);
    engine_set_tpidr_el0(p->engine, UINT64_C(0x1111222233334444));
    engine_set_tpidrro_el0(p->engine, UINT64_C(0x5555666677778888));
    ck_assert(engine_use_api(p->engine) || strcmp(host.machine, "x86_64") != 0);
    for (unsigned n = 0; n < 32; n++) {
        ck_assert_uint_eq(engine_x(p->engine, n), UINT64_C(0x123456789abcde00) | n);
    }
    ck_assert_uint_eq(engine_nzcv(p->engine), 0x60000000);
    ck_assert_uint_eq(engine_tpidr_el0(p->engine), UINT64_C(0x1111222233334444));
    ck_assert_uint_eq(engine_tpidrro_el0(p->engine), UINT64_C(0x5555666677778888));
    probe_destroy(p);
}
END_TEST

void probe_add_state(Suite *suite)
{
    TCase *tcase = tcase_create("state");
    tcase_add_loop_test(tcase, saving_keeps_a_reservation, 0, 2);
    tcase_add_loop_test(tcase, a_reservation_is_loaded, 0, 2);
    tcase_add_loop_test(tcase, a_cleared_reservation_is_loaded_as_none, 0, 2);
    tcase_add_loop_test(tcase, registers_are_loaded, 0, 2);
    tcase_add_loop_test(tcase, registers_in_memory_are_those_of_the_api, 0, 2);
    suite_add_tcase(suite, tcase);
}
