/* Loads and stores of one register, decoded as the hardware does for an abort to EL2. Arm ARM C4.1
 * "Loads and Stores", ESR_ELx EC 0x24 */
#include "kvm/depriv/insn.h"

#define ISS_ISV          BIT(24)
#define ISS_SAS_SHIFT    22
#define ISS_SSE          BIT(21)
#define ISS_SRT_SHIFT    16
#define ISS_SF           BIT(15)
#define SINGLE_MASK      0x3f000000 /* of one general register, by kind of address */
#define UNSIGNED_OFFSET  0x39000000
#define OTHER_OFFSET     0x38000000
#define OTHER_KIND_MASK  0x00200c00
#define UNSCALED_OFFSET  0x00000000
#define REGISTER_OFFSET  0x00200800
#define ORDERED_MASK     0x3fa08000 /* LDAR, STLR */
#define ORDERED          0x08808000
#define OPC_LOAD         1
#define OPC_LOAD_SIGN_64 2
#define OPC_LOAD_SIGN_32 3

u64 insn_access_iss(u32 insn)
{
    u32 kind = insn & OTHER_KIND_MASK;
    bool is_single = (insn & SINGLE_MASK) == UNSIGNED_OFFSET ||
                     ((insn & SINGLE_MASK) == OTHER_OFFSET &&
                      (kind == UNSCALED_OFFSET || kind == REGISTER_OFFSET));
    u64 size = insn >> 30;
    u64 opc = insn >> 22 & 3;
    if ((insn & ORDERED_MASK) == ORDERED) { /* bit 22 is load, bit 23 always set */
        is_single = true;
        opc &= 1;
    }
    if (!is_single || (opc == OPC_LOAD_SIGN_64 && size == 3) ||
        (opc == OPC_LOAD_SIGN_32 && size >= 2)) { /* PRFM, unallocated */
        return 0;
    }
    u64 iss = ISS_ISV | size << ISS_SAS_SHIFT | (u64)(insn & 0x1f) << ISS_SRT_SHIFT;
    iss |= opc >= OPC_LOAD_SIGN_64 ? ISS_SSE : 0;
    bool is_64 = opc == OPC_LOAD_SIGN_64 || (opc <= OPC_LOAD && size == 3);
    return iss | (is_64 ? ISS_SF : 0);
}
