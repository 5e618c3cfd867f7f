/* Every row and alias of the register table against the GNU assembler. */
#define _POSIX_C_SOURCE 200809L

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/oracle/assembly.h"
#include "cpu-el/sysreg_table.h"
#include "tests/support/run_suite.h"

#define ASSEMBLER "aarch64-linux-gnu-as -march=armv8.6-a+sve+sme+rng+ssbs+predres"
#define OBJCOPY   "aarch64-linux-gnu-objcopy -O binary -j .text"

struct line {
    enum sysreg_id id;
    uint16_t enc;
    char text[64];
};

static struct line lines[2 * SR_COUNT];
static size_t line_count;
static uint32_t words[2 * SR_COUNT];

static void add_lines(void)
{
    for (unsigned i = SR_NONE + 1; i < SR_COUNT; i++) {
        enum sysreg_id id = (enum sysreg_id)i;
        const struct sysreg_row *row = &sysreg_rows[id];
        bool write = (row->access & 7) == 7 && row->access != NO_ACCESS;
        struct line *line = &lines[line_count];
        if (assembly_of(id, write, line->text, sizeof line->text)) {
            line->id = id;
            line->enc = row->enc;
            line_count++;
        }
        line = &lines[line_count];
        if (assembly_of_alias(id, line->text, sizeof line->text)) {
            line->id = id;
            line->enc = row->el12;
            line_count++;
        }
    }
}

static void assemble_lines(void)
{
    char dir[] = "/tmp/el2sim-enc-XXXXXX";
    char path[64];
    char command[512];
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/a.s", dir);
    FILE *source = fopen(path, "w");
    ck_assert_ptr_nonnull(source);
    for (size_t i = 0; i < line_count; i++) {
        fprintf(source, "%s\n", lines[i].text);
    }
    fclose(source);
    snprintf(command, sizeof command, "cd %s && " ASSEMBLER " -o a.o a.s && " OBJCOPY " a.o a.bin",
             dir);
    ck_assert_msg(system(command) == 0, "the assembler refuses a name of sysreg.def");
    snprintf(path, sizeof path, "%s/a.bin", dir);
    FILE *binary = fopen(path, "rb");
    ck_assert_ptr_nonnull(binary);
    ck_assert_uint_eq(fread(words, 4, line_count, binary), line_count);
    fclose(binary);
    snprintf(command, sizeof command, "rm -r %s", dir);
    ck_assert_int_eq(system(command), 0);
}

START_TEST(every_row_and_alias_has_the_encoding_of_the_assembler)
{
    add_lines();
    assemble_lines();
    for (size_t i = 0; i < line_count; i++) {
        uint16_t assembled = (uint16_t)(words[i] >> 5);
        ck_assert_msg(assembled == lines[i].enc, "%s: %04x, the assembler has %04x", lines[i].text,
                      lines[i].enc, assembled);
        ck_assert_msg((sysreg_find(assembled) & ~SYSREG_ALIAS) == lines[i].id, "%s finds %s",
                      lines[i].text, sysreg_name(lines[i].id));
    }
    /* All rows but the reserved ID space, and the aliases. */
    ck_assert_uint_ge(line_count, SR_COUNT - 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("encodings");
    TCase *tcase = tcase_create("assembler");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, every_row_and_alias_has_the_encoding_of_the_assembler);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
