/* What a packet asks for: a table of prefixes. */
#include "sim/gdb/server.h"
#include "sim/gdb/target.h"

#include <stdio.h>
#include <string.h>

#define BYTES_MAX (GDB_PACKET_MAX / 2 - 64)

static void ok(struct gdb *g)
{
    gdb_print(&g->reply, "OK");
}

static void refuse(struct gdb *g)
{
    gdb_print(&g->reply, "E01");
}

void gdb_changed(struct gdb *g)
{
    if (g->history) {
        history_changed(g->history);
    }
}

/* Registers. */

static void add_register(struct gdb *g, unsigned reg)
{
    uint64_t value[2];
    control_read_register(g->c, g->cpu, reg, value);
    gdb_add_hex(&g->reply, value, gdb_register_bytes(g->c, reg));
}

static bool set_register(struct gdb *g, unsigned reg, const char **at)
{
    uint64_t value[2] = {0, 0};
    unsigned size = gdb_register_bytes(g->c, reg);
    if (size == 0 || gdb_take_hex(at, (uint8_t *)value, size) != size) {
        return false;
    }
    return control_write_register(g->c, g->cpu, reg, value);
}

static void read_registers(struct gdb *g, const char *at, size_t length)
{
    (void)at, (void)length;
    for (unsigned reg = 0; reg < REG_SYSTEM; reg++) {
        add_register(g, reg);
    }
}

static void write_registers(struct gdb *g, const char *at, size_t length)
{
    (void)length;
    for (unsigned reg = 0; reg < REG_SYSTEM && *at; reg++) {
        if (!set_register(g, reg, &at)) {
            refuse(g);
            return;
        }
    }
    gdb_changed(g);
    ok(g);
}

static void read_register(struct gdb *g, const char *at, size_t length)
{
    uint64_t reg;
    (void)length;
    if (!gdb_take_number(&at, &reg) || reg >= REG_COUNT ||
        gdb_register_bytes(g->c, (unsigned)reg) == 0) {
        refuse(g);
        return;
    }
    add_register(g, (unsigned)reg);
}

static void write_register(struct gdb *g, const char *at, size_t length)
{
    uint64_t reg;
    (void)length;
    if (!gdb_take_number(&at, &reg) || !gdb_take(&at, "=") || reg >= REG_COUNT ||
        !set_register(g, (unsigned)reg, &at)) {
        refuse(g);
        return;
    }
    gdb_changed(g);
    ok(g);
}

/* Memory. */

static bool take_range(const char **at, uint64_t *address, uint64_t *size)
{
    return gdb_take_number(at, address) && gdb_take(at, ",") && gdb_take_number(at, size) &&
           *size <= BYTES_MAX;
}

static void read_memory(struct gdb *g, const char *at, size_t length)
{
    uint8_t bytes[BYTES_MAX];
    uint64_t address, size;
    (void)length;
    if (!take_range(&at, &address, &size)) {
        refuse(g);
        return;
    }
    size_t done = control_read_memory(g->c, g->cpu, g->space, address, bytes, (size_t)size);
    if (done == 0 && size != 0) {
        refuse(g);
        return;
    }
    gdb_add_hex(&g->reply, bytes, done);
}

static void write_bytes(struct gdb *g, uint64_t address, const uint8_t *bytes, uint64_t size)
{
    if (size != 0 &&
        control_write_memory(g->c, g->cpu, g->space, address, bytes, (size_t)size) != size) {
        refuse(g);
        return;
    }
    if (size != 0) {
        gdb_changed(g);
    }
    ok(g);
}

static void write_memory(struct gdb *g, const char *at, size_t length)
{
    uint8_t bytes[BYTES_MAX];
    uint64_t address, size;
    (void)length;
    if (!take_range(&at, &address, &size) || !gdb_take(&at, ":") ||
        gdb_take_hex(&at, bytes, (size_t)size) != size) {
        refuse(g);
        return;
    }
    write_bytes(g, address, bytes, size);
}

static void write_binary(struct gdb *g, const char *at, size_t length)
{
    const char *begin = at;
    uint64_t address, size;
    if (!take_range(&at, &address, &size) || !gdb_take(&at, ":") ||
        length - (size_t)(at - begin) != size) {
        refuse(g);
        return;
    }
    write_bytes(g, address, (const uint8_t *)at, size);
}

/* Threads. */

bool gdb_take_thread(const struct gdb *g, const char **text, unsigned *cpu)
{
    uint64_t n;
    bool is_any = gdb_take(text, "-1") || !gdb_take_number(text, &n) || n == 0;
    *cpu = is_any ? NO_THREAD : (unsigned)n - 1;
    return is_any || n <= gdb_cpu_count(g);
}

static void set_thread(struct gdb *g, const char *at, size_t length)
{
    unsigned cpu;
    (void)length;
    char what = *at;
    at += what != '\0';
    if ((what != 'g' && what != 'c') || !gdb_take_thread(g, &at, &cpu)) {
        refuse(g);
        return;
    }
    if (what == 'c') {
        g->moves = cpu;
    } else if (cpu != NO_THREAD) {
        g->cpu = cpu;
    }
    ok(g);
}

/* gdb asks so when its user says `thread N` (or `thread apply`), and does not tell which thread a
 * monitor command or a step back is for: it is for that one. `info threads` sends Hg alone. */
static void is_thread(struct gdb *g, const char *at, size_t length)
{
    unsigned cpu;
    (void)length;
    if (!gdb_take_thread(g, &at, &cpu)) {
        refuse(g);
        return;
    }
    g->chosen = cpu == NO_THREAD ? g->chosen : cpu;
    ok(g);
}

static void list_threads(struct gdb *g, const char *at, size_t length)
{
    (void)at, (void)length;
    for (unsigned cpu = 0; cpu < gdb_cpu_count(g); cpu++) {
        gdb_print(&g->reply, "%c%x", cpu ? ',' : 'm', cpu + 1);
    }
}

static void end_of_list(struct gdb *g, const char *at, size_t length)
{
    (void)at, (void)length;
    gdb_print(&g->reply, "l");
}

static void describe_thread(struct gdb *g, const char *at, size_t length)
{
    char text[96];
    unsigned index;
    (void)length;
    if (!gdb_take_thread(g, &at, &index) || index == NO_THREAD) {
        refuse(g);
        return;
    }
    struct control_cpu cpu = control_cpu_state(g->c, index);
    const char *does = !cpu.is_on ? "off" : cpu.is_waiting ? "waits" : "runs";
    int size = snprintf(text, sizeof text, "CPU %u: %s, EL%u, %s", index, does, cpu.el,
                        cpu.context ? "VM" : "host");
    gdb_add_hex(&g->reply, text, (size_t)size);
}

static void current_thread(struct gdb *g, const char *at, size_t length)
{
    (void)at, (void)length;
    gdb_print(&g->reply, "QC%x", g->chosen + 1);
}

/* The rest. */

static void supported(struct gdb *g, const char *at, size_t length)
{
    (void)at, (void)length;
    gdb_print(&g->reply,
              "PacketSize=%x;qXfer:features:read+;vContSupported+;QStartNoAckMode+;swbreak+;"
              "hwbreak+;ReverseStep+;ReverseContinue+",
              GDB_PACKET_MAX);
}

static void no_ack(struct gdb *g, const char *at, size_t length)
{
    (void)at, (void)length;
    g->no_ack = true;
    ok(g);
}

static void features(struct gdb *g, const char *at, size_t length)
{
    uint64_t from, size;
    (void)length;
    if (!gdb_take(&at, "target.xml:") || !gdb_take_number(&at, &from) || !gdb_take(&at, ",") ||
        !gdb_take_number(&at, &size)) {
        refuse(g);
        return;
    }
    if (g->xml.length == 0) {
        gdb_target_xml(g->c, &g->xml);
    }
    uint64_t left = from < g->xml.length ? g->xml.length - from : 0;
    size = size < BYTES_MAX ? size : BYTES_MAX;
    gdb_add(&g->reply, size < left ? "m" : "l", 1);
    gdb_add(&g->reply, g->xml.bytes + (left ? from : 0), (size_t)(size < left ? size : left));
}

static void monitor(struct gdb *g, const char *at, size_t length)
{
    char line[1024] = "";
    struct gdb_text out = {.length = 0};
    (void)length;
    size_t got = gdb_take_hex(&at, (uint8_t *)line, sizeof line - 1);
    line[got] = '\0';
    gdb_monitor(g, line, &out);
    gdb_say(g, out.bytes ? out.bytes : "", out.length);
    gdb_text_free(&out);
    ok(g);
}

static void why_stopped(struct gdb *g, const char *at, size_t length)
{
    (void)at, (void)length;
    gdb_stop_reply(g);
}

static void kill_run(struct gdb *g, const char *at, size_t length)
{
    (void)at, (void)length;
    g->is_over = g->is_killed = true;
    ok(g);
}

/* The run goes on without a debugger. */
static void detach(struct gdb *g, const char *at, size_t length)
{
    (void)at, (void)length;
    g->is_over = true;
    ok(g);
}

/* All CPUs stop together. */
static void non_stop(struct gdb *g, const char *at, size_t length)
{
    (void)length;
    if (*at == '0') {
        ok(g);
    } else {
        refuse(g);
    }
}

static void accept(struct gdb *g, const char *at, size_t length)
{
    (void)at, (void)length;
    ok(g);
}

static void attached(struct gdb *g, const char *at, size_t length)
{
    (void)at, (void)length;
    gdb_print(&g->reply, "1"); /* to quit is to detach */
}

static void actions(struct gdb *g, const char *at, size_t length)
{
    (void)at, (void)length;
    gdb_print(&g->reply, "vCont;c;C;s;S;t");
}

static void points(struct gdb *g, const char *at, size_t length)
{
    (void)length;
    gdb_set_point(g, at - 1);
}

/* The first that fits; longer ones before those that they begin with. What is not here gets the
 * empty reply: not supported. */
static const struct command {
    const char *prefix;
    void (*run)(struct gdb *g, const char *at, size_t length);
} commands[] = {
    {"qSupported", supported},
    {"QNonStop:", non_stop},
    {"QStartNoAckMode", no_ack},
    {"qXfer:features:read:", features},
    {"qRcmd,", monitor},
    {"qfThreadInfo", list_threads},
    {"qsThreadInfo", end_of_list},
    {"qThreadExtraInfo,", describe_thread},
    {"qC", current_thread},
    {"qAttached", attached},
    {"qSymbol", accept},
    {"vCont?", actions},
    {"vKill;", kill_run},
    {"D", detach},
    {"G", write_registers},
    {"H", set_thread},
    {"M", write_memory},
    {"P", write_register},
    {"T", is_thread},
    {"X", write_binary},
    {"Z", points},
    {"z", points},
    {"g", read_registers},
    {"k", kill_run},
    {"m", read_memory},
    {"p", read_register},
    {"?", why_stopped},
};

void gdb_command(struct gdb *g, const char *packet, size_t length)
{
    if (gdb_resume(g, packet)) {
        return;
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        const char *at = packet;
        if (gdb_take(&at, commands[i].prefix)) {
            commands[i].run(g, at, length - (size_t)(at - packet));
            return;
        }
    }
}
