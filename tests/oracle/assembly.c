#include "tests/oracle/assembly.h"

#include <stdio.h>
#include <string.h>

#include "cpu-el/sysreg_table.h"

/* TLBI, IC: operations without Xt. */
static bool takes_no_register(const char *operation)
{
    return strncmp(operation, "VMALL", 5) == 0 || strncmp(operation, "ALLE", 4) == 0 ||
           strncmp(operation, "IALLU", 5) == 0;
}

bool assembly_of(enum sysreg_id id, bool write, char *line, size_t size)
{
    const struct sysreg_row *row = &sysreg_rows[id];
    const char *operand = strchr(row->name, ' ');
    unsigned op0 = row->enc >> 14;
    if (op0 == 0) {
        snprintf(line, size, "msr %s, #0", operand + 1);
        return write;
    }
    if (op0 == 1) {
        snprintf(line, size, "%s%s", row->name, takes_no_register(operand + 1) ? "" : ", x1");
        return write;
    }
    snprintf(line, size, write ? "msr %s, x1" : "mrs x1, %s", row->name);
    bool named = row->need != NEED(VMCB); /* no assembler knows these */
    return named && id != SR_ID_RESERVED;
}

bool assembly_of_alias(enum sysreg_id id, char *line, size_t size)
{
    const struct sysreg_row *row = &sysreg_rows[id];
    if (row->el12 == 0) {
        return false;
    }
    size_t stem = strlen(row->name) - strlen("_EL1");
    bool of_el0 = strcmp(row->name + stem, "_EL0") == 0;
    snprintf(line, size, "mrs x1, %.*s%s", (int)stem, row->name, of_el0 ? "_EL02" : "_EL12");
    return true;
}
