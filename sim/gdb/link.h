/* The way to a debugger: a TCP port of this host, a Unix socket, or stdin and stdout. */
#ifndef EL2SIM_GDB_LINK_H
#define EL2SIM_GDB_LINK_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/err.h"

struct gdb_link {
    int in, out; /* -1: closed */
};

/* Whether it can be one of "PORT", "unix:PATH" and "-". */
bool gdb_link_check(const char *where, struct err *e);
/* Waits until somebody connects; says on stderr where. */
bool gdb_link_open(struct gdb_link *link, const char *where, struct err *e);
void gdb_link_close(struct gdb_link *link);

/* Waits for bytes; 0: the other side is gone. */
size_t gdb_link_read(struct gdb_link *link, void *to, size_t room);
/* Whether there are some now, or the other side is gone. */
bool gdb_link_is_ready(const struct gdb_link *link);
bool gdb_link_write(struct gdb_link *link, const void *from, size_t size_bytes);

#endif
