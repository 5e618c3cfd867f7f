    .section .rodata
    .balign 8
    .globl  counts_guest, counts_guest_end
counts_guest:
    .incbin "counts_guest.bin"
counts_guest_end:
    .section .note.GNU-stack, "", %progbits
