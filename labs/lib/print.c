/* The PL011's transmit side. */
#include "lab.h"

#define UART_DR (*(volatile uint32_t *)0x09000000)
#define UART_CR (*(volatile uint32_t *)0x09000030)

static void put(char c)
{
    UART_CR = 0x101; /* UARTEN, TXE */
    UART_DR = (uint8_t)c;
}

void print(const char *text)
{
    for (; *text; text++) {
        put(*text);
    }
}

void print_hex(uint64_t value)
{
    print("0x");
    for (int shift = 60; shift >= 0; shift -= 4) {
        if (value >> shift != 0 || shift == 0) {
            put("0123456789abcdef"[value >> shift & 15]);
        }
    }
}
