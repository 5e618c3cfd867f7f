/* Each function of libel2sim once, from outside: what it does, and what it says when it cannot. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <el2sim/el2sim_check.h>

#define CODE   0x40080000u
#define DATA   0x40100000u
#define RETURN 0x400f0000u /* where calls return to */

static unsigned failures;
static char message[4096];

static void check(int line, bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "api.c:%d: %s (last reason: %s)\n", line, what, el2sim_error());
        failures++;
    }
}

#define CHECK(condition) check(__LINE__, condition, #condition)
/* Not done, and the reason names it. */
#define REFUSED(call, word)                                                                        \
    check(__LINE__, !(call) && strstr(el2sim_error(), word) != NULL, #call " is refused: " word)

static void keep(void *ctx, const char *text)
{
    (void)ctx;
    snprintf(message, sizeof message, "%s", text);
}

static struct el2sim_machine *m;

/* Puts instructions at an address. */
static void put(uint64_t at, const uint32_t *code, size_t size_bytes)
{
    CHECK(el2sim_write_memory(m, 0, EL2SIM_PA, at, code, size_bytes));
}

static bool call(uint64_t at, unsigned el, uint64_t a, uint64_t b, struct el2sim_result *result)
{
    struct el2sim_call c = {
        .address = at, .el = el, .args = {a, b}, .return_to = RETURN, .max_cycles = 10000};
    return el2sim_call(m, &c, result);
}

static const uint32_t add[] = {0x8b010000, 0xd65f03c0};               /* add x0, x0, x1; ret */
static const uint32_t hvc[] = {0xd4000002, 0xd65f03c0};               /* hvc #0; ret */
static const uint32_t loop[] = {0x14000000};                          /* b . */
static const uint32_t store[] = {0xf9000001, 0xf9400000, 0xd65f03c0}; /* str; ldr; ret */
static const uint32_t eret[] = {0xd69f03e0};

static void machines_are_refused(void)
{
    struct el2sim_config c = {EL2SIM_CONFIG};
    REFUSED(el2sim_create(NULL), "EL2SIM_CONFIG");
    c.size = 3;
    REFUSED(el2sim_create(&c), "EL2SIM_CONFIG");
    c = (struct el2sim_config){EL2SIM_CONFIG, .design = "nonesuch"};
    REFUSED(el2sim_create(&c), "nonesuch");
    c = (struct el2sim_config){EL2SIM_CONFIG, .cpu = "z80"};
    REFUSED(el2sim_create(&c), "z80");
    c = (struct el2sim_config){EL2SIM_CONFIG, .cpus = 99};
    REFUSED(el2sim_create(&c), "99");
    c = (struct el2sim_config){EL2SIM_CONFIG, .profile = "nonesuch"};
    REFUSED(el2sim_create(&c), "nonesuch");
    CHECK(strcmp(el2sim_version(), "0.1.0") == 0);
}

static void functions_are_called(void)
{
    struct el2sim_result r = {0};
    put(CODE, add, sizeof add);
    CHECK(call(CODE, 2, 40, 2, &r) && r.x0 == 42 && r.instructions == 2 && r.cycles > 0);
    CHECK(call(CODE, 1, 1, 2, &r) && r.x0 == 3 && r.exceptions == 0);
    REFUSED(call(CODE, 7, 0, 0, &r), "EL7");
    struct el2sim_call named = {.function = "nonesuch"};
    REFUSED(el2sim_call(m, &named, &r), "nonesuch");
    put(CODE + 64, loop, sizeof loop);
    struct el2sim_snapshot *before = el2sim_snapshot_take(m);
    REFUSED(call(CODE + 64, 2, 0, 0, &r), "did not return");
    CHECK(el2sim_snapshot_restore(m, before));
    el2sim_snapshot_free(before);
    CHECK(call(CODE, 2, 20, 3, &r) && r.x0 == 23);
}

static void traps_are_counted(void)
{
    struct el2sim_result r = {0};
    put(CODE + 128, hvc, sizeof hvc);
    put(CODE + 0x1000 + 0x400, eret, sizeof eret);
    CHECK(el2sim_write_register(m, 0, "VBAR_EL2", CODE + 0x1000));
    CHECK(el2sim_write_register(m, 0, "hcr_el2", 1u << 31));
    el2sim_restart_counts(m);
    CHECK(call(CODE + 128, 1, 0, 0, &r) && r.exceptions == 1);
    CHECK(el2sim_traps(m, 1, 2, EL2SIM_EC_HVC) == 1);
    CHECK(el2sim_traps(m, EL2SIM_ANY, EL2SIM_ANY, EL2SIM_ANY) == 1);
    CHECK(el2sim_cycles(m, 0) == r.cycles && el2sim_instructions(m, 0) == r.instructions);
    CHECK(el2_assert_traps(m, 1, 2, EL2SIM_EC_HVC, 1));
    CHECK(!el2_assert_traps(m, 1, 2, EL2SIM_EC_HVC, 2));
    CHECK(strstr(message, "1 exception from EL1 to EL2 by HVC (EC 0x16), expected 2"));
    CHECK(el2_assert_cycles_below(m, 0, r.cycles + 1));
    CHECK(!el2_assert_cycles_below(m, 0, r.cycles) && strstr(message, "exception.el1-el2"));
}

static void state_is_read_and_written(void)
{
    uint64_t v = 0, physical = 0;
    struct el2sim_result r = {0};
    CHECK(el2sim_write_register(m, 0, "X7", 99) && el2sim_read_register(m, 0, "x7", &v) && v == 99);
    CHECK(el2sim_flip_register(m, 0, "X7", 0) && el2sim_read_register(m, 0, "x7", &v) && v == 98);
    CHECK(el2sim_write_register(m, 0, "VTTBR_EL2", 5ull << 48 | 0x41000000));
    CHECK(el2_assert_reg(m, 0, "VTTBR_EL2.VMID", 5));
    CHECK(!el2_assert_reg(m, 0, "VTTBR_EL2", 6ull << 48 | 0x41000000));
    CHECK(strstr(message, "VMID") && strstr(message, "is 0x5, expected 0x6"));
    CHECK(el2sim_write_register(m, 0, "V31.D[1]", 6) && el2sim_write_register(m, 0, "v31.d[0]", 3));
    CHECK(el2_assert_reg(m, 0, "V31.D[1]", 6) && el2_assert_reg(m, 0, "V31.D[0]", 3));
    CHECK(!el2_assert_reg(m, 0, "V31.D[1]", 7) && strstr(message, "V31.D[1] is 0x6, expected 0x7"));
    REFUSED(el2sim_read_register(m, 0, "V0", &v), "V0");
    REFUSED(el2sim_read_register(m, 0, "V32.D[0]", &v), "V32");
    REFUSED(el2sim_read_register(m, 0, "X31", &v), "X31");
    REFUSED(el2sim_read_register(m, 9, "X0", &v), "CPU 9");
    REFUSED(el2sim_write_register(m, 0, "MIDR_EL1", 0), "MIDR_EL1");
    put(CODE + 192, store, sizeof store);
    CHECK(call(CODE + 192, 2, DATA, 7, &r) && r.x0 == 7);
    CHECK(el2sim_read_memory(m, 0, EL2SIM_PA, DATA, &v, 8) && v == 7);
    CHECK(el2sim_flip_memory(m, DATA, 3) && el2sim_read_memory(m, 0, EL2SIM_VA, DATA, &v, 8));
    CHECK(v == 15);
    CHECK(el2sim_translate(m, 0, EL2SIM_VA, DATA, &physical) && physical == DATA);
    REFUSED(el2sim_read_memory(m, 0, EL2SIM_PA, 0x9000000, &v, 4), "no RAM");
}

static void faults_are_injected(void)
{
    uint64_t pc = 0;
    CHECK(el2sim_inject_serror(m, 0, false) && el2_assert_reg(m, 0, "ISR_EL1.A", 1));
    CHECK(el2sim_inject_serror(m, 0, true) && el2_assert_reg(m, 0, "HCR_EL2.VSE", 1));
    CHECK(el2sim_inject_virtual(m, 0, 27, 0x80) && el2_assert_reg(m, 0, "ICH_LR0_EL2.vINTID", 27));
    CHECK(el2sim_set_interrupt(m, 0, 30, true) && el2sim_set_interrupt(m, 0, 30, false));
    CHECK(el2sim_send_sgi(m, 0, 1, 3));
    REFUSED(el2sim_set_interrupt(m, 0, 5, true), "interrupt 5");
    REFUSED(el2sim_send_sgi(m, 0, 1, 16), "SGI 16");
    REFUSED(el2sim_inject_abort(m, 0, 0x123, false), "runs no code");
    struct el2sim_call c = {.address = CODE, .return_to = RETURN};
    struct el2sim_snapshot *start = el2sim_snapshot_take(m);
    REFUSED(el2sim_call_finish(m, NULL), "el2sim_call_begin");
    CHECK(el2sim_call_begin(m, &c) && el2sim_step(m, 0, NULL));
    CHECK(el2sim_snapshot_restore(m, start) && el2sim_call_begin(m, &c) &&
          el2sim_inject_abort(m, 0, 0x123, false));
    REFUSED(el2sim_call_begin(m, &c), "under way");
    CHECK(el2_assert_reg(m, 0, "FAR_EL2", 0x123) && el2_assert_reg(m, 0, "ELR_EL2", CODE));
    CHECK(el2_assert_reg(m, 0, "ESR_EL2.EC", 0x25));
    CHECK(el2sim_read_register(m, 0, "PC", &pc) && pc == CODE + 0x1000 + 0x200);
    el2sim_snapshot_free(start);
}

static void snapshots_and_forks(void)
{
    uint64_t v = 0;
    struct el2sim_result a = {0}, b = {0};
    put(CODE, add, sizeof add);
    struct el2sim_snapshot *s = el2sim_snapshot_take(m);
    CHECK(s != NULL && call(CODE, 2, 1, 1, &a));
    CHECK(el2sim_write_memory(m, 0, EL2SIM_PA, DATA, "changed!", 8));
    put(CODE, hvc, sizeof hvc);
    CHECK(el2sim_snapshot_restore(m, s) && call(CODE, 2, 1, 1, &b));
    CHECK(a.x0 == b.x0 && a.cycles == b.cycles);
    CHECK(el2sim_read_memory(m, 0, EL2SIM_PA, DATA, &v, 8) && v == 15);
    struct el2sim_machine *first = m, *other = el2sim_fork(m);
    CHECK(other != NULL);
    if (other != NULL) {
        m = other;
        CHECK(call(CODE, 2, 30, 4, &b) && b.x0 == 34);
        put(DATA, add, sizeof add);
        REFUSED(el2sim_snapshot_restore(m, s), "another machine");
        el2sim_destroy(other);
        m = first;
    }
    CHECK(el2sim_read_memory(m, 0, EL2SIM_PA, DATA, &v, 8) && v == 15);
    el2sim_snapshot_free(s);
}

/* ldr w1, [x0]; add w1, w1, #1; str w1, [x0]; ret: an increment that another CPU may lose. */
static const uint32_t increment[] = {0xb9400001, 0x11000421, 0xb9000001, 0xd65f03c0};

static bool nothing_is_lost(void *ctx, struct el2sim_machine *machine, bool ended)
{
    uint32_t value = 0;
    (void)ctx;
    return el2sim_read_memory(machine, 0, EL2SIM_PA, DATA, &value, 4) && (!ended || value == 2);
}

static void interleavings_are_explored(void)
{
    uint32_t zero = 0;
    struct el2sim_finding found, again;
    struct el2sim_call both[] = {
        {.address = CODE + 256, .cpu = 0, .args = {DATA}, .return_to = RETURN},
        {.address = CODE + 256, .cpu = 1, .args = {DATA}, .return_to = RETURN}};
    struct el2sim_exploration what = {.calls = {both[0], both[1]}, .holds = nothing_is_lost};
    put(CODE + 256, increment, sizeof increment);
    CHECK(el2sim_write_memory(m, 0, EL2SIM_PA, DATA, &zero, sizeof zero));
    CHECK(el2sim_call_together(m, both, 2, NULL) && nothing_is_lost(NULL, m, true));
    CHECK(el2sim_write_memory(m, 0, EL2SIM_PA, DATA, &zero, sizeof zero));
    CHECK(el2sim_explore(m, &what, &found) && found.verdict == EL2SIM_BROKEN);
    CHECK(strcmp(found.schedule, "0*2 1*4 0*2") == 0 || strcmp(found.schedule, "1*2 0*4 1*2") == 0);
    CHECK(nothing_is_lost(NULL, m, false)); /* it is as it was */
    struct el2sim_snapshot *before = el2sim_snapshot_take(m);
    CHECK(el2sim_replay(m, &what, found.schedule, &again) && again.verdict == EL2SIM_BROKEN);
    CHECK(el2sim_snapshot_restore(m, before));
    CHECK(el2sim_replay(m, &what, "0*4 1*4", &again) && again.verdict == EL2SIM_HOLDS);
    CHECK(el2sim_snapshot_restore(m, before));
    CHECK(el2sim_replay(m, &what, "0*1", &again) && again.verdict == EL2SIM_STUCK);
    CHECK(el2sim_snapshot_restore(m, before));
    REFUSED(el2sim_replay(m, &what, "0*nine", &again), "CPU*INSTRUCTIONS");
    CHECK(el2sim_snapshot_restore(m, before));
    what.holds = NULL;
    CHECK(el2sim_explore(m, &what, &found) && found.verdict == EL2SIM_HOLDS && found.states > 4);
    what.max_states = 3;
    CHECK(el2sim_explore(m, &what, &found) && found.verdict == EL2SIM_BOUND);
    what.max_states = 0;
    what.calls[1].address = CODE + 64; /* b . */
    REFUSED(el2sim_explore(m, &what, &found), "a loop that nothing ends");
    what.calls[1].cpu = 0;
    REFUSED(el2sim_explore(m, &what, &found), "both calls");
    el2sim_snapshot_free(before);
}

static char printed[65536];

static void console(void *ctx, const char *text, size_t length)
{
    (void)ctx;
    strncat(printed, text, length < sizeof printed - strlen(printed) - 1 ? length : 0);
}

static void a_design_is_run(void)
{
    struct el2sim_config c = {EL2SIM_CONFIG, .design = "kvm-vhe", .console = console};
    struct el2sim_machine *d = el2sim_create(&c);
    struct el2sim_stop stop;
    uint64_t at = 0, cycles = 0, traps = 0;
    CHECK(d != NULL);
    REFUSED(el2sim_run(d, 100, &stop), "el2sim_load");
    CHECK(el2sim_load_design(d, "rows=hypercall n=2") && el2sim_cpu_count(d) == 2);
    REFUSED(el2sim_load_design(d, NULL), "loaded");
    CHECK(el2sim_run(d, 1000, &stop) && stop.kind == EL2SIM_STOP_DEADLINE);
    CHECK(el2sim_run_to_console(d, "vm0: ", 100000000, &stop) && strstr(printed, "vm0: "));
    CHECK(el2sim_run_to_exception(d, 2, EL2SIM_EC_HVC, 100000000, &stop));
    CHECK(stop.ec == EL2SIM_EC_HVC && stop.from_el == 1 && stop.to_el == 2 && stop.el == 2);
    CHECK(el2sim_run_to_mark(d, 100000000, &stop) && stop.kind == EL2SIM_STOP_MARK);
    CHECK(el2sim_step(d, stop.cpu, &stop) && stop.kind == EL2SIM_STOP_STEP);
    CHECK(el2sim_symbol(d, "vectors", &at) || el2sim_error()[0] != '\0');
    REFUSED(el2sim_run_to_address(d, 0x12345678, 100000, &stop), "deadline");
    CHECK(el2sim_run(d, 0, &stop) && stop.kind == EL2SIM_STOP_END && stop.status == 0);
    CHECK(strstr(printed, "RESULT PASS") != NULL);
    CHECK(el2sim_traps(d, 1, 2, EL2SIM_EC_HVC) > 2 && el2sim_cycles(d, 0) > 100000);
    REFUSED(el2sim_function_cycles(d, "no_such_function", &cycles), "no_such_function");
    CHECK(el2sim_function_traps(d, "hvc", 2, &traps) && traps >= 2);
    CHECK(el2sim_function_traps(d, "hvc", 1, &cycles) && cycles == 0);
    REFUSED(el2sim_function_traps(d, "no_such_function", 2, &traps), "no_such_function");
    el2sim_destroy(d);
}

int main(void)
{
    struct el2sim_config config = {EL2SIM_CONFIG, .cpu = "cortex-a76", .cpus = 2};
    el2sim_on_check_failure(keep, NULL);
    machines_are_refused();
    m = el2sim_create(&config);
    CHECK(m != NULL);
    functions_are_called();
    traps_are_counted();
    state_is_read_and_written();
    snapshots_and_forks();
    interleavings_are_explored();
    faults_are_injected();
    el2sim_destroy(m);
    a_design_is_run();
    printf("%s\n", failures ? "FAILED" : "passed");
    return failures != 0;
}
