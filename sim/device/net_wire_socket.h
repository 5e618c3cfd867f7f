/* How two processes find each other: a UNIX socket, named by its path. */
#ifndef EL2SIM_DEVICE_NET_WIRE_SOCKET_H
#define EL2SIM_DEVICE_NET_WIRE_SOCKET_H

#include "sim/base/err.h"

/*
 * The first process that comes waits at the path for another one, and takes the path away when it
 * has come; so at most two share a wire. -1 with *e: the path is stale or no socket, or `gives_up`,
 * asked now and then while there is nobody, said so. `waits` is called once if this is the first.
 */
struct wire_finder {
    bool (*gives_up)(void *ctx);
    void (*waits)(void *ctx);
    void *ctx;
};

int net_wire_find(const char *path, const struct wire_finder *finder, struct err *e);

#endif
