/*
 * The smallest kernel that the hypervisors of hyp/ boot: an arm64 Image (Documentation/arch/arm64/
 * booting.rst). It prints its device tree in hexadecimal, tries the calls of PSCI and of the calling
 * convention, starts a second CPU, sees the UART's interrupt line, and ends by the call in the
 * header's last reserved word, which the test may change.
 */
#include "tests/integration/guests/tiny.h"

#define PSCI_VERSION       0x84000000
#define PSCI_MIGRATE_INFO  0x84000006
#define PSCI_FEATURES      0x8400000a
#define SMCCC_VERSION      0x80000000
#define SMCCC_UNKNOWN      0x86007fff

#define UART_FR    0x18
#define UART_IMSC  0x38
#define UART_MIS   0x40
#define UART_ICR   0x44
#define FR_TXFF    5            /* bit numbers */
#define INT_TX     5
#define GICD_ISPENDR1 0x204
#define UART_BIT   1            /* INTID 33 */

    .text
    .global _start
_start:
    b       start
    .word   0
    .quad   0                   /* text_offset */
    .quad   0x300000            /* in memory: more than the file */
    .quad   10                  /* little-endian, 4 KiB, anywhere */
    .quad   0, 0
end_call:
    .quad   PSCI_SYSTEM_OFF
    .ascii  "ARM\x64"
    .word   0

start:
    mov     x19, #0x09000000    /* UART */
    mov     x20, x0             /* the tree */
    ldr     w21, [x20, #4]
    rev     w21, w21            /* totalsize */
    adr     x0, tree_text
    bl      print
0:  ldrb    w0, [x20], #1
    bl      print_byte
    subs    w21, w21, #1
    b.ne    0b
    mov     w0, #'\n'
    bl      print_char

    .macro  call name, function, argument, expected
    ldr     w0, =\function
    ldr     w1, =\argument
    hvc     #0
    ldr     w1, =\expected
    cmp     w0, w1
    adr     x0, \name
    bl      print_check
    .endm

    call    version_text, PSCI_VERSION, 0, 0x10000
    call    features_text, PSCI_FEATURES, SMCCC_VERSION, 0
    call    no_feature_text, PSCI_FEATURES, SMCCC_UNKNOWN, 0xffffffff
    call    smccc_text, SMCCC_VERSION, 0, 0x10001
    call    migrate_text, PSCI_MIGRATE_INFO, 0, 2
    call    unknown_text, SMCCC_UNKNOWN, 0, 0xffffffff

    ldr     x0, =PSCI_CPU_ON
    mov     x1, #1
    adr     x2, second
    mov     x3, #42
    hvc     #0
    cmp     x0, #0
    adr     x0, cpu_on_text
    bl      print_check
    adr     x1, flag
1:  ldar    w0, [x1]
    cbz     w0, 1b
    cmp     w0, #42
    adr     x0, second_text
    bl      print_check

    mov     w0, #(1 << INT_TX)  /* it has sent: its line rises as soon as it may */
    str     w0, [x19, #UART_IMSC]
    ldr     w22, [x19, #UART_MIS]
    mov     x23, #0x08000000    /* GICD */
    ldr     w24, [x23, #GICD_ISPENDR1]
    str     w0, [x19, #UART_ICR]
    ldr     w25, [x23, #GICD_ISPENDR1]
    and     w24, w24, #(1 << UART_BIT)
    and     w25, w25, #(1 << UART_BIT)
    eor     w22, w22, #(1 << INT_TX)
    eor     w24, w24, #(1 << UART_BIT)
    orr     w22, w22, w24
    orr     w22, w22, w25
    cmp     w22, #0
    adr     x0, uart_text
    bl      print_check

    ldr     x0, end_call
    hvc     #0
    b       .

second:
    adr     x1, flag
    stlr    w0, [x1]
2:  wfi
    b       2b

print_char:
    ldr     w9, [x19, #UART_FR]
    tbnz    w9, #FR_TXFF, print_char
    str     w0, [x19]
    ret

print_byte:
    mov     x10, x30
    mov     w11, w0
    lsr     w0, w11, #4
    bl      print_digit
    and     w0, w11, #15
    mov     x30, x10
print_digit:
    cmp     w0, #10
    add     w12, w0, #'0'
    add     w13, w0, #('a' - 10)
    csel    w0, w12, w13, lo
    b       print_char

print:
    mov     x10, x30
    mov     x11, x0
3:  ldrb    w0, [x11], #1
    cbz     w0, 4f
    bl      print_char
    b       3b
4:  mov     x30, x10
    ret

/* x0: name; EQ: ok */
print_check:
    mov     x14, x30
    cset    w15, eq
    bl      print
    adr     x0, failed_text
    adr     x1, ok_text
    cmp     w15, #0
    csel    x0, x1, x0, ne
    mov     x30, x14
    b       print

    .ltorg
    .balign 8
flag:
    .word   0
tree_text:
    .asciz  "kernel: tree "
version_text:
    .asciz  "kernel: PSCI version"
features_text:
    .asciz  "kernel: PSCI features"
no_feature_text:
    .asciz  "kernel: PSCI has not all"
smccc_text:
    .asciz  "kernel: SMCCC version"
migrate_text:
    .asciz  "kernel: migration"
unknown_text:
    .asciz  "kernel: unknown call"
cpu_on_text:
    .asciz  "kernel: CPU_ON"
second_text:
    .asciz  "kernel: second CPU"
uart_text:
    .asciz  "kernel: UART interrupt"
ok_text:
    .asciz  ": ok\n"
failed_text:
    .asciz  ": FAILED\n"
