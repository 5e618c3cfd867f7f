#include "lib/guest.h"

#include <stdarg.h>

#define PSCI_CPU_ON 0xc4000003
#define VCPU_MAX    8
#define STACK_SIZE  8192

static irq_handler handlers[IRQ_MAX];
u32 irq_unexpected_count;

struct exception_expected exception_expected;
bool (*exception_fixup)(u64 esr, u64 far);

void irq_dispatch(void);
u64 exception_sync(u64 esr, u64 elr, u64 far);
_Noreturn void exception_report(u64 esr, u64 elr, u64 far);

static void put_char(char c)
{
    mmio_write32(GUEST_UART, (u8)c);
}

static void put_number(u64 v, unsigned base)
{
    char digits[20];
    unsigned n = 0;
    do {
        digits[n++] = "0123456789abcdef"[v % base];
        v /= base;
    } while (v);
    while (n) {
        put_char(digits[--n]);
    }
}

static void put_text(const char *s)
{
    while (*s) {
        put_char(*s++);
    }
}

void print(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    for (const char *f = format; *f; f++) {
        if (*f != '%') {
            put_char(*f);
            continue;
        }
        f++;
        if (*f == 's') {
            put_text(va_arg(args, const char *));
        } else if (*f == 'u') {
            put_number(va_arg(args, unsigned), 10);
        } else if (*f == 'x') {
            put_number(va_arg(args, u64), 16);
        } else {
            put_char(*f);
        }
    }
    va_end(args);
}

bool text_equal(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

bool list_has(const char *list, const char *name)
{
    if (*list == 0) {
        return true;
    }
    for (;;) {
        const char *n = name;
        while (*n && *list == *n) {
            list++;
            n++;
        }
        if (*n == 0 && (*list == 0 || *list == ',')) {
            return true;
        }
        while (*list && *list != ',') {
            list++;
        }
        if (*list == 0) {
            return false;
        }
        list++;
    }
}

u64 hvc(u64 function, u64 a1, u64 a2, u64 a3)
{
    register u64 x0 __asm__("x0") = function;
    register u64 x1 __asm__("x1") = a1;
    register u64 x2 __asm__("x2") = a2;
    register u64 x3 __asm__("x3") = a3;
    __asm__ volatile("hvc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) : : "memory");
    return x0;
}

bool vcpu_start(unsigned index, void (*fn)(void))
{
    extern const u64 psci_entry; /* where another CPU begins; psci_*.S */
    static u8 stacks[VCPU_MAX][STACK_SIZE] __attribute__((aligned(16)));
    static struct {
        u64 stack_top, fn;
    } boot[VCPU_MAX] __attribute__((aligned(16)));
    boot[index].stack_top = (u64)stacks[index] + STACK_SIZE;
    boot[index].fn = (u64)fn;
    __asm__ volatile("dc cvac, %0" ::"r"(&boot[index]) : "memory"); /* read with the MMU off */
    dsb(sy);
    return psci_call(PSCI_CPU_ON, index, psci_entry, (u64)&boot[index]) == 0;
}

void irq_set_handler(u32 intid, irq_handler fn)
{
    handlers[intid] = fn;
}

/* The interrupt is taken where it cannot be missed: between a look and the WFI it only makes the
 * WFI return. */
void irq_wait(const volatile u32 *count, u32 before)
{
    irq_off();
    while (*count == before) {
        wfi();
        irq_on();
        isb();
        irq_off();
    }
    irq_on();
}

void irq_dispatch(void)
{
    u32 ack = gic_acknowledge();
    u32 intid = ack & 0x3ff;
    if (intid >= INTID_SPURIOUS) {
        irq_unexpected_count++;
        return;
    }
    if (intid < IRQ_MAX && handlers[intid]) {
        handlers[intid]();
    } else {
        irq_unexpected_count++;
    }
    gic_eoi(ack);
}

u64 exception_sync(u64 esr, u64 elr, u64 far)
{
    if (!exception_expected.armed && exception_fixup && exception_fixup(esr, far)) {
        return elr;
    }
    if (!exception_expected.armed) {
        exception_report(esr, elr, far);
    }
    exception_expected =
        (struct exception_expected){.armed = false, .taken = true, .esr = esr, .far = far};
    return elr + 4;
}

void exception_report(u64 esr, u64 elr, u64 far)
{
    print("guest: unexpected exception ESR %x ELR %x FAR %x\n", esr, elr, far);
    guest_exit(3);
}
