#include "sim/device/net_wire_socket.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define LOOK_MS 50 /* so often, in the host's time, somebody asks whether to give up */

static bool set_address(struct sockaddr_un *address, const char *path, struct err *e)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    int needed = snprintf(address->sun_path, sizeof address->sun_path, "%s", path);
    return (size_t)needed < sizeof address->sun_path ||
           err_set(e, "%s: longer than a socket's path can be", path);
}

static int new_socket(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    BUG_ON(fd < 0);
    return fd;
}

static int failed(int fd, const char *path, const char *what, struct err *e)
{
    err_set(e, "%s: %s: %s", path, what, strerror(errno));
    close(fd);
    return -1;
}

/* There is something at the path, but nobody who listens. */
static void say_stale(const char *path, struct err *e)
{
    struct stat s;
    bool is_socket = stat(path, &s) == 0 && S_ISSOCK(s.st_mode);
    err_set(e,
            is_socket ? "%s: nobody listens there any more, a run that waited was killed: remove it"
                      : "%s: is no socket: name a file that is not there",
            path);
}

/* A socket that listens appears at the path whole, so who finds one that does not is right to call
 * it stale. -1 without *e: another process was faster. */
static int listen_at(const char *path, struct err *e)
{
    char aside[sizeof((struct sockaddr_un *)0)->sun_path];
    struct sockaddr_un address;
    snprintf(aside, sizeof aside, "%s.%ld", path, (long)getpid());
    int fd = new_socket();
    if (!set_address(&address, aside, e)) {
        close(fd);
        return -1;
    }
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        return failed(fd, path, "cannot make a socket", e);
    }
    bool listens = listen(fd, 1) == 0 && link(aside, path) == 0;
    int why = errno;
    unlink(aside);
    if (listens) {
        return fd;
    }
    errno = why;
    if (why != EEXIST) {
        return failed(fd, path, "cannot make a socket", e);
    }
    close(fd);
    return -1;
}

static int wait_at(int listener, const char *path, const struct wire_finder *finder, struct err *e)
{
    struct pollfd p = {.fd = listener, .events = POLLIN};
    int fd = -1;
    finder->waits(finder->ctx);
    while (poll(&p, 1, LOOK_MS) <= 0 && !finder->gives_up(finder->ctx)) {
    }
    unlink(path);
    if (p.revents & POLLIN) {
        fd = accept(listener, NULL, NULL);
    }
    close(listener);
    if (fd < 0) {
        err_set(e, "%s: ended by its user while nobody had come", path);
    }
    return fd;
}

int net_wire_find(const char *path, const struct wire_finder *finder, struct err *e)
{
    struct sockaddr_un address;
    if (!set_address(&address, path, e)) {
        return -1;
    }
    for (;;) {
        int fd = new_socket();
        if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) {
            return fd;
        }
        if (errno == ECONNREFUSED) {
            close(fd);
            say_stale(path, e);
            return -1;
        }
        if (errno != ENOENT) {
            return failed(fd, path, "cannot connect", e);
        }
        close(fd);
        int listener = listen_at(path, e);
        if (listener >= 0) {
            return wait_at(listener, path, finder, e);
        }
        if (e->text[0] != '\0') {
            return -1;
        }
    }
}
