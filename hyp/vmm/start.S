/* The header that the kernel's loader reads, and the entry. */
#include "abi/vmm.h"

    .section .head, "ax"
    .word   USER_IMAGE_MAGIC
    .word   __text_bytes
    .word   __data_bytes
    .word   __memory_bytes
    .quad   vmm_main

/* s64 vmm_syscall(a0, a1, a2, number) */
    .text
    .global vmm_syscall
vmm_syscall:
    mov     x8, x3
    svc     #0
    ret
