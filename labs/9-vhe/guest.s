/* The guest, at EL1, and a function of the host that uses floating point. */
    .text
    .global guest, guest_vectors, host_double
guest:
    mov x0, #99
    svc #0                      /* to the guest's own vectors */
    hvc #0
    b .

guest_svc:
    add x0, x0, #1
    eret

    .balign 2048
guest_vectors:
    .rept 4
    .balign 128
    b power_off
    .endr
    .balign 128
    b guest_svc                 /* 0x200: synchronous, from EL1 with SP_EL1 */
    .rept 11
    .balign 128
    b power_off
    .endr

/* uint64_t host_double(uint64_t): twice as much, by floating point. */
host_double:
    ucvtf d0, x0
    fadd d0, d0, d0
    fcvtzu x0, d0
    ret
