/*
 * q0-q31, FPSR, FPCR to and from a struct cpu_context in x0; x3 and x4 are lost. Called at EL2
 * only.
 */
#include "kvm/context.h"

    .macro each_pair op
    \op     q0, q1, [x3]
    \op     q2, q3, [x3, #32]
    \op     q4, q5, [x3, #64]
    \op     q6, q7, [x3, #96]
    \op     q8, q9, [x3, #128]
    \op     q10, q11, [x3, #160]
    \op     q12, q13, [x3, #192]
    \op     q14, q15, [x3, #224]
    \op     q16, q17, [x3, #256]
    \op     q18, q19, [x3, #288]
    \op     q20, q21, [x3, #320]
    \op     q22, q23, [x3, #352]
    \op     q24, q25, [x3, #384]
    \op     q26, q27, [x3, #416]
    \op     q28, q29, [x3, #448]
    \op     q30, q31, [x3, #480]
    .endm

    .section .hyp.text, "ax"

    .global fpsimd_save
fpsimd_save:
    add     x3, x0, #CTX_FP
    each_pair stp
    mrs     x3, fpsr
    mrs     x4, fpcr
    str     x3, [x0, #CTX_FPSR]
    str     x4, [x0, #CTX_FPCR]
    ret

    .global fpsimd_restore
fpsimd_restore:
    add     x3, x0, #CTX_FP
    each_pair ldp
    ldr     x3, [x0, #CTX_FPSR]
    ldr     x4, [x0, #CTX_FPCR]
    msr     fpsr, x3
    msr     fpcr, x4
    ret
