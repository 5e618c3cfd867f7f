/* A host whose generated code nobody has looked at: everything by Unicorn's API. */
#include "sim/engine/engine_internal.h"

struct engine_host engine_host_look(struct engine *engine)
{
    (void)engine;
    return (struct engine_host){.state = NULL};
}

size_t engine_host_count_code(unsigned char *at, const struct engine_tally *t, bool has_stores,
                              bool touches_flag, void *hook)
{
    (void)at, (void)t, (void)has_stores, (void)touches_flag, (void)hook;
    return 0;
}

uintptr_t engine_host_called(const void *caller)
{
    (void)caller;
    return 0;
}

unsigned char *engine_host_argument(const void *caller)
{
    (void)caller;
    return NULL;
}

void engine_host_redirect(const void *caller, uintptr_t to)
{
    (void)caller, (void)to;
}
