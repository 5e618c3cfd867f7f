/* Unit tests of guest/stage2.c.
 *
 *     stage2_test IMAGE     an ELF file made of guest/start.S and guest/stage2.c
 */
#include "test.h"

#define IMAGE  0x40000000u /* a block of the VM, mapped to itself: its code */
#define MEMORY 0x40200000u /* the next one: its data */
#define DATA   (MEMORY + 0x8000)
#define OTHER  (DATA + 0x1000) /* the next page */

/* The level 2 entry of MEMORY, by the table that the level 1 entry points to. */
static uint64_t entry_of_block(void)
{
    uint64_t level1, table;
    el2_assert_done(el2sim_symbol(m, "level1", &level1));
    el2_assert_done(el2sim_read_memory(m, 0, EL2SIM_PA, level1 + 8, &table, sizeof table));
    return (table & 0xfffffffff000) + (MEMORY >> 21 & 511) * 8;
}

static void a_block_maps_what_it_says(void)
{
    uint64_t pa = 0;
    el2_assert_reg(m, 0, "VTTBR_EL2.VMID", 7);
    el2_assert_done(el2sim_translate(m, 0, EL2SIM_IPA, DATA + 8, &pa));
    expect("the physical address", pa, DATA + 8);
    call(1, "guest_store", DATA, 42);
    expect("what the guest reads", call(1, "guest_load", DATA, 0), 42);
    el2_assert_traps(m, 1, 2, EL2SIM_ANY, 0);
}

static void a_protected_page_traps(void)
{
    call(1, "guest_store", DATA, 1); /* now the TLB has the block */
    expect("protection", call(2, "stage2_write_protect", DATA, 0), 1);
    call(1, "guest_store", DATA, 3);
    el2_assert_traps(m, 1, 2, EL2SIM_EC_DATA_ABORT, 1);
    expect("what the guest reads", call(1, "guest_load", DATA, 0), 1);
}

static void its_neighbours_do_not(void)
{
    call(2, "stage2_write_protect", DATA, 0);
    call(1, "guest_store", OTHER, 2);
    expect("what the guest reads", call(1, "guest_load", OTHER, 0), 2);
    el2_assert_traps(m, 1, 2, EL2SIM_EC_DATA_ABORT, 0);
}

static void a_block_is_broken_before_a_table_is_made(void)
{
    struct el2sim_call split = {.function = "stage2_write_protect", .args = {DATA}};
    uint64_t entry = entry_of_block(), now = 0;
    el2_assert_done(el2sim_call_begin(m, &split));
    el2_assert_done(el2sim_run_to_access(m, entry, 8, false, true, 100000, NULL));
    el2_assert_done(el2sim_step(m, 0, NULL));
    el2_assert_done(el2sim_read_memory(m, 0, EL2SIM_PA, entry, &now, sizeof now));
    expect("the entry behind the first store to it", now, 0);
    el2_assert_done(el2sim_call_finish(m, NULL));
}

int main(int argc, char **argv)
{
    static void (*const tests[])(void) = {
        a_block_maps_what_it_says,
        a_protected_page_traps,
        its_neighbours_do_not,
        a_block_is_broken_before_a_table_is_made,
    };
    make(argc, argv, 1);
    call(2, "stage2_init", 7, 0);
    call(2, "stage2_map_block", IMAGE, IMAGE);
    call(2, "stage2_map_block", MEMORY, MEMORY);
    return run("stage2", tests, sizeof tests / sizeof tests[0]);
}
