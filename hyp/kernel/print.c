#include "kernel/print.h"

#include <stdarg.h>

#include "abi/board.h"
#include "arch/boot.h"
#include "kernel/spinlock.h"

#define UART_DR      (KERNEL_BASE + BOARD_UART + 0x00)
#define UART_FR      (KERNEL_BASE + BOARD_UART + 0x18)
#define UART_FR_TXFF BIT(5)

static struct spinlock console_lock;

static void put_char(char c)
{
    while (mmio_read32(UART_FR) & UART_FR_TXFF) {
    }
    mmio_write32(UART_DR, (u8)c);
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

static void put_signed(int v)
{
    if (v < 0) {
        put_char('-');
    }
    put_number(v < 0 ? -(u64)v : (u64)v, 10);
}

void print(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    u64 flags = spin_lock_irqsave(&console_lock);
    for (const char *f = format; *f; f++) {
        if (*f != '%') {
            put_char(*f);
            continue;
        }
        f++;
        if (*f == 's') {
            for (const char *s = va_arg(args, const char *); *s; s++) {
                put_char(*s);
            }
        } else if (*f == 'd') {
            put_signed(va_arg(args, int));
        } else if (*f == 'u') {
            put_number(va_arg(args, unsigned), 10);
        } else if (*f == 'x') {
            put_number(va_arg(args, u64), 16);
        } else {
            put_char(*f);
        }
    }
    spin_unlock_irqrestore(&console_lock, flags);
    va_end(args);
}

void print_text(const char *text, size_t bytes)
{
    u64 flags = spin_lock_irqsave(&console_lock);
    for (size_t i = 0; i < bytes; i++) {
        put_char(text[i]);
    }
    spin_unlock_irqrestore(&console_lock, flags);
}

void print_break_lock(void)
{
    WRITE_ONCE(console_lock.tickets, 0);
}
