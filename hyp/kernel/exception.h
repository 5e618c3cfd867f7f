/* Synchronous exceptions of the host. */
#ifndef EL2SIM_HYP_KERNEL_EXCEPTION_H
#define EL2SIM_HYP_KERNEL_EXCEPTION_H

#include "arch/frame.h"

#define ESR_EC(esr)  ((esr) >> 26 & 0x3f)
#define ESR_ISS(esr) ((esr)&0x1ffffff)

#define EC_UNKNOWN  0x00
#define EC_WFX      0x01
#define EC_FP       0x07
#define EC_ILLEGAL  0x0e
#define EC_SVC64    0x15
#define EC_HVC64    0x16
#define EC_SMC64    0x17
#define EC_SYS64    0x18
#define EC_IABT_LOW 0x20
#define EC_IABT_CUR 0x21
#define EC_PC_ALIGN 0x22
#define EC_DABT_LOW 0x24
#define EC_DABT_CUR 0x25
#define EC_SP_ALIGN 0x26
#define EC_SERROR   0x2f

#define ESR_IL BIT(25)

#define FSC_MASK        0x3f
#define FSC_EXTERNAL    0x10 /* synchronous external abort, not on a table walk */
#define FSC_TYPE        0x3c
#define FSC_TRANSLATION 0x04
#define FSC_PERMISSION  0x0c

void exception_init_cpu(void);
void exception_kernel_sync(struct frame *f);
void exception_user_sync(struct frame *f);
void exception_unexpected(struct frame *f);

#endif
