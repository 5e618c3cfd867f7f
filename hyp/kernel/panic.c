#include "kernel/panic.h"

#include "a64.h"
#include "kernel/exception.h"
#include "kernel/print.h"
#include "kernel/smp.h"

static const char *class_name(u64 ec)
{
    static const struct {
        u8 ec;
        const char *name;
    } names[] = {
        {EC_UNKNOWN, "unknown reason"},
        {EC_FP, "FP access"},
        {EC_HVC64, "HVC"},
        {EC_SYS64, "system register"},
        {EC_IABT_LOW, "instruction abort, lower EL"},
        {EC_IABT_CUR, "instruction abort, same EL"},
        {EC_PC_ALIGN, "PC alignment"},
        {EC_DABT_LOW, "data abort, lower EL"},
        {EC_DABT_CUR, "data abort, same EL"},
        {EC_SP_ALIGN, "SP alignment"},
        {EC_SERROR, "SError"},
    };
    for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
        if (names[i].ec == ec) {
            return names[i].name;
        }
    }
    return "other";
}

static _Noreturn void stop(const char *why)
{
    print("RESULT FAIL %s\n", why);
    smp_stop_others();
    machine_power_off();
}

void panic(const char *why)
{
    irq_disable();
    print_break_lock();
    print("host: panic: %s\n", why);
    stop(why);
}

void panic_registers(const char *where, u64 esr, u64 elr, u64 far, const struct frame *f)
{
    irq_disable();
    print_break_lock();
    print("host: unexpected exception in %s on cpu %u: %s\n", where, cpu_this()->index,
          class_name(ESR_EC(esr)));
    print("host: ESR %x ELR %x FAR %x\n", esr, elr, far);
    for (unsigned i = 0; f && i < ARRAY_SIZE(f->x); i++) {
        print("host: x%u %x\n", i, f->x[i]);
    }
    if (f) {
        print("host: SP %x PSTATE %x\n", f->sp, f->pstate);
    }
    stop("unexpected exception");
}
