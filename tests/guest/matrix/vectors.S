/* EL1 vectors that hand every exception to EL2 unread: EL1's own handler would need ESR_EL1 and FAR_EL1, which the
 * setting under test may trap. HVC #0x7e00 + entry number. */
    .text
    .balign 2048
    .global matrix_vectors
matrix_vectors:
    .set entry, 0
    .rept 16
    .balign 128
    hvc #(0x7e00 + entry)
    b .
    .set entry, entry + 1
    .endr
    .balign 128

/* The instruction under test is stored over the first word. */
    .global matrix_slot
    .section .data
    .balign 64
matrix_slot:
    nop
    ret
