#include "sim/gdb/server.h"

#include <stdlib.h>
#include <string.h>

unsigned gdb_cpu_count(const struct gdb *g)
{
    return control_cpu_count(g->c);
}

/* The debugger has gone. */
static void leave(struct gdb *g)
{
    g->is_over = true;
    gdb_link_close(&g->link);
}

static void send_framed(struct gdb *g, const char *text, size_t length)
{
    g->sent.length = 0;
    gdb_frame(text, length, &g->sent);
    if (!gdb_link_write(&g->link, g->sent.bytes, g->sent.length)) {
        leave(g);
    }
}

void gdb_say(struct gdb *g, const char *text, size_t length)
{
    struct gdb_text packet = {.length = 0};
    while (length > 0) {
        size_t part = length < 2000 ? length : 2000;
        packet.length = 0;
        gdb_add(&packet, "O", 1);
        gdb_add_hex(&packet, text, part);
        send_framed(g, packet.bytes, packet.length);
        text += part;
        length -= part;
    }
    gdb_text_free(&packet);
}

/* The next byte; false: the debugger has gone. */
static bool next_byte(struct gdb *g, uint8_t *byte)
{
    if (g->input_at == g->input_length) {
        g->input_at = 0;
        g->input_length = gdb_link_read(&g->link, g->input, sizeof g->input);
    }
    if (g->input_length == 0) {
        leave(g);
        return false;
    }
    *byte = (uint8_t)g->input[g->input_at++];
    return true;
}

/* While the run runs, gdb sends acknowledgements and 0x03 at most. What else is there waits. */
static void look(void *ctx)
{
    struct gdb *g = ctx;
    bool is_full = g->input_length == sizeof g->input;
    if (g->is_over || is_full || !gdb_link_is_ready(&g->link)) {
        return;
    }
    if (g->input_at == g->input_length) {
        g->input_at = g->input_length = 0;
    }
    size_t got =
        gdb_link_read(&g->link, g->input + g->input_length, sizeof g->input - g->input_length);
    char *interrupt = memchr(g->input + g->input_length, 3, got);
    g->input_length += got;
    if (interrupt) {
        *interrupt = '+'; /* nothing */
    }
    if (got == 0) {
        leave(g);
    }
    if (interrupt || got == 0) {
        control_interrupt(g->c);
    }
}

static void take_input(struct gdb *g, enum gdb_input what)
{
    switch (what) {
    case GDB_PACKET:
        if (!g->no_ack) {
            gdb_link_write(&g->link, "+", 1);
        }
        g->reply.length = 0;
        gdb_add(&g->reply, "", 0);
        gdb_command(g, g->reader.text, g->reader.length);
        send_framed(g, g->reply.bytes, g->reply.length);
        break;
    case GDB_DAMAGED:
        if (!g->no_ack) {
            gdb_link_write(&g->link, "-", 1);
        }
        break;
    case GDB_AGAIN:
        if (g->sent.length != 0 && !gdb_link_write(&g->link, g->sent.bytes, g->sent.length)) {
            leave(g);
        }
        break;
    case GDB_NOTHING:
    case GDB_INTERRUPT: /* it stands already */
        break;
    }
}

static void clear(struct gdb *g)
{
    for (size_t i = 0; i < GDB_POINTS; i++) {
        control_point_delete(g->c, g->points[i].number);
    }
    control_catch(g->c, &(struct control_catch){.el = false});
    control_on_look(g->c, NULL, NULL);
}

static void destroy(struct gdb *g)
{
    gdb_link_close(&g->link);
    history_destroy(g->history);
    gdb_monitor_free(g);
    gdb_text_free(&g->reply);
    gdb_text_free(&g->sent);
    gdb_text_free(&g->xml);
    free(g);
}

bool gdb_check_place(const char *where, struct err *e)
{
    return gdb_link_check(where, e);
}

bool gdb_serve(struct control *c, const struct gdb_config *config, struct err *e)
{
    struct gdb *g = calloc(1, sizeof *g);
    BUG_ON(g == NULL);
    g->c = c;
    g->config = config;
    g->stop.kind = CONTROL_STEPPED;
    g->moves = NO_THREAD;
    if (!gdb_link_open(&g->link, config->where, e)) {
        destroy(g);
        return false;
    }
    control_on_look(c, look, g);
    g->history = history_create(c, &g->no_history);
    uint8_t byte;
    while (!g->is_over && next_byte(g, &byte)) {
        take_input(g, gdb_read_byte(&g->reader, byte));
    }
    clear(g);
    bool goes_on = !g->is_killed && !control_has_ended(c);
    destroy(g);
    struct control_stop stop;
    while (goes_on && control_continue(c, CYCLES_NEVER, &stop)) {
    }
    return true;
}
