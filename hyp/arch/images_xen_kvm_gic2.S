/* The VMM and the guest (for a GICv2) of Xen's interface as files inside the kernel image, page
 * aligned. */
    .section .rodata, "a"
    .balign 4096
    .global vmm_image
vmm_image:
    .incbin "vmm-xen.bin"
    .balign 4096
    .global guest_image
guest_image:
    .incbin "micro-guest-xen-kvm.bin"
guest_image_end:
    .balign 4096
    .global guest_image_bytes
guest_image_bytes:
    .quad   guest_image_end - guest_image
