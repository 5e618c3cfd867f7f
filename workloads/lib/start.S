/* Entry at EL1 with the MMU off (x0: struct guest_boot), entry of further VCPUs, vectors. */
#define TCR_VALUE   0x3519           /* T0SZ 25, write-back inner-shareable walks */
#define SCTLR_VALUE 0x30d0181d      /* RES1 of v8.0, I, SA, SA0, C, M */

    .section .head, "ax"
    .global _start
_start:
    mov     x20, x0
    ldr     x1, =__bss_start
    ldr     x2, =__bss_end
0:  cmp     x1, x2
    b.hs    1f
    stp     xzr, xzr, [x1], #16
    b       0b
1:  bl      cpu_on
    ldr     x1, =stack_top
    mov     sp, x1
    mov     x0, x20
    bl      guest_main
    bl      guest_exit
    b       .

/* x0: {stack top, function}; runtime.c */
    .global secondary_entry
secondary_entry:
    mov     x20, x0
    bl      cpu_on
    ldp     x1, x2, [x20]
    mov     sp, x1
    blr     x2
    b       .

cpu_on:
    ldr     x1, =vectors
    msr     vbar_el1, x1
    ldr     x1, =0xff04             /* attribute 0: device nGnRE, 1: normal write-back */
    msr     mair_el1, x1
    ldr     x1, =TCR_VALUE
    mrs     x2, id_aa64mmfr0_el1
    and     x2, x2, #0xf
    mov     x3, #5
    cmp     x2, x3
    csel    x2, x2, x3, lo
    bfi     x1, x2, #32, #3
    orr     x1, x1, #(1 << 23)      /* EPD1: no walks of TTBR1 */
    msr     tcr_el1, x1
    ldr     x1, =page_table
    msr     ttbr0_el1, x1
    tlbi    vmalle1
    ic      iallu
    dsb     nsh
    isb
    ldr     x1, =SCTLR_VALUE
    msr     sctlr_el1, x1
    isb
    ret
    .ltorg

    .macro vector label
    .balign 128
    b       \label
    .endm

/* u64 user_run(u64 pc, u64 x0): a program at EL0 until a synchronous exception ends it, whose ESR is
 * returned. Interrupts are taken meanwhile, and masked on return. */
    .global user_run
user_run:
    sub     sp, sp, #96
    stp     x19, x20, [sp]
    stp     x21, x22, [sp, #16]
    stp     x23, x24, [sp, #32]
    stp     x25, x26, [sp, #48]
    stp     x27, x28, [sp, #64]
    stp     x29, x30, [sp, #80]
    msr     elr_el1, x0
    msr     spsr_el1, xzr
    mov     x0, x1
    eret

lower_sync:
    mrs     x0, esr_el1
    ldp     x19, x20, [sp]
    ldp     x21, x22, [sp, #16]
    ldp     x23, x24, [sp, #32]
    ldp     x25, x26, [sp, #48]
    ldp     x27, x28, [sp, #64]
    ldp     x29, x30, [sp, #80]
    add     sp, sp, #96
    ret

    .balign 2048
vectors:
    vector  bad
    vector  bad
    vector  bad
    vector  bad
    vector  sync
    vector  irq
    vector  bad
    vector  bad
    vector  lower_sync
    vector  irq
    vector  bad
    vector  bad
    vector  bad
    vector  bad
    vector  bad
    vector  bad

/* Only what AAPCS64 does not preserve, and what another exception would overwrite. */
    .macro frame_push
    sub     sp, sp, #192
    stp     x0, x1, [sp]
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x29, [sp, #144]
    mrs     x0, elr_el1
    mrs     x1, spsr_el1
    stp     x30, x0, [sp, #160]
    str     x1, [sp, #176]
    .endm

    .cfi_sections .debug_frame      /* nothing of it is loaded */
    .cfi_startproc                  /* backtraces end here: LR is that of whoever was interrupted */
    .cfi_undefined x30
irq:
    frame_push
    bl      irq_dispatch
    b       frame_pop

sync:
    frame_push
    mov     x1, x0
    mrs     x0, esr_el1
    mrs     x2, far_el1
    bl      exception_sync          /* returns where to go on */
    str     x0, [sp, #168]

frame_pop:
    ldp     x30, x0, [sp, #160]
    ldr     x1, [sp, #176]
    msr     elr_el1, x0
    msr     spsr_el1, x1
    ldp     x0, x1, [sp]
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x29, [sp, #144]
    add     sp, sp, #192
    eret

bad:
    mrs     x0, esr_el1
    mrs     x1, elr_el1
    mrs     x2, far_el1
    b       exception_report
    .cfi_endproc

/* The identity: 1 GiB of devices, 1 GiB of memory. */
    .data
    .balign 4096
    .global page_table
page_table:
    .quad   0x0000000000000401 | (3 << 53)
    .quad   0x0000000040000705
    .fill   510, 8, 0

    .bss
    .balign 16
    .space  16384
stack_top:
