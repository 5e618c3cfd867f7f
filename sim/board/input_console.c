/* The guest's console, for who types and for who reads. */
#include "sim/board/cpu.h"
#include "sim/board/input_script.h"

size_t input_console_room(struct machine *m)
{
    const struct virtio_console *console = devices_console(m->devices);
    return console ? virtio_console_room(console) : pl011_room(&m->uart);
}

void input_console_type(struct machine *m, const uint8_t *bytes, size_t length, cycles_t at)
{
    struct virtio_console *console = devices_console(m->devices);
    if (console) {
        virtio_console_input(console, bytes, length, at);
        return;
    }
    for (size_t i = 0; i < length; i++) {
        pl011_input(&m->uart, bytes[i], at);
    }
}

bool input_console_type_byte(void *machine, uint8_t byte, cycles_t at)
{
    struct machine *m = machine;
    if (input_console_room(m) == 0) {
        return false;
    }
    input_console_type(m, &byte, 1, at);
    return true;
}

/* What is printed again, because the run was taken back (checkpoint.h), is not shown again. */
static void print(struct machine *m, const char *text, size_t length)
{
    uint64_t again = m->shown - m->printed;
    size_t skip = again < length ? (size_t)again : length;
    m->printed += length;
    if (m->printed > m->shown) {
        m->shown = m->printed;
    }
    if (m->config.console && skip < length) {
        m->config.console(m->config.console_ctx, text + skip, length - skip);
    }
}

void input_console_output(void *machine, const char *text, size_t length)
{
    struct machine *m = machine;
    print(m, text, length);
    if (m->script) {
        input_script_output(m->script, text, length, machine_furthest(m));
    }
}
