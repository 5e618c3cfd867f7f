/* Registers and memory of a stopped run. */
#include "tests/integration/control/guest.h"

#include <string.h>

#include "cpu-el/sysreg.h"
#include "sim/board/control_state.h"

static uint64_t get(struct control *c, unsigned cpu, const char *name)
{
    uint64_t value[2];
    unsigned reg = control_register_by_name(name);
    ck_assert_msg(reg < REG_COUNT && control_has_register(c, reg), "%s", name);
    control_read_register(c, cpu, reg, value);
    return value[0];
}

static bool set(struct control *c, const char *name, uint64_t value)
{
    uint64_t both[2] = {value, 0};
    return control_write_register(c, 0, control_register_by_name(name), both);
}

/* Before the world switch of the first entry: at EL2 of the hypervisor. */
static struct control *at_switch(struct machine *m)
{
    struct control *c = control_create(m);
    struct control_stop stop;
    control_break(c, va(guest_symbol("hyp_vcpu_run")), CONTROL_ANY_EL, CONTROL_ANY_CONTEXT);
    ck_assert(control_continue(c, CYCLES_NEVER, &stop));
    return c;
}

START_TEST(reading_all_of_it_changes_nothing)
{
    struct machine *m = guest_machine(4);
    struct control *c = at_switch(m);
    struct control_stop stop;
    char before[33], after[33];
    uint64_t value[2];
    uint8_t bytes[8192];
    for (unsigned stops = 0; stops < 4; stops++) {
        control_digest(c, before);
        for (unsigned cpu = 0; cpu < 4; cpu++) {
            for (unsigned reg = 0; reg < REG_COUNT; reg++) {
                if (control_has_register(c, reg)) {
                    control_read_register(c, cpu, reg, value);
                }
            }
            for (unsigned space = 0; space < SPACE_COUNT; space++) {
                control_read_memory(c, cpu, (enum control_space)space, 0x40200000, bytes,
                                    sizeof bytes);
                control_read_memory(c, cpu, (enum control_space)space, 0xfffffffffffff000, bytes,
                                    sizeof bytes);
                control_read_memory(c, cpu, (enum control_space)space, 0x09000000, bytes, 16);
            }
        }
        control_digest(c, after);
        ck_assert_str_eq(before, after);
        ck_assert(control_continue(c, CYCLES_NEVER, &stop));
    }
    control_point_delete(c, 1);
    ck_assert(!control_continue(c, CYCLES_NEVER, &stop));
    guest_must_be_whole(c, m, 4);
}
END_TEST

START_TEST(registers_are_what_code_would_read)
{
    struct machine *m = guest_machine(1);
    struct control *c = at_switch(m);
    ck_assert_uint_eq(get(c, 0, "pc"), guest_symbol("hyp_vcpu_run"));
    ck_assert_uint_eq(get(c, 0, "CurrentEL"), 2 << 2);
    ck_assert_uint_eq(get(c, 0, "cpsr") & 0xf, 9); /* EL2h */
    ck_assert_uint_eq(get(c, 0, "sp"), get(c, 0, "SP_EL2"));
    ck_assert_uint_ne(get(c, 0, "TTBR0_EL2"), 0);
    ck_assert_uint_eq(get(c, 0, "VBAR_EL2"), guest_symbol("hyp_vectors"));
    ck_assert_uint_eq(control_register_by_name("ICC_IAR9"), REG_COUNT);
    ck_assert_uint_eq(control_register_by_name("x31"), REG_COUNT);
    ck_assert(!control_has_register(c, control_register_by_name("ICC_IAR1_EL1")));
    ck_assert(!control_has_register(c, control_register_by_name("TLBI VMALLE1")));
    control_destroy(c);
    machine_destroy(m);
}
END_TEST

START_TEST(what_is_written_is_what_runs)
{
    struct machine *m = guest_machine(1);
    struct control *c = at_switch(m);
    struct control_stop stop;
    static const uint32_t code[] = {0xd28acf00, 0x91000400}; /* MOV X0, #0x5678; ADD X0, X0, #1 */
    uint64_t pc = get(c, 0, "pc"), vector[2] = {1, 2}, read[2];
    ck_assert(set(c, "x3", 77) && set(c, "TTBR0_EL1", 0x1000) && set(c, "sp", 0x40000000));
    ck_assert_uint_eq(get(c, 0, "x3"), 77);
    ck_assert_uint_eq(get(c, 0, "TTBR0_EL1"), 0x1000);
    ck_assert_uint_eq(get(c, 0, "SP_EL2"), 0x40000000);
    ck_assert(control_write_register(c, 0, REG_V0 + 31, vector));
    control_read_register(c, 0, REG_V0 + 31, read);
    ck_assert(memcmp(read, vector, sizeof read) == 0);
    ck_assert(!set(c, "MIDR_EL1", 0)); /* read-only */
    ck_assert(!set(c, "cpsr", 0x3cd)); /* EL3h */
    ck_assert(!set(c, "cpsr", 0x10));  /* AArch32 */
    for (unsigned n = 0; n < 2; n++) { /* run the code, then what is written over it */
        uint32_t word = code[n];
        ck_assert_uint_eq(control_write_memory(c, 0, SPACE_CURRENT, pc, &word, 4), 4);
        ck_assert(set(c, "pc", pc) && set(c, "x0", 100));
        ck_assert(control_step(c, 0, &stop));
        ck_assert_uint_eq(get(c, 0, "pc"), pc + 4);
        ck_assert_uint_eq(get(c, 0, "x0"), n == 0 ? 0x5678 : 101);
    }
    ck_assert(set(c, "cpsr", 0x3c5)); /* EL1h, all masked */
    ck_assert_uint_eq(get(c, 0, "CurrentEL"), 1 << 2);
    ck_assert_uint_eq(get(c, 0, "SP_EL2"), 0x40000000);
    ck_assert_uint_eq(get(c, 0, "DAIF"), 0x3c0);
    control_destroy(c);
    machine_destroy(m);
}
END_TEST

/* In the guest: its code by VA, IPA and PA, also from the hypervisor that is not in it. */
START_TEST(memory_of_any_regime)
{
    struct machine *m = guest_machine(1);
    struct control *c = control_create(m);
    struct control_stop stop;
    struct mmu_page by_va, by_ipa;
    struct mmu_fault fault;
    struct mmu_steps steps;
    uint64_t pc;
    uint32_t in_guest, word;
    control_catch(c, &(struct control_catch){.context = true});
    do {
        ck_assert(control_continue(c, CYCLES_NEVER, &stop));
        pc = get(c, 0, "pc");
    } while (control_cpu_state(c, 0).context == 0 || (get(c, 0, "SCTLR_EL1") & 1) == 0 ||
             control_read_memory(c, 0, SPACE_CURRENT, pc, &in_guest, 4) != 4);
    ck_assert(control_translate(c, 0, SPACE_GUEST, pc, &steps, &by_va, &fault));
    ck_assert(steps.has_stage1 && steps.has_stage2);
    ck_assert_uint_gt(steps.count, 4);
    /* Stage 1 alone walks tables at IPAs, which are not where the guest's memory is: so here the
     * guest's tables are found through stage 2, and the address by its last descriptor. */
    uint64_t at_ipa = 0;
    for (unsigned i = 0; i < steps.count; i++) {
        at_ipa = steps.at[i].stage2 && !steps.at[i].of_table ? steps.at[i].input : at_ipa;
    }
    ck_assert_uint_ne(at_ipa, by_va.pa.v);
    ck_assert(control_translate(c, 0, SPACE_IPA, at_ipa, &steps, &by_ipa, &fault));
    ck_assert(!steps.has_stage1 && steps.has_stage2);
    ck_assert_uint_eq(by_ipa.pa.v, by_va.pa.v);
    ck_assert_uint_eq(control_read_memory(c, 0, SPACE_PA, by_va.pa.v, &word, 4), 4);
    ck_assert_uint_eq(word, in_guest);
    ck_assert_uint_eq(control_read_memory(c, 0, SPACE_IPA, at_ipa, &word, 4), 4);
    ck_assert_uint_eq(word, in_guest);
    ck_assert(
        control_translate(c, 0, SPACE_EL2, guest_symbol("hyp_vectors"), NULL, &by_va, &fault));
    ck_assert_uint_eq(control_read_memory(c, 0, SPACE_PA, 0x09000000, &word, 4), 0); /* PL011 */
    control_destroy(c);
    machine_destroy(m);
}
END_TEST

TCase *state_case(void)
{
    TCase *t = tcase_create("state");
    tcase_set_timeout(t, 400);
    tcase_add_test(t, reading_all_of_it_changes_nothing);
    tcase_add_test(t, registers_are_what_code_would_read);
    tcase_add_test(t, what_is_written_is_what_runs);
    tcase_add_test(t, memory_of_any_regime);
    return t;
}
