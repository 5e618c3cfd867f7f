/* The guest: runs at EL1 with its own MMU off, so its addresses are intermediate physical addresses (IPA). */
    .section .data
    .balign 4096
    .global guest_page, guest_store, guest_load
guest_page:                     /* the hypervisor maps this page at IPA 0x10000, and starts the guest there */
    mov x1, #0x20000
    mov x2, #0x1234
guest_store:
    str x2, [x1]                /* IPA 0x20000 is `guest_data` */
    mov x1, #0x30000
guest_load:
    ldr x0, [x1, #8]            /* nothing is at IPA 0x30000, until the hypervisor puts `guest_late` there */
    hvc #0                      /* done: x0 is what was read */
    b .
    .balign 4096

    .global guest_data
guest_data:
    .skip 4096

    .global guest_late
guest_late:
    .quad 0, 0x600d
    .balign 4096
