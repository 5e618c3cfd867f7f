/* The VMM and the guest as files inside the kernel image, page aligned. For assembly only. */
#ifndef EL2SIM_HYP_ARCH_IMAGES_H
#define EL2SIM_HYP_ARCH_IMAGES_H

#ifdef __ASSEMBLER__
/* clang-format off */

    .macro images vmm, guest
    .section .rodata, "a"
    .balign 4096
    .global vmm_image
vmm_image:
    .incbin "\vmm"
    .balign 4096
    .global guest_image
guest_image:
    .incbin "\guest"
guest_image_end:
    .balign 4096
    .global guest_image_bytes
guest_image_bytes:
    .quad   guest_image_end - guest_image
    .endm

/* clang-format on */
#endif

#endif
