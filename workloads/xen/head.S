/*
 * A kernel that Xen starts as a domain: Image header (Documentation/arm64/booting.rst), EL1, MMU and
 * caches off.
 */
    .section .head, "ax"
    .globl  _start
_start:
    b       entry
    .word   0
    .quad   0                   /* text_offset */
    .quad   _end - _start       /* image_size */
    .quad   0xa                 /* flags: little endian, 4 KiB pages, anywhere */
    .quad   0, 0, 0
    .ascii  "ARM\x64"
    .word   0

entry:
    adrp    x0, stack_top
    add     x0, x0, :lo12:stack_top
    mov     sp, x0
    bl      domain_main
1:  wfi
    b       1b

/* long xen_hypercall(number, a, b, c): arguments in x0 to x4, number in x16, HVC #0xEA1. */
    .globl  xen_hypercall
xen_hypercall:
    mov     x16, x0
    mov     x0, x1
    mov     x1, x2
    mov     x2, x3
    hvc     #0xea1
    ret
