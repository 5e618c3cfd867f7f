#include "sim/gdb/link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "sim/base/parse.h"

static bool system_failed(const char *where, const char *what, struct err *e)
{
    return err_set(e, "--gdb %s: cannot %s: %s", where, what, strerror(errno));
}

static bool listen_on(int fd, const struct sockaddr *address, socklen_t size, const char *where,
                      struct gdb_link *link, struct err *e)
{
    if (bind(fd, address, size) != 0 || listen(fd, 1) != 0) {
        return system_failed(where, "listen there", e);
    }
    fprintf(stderr, "el2sim: waiting for gdb (target remote %s)\n", where);
    do {
        link->in = accept(fd, NULL, NULL);
    } while (link->in < 0 && errno == EINTR);
    link->out = link->in;
    return link->in >= 0 || system_failed(where, "accept a connection", e);
}

static bool open_tcp(uint16_t port, const char *where, struct gdb_link *link, struct err *e)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    char name[32];
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return system_failed(where, "make a socket", e);
    }
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    snprintf(name, sizeof name, ":%u", port);
    bool done = listen_on(fd, (struct sockaddr *)&address, sizeof address, name, link, e);
    if (done) {
        setsockopt(link->in, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    close(fd);
    return done;
}

static bool open_unix(const char *path, struct gdb_link *link, struct err *e)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return system_failed(path, "make a socket", e);
    }
    bool done = listen_on(fd, (struct sockaddr *)&address, sizeof address, path, link, e);
    close(fd);
    if (done) {
        unlink(path);
    }
    return done;
}

/* False: it is no port. */
static bool port_of(const char *where, uint16_t *port)
{
    uint64_t n;
    bool found = parse_u64(where, 10, &n, NULL) && n != 0 && n <= UINT16_MAX;
    *port = found ? (uint16_t)n : 0;
    return found;
}

static const char *path_of(const char *where)
{
    return strncmp(where, "unix:", 5) == 0 ? where + 5 : NULL;
}

bool gdb_link_check(const char *where, struct err *e)
{
    uint16_t port;
    const char *path = path_of(where);
    size_t room = sizeof((struct sockaddr_un *)0)->sun_path;
    if (path && (path[0] == '\0' || strlen(path) >= room)) {
        return err_set(e, "--gdb %s: a path of 1 to %zu characters is expected", where, room - 1);
    }
    return path || strcmp(where, "-") == 0 || port_of(where, &port) ||
           err_set(e, "--gdb %s: a port (1 to 65535), unix:PATH or - is expected", where);
}

bool gdb_link_open(struct gdb_link *link, const char *where, struct err *e)
{
    uint16_t port;
    *link = (struct gdb_link){-1, -1};
    if (strcmp(where, "-") == 0) {
        *link = (struct gdb_link){STDIN_FILENO, STDOUT_FILENO};
        return true;
    }
    return port_of(where, &port) ? open_tcp(port, where, link, e)
                                 : open_unix(path_of(where), link, e);
}

void gdb_link_close(struct gdb_link *link)
{
    if (link->in > STDERR_FILENO) {
        close(link->in);
    }
    *link = (struct gdb_link){-1, -1};
}

size_t gdb_link_read(struct gdb_link *link, void *to, size_t room)
{
    ssize_t got;
    if (link->in < 0) {
        return 0;
    }
    do {
        got = read(link->in, to, room);
    } while (got < 0 && errno == EINTR);
    return got > 0 ? (size_t)got : 0;
}

bool gdb_link_is_ready(const struct gdb_link *link)
{
    struct pollfd fd = {.fd = link->in, .events = POLLIN};
    return link->in >= 0 && poll(&fd, 1, 0) > 0;
}

bool gdb_link_write(struct gdb_link *link, const void *from, size_t size_bytes)
{
    const char *at = from;
    bool is_socket = link->in == link->out;
    while (link->out >= 0 && size_bytes > 0) {
        ssize_t put = is_socket ? send(link->out, at, size_bytes, MSG_NOSIGNAL)
                                : write(link->out, at, size_bytes);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put <= 0) {
            return false;
        }
        at += put;
        size_bytes -= (size_t)put;
    }
    return size_bytes == 0;
}
