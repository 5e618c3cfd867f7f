/*
 * What el2sim explain says, and what the machine then does: each rule of trap.def, wherever it can
 * act, is put into a machine's CPU, explained from there, and then the instruction runs.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu-el/resolve_rules.h"
#include "cpu-el/sysreg_table.h"
#include "sim/board/cpu.h"
#include "sim/catalog/design.h"
#include "sim/image/memmap.h"
#include "sim/report/explain.h"
#include "tests/support/explain_subject.h"
#include "tests/support/resolve_matrix.h"
#include "tests/support/run_suite.h"

#define VECTORS(el)    (MEMMAP_RAM_BASE + 0x100000u * (el))
#define CODE           (MEMMAP_RAM_BASE + 0x400000u)
#define DATA           (MEMMAP_RAM_BASE + 0x300000u)
#define CODE_BYTES     0x400000u
#define BRANCH_TO_SELF 0x14000000u
#define FEW_CYCLES     (8 * CYCLE)

/* The exception that the instruction took. */
struct taken {
    bool is_any;
    unsigned to;
    uint32_t esr;
    uint64_t return_address;
};

/* The same, as the explanation says it. */
struct said {
    bool traps, is_behind;
    unsigned to, vector;
    uint32_t esr;
};

static struct profile *profile;
static struct machine *machine;
static struct taken taken;
static uint64_t next_code = CODE;
static uint64_t instruction_at;

/* The first exception out of the instruction; what the code behind it does is nobody's concern. */
static void see(void *ctx, const struct arch_event *e)
{
    (void)ctx;
    bool is_its = e->c == instruction_at || e->c == instruction_at + 4;
    if (e->kind == EV_EXCEPTION && !taken.is_any && is_its && (e->a & 15) == EXC_SYNC) {
        taken = (struct taken){true, e->a >> 4 & 15, (uint32_t)e->b, e->c};
    }
}

static struct event_observer observer = {.seen = see};

static void write_word(uint64_t at, uint32_t word)
{
    ck_assert(ram_write(&machine->ram, pa(at), &word, sizeof word));
}

/* All features, as matrix_open() has them. */
static void open_machine(void)
{
    struct err e = {.text = ""};
    static struct pe open;
    struct machine_config config = {.cpu_count = 1,
                                    .gic_version = 3,
                                    .ram_bytes = 16 << 20,
                                    .entry_el = 2,
                                    .level = LEVEL_BLOCK,
                                    .quiet = true};
    profile = profile_load("unit", &e);
    ck_assert_msg(profile && cpu_model_find("max", &config.cpu, &e), "%s", e.text);
    matrix_open(&open);
    memcpy(config.cpu.has, open.model.has, sizeof config.cpu.has);
    profile_configure(profile, &config);
    machine = machine_create(&config, &e);
    ck_assert_msg(machine != NULL, "%s", e.text);
    machine_observe(machine, &observer);
    for (unsigned el = 1; el < 3; el++) {
        for (unsigned offset = 0; offset < 0x800; offset += 4) {
            write_word(VECTORS(el) + offset, BRANCH_TO_SELF);
        }
    }
}

static void close_machine(void)
{
    machine_destroy(machine);
    profile_free(profile);
}

/* The CPU after reset with the controls of `state`, at its EL, before an instruction that did not
 * run before. */
static void enter(const struct pe *state, uint32_t word)
{
    struct cpu *cpu = machine->cpus[0];
    instruction_at = next_code;
    next_code += 16;
    ck_assert(next_code < CODE + CODE_BYTES);
    write_word(instruction_at, word);
    write_word(instruction_at + 4, BRANCH_TO_SELF);
    cpu_start(cpu, instruction_at, 0, cpu->clock.now);
    for (size_t i = 0; i < trap_rule_count; i++) {
        cpu->pe.sr[trap_rules[i].control] = state->sr[trap_rules[i].control];
    }
    cpu->pe.sr[SR_VBAR_EL1] = VECTORS(1);
    cpu->pe.sr[SR_VBAR_EL2] = VECTORS(2);
    engine_set_x(cpu->engine, 7, DATA);
    trap_effects(cpu, EFF_CONTEXT | EFF_REGIME | EFF_TRAPS | EFF_IRQ | EFF_DEBUG);
    cpu->pe.sr[SR_ELR_EL2] = instruction_at;
    cpu->pe.sr[SR_SPSR_EL2] = 0x3c0u | (unsigned)state->ps.el << 2 | (state->ps.el != 0);
    cpu_return(cpu);
    ck_assert_uint_eq(cpu->pe.ps.el, state->ps.el);
}

/* The instruction and a few cycles more. */
static void run(void)
{
    taken = (struct taken){.is_any = false};
    machine->ended = false;
    machine->config.max_cycles = machine->cpus[0]->clock.now + FEW_CYCLES;
    loop_run(machine);
    /* A WFI that waits has nothing that ends it. */
    ck_assert(machine->result.end == END_LIMIT || machine->result.end == END_DEADLOCK);
}

static struct said listen(const char *text)
{
    struct said said = {.traps = false};
    const char *at = strstr(text, "exception to EL");
    if (at) {
        unsigned again;
        said.traps = true;
        ck_assert_int_eq(
            sscanf(at, "exception to EL%u, vector VBAR_EL%u + %x", &said.to, &again, &said.vector),
            3);
        ck_assert_uint_eq(said.to, again);
        const char *esr = strstr(at, "ESR 0x");
        ck_assert_ptr_nonnull(esr);
        said.esr = (uint32_t)strtoul(esr + 4, NULL, 16);
        said.is_behind = strstr(at, "the instruction behind it") != NULL;
    }
    return said;
}

/* Explains the instruction from the machine's own state, runs it, and compares. */
static void compare(const char *what, const struct pe *state, const struct explain_subject *s)
{
    char *text = NULL;
    size_t size = 0;
    struct cpu *cpu = machine->cpus[0];
    enter(state, explain_subject_word(s));
    FILE *out = open_memstream(&text, &size);
    ck_assert_ptr_nonnull(out);
    explain_insn(out, &cpu->pe, profile, s);
    fclose(out);
    struct said said = listen(text);
    run();
    ck_assert_msg(taken.is_any == said.traps, "%s: the machine %s\n%s", what,
                  taken.is_any ? "takes an exception" : "takes none", text);
    if (said.traps) {
        uint64_t vector = VECTORS(said.to) + said.vector;
        ck_assert_msg(taken.to == said.to, "%s: to EL%u\n%s", what, taken.to, text);
        ck_assert_msg(taken.esr == said.esr, "%s: ESR %#x\n%s", what, taken.esr, text);
        ck_assert_msg(taken.return_address == instruction_at + (said.is_behind ? 4u : 0u),
                      "%s: returns to %#llx of %#llx\n%s", what,
                      (unsigned long long)taken.return_address, (unsigned long long)instruction_at,
                      text);
        ck_assert_msg(engine_pc(cpu->engine) == vector, "%s: pc %#llx\n%s", what,
                      (unsigned long long)engine_pc(cpu->engine), text);
    }
    free(text);
}

static struct outcome decide(const struct pe *pe, const struct explain_subject *s)
{
    return s->is_sysreg ? resolve_sysreg(pe, s->enc, s->write) : resolve_insn(pe, s->insn, 0);
}

/* With the rule's bits set so that it traps, and so that it does not. Whether it was the rule that
 * decided. */
static bool check(const struct trap_rule *rule, const struct explain_subject *s, unsigned el,
                  unsigned world)
{
    static struct pe state;
    char what[96];
    if (!explain_place(rule, el, world, &state)) {
        return false;
    }
    state.model = machine->cpus[0]->pe.model;
    snprintf(what, sizeof what, "%s, a %s at EL%u, world %u", rule->name,
             s->write ? "write" : "read", el, world);
    explain_flip(&state, rule, true);
    struct outcome o = decide(&state, s);
    compare(what, &state, s);
    explain_flip(&state, rule, false);
    compare(what, &state, s);
    return o.rule != NULL && strcmp(o.rule, rule->name) == 0;
}

/* In how many places the rule decided. */
static unsigned check_rule(const struct trap_rule *rule)
{
    unsigned decided = 0;
    for (unsigned world = 0; world < 4; world++) {
        for (unsigned el = 0; el < 3; el++) {
            struct explain_subject s;
            for (unsigned n = 0; explain_subject_of(rule, false, n, &s); n++) {
                decided += check(rule, &s, el, world);
            }
            for (unsigned n = 0; explain_subject_of(rule, true, n, &s); n++) {
                decided += check(rule, &s, el, world);
            }
        }
    }
    return decided;
}

/* One test of all rules: a process for each costs more than all that it does. */
START_TEST(the_machine_does_what_is_explained)
{
    for (size_t i = 0; i < trap_rule_count; i++) {
        ck_assert_msg(check_rule(&trap_rules[i]) != 0, "%s (rule %zu) decides nowhere",
                      trap_rules[i].name, i);
    }
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("explain and run");
    tcase_add_unchecked_fixture(tc, open_machine, close_machine);
    tcase_add_test(tc, the_machine_does_what_is_explained);
    Suite *suite = suite_create("explain and run");
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
