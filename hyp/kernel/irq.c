#include "kernel/irq.h"

#include "abi/board.h"
#include "kernel/boot.h"
#include "kernel/bootargs.h"
#include "kernel/panic.h"

static irq_handler handlers[IRQS_MAX];
static bool forwarded[IRQS_MAX];
bool irq_split;

void irq_init(void)
{
    irq_split = bootargs_say(kernel_board()->bootargs, "eoi", "split");
}

void irq_set_forwarded(u32 intid)
{
    BUG_ON(intid >= ARRAY_SIZE(forwarded));
    forwarded[intid] = true;
}

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
        if (irq_split) { /* first the priority, so that others need not wait for the handler */
            gic_eoi(ack);
        }
        if (intid < ARRAY_SIZE(handlers) && handlers[intid]) {
            handlers[intid]();
        }
        if (!irq_split) {
            gic_eoi(ack);
        } else if (intid >= ARRAY_SIZE(forwarded) || !forwarded[intid]) {
            gic_deactivate(ack);
        }
    }
}
