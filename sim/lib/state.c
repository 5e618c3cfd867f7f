/* Registers and memory. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "sim/board/control_state.h"
#include "sim/lib/library.h"

/* Registers. */

bool library_is_element(const char *name)
{
    size_t length = strcspn(name, ".");
    return (name[0] | 0x20) == 'v' &&
           (strcasecmp(name + length, ".D[0]") == 0 || strcasecmp(name + length, ".D[1]") == 0);
}

/* *part: which 64 bits of it. */
static unsigned find_register(struct el2sim_machine *m, unsigned cpu, const char *name,
                              unsigned *part)
{
    char whole[32];
    bool is_element = library_is_element(name);
    if (!library_has_cpu(m, cpu)) {
        return REG_COUNT;
    }
    snprintf(whole, sizeof whole, "%.*s", is_element ? (int)strcspn(name, ".") : 31, name);
    *part = is_element && name[strlen(name) - 2] == '1';
    unsigned reg = control_register_by_name(whole);
    bool is_vector = reg >= REG_V0 && reg < REG_FPSR;
    if (reg == REG_COUNT || is_vector != is_element || !control_has_register(m->control, reg)) {
        err_set(library_error(),
                "register \"%s\": this CPU (%s) has none; X0 to X30, SP, PC, PSTATE, V0.D[0] to "
                "V31.D[1] and system registers as the Arm ARM spells them are expected",
                name, m->config.cpu.name);
        return REG_COUNT;
    }
    return reg;
}

enum sysreg_id library_sysreg(const char *name)
{
    unsigned reg = control_register_by_name(name);
    return reg > REG_SYSTEM && reg < REG_COUNT ? (enum sysreg_id)(reg - REG_SYSTEM) : SR_NONE;
}

bool el2sim_read_register(struct el2sim_machine *m, unsigned cpu, const char *name, uint64_t *value)
{
    unsigned part, reg = find_register(m, cpu, name, &part);
    uint64_t both[2] = {0, 0};
    if (reg != REG_COUNT) {
        control_read_register(m->control, cpu, reg, both);
        *value = both[part];
    }
    return reg != REG_COUNT;
}

bool el2sim_write_register(struct el2sim_machine *m, unsigned cpu, const char *name, uint64_t value)
{
    unsigned part, reg = find_register(m, cpu, name, &part);
    uint64_t both[2] = {0, 0};
    if (reg == REG_COUNT) {
        return false;
    }
    control_read_register(m->control, cpu, reg, both);
    both[part] = value;
    return control_write_register(m->control, cpu, reg, both) ||
           err_set(library_error(), "register %s: it cannot be written, or not with 0x%llx", name,
                   (unsigned long long)value);
}

bool el2sim_flip_register(struct el2sim_machine *m, unsigned cpu, const char *name, unsigned bit)
{
    uint64_t value;
    if (bit >= 64) {
        return err_set(library_error(), "bit %u of %s: 0 to 63 are there", bit, name);
    }
    return el2sim_read_register(m, cpu, name, &value) &&
           el2sim_write_register(m, cpu, name, value ^ UINT64_C(1) << bit);
}

/* Memory. */

static bool find_space(enum el2sim_space space, enum control_space *out)
{
    static const enum control_space spaces[] = {
        [EL2SIM_VA] = SPACE_CURRENT, [EL2SIM_IPA] = SPACE_IPA, [EL2SIM_PA] = SPACE_PA};
    if ((unsigned)space >= sizeof spaces / sizeof spaces[0]) {
        return err_set(library_error(), "address space %u: there is none", (unsigned)space);
    }
    *out = spaces[space];
    return true;
}

static bool is_reachable(struct el2sim_machine *m, unsigned cpu, enum control_space space,
                         uint64_t at)
{
    struct mmu_page page;
    struct mmu_fault fault;
    if (!control_translate(m->control, cpu, space, at, NULL, &page, &fault)) {
        return err_set(library_error(), "address 0x%llx: it leads nowhere (%s, level %u)",
                       (unsigned long long)at, fault.stage2 ? "stage 2" : "stage 1", fault.level);
    }
    return err_set(library_error(), "address 0x%llx: physical 0x%llx is no RAM",
                   (unsigned long long)at, (unsigned long long)page.pa.v);
}

bool el2sim_read_memory(struct el2sim_machine *m, unsigned cpu, enum el2sim_space space,
                        uint64_t address, void *to, size_t size_bytes)
{
    enum control_space own = SPACE_CURRENT;
    if (!library_has_cpu(m, cpu) || !find_space(space, &own)) {
        return false;
    }
    size_t done = control_read_memory(m->control, cpu, own, address, to, size_bytes);
    return done == size_bytes || is_reachable(m, cpu, own, address + done);
}

bool el2sim_write_memory(struct el2sim_machine *m, unsigned cpu, enum el2sim_space space,
                         uint64_t address, const void *from, size_t size_bytes)
{
    enum control_space own = SPACE_CURRENT;
    uint8_t byte;
    if (!library_has_cpu(m, cpu) || !find_space(space, &own)) {
        return false;
    }
    for (size_t i = 0; i < size_bytes; i += i == 0 ? 4096 - address % 4096 : 4096) {
        if (control_read_memory(m->control, cpu, own, address + i, &byte, 1) != 1) {
            return is_reachable(m, cpu, own, address + i); /* before anything is written */
        }
    }
    return control_write_memory(m->control, cpu, own, address, from, size_bytes) == size_bytes;
}

bool el2sim_translate(struct el2sim_machine *m, unsigned cpu, enum el2sim_space space,
                      uint64_t address, uint64_t *physical)
{
    enum control_space own = SPACE_CURRENT;
    struct mmu_page page;
    struct mmu_fault fault;
    if (!library_has_cpu(m, cpu) || !find_space(space, &own)) {
        return false;
    }
    if (!control_translate(m->control, cpu, own, address, NULL, &page, &fault)) {
        return is_reachable(m, cpu, own, address);
    }
    *physical = page.pa.v;
    return true;
}

bool el2sim_read_symbol(struct el2sim_machine *m, const char *name, unsigned size_bytes,
                        uint64_t *value)
{
    uint64_t address;
    *value = 0;
    if (size_bytes == 0 || size_bytes > sizeof *value) {
        return err_set(library_error(), "%u bytes of %s: 1 to 8 are expected", size_bytes, name);
    }
    return el2sim_symbol(m, name, &address) &&
           el2sim_read_memory(m, 0, EL2SIM_VA, address, value, size_bytes);
}

bool el2sim_flip_memory(struct el2sim_machine *m, uint64_t physical, unsigned bit)
{
    uint8_t byte;
    uint64_t at = physical + bit / 8;
    if (!el2sim_read_memory(m, 0, EL2SIM_PA, at, &byte, 1)) {
        return false;
    }
    byte = (uint8_t)(byte ^ 1u << bit % 8);
    return el2sim_write_memory(m, 0, EL2SIM_PA, at, &byte, 1);
}
