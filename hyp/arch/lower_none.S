/* A kernel with nothing below it. */
#include "arch/entry.h"

    .text
    .global lower_sync
lower_sync:
    .global lower_irq
lower_irq:
    frame_push 1
    b       exception_unexpected
