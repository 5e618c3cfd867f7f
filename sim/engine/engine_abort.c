/*
 * Unicorn's translator ends the program (an assertion) on some unallocated words. engine_defuse.c
 * keeps them away from it where code is aligned; a branch to an odd address makes it read words
 * that lie across. A guest can never stop the simulator: the abort becomes a failure of this
 * engine, which is not used again.
 */
#include "sim/engine/engine_internal.h"

#include <setjmp.h>
#include <signal.h>

static _Thread_local sigjmp_buf landing;
static _Thread_local volatile sig_atomic_t in_engine;

static void on_abort(int number)
{
    if (in_engine) {
        siglongjmp(landing, 1);
    }
    signal(number, SIG_DFL); /* not the engine's: abort() goes on */
}

void engine_catch_aborts(void)
{
    struct sigaction action = {.sa_handler = on_abort, .sa_flags = SA_NODEFER};
    sigemptyset(&action.sa_mask);
    sigaction(SIGABRT, &action, NULL);
}

bool engine_start(struct engine *e, uint64_t pc, uc_err *code)
{
    if (sigsetjmp(landing, 0) != 0) {
        in_engine = 0;
        e->broken = true;
        return false;
    }
    in_engine = 1;
    *code = uc_emu_start(e->uc, pc, 0, 0, 0);
    in_engine = 0;
    return true;
}
