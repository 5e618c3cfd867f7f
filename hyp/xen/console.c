/* The console of a domain: a PL011 whose lines go out whole, so that those of two domains do not
 * mix. */
#include "xen/console.h"

#include "abi/board.h"
#include "emul/boot_linux.h"
#include "kernel/print.h"
#include "xen/domain.h"

void console_init(struct vm *d)
{
    pl011_reset(&d->xen->uart);
}

/* The lock is held. */
static void put(struct xen_domain *x, char c)
{
    x->line[x->line_length++] = c;
    if (c == '\n' || x->line_length == sizeof(x->line)) {
        print_text(x->line, x->line_length);
        x->line_length = 0;
    }
}

void guest_console(struct vm *d, const char *text, u64 bytes)
{
    struct xen_domain *x = d->xen;
    u64 flags = spin_lock_irqsave(&x->lock);
    for (u64 i = 0; i < bytes; i++) {
        put(x, text[i]);
    }
    spin_unlock_irqrestore(&x->lock, flags);
}

/* The lock is held. */
static void uart_write(struct vm *d, u64 offset, u64 value)
{
    struct xen_domain *x = d->xen;
    bool was = pl011_line(&x->uart);
    char c;
    if (pl011_write(&x->uart, offset, value, &c)) {
        put(x, c);
    }
    if (pl011_line(&x->uart) != was) {
        vgic_set_line(d, NULL, BOOT_UART_INTID, !was);
    }
}

bool console_access(struct vm *d, struct mmio *m)
{
    u64 offset = m->ipa - BOARD_UART;
    if (m->ipa < BOARD_UART || offset >= PL011_SIZE) {
        return false;
    }
    u64 flags = spin_lock_irqsave(&d->xen->lock);
    if (m->is_write) {
        uart_write(d, offset, m->value);
    } else {
        m->value = pl011_read(&d->xen->uart, offset);
    }
    spin_unlock_irqrestore(&d->xen->lock, flags);
    return true;
}
