/* Names of exceptions, for people. */
#include "sim/report/report.h"

#include <stdio.h>

#include "cpu-el/syndrome.h"

const char *report_ec_name(unsigned ec)
{
    static const struct {
        unsigned ec;
        const char *name;
    } names[] = {
        {EC_UNKNOWN, "undefined"},
        {EC_WFX, "WFI/WFE"},
        {EC_FP_TRAP, "FP access"},
        {EC_ILLEGAL_STATE, "illegal state"},
        {EC_SVC64, "SVC"},
        {EC_HVC64, "HVC"},
        {EC_SMC64, "SMC"},
        {EC_SYSREG, "MSR/MRS/SYS"},
        {EC_IABT_LOWER, "instr abort <"},
        {EC_IABT_SAME, "instr abort ="},
        {EC_PC_ALIGNMENT, "PC alignment"},
        {EC_DABT_LOWER, "data abort <"},
        {EC_DABT_SAME, "data abort ="},
        {EC_SP_ALIGNMENT, "SP alignment"},
        {EC_SERROR, "SError"},
        {EC_BREAKPOINT_LOWER, "breakpoint <"},
        {EC_BREAKPOINT_SAME, "breakpoint ="},
        {EC_STEP_LOWER, "software step <"},
        {EC_STEP_SAME, "software step ="},
        {EC_WATCHPOINT_LOWER, "watchpoint <"},
        {EC_WATCHPOINT_SAME, "watchpoint ="},
        {EC_BRK64, "BRK"},
        {0x101, "IRQ"},
        {0x102, "FIQ"},
        {0x103, "SError (async)"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].ec == ec) {
            return names[i].name;
        }
    }
    return "";
}

void report_cause_name(uint32_t key, char name[CAUSE_NAME_MAX])
{
    if (key == CAUSE_START || key == CAUSE_WAY || key == CAUSE_OTHER) {
        snprintf(name, CAUSE_NAME_MAX, "%s",
                 key == CAUSE_START ? "(before any)"
                 : key == CAUSE_WAY ? "(way of an SGI)"
                                    : "(other)");
        return;
    }
    unsigned ec = key & 0xfffu;
    const char *what = report_ec_name(ec);
    char number[16];
    snprintf(number, sizeof number, "EC 0x%02x", ec);
    snprintf(name, CAUSE_NAME_MAX, "%s EL%u to EL%u %s", key >> 15 & 1u ? "vm" : "host", key >> 16,
             key >> 12 & 7u, what[0] ? what : number);
}
