/* Apart from the drawing: <term.h> has macros for many a plain word. */
#include "sim/step/screen.h"

#include <curses.h>
#include <stdlib.h>
#include <unistd.h>

#include <term.h>

bool screen_check(struct err *e)
{
    int status;
    const char *name = getenv("TERM");
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        return err_set(e, "step needs a terminal for its input and output (without one, use "
                          "`el2sim run` or `el2sim explain`)");
    }
    if (name == NULL || setupterm(name, STDOUT_FILENO, &status) != OK) {
        return err_set(e, "terminal \"%s\" is not known: set TERM, to xterm-256color say",
                       name ? name : "");
    }
    const char *moves = tigetstr("cup");
    bool can_move = moves != NULL && moves != (char *)-1;
    del_curterm(cur_term);
    return can_move || err_set(e,
                               "terminal \"%s\" cannot place the cursor: set TERM to what it "
                               "really is, xterm-256color say",
                               name);
}
