/* How to find the CPU's state is not known on this host. */
#include "sim/engine/engine_internal.h"

void *engine_env_base(struct engine *engine)
{
    (void)engine;
    return NULL;
}
