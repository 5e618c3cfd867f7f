/* The guest, at EL1: five calls, and what it expects of each. */
    .text
    .global guest, call_version, call_add, call_unknown, call_other, call_done
guest:
    mov x19, #0x1919            /* what a call must not touch */
    mov x8, #0x88
    ldr w0, =0xc6000000         /* VERSION */
call_version:
    hvc #0
    ldr w0, =0xc6000001         /* ADD: x1 + x2 */
    mov x1, #40
    mov x2, #2
call_add:
    hvc #0
    mov x20, x0                 /* the sum */
    ldr w0, =0xc6000123         /* a call that does not exist */
call_unknown:
    hvc #0
    ldr w0, =0xc6000000
call_other:
    hvc #5                      /* not a call of ours: those are HVC #0 */
    ldr w0, =0xc6000002         /* DONE */
call_done:
    hvc #0
    b .
    .ltorg
