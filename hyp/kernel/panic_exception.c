/* An exception that the kernel cannot handle: what it has tripped over, where that is known. */
#include "a64.h"
#include "abi/board.h"
#include "arch/boot.h"
#include "kernel/exception.h"
#include "kernel/irq.h"
#include "kernel/panic.h"
#include "kernel/print.h"

/* An external abort where the board has its GIC: the machine's is of the other architecture
 * version. To look before would cost cycles at boot. */
static bool is_other_gic(u64 esr, u64 far)
{
    return ESR_EC(esr) == EC_DABT_CUR && (esr & FSC_MASK) == FSC_EXTERNAL &&
           far >= KERNEL_BASE + BOARD_GICD && far < KERNEL_BASE + BOARD_UART;
}

void panic_exception(const char *where, u64 esr, u64 elr, u64 far, const struct frame *f)
{
    if (is_other_gic(esr, far)) {
        print_break_lock();
        print("host: built for a %s, the machine has none (nothing at %x): "
              "el2sim run --gic, or QEMU's gic-version=\n",
              gic_name, far - KERNEL_BASE);
        panic("another GIC");
    }
    panic_registers(where, esr, elr, far, f);
}
