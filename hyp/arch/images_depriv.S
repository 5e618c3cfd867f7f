/* The VMM and the guest (for a kernel at EL0) as files inside the kernel image; its name. */
    .section .rodata, "a"
    .balign 4096
    .global vmm_image
vmm_image:
    .incbin "vmm.bin"
    .balign 4096
    .global guest_image
guest_image:
    .incbin "micro-guest-pv.bin"
guest_image_end:
    .balign 4096
    .global guest_image_bytes
guest_image_bytes:
    .quad   guest_image_end - guest_image
    .global host_design
host_design:
    .asciz  "deprivileged"
