/*
 * Where a debugger's backtrace ends: code that an exception begins, whose LR is that of whoever was
 * interrupted. For assembly only.
 */
#ifndef EL2SIM_HYP_ARCH_UNWIND_H
#define EL2SIM_HYP_ARCH_UNWIND_H

#ifdef __ASSEMBLER__
/* clang-format off */

    .cfi_sections .debug_frame      /* nothing of it is loaded */

    .macro handlers_begin
    .cfi_startproc
    .cfi_undefined x30
    .endm

    .macro handlers_end
    .cfi_endproc
    .endm

/* clang-format on */
#endif

#endif
