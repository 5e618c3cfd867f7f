/* WFI with no timer and no interrupt: nothing can wake the CPU. */
    .global _start
_start:
    wfi
    b       _start
