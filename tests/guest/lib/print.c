/* Console on the PL011, from EL2 only (or EL1 with the identity map) and by one CPU at a time. */
#include "guest.h"

#define UART_DR   (*(volatile uint32_t *)(UART_BASE + 0x00))
#define UART_FR   (*(volatile uint32_t *)(UART_BASE + 0x18))
#define UART_CR   (*(volatile uint32_t *)(UART_BASE + 0x30))
#define FR_TXFF   (1U << 5)
#define CR_ENABLE 0x101U /* UARTEN, TXE (PL011 TRM 3.3.8) */

static void put(char c)
{
    UART_CR = CR_ENABLE;
    while ((UART_FR & FR_TXFF) != 0) {
    }
    UART_DR = (uint8_t)c;
}

void print(const char *text)
{
    for (; *text != '\0'; text++) {
        put(*text);
    }
}

void print_hex(uint64_t value)
{
    unsigned digits = 1;
    while (digits < 16 && value >> (4 * digits) != 0) {
        digits++;
    }
    print("0x");
    while (digits-- > 0) {
        put("0123456789abcdef"[(value >> (4 * digits)) & 15]);
    }
}

void print_dec(uint64_t value)
{
    char text[21];
    unsigned i = sizeof(text);
    text[--i] = '\0';
    do {
        text[--i] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    print(&text[i]);
}

void power_off(void)
{
    psci(0x84000008, 0, 0, 0); /* SYSTEM_OFF, PSCI DEN0022 5.9 */
    for (;;) {
        OP("wfi");
    }
}
