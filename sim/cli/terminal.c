#include "sim/cli/terminal.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define ESCAPE      0x01 /* Ctrl-A */
#define BUFFER_SIZE 256

static const char help[] = "\r\n"
                           "Ctrl-A H    this help\r\n"
                           "Ctrl-A X    end the run\r\n"
                           "Ctrl-A Ctrl-A  send Ctrl-A\r\n";

static struct {
    struct termios before, raw;
    volatile sig_atomic_t is_raw;
    bool is_terminal, ended, escaped, quit;
    uint8_t bytes[BUFFER_SIZE]; /* read, and the guest has had no room */
    size_t first, count;
} terminal;

/* Signals that end a program. */
static const int deadly[] = {SIGINT,  SIGTERM, SIGHUP, SIGQUIT, SIGABRT,
                             SIGSEGV, SIGBUS,  SIGFPE, SIGILL,  SIGPIPE};
#define DEADLY (sizeof deadly / sizeof deadly[0])
static struct sigaction previous[DEADLY];

static void restore(void)
{
    if (terminal.is_raw) {
        terminal.is_raw = 0;
        tcsetattr(STDIN_FILENO, TCSANOW, &terminal.before); /* allowed in a signal's handler */
    }
}

static void make_raw(void)
{
    terminal.is_raw = tcsetattr(STDIN_FILENO, TCSANOW, &terminal.raw) == 0;
}

static void on_deadly(int number)
{
    int saved = errno;
    restore();
    for (size_t i = 0; i < DEADLY; i++) {
        if (deadly[i] == number) {
            sigaction(number, &previous[i], NULL);
        }
    }
    errno = saved;
    raise(number); /* delivered when this returns, to whoever had it before */
}

static void on_stop(int number)
{
    (void)number;
    restore();
    raise(SIGSTOP);
    make_raw(); /* somebody continued us */
}

static void catch_signals(void)
{
    for (size_t i = 0; i < DEADLY; i++) {
        struct sigaction action = {.sa_handler = on_deadly};
        sigaction(deadly[i], &action, &previous[i]);
        if (previous[i].sa_handler == SIG_IGN) { /* nohup */
            sigaction(deadly[i], &previous[i], NULL);
        }
    }
    struct sigaction stop = {.sa_handler = on_stop, .sa_flags = SA_RESTART};
    sigaction(SIGTSTP, &stop, NULL);
}

/* As QEMU's stdio: no echo, no lines, no signals by keys; output is processed as ever. */
static void prepare(void)
{
    terminal.raw = terminal.before;
    terminal.raw.c_iflag &=
        ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    terminal.raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | IEXTEN | ISIG);
    terminal.raw.c_cc[VMIN] = 1;
    terminal.raw.c_cc[VTIME] = 0;
    atexit(restore);
    catch_signals();
    make_raw();
}

static void take_byte(uint8_t byte)
{
    bool is_escape = byte == ESCAPE && terminal.is_terminal;
    if (!terminal.escaped && is_escape) {
        terminal.escaped = true;
        return;
    }
    if (terminal.escaped) {
        terminal.escaped = false;
        if (byte == 'x' || byte == 'X') {
            terminal.quit = true;
        } else if (byte == 'h' || byte == 'H' || byte == '?') {
            fputs(help, stderr);
        }
        if (!is_escape) {
            return;
        }
    }
    terminal.bytes[(terminal.first + terminal.count) % BUFFER_SIZE] = byte;
    terminal.count++;
}

static bool is_ready(int timeout_ms)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&in, 1, timeout_ms) > 0;
}

/* Takes from the host what it has and we have room for. */
static void fill(void)
{
    uint8_t bytes[BUFFER_SIZE];
    size_t room = BUFFER_SIZE - terminal.count;
    if (terminal.ended || room == 0 || !is_ready(0)) {
        return;
    }
    ssize_t got = read(STDIN_FILENO, bytes, room);
    if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) {
        terminal.ended = true;
    }
    for (ssize_t i = 0; i < got; i++) {
        take_byte(bytes[i]);
    }
}

static size_t read_bytes(void *ctx, uint8_t *to, size_t room)
{
    size_t done = 0;
    (void)ctx;
    fflush(stdout); /* somebody looks: a prompt has no line's end */
    fill();
    while (done < room && terminal.count > 0) {
        to[done++] = terminal.bytes[terminal.first];
        terminal.first = (terminal.first + 1) % BUFFER_SIZE;
        terminal.count--;
    }
    return done;
}

static bool has_ended(void *ctx)
{
    (void)ctx;
    return terminal.ended && terminal.count == 0;
}

static bool wants_quit(void *ctx)
{
    (void)ctx;
    return terminal.quit;
}

static uint64_t host_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static uint64_t wait_for_bytes(void *ctx, uint64_t ns)
{
    (void)ctx;
    fflush(stdout);
    if (terminal.count > 0 || terminal.ended || terminal.quit) {
        return 0;
    }
    uint64_t start = host_ns(), ms = ns / 1000000;
    is_ready(ms > INT_MAX ? -1 : (int)ms);
    return host_ns() - start;
}

struct host_source terminal_open(void)
{
    terminal.is_terminal = tcgetattr(STDIN_FILENO, &terminal.before) == 0;
    if (terminal.is_terminal && tcgetpgrp(STDIN_FILENO) != getpgrp()) {
        terminal.ended = true; /* in the background, to ask would stop us */
    } else if (terminal.is_terminal) {
        prepare();
    }
    return (struct host_source){.read = read_bytes,
                                .wait = wait_for_bytes,
                                .has_ended = has_ended,
                                .wants_quit = wants_quit,
                                .is_interactive = terminal.is_terminal && !terminal.ended};
}

void terminal_close(void)
{
    restore();
}
