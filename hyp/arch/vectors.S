/* Exception vectors of the host kernel. What comes from below is another file's, lower_*.S. */
#include "arch/entry.h"

    .text
    .balign 2048
    .global kernel_vectors
kernel_vectors:
    vector  bad_mode        /* current EL, SP_EL0: the kernel never runs on it */
    vector  bad_mode
    vector  bad_mode
    vector  bad_mode
    vector  kernel_sync     /* current EL, SP_ELx */
    vector  kernel_irq
    vector  bad_mode
    vector  bad_mode
    vector  lower_sync      /* a lower level, A64: lower_*.S */
    vector  lower_irq
    vector  bad_mode
    vector  bad_mode
    vector  bad_mode        /* A32 */
    vector  bad_mode
    vector  bad_mode
    vector  bad_mode

    handlers_begin
bad_mode:
    frame_push 1
    b       exception_unexpected
    .global kernel_sync
kernel_sync:
    frame_push 1
    b       exception_kernel_sync
    .global kernel_irq
kernel_irq:
    frame_push 1
    bl      irq_dispatch
    frame_pop 1
    handlers_end
