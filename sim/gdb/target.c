#include "sim/gdb/target.h"

#include <string.h>

#include "sim/board/control_state.h"

/* As gdb's own aarch64-core.xml and aarch64-fpu.xml have them: it insists on names and order. */

static void core(struct gdb_text *out)
{
    gdb_print(out, "<feature name=\"org.gnu.gdb.aarch64.core\">\n"
                   "<flags id=\"cpsr_flags\" size=\"4\">\n");
    static const struct {
        const char *name;
        unsigned low, high;
    } fields[] = {{"SP", 0, 0},    {"EL", 2, 3},   {"nRW", 4, 4},   {"F", 6, 6},
                  {"I", 7, 7},     {"A", 8, 8},    {"D", 9, 9},     {"SSBS", 12, 12},
                  {"IL", 20, 20},  {"SS", 21, 21}, {"PAN", 22, 22}, {"UAO", 23, 23},
                  {"DIT", 24, 24}, {"V", 28, 28},  {"C", 29, 29},   {"Z", 30, 30},
                  {"N", 31, 31}};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        gdb_print(out, "<field name=\"%s\" start=\"%u\" end=\"%u\"%s/>\n", fields[i].name,
                  fields[i].low, fields[i].high,
                  fields[i].low == fields[i].high ? "" : " type=\"uint32\"");
    }
    gdb_print(out, "</flags>\n");
    for (unsigned n = 0; n < 31; n++) {
        gdb_print(out, "<reg name=\"x%u\" bitsize=\"64\" type=\"int\"/>\n", n);
    }
    gdb_print(out, "<reg name=\"sp\" bitsize=\"64\" type=\"data_ptr\"/>\n"
                   "<reg name=\"pc\" bitsize=\"64\" type=\"code_ptr\"/>\n"
                   "<reg name=\"cpsr\" bitsize=\"32\" type=\"cpsr_flags\"/>\n</feature>\n");
}

static void fpu(struct gdb_text *out)
{
    static const struct {
        const char *id, *type;
        unsigned count;
    } vectors[] = {{"v2d", "ieee_double", 2}, {"v2u", "uint64", 2},  {"v2i", "int64", 2},
                   {"v4f", "ieee_single", 4}, {"v4u", "uint32", 4},  {"v4i", "int32", 4},
                   {"v8u", "uint16", 8},      {"v8i", "int16", 8},   {"v16u", "uint8", 16},
                   {"v16i", "int8", 16},      {"v1u", "uint128", 1}, {"v1i", "int128", 1}};
    static const struct {
        const char *id, *fields[3];
    } unions[] = {{"vnd", {"v2d:f", "v2u:u", "v2i:s"}},
                  {"vns", {"v4f:f", "v4u:u", "v4i:s"}},
                  {"vnh", {"v8u:u", "v8i:s", NULL}},
                  {"vnb", {"v16u:u", "v16i:s", NULL}},
                  {"vnq", {"v1u:u", "v1i:s", NULL}}};
    gdb_print(out, "<feature name=\"org.gnu.gdb.aarch64.fpu\">\n");
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        gdb_print(out, "<vector id=\"%s\" type=\"%s\" count=\"%u\"/>\n", vectors[i].id,
                  vectors[i].type, vectors[i].count);
    }
    for (size_t i = 0; i < sizeof unions / sizeof unions[0]; i++) {
        gdb_print(out, "<union id=\"%s\">\n", unions[i].id);
        for (unsigned n = 0; n < 3 && unions[i].fields[n]; n++) {
            const char *field = unions[i].fields[n], *colon = strchr(field, ':');
            gdb_print(out, "<field name=\"%s\" type=\"%.*s\"/>\n", colon + 1, (int)(colon - field),
                      field);
        }
        gdb_print(out, "</union>\n");
    }
    gdb_print(out, "<union id=\"aarch64v\">\n");
    for (size_t i = 0; i < sizeof unions / sizeof unions[0]; i++) {
        gdb_print(out, "<field name=\"%c\" type=\"%s\"/>\n", unions[i].id[2], unions[i].id);
    }
    gdb_print(out, "</union>\n");
    for (unsigned n = 0; n < 32; n++) {
        gdb_print(out, "<reg name=\"v%u\" bitsize=\"128\" type=\"aarch64v\" regnum=\"%u\"/>\n", n,
                  REG_V0 + n);
    }
    gdb_print(out, "<reg name=\"fpsr\" bitsize=\"32\" type=\"int\"/>\n"
                   "<reg name=\"fpcr\" bitsize=\"32\" type=\"int\"/>\n</feature>\n");
}

static void system_registers(const struct control *c, struct gdb_text *out)
{
    gdb_print(out, "<feature name=\"org.el2sim.system\">\n");
    for (unsigned reg = REG_SYSTEM; reg < REG_COUNT; reg++) {
        if (gdb_register_bytes(c, reg) != 0) {
            gdb_print(out,
                      "<reg name=\"%s\" bitsize=\"64\" regnum=\"%u\" type=\"uint64\" "
                      "group=\"system\" save-restore=\"no\"/>\n",
                      control_register_name(reg), reg);
        }
    }
    gdb_print(out, "</feature>\n");
}

void gdb_target_xml(const struct control *c, struct gdb_text *out)
{
    gdb_print(out, "<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n"
                   "<target version=\"1.0\">\n<architecture>aarch64</architecture>\n");
    core(out);
    fpu(out);
    system_registers(c, out);
    gdb_print(out, "</target>\n");
}

unsigned gdb_register_bytes(const struct control *c, unsigned reg)
{
    if (reg >= REG_SYSTEM) { /* gdb has FPCR and FPSR already */
        bool is_new = reg != REG_SYSTEM + SR_FPCR && reg != REG_SYSTEM + SR_FPSR;
        return is_new && control_has_register(c, reg) ? 8 : 0;
    }
    if (reg >= REG_V0 && reg < REG_FPSR) {
        return 16;
    }
    return reg == REG_PSTATE || reg >= REG_FPSR ? 4 : 8;
}
