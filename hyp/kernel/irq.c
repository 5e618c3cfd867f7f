#include "kernel/irq.h"

#include "abi/board.h"
#include "kernel/panic.h"

static irq_handler handlers[IRQS_MAX];

void irq_set_handler(u32 intid, irq_handler fn)
{
    BUG_ON(intid >= ARRAY_SIZE(handlers));
    handlers[intid] = fn;
}

/* A level that dropped between the exception and the read gives a spurious identifier: nothing to
 * complete. A guest's timer and the maintenance interrupt do so each time, as the world switch has
 * already silenced them. */
void irq_dispatch(void)
{
    for (;;) {
        u32 ack = gic_acknowledge();
        u32 intid = ack & 0x3ff;
        if (intid >= INTID_SPURIOUS) {
            return;
        }
        if (intid < ARRAY_SIZE(handlers) && handlers[intid]) {
            handlers[intid]();
        }
        gic_eoi(ack);
    }
}
