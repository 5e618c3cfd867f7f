#include "sim/step/help.h"

void help_lines(struct lines *out)
{
    static const char *const text[] = {
        "el2sim step: one instruction at a time, with all that EL2 has to do with it",
        "",
        "  s  step: one instruction, or one exception that is taken before it",
        "  n  over: a step, but calls, traps and interrupts are carried through",
        "  o  out: until the function returns, or an exception's handler does ERET",
        "  e  until the exception level changes         c  continue until it stops",
        "  w  until the next world switch: host <-> VM  u  until the cursor",
        "  b  back: the state before the last instruction",
        "",
        "  up down PgUp PgDn  move the cursor in the code;  .  back to the PC",
        "  g  show a function or an address             space  breakpoint at the cursor",
        "  B  breakpoint at a function or an address    v  source lines on, off",
        "  0-9 [ ]  choose a CPU                        Tab  choose a pane;  z  zoom it",
        "  J K  scroll the chosen pane                  ?  this help    q  leave",
        "",
        "Colours: EL0 green, EL1 blue, EL2 red; yellow is what the last step changed.",
        "In code: > is the PC, - the cursor, * a breakpoint. Any key stops a run.",
        "Registers: what the next instruction touches, then what the last step changed.",
        "Translation: of the next load or store, else of the fetch, table by table.",
        "Cycles: what the last command cost this CPU, by class; the parts add up.",
    };
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++) {
        lines_add(out, i == 0 ? LINE_HEAD : LINE_PLAIN, "%s", text[i]);
    }
}
