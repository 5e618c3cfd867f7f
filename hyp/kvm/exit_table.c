/* What handles an exit, by its class. */
#include "kernel/exception.h"
#include "kvm/vm.h"

const exit_handler exit_handlers[64] = {
    [EC_WFX] = exit_wfx,      [EC_HVC64] = exit_hvc,      [EC_SMC64] = exit_undefined,
    [EC_SYS64] = exit_sysreg, [EC_IABT_LOW] = exit_abort, [EC_DABT_LOW] = exit_abort,
};
