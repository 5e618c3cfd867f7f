/* Kernels of dom0 and of the domains of the rows (for a GICv2), inside the hypervisor's image. */
    .section .rodata, "a"
    .balign 4096
    .global dom0_image
dom0_image:
    .incbin "xen-backend.bin"
dom0_image_end:
    .balign 4096
    .global guest_image
guest_image:
    .incbin "micro-guest-xen.bin"
guest_image_end:
    .balign 8
    .global dom0_image_bytes
dom0_image_bytes:
    .quad   dom0_image_end - dom0_image
    .global guest_image_bytes
guest_image_bytes:
    .quad   guest_image_end - guest_image
