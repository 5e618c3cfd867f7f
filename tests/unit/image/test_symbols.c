/* Symbols by (EL, context, address), from ELF files and System.map. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/image/symbols.h"
#include "tests/unit/board/board_support.h"
#include "tests/support/run_suite.h"

#define TEXT 1 /* section numbers of board_support.h */
#define DATA 2

#define FUNC(global)  ELF64_ST_INFO((global) ? STB_GLOBAL : STB_LOCAL, STT_FUNC)
#define LABEL(global) ELF64_ST_INFO((global) ? STB_GLOBAL : STB_LOCAL, STT_NOTYPE)
#define AT(n)         (ELF_TEXT_ADDRESS + (n))
#define SYM(i, s, a, z)                                                                            \
    {                                                                                              \
        .st_info = (i), .st_shndx = (s), .st_value = (a), .st_size = (z)                           \
    }

static const struct symbol_scope host = {.el_mask = 1 << 1, .context = SYMBOLS_NO_STAGE2};

static struct symbols *symbols;
static struct elf_maker elf;
static struct temp_file file;

static void setup(void)
{
    symbols = symbols_create();
    ck_assert_ptr_nonnull(symbols);
}

static void teardown(void)
{
    symbols_destroy(symbols);
}

static bool add_elf_file(const struct symbol_scope *scope, size_t size, struct err *e)
{
    *e = (struct err){0};
    temp_write(&file, elf.bytes, size);
    bool done = symbols_add_elf(symbols, file.path, scope, e);
    temp_remove(&file);
    ck_assert(done == (e->text[0] == '\0'));
    return done;
}

static void add_elf(const struct symbol_scope *scope, const Elf64_Sym *table,
                    const char *const *names, size_t count)
{
    struct err e;
    elf_make(&elf, table, names, count);
    ck_assert_msg(add_elf_file(scope, elf.size, &e), "%s", e.text);
}

static bool add_map(const struct symbol_scope *scope, const char *text, struct err *e)
{
    *e = (struct err){0};
    temp_write(&file, text, strlen(text));
    bool done = symbols_add_map(symbols, file.path, scope, e);
    temp_remove(&file);
    return done;
}

static const char *name_at(unsigned el, int context, uint64_t at)
{
    return symbols_name(symbols, symbols_lookup(symbols, el, context, va(at), pa(PA_UNKNOWN)));
}

static void is(uint64_t at, const char *name)
{
    ck_assert_msg(strcmp(name_at(1, 0, at), name) == 0, "0x%lx is %s, not %s", (unsigned long)at,
                  name_at(1, 0, at), name);
}

START_TEST(function_holds_its_size_and_no_more)
{
    static const Elf64_Sym table[] = {SYM(FUNC(1), TEXT, AT(0x10), 0x20),
                                      SYM(FUNC(0), TEXT, AT(0x40), 0x10)};
    add_elf(&host, table, (const char *const[]){"first", "second"}, 2);
    is(AT(0x0f), "?");
    is(AT(0x10), "first");
    is(AT(0x2f), "first");
    is(AT(0x30), "?");
    is(AT(0x40), "second");
    is(AT(0x50), "?");
    ck_assert_uint_eq(symbols_lookup(symbols, 1, 0, va(AT(0x10)), pa(PA_UNKNOWN)), 1);
    ck_assert_uint_eq(symbols_lookup(symbols, 1, 0, va(AT(0x40)), pa(PA_UNKNOWN)), 2);
    ck_assert_uint_eq(symbols_lookup(symbols, 1, 0, va(0), pa(PA_UNKNOWN)), SYMBOL_UNKNOWN);
}
END_TEST

START_TEST(label_reaches_to_the_next_symbol_or_the_end_of_its_section)
{
    static const Elf64_Sym table[] = {SYM(LABEL(0), TEXT, AT(0), 0),
                                      SYM(FUNC(1), TEXT, AT(0x20), 0),
                                      SYM(LABEL(1), TEXT, AT(0x80), 0)};
    add_elf(&host, table, (const char *const[]){"start", "sizeless", "vectors"}, 3);
    is(AT(0), "start");
    is(AT(0x1f), "start");
    is(AT(0x20), "sizeless");
    is(AT(0x7f), "sizeless");
    is(AT(0x80), "vectors");
    is(AT(ELF_TEXT_SIZE - 1), "vectors");
    is(AT(ELF_TEXT_SIZE), "?");
}
END_TEST

START_TEST(label_inside_a_function_is_the_function)
{
    static const Elf64_Sym table[] = {SYM(FUNC(1), TEXT, AT(0), 0x40),
                                      SYM(LABEL(1), TEXT, AT(0x10), 0),
                                      SYM(FUNC(1), TEXT, AT(0x30), 0x10)};
    add_elf(&host, table, (const char *const[]){"outer", "inner_label", "inner_function"}, 3);
    is(AT(0x18), "outer");
    is(AT(0x30), "inner_function");
}
END_TEST

START_TEST(assembler_local_and_data_symbols_are_no_code)
{
    static const Elf64_Sym table[] = {
        SYM(LABEL(0), TEXT, AT(0), 0),
        SYM(LABEL(0), TEXT, AT(0x10), 0),
        SYM(LABEL(0), TEXT, AT(0x20), 0),
        SYM(LABEL(0), TEXT, AT(0x30), 0),
        SYM(ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT), DATA, ELF_DATA_ADDRESS, 8),
        SYM(LABEL(1), SHN_ABS, AT(0x40), 0),
        SYM(LABEL(1), SHN_UNDEF, 0, 0),
    };
    add_elf(&host, table,
            (const char *const[]){"f", "$x", "$d.1", ".L12", "object", "abs", "undef"}, 7);
    is(AT(0x40), "f");
    is(ELF_DATA_ADDRESS, "?");
    is(0, "?");
}
END_TEST

START_TEST(of_several_names_the_global_function_is_taken)
{
    static const Elf64_Sym table[] = {
        SYM(LABEL(1), TEXT, AT(0), 0),      SYM(FUNC(0), TEXT, AT(0), 0x10),
        SYM(FUNC(1), TEXT, AT(0), 0x10),    SYM(FUNC(1), TEXT, AT(0x10), 0x10),
        SYM(FUNC(1), TEXT, AT(0x10), 0x10),
    };
    add_elf(&host, table, (const char *const[]){"label", "local", "global", "b_alias", "a_alias"},
            5);
    is(AT(0), "global");
    is(AT(0x10), "a_alias"); /* whatever the order in the file */
}
END_TEST

START_TEST(mark_of_a_linker_script_is_the_last_choice)
{
    static const Elf64_Sym table[] = {SYM(LABEL(1), TEXT, AT(0), 0), SYM(LABEL(1), TEXT, AT(0), 0),
                                      SYM(LABEL(1), TEXT, AT(0x10), 0)};
    add_elf(&host, table, (const char *const[]){"__text_start", "vectors", "_alone"}, 3);
    is(AT(0), "vectors");
    is(AT(0x10), "_alone");
}
END_TEST

START_TEST(scopes_never_mix)
{
    static const Elf64_Sym table[] = {SYM(FUNC(1), TEXT, AT(0), 0x10)};
    add_elf(&(struct symbol_scope){.el_mask = 1 << 2, .context = SYMBOLS_NO_STAGE2}, table,
            (const char *const[]){"hyp"}, 1);
    add_elf(&(struct symbol_scope){.el_mask = 1 << 0 | 1 << 1, .context = SYMBOLS_NO_STAGE2}, table,
            (const char *const[]){"host"}, 1);
    add_elf(&(struct symbol_scope){.el_mask = 1 << 1, .context = 7}, table,
            (const char *const[]){"vm7"}, 1);
    add_elf(&(struct symbol_scope){.el_mask = 1 << 1, .context = SYMBOLS_ANY_VM}, table,
            (const char *const[]){"vm"}, 1);
    ck_assert_str_eq(name_at(2, 0, AT(0)), "hyp");
    ck_assert_str_eq(name_at(1, 0, AT(0)), "host");
    ck_assert_str_eq(name_at(0, 0, AT(0)), "host");
    ck_assert_str_eq(name_at(1, 7, AT(0)), "vm7");
    ck_assert_str_eq(name_at(1, 8, AT(0)), "vm");
    ck_assert_str_eq(name_at(0, 7, AT(0)), "?");
    ck_assert_str_eq(name_at(2, 7, AT(0)), "?");
}
END_TEST

START_TEST(slide_moves_the_addresses)
{
    static const Elf64_Sym table[] = {SYM(FUNC(1), TEXT, AT(0), 0x10)};
    add_elf(&(struct symbol_scope){.el_mask = 2, .slide = UINT64_C(0xffff800000000000)}, table,
            (const char *const[]){"high"}, 1);
    is(UINT64_C(0xffff800000000000) + AT(4), "high");
    is(AT(4), "?");
}
END_TEST

START_TEST(map_symbols_reach_to_the_next_of_any_kind)
{
    struct err e;
    ck_assert_msg(add_map(&host,
                          "ffff800008000000 T _text\n"
                          "ffff800008000000 t alias\n"
                          "ffff800008000100 t local_one\n"
                          "ffff800008000110 t $x\n"
                          "ffff800008000200 D data\n"
                          "ffff800008000300 W weak\n"
                          "ffff800008000400 A _end\n",
                          &e),
                  "%s", e.text);
    is(UINT64_C(0xffff8000080000ff), "_text");
    is(UINT64_C(0xffff800008000100), "local_one");
    is(UINT64_C(0xffff80000800010f), "local_one");
    is(UINT64_C(0xffff800008000200), "?");
    is(UINT64_C(0xffff8000080003ff), "weak");
    is(UINT64_C(0xffff800008000400), "?");
}
END_TEST

START_TEST(map_with_a_bad_line_is_refused)
{
    static const char *const bad[] = {"xyz T a\n", "1000 Ta\n", "1000\n", "1000 T \n", "\n"};
    char text[64] = "1000 T good\n";
    struct err e;
    strcat(text, bad[_i]);
    ck_assert(!add_map(&host, text, &e));
    ck_assert_ptr_nonnull(strstr(e.text, file.path));
    ck_assert_ptr_nonnull(strstr(e.text, "line 2"));
    is(0x1000, "?");
}
END_TEST

/* The same code under two virtual addresses, at EL1 and at EL2, with and without stage 2. */
START_TEST(physical_address_names_code_wherever_it_runs)
{
    static const struct symbol_scope loaded = {.el_mask = 7,
                                               .context = SYMBOLS_HOST,
                                               .address = SYMBOL_PHYSICAL,
                                               .image_at = {0x40200000}};
    struct err e;
    ck_assert_msg(add_map(&loaded,
                          "ffff800008000000 T _text\n"
                          "ffff800008001000 T first\n"
                          "ffff800008002000 t second\n"
                          "ffff800008003000 D data\n",
                          &e),
                  "%s", e.text);
    ck_assert(symbols_need_physical(symbols));
    static const struct {
        unsigned el;
        int context;
        uint64_t va, pa;
        const char *name;
    } looks[] = {
        {1, 0, 0xffff800008001000, 0x40201000, "first"},
        {2, 0, 0x0000100040202ffc, 0x40202ffc, "second"},
        {1, SYMBOLS_VMID_0, 0x1000, 0x40201000, "first"},
        {1, 7, 0x1000, 0x40201000, "?"}, /* and so may a guest */
        {2, 0, 0xffff800008003000, 0x40203000, "?"},
        {0, 0, 0x1000, 0x40201000, "?"}, /* a program may have the page by now */
        {1, 0, 0xffff800008001000, PA_UNKNOWN, "?"},
        {1, 0, 0xffff800008001000, 0x80001000, "?"},
    };
    for (size_t i = 0; i < sizeof looks / sizeof looks[0]; i++) {
        uint32_t id = symbols_lookup(symbols, looks[i].el, looks[i].context, va(looks[i].va),
                                     pa(looks[i].pa));
        ck_assert_msg(strcmp(symbols_name(symbols, id), looks[i].name) == 0, "look %zu: %s", i,
                      symbols_name(symbols, id));
    }
}
END_TEST

START_TEST(map_without_the_start_of_its_image_has_no_physical_place)
{
    static const struct symbol_scope loaded = {.el_mask = 6, .address = SYMBOL_PHYSICAL};
    struct err e;
    ck_assert(!add_map(&loaded, "ffff800008001000 T first\n", &e));
    ck_assert_ptr_nonnull(strstr(e.text, "_text"));
}
END_TEST

START_TEST(stripped_or_foreign_file_is_refused)
{
    struct err e;
    elf_make(&elf, NULL, NULL, 0);
    elf.sections[3].sh_type = SHT_PROGBITS;
    ck_assert(!add_elf_file(&host, elf.size, &e));
    ck_assert_ptr_nonnull(strstr(e.text, "no symbol table"));
    elf.header->e_machine = EM_RISCV;
    ck_assert(!add_elf_file(&host, elf.size, &e));
    ck_assert_ptr_nonnull(strstr(e.text, "not AArch64"));
    elf.bytes[0] = 0;
    ck_assert(!add_elf_file(&host, elf.size, &e));
    ck_assert_ptr_nonnull(strstr(e.text, "not an ELF file"));
    ck_assert(!symbols_add_elf(symbols, "/nonexistent", &host, &(struct err){0}));
}
END_TEST

static const Elf64_Sym damaged_table[] = {SYM(FUNC(1), TEXT, AT(0x10), 0x20),
                                          SYM(LABEL(0), TEXT, AT(0x40), 0)};
static const char *const damaged_names[] = {"one", "two"};

START_TEST(file_cut_anywhere_is_refused)
{
    struct err e;
    elf_make(&elf, damaged_table, damaged_names, 2);
    for (size_t size = 1; size < elf.size; size++) {
        ck_assert_msg(!add_elf_file(&host, size, &e), "%zu of %zu bytes", size, elf.size);
    }
}
END_TEST

START_TEST(file_with_any_byte_changed_is_read_or_refused)
{
    static const uint8_t values[] = {0x00, 0x01, 0x80, 0xff};
    struct err e;
    elf_make(&elf, damaged_table, damaged_names, 2);
    for (size_t at = 0; at < elf.size; at += at == 0x100 ? 0x300 : 1) { /* skips the contents */
        for (size_t i = 0; i < sizeof values; i++) {
            uint8_t old = elf.bytes[at];
            elf.bytes[at] = values[i];
            if (add_elf_file(&host, elf.size, &e)) {
                name_at(1, 0, AT(0x10));
            }
            elf.bytes[at] = old;
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("symbols");
    TCase *tc = tcase_create("symbols");
    tcase_set_timeout(tc, 120);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, function_holds_its_size_and_no_more);
    tcase_add_test(tc, label_reaches_to_the_next_symbol_or_the_end_of_its_section);
    tcase_add_test(tc, label_inside_a_function_is_the_function);
    tcase_add_test(tc, assembler_local_and_data_symbols_are_no_code);
    tcase_add_test(tc, of_several_names_the_global_function_is_taken);
    tcase_add_test(tc, mark_of_a_linker_script_is_the_last_choice);
    tcase_add_test(tc, scopes_never_mix);
    tcase_add_test(tc, slide_moves_the_addresses);
    tcase_add_test(tc, map_symbols_reach_to_the_next_of_any_kind);
    tcase_add_loop_test(tc, map_with_a_bad_line_is_refused, 0, 5);
    tcase_add_test(tc, physical_address_names_code_wherever_it_runs);
    tcase_add_test(tc, map_without_the_start_of_its_image_has_no_physical_place);
    tcase_add_test(tc, stripped_or_foreign_file_is_refused);
    tcase_add_test(tc, file_cut_anywhere_is_refused);
    tcase_add_test(tc, file_with_any_byte_changed_is_read_or_refused);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
