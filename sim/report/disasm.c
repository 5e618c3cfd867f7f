#include "sim/report/disasm.h"

#include <capstone/capstone.h>
#include <stdio.h>
#include <stdlib.h>

#include "cpu-el/sysreg_table.h"

struct disasm {
    csh handle;
    cs_insn *insn; /* room for one */
};

struct disasm *disasm_create(struct err *e)
{
    struct disasm *d = calloc(1, sizeof *d);
    if (d == NULL) {
        err_set(e, "no memory for a disassembler");
        return NULL;
    }
    cs_err failed = cs_open(CS_ARCH_ARM64, CS_MODE_ARM, &d->handle);
    if (failed == CS_ERR_OK) {
        failed = cs_option(d->handle, CS_OPT_DETAIL, CS_OPT_ON);
        d->insn = cs_malloc(d->handle);
    }
    if (failed != CS_ERR_OK || d->insn == NULL) {
        err_set(e, "Capstone cannot disassemble A64: %s", cs_strerror(failed));
        disasm_destroy(d);
        return NULL;
    }
    return d;
}

void disasm_destroy(struct disasm *d)
{
    if (d) {
        if (d->insn) {
            cs_free(d->insn, 1);
        }
        if (d->handle) {
            cs_close(&d->handle);
        }
        free(d);
    }
}

static bool decode(struct disasm *d, uint64_t pc, uint32_t word)
{
    const uint8_t bytes[4] = {(uint8_t)word, (uint8_t)(word >> 8), (uint8_t)(word >> 16),
                              (uint8_t)(word >> 24)};
    const uint8_t *code = bytes;
    size_t size = sizeof bytes;
    return cs_disasm_iter(d->handle, &code, &size, &pc, d->insn);
}

/* MRS, MSR (register): op0 is 2 or 3 (C4.1.66). */
static bool is_register_move(uint32_t word)
{
    return (word & 0xffd00000) == 0xd5100000;
}

/* MRS, MSR by the name in our table; false: it has none. */
static bool print_register_move(uint32_t word, char text[DISASM_TEXT])
{
    uint16_t found = sysreg_find((uint16_t)(word >> 5));
    char rt[8] = "xzr", name[48];
    if (found == SR_NONE || found == SR_ID_RESERVED) {
        return false;
    }
    /* TTBR0_EL1 -> TTBR0_EL12, CNTV_CTL_EL0 -> CNTV_CTL_EL02 */
    snprintf(name, sizeof name, "%s%s", sysreg_name((enum sysreg_id)(found & ~SYSREG_ALIAS)),
             found & SYSREG_ALIAS ? "2" : "");
    if ((word & 31) != 31) {
        snprintf(rt, sizeof rt, "x%u", (unsigned)(word & 31));
    }
    bool is_read = word >> 21 & 1;
    snprintf(text, DISASM_TEXT, is_read ? "mrs %s, %s" : "msr %s, %s", is_read ? rt : name,
             is_read ? name : rt);
    return true;
}

void disasm_insn(struct disasm *d, uint64_t pc, uint32_t word, char text[DISASM_TEXT])
{
    if (is_register_move(word) && print_register_move(word, text)) {
        return;
    }
    if (!decode(d, pc, word)) {
        snprintf(text, DISASM_TEXT, ".inst 0x%08x", word);
        return;
    }
    const char *operands = d->insn->op_str;
    snprintf(text, DISASM_TEXT, "%s%s%.70s", d->insn->mnemonic, operands[0] ? " " : "", operands);
}

/* Adds one of Capstone's register numbers to the masks. */
static void add(unsigned reg, uint32_t *x, uint32_t *v, bool *nzcv)
{
    static const struct {
        unsigned first, last;
        bool is_vector;
    } files[] = {
        {ARM64_REG_W0, ARM64_REG_W30, false}, {ARM64_REG_X0, ARM64_REG_X28, false},
        {ARM64_REG_B0, ARM64_REG_B31, true},  {ARM64_REG_H0, ARM64_REG_H31, true},
        {ARM64_REG_S0, ARM64_REG_S31, true},  {ARM64_REG_D0, ARM64_REG_D31, true},
        {ARM64_REG_Q0, ARM64_REG_Q31, true},  {ARM64_REG_V0, ARM64_REG_V31, true},
    };
    if (reg == ARM64_REG_NZCV) {
        *nzcv = true;
    } else if (reg == ARM64_REG_FP || reg == ARM64_REG_LR) {
        *x |= UINT32_C(1) << (reg == ARM64_REG_FP ? 29 : 30);
    }
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        if (reg >= files[i].first && reg <= files[i].last) {
            *(files[i].is_vector ? v : x) |= UINT32_C(1) << (reg - files[i].first);
        }
    }
}

/* FP and SIMD data processing, as Capstone knows it. (Of integer aliases it is not to be believed:
 * it has CMP read nothing.) */
static void vector_registers(struct disasm *d, uint32_t word, struct insn_registers *out)
{
    cs_regs read, written;
    uint8_t read_count, written_count;
    if (!decode(d, 0, word) || cs_regs_access(d->handle, d->insn, read, &read_count, written,
                                              &written_count) != CS_ERR_OK) {
        return;
    }
    for (unsigned i = 0; i < read_count; i++) {
        add(read[i], &out->x_read, &out->v_read, &out->nzcv_read);
    }
    for (unsigned i = 0; i < written_count; i++) {
        add(written[i], &out->x_written, &out->v_written, &out->nzcv_written);
    }
}

void disasm_registers(struct disasm *d, uint32_t word, struct insn_registers *out)
{
    if (!insn_registers_of(word, out)) {
        vector_registers(d, word, out);
    }
}
