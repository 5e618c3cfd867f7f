/* What programs rely on, done once on each CPU: nothing here depends on the machine's speed. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/real/userland/userland.h"

#define ROUNDS 20

static bool pin(unsigned cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    return sched_setaffinity(0, sizeof set, &set) == 0 && (unsigned)sched_getcpu() == cpu;
}

/* A child on each CPU, whose exit status comes back. */
static bool check_processes(unsigned cpu_count)
{
    for (unsigned cpu = 0; cpu < cpu_count; cpu++) {
        int status;
        pid_t child = fork();
        if (child == 0) {
            _exit(pin(cpu) ? 40 + (int)cpu : 1);
        }
        if (waitpid(child, &status, 0) != child || !WIFEXITED(status) ||
            WEXITSTATUS(status) != 40 + (int)cpu) {
            return false;
        }
    }
    return true;
}

/* A byte there and back, between the first and the last CPU. */
static bool check_pipes(unsigned cpu_count)
{
    int there[2], back[2], status;
    char byte = 0;
    if (pipe(there) != 0 || pipe(back) != 0) {
        return false;
    }
    pid_t child = fork();
    if (child == 0) {
        bool ok = pin(cpu_count - 1);
        for (unsigned i = 0; ok && i < ROUNDS; i++) {
            ok = read(there[0], &byte, 1) == 1 && write(back[1], &byte, 1) == 1;
        }
        _exit(!ok);
    }
    bool ok = pin(0);
    for (unsigned i = 0; ok && i < ROUNDS; i++) {
        char sent = (char)(i * 7);
        ok = write(there[1], &sent, 1) == 1 && read(back[0], &byte, 1) == 1 && byte == sent;
    }
    return waitpid(child, &status, 0) == child && status == 0 && ok;
}

static volatile sig_atomic_t alarms, faults;
static void *fault_page;

static void on_alarm(int number)
{
    (void)number;
    alarms++;
}

/* A store to a read-only page: opened, and the store is done again. */
static void on_fault(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)context;
    faults++;
    if (info->si_addr != fault_page || mprotect(fault_page, 4096, PROT_READ | PROT_WRITE) != 0) {
        _exit(2);
    }
}

static bool check_signals(void)
{
    struct sigaction alarm_action = {.sa_handler = on_alarm};
    struct itimerval soon = {.it_value = {.tv_usec = 2000}};
    sigset_t none;
    sigemptyset(&none);
    sigaction(SIGALRM, &alarm_action, NULL);
    setitimer(ITIMER_REAL, &soon, NULL);
    while (alarms == 0) {
        sigsuspend(&none);
    }
    return alarms == 1;
}

static bool check_faults(void)
{
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    volatile uint32_t *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    fault_page = (void *)(uintptr_t)page;
    sigaction(SIGSEGV, &action, NULL);
    if (page == MAP_FAILED || *page != 0) {
        return false;
    }
    *page = 0x600d;
    return faults == 1 && *page == 0x600d;
}

static double sums[ROUNDS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned entered;

/* Floating point held in registers while other threads use them. */
static void *add_up(void *out)
{
    double sum = 0;
    for (int i = 1; i <= 1000; i++) {
        sum += 1.0 / i;
        if (i % 100 == 0) {
            sched_yield();
            pthread_mutex_lock(&lock);
            entered++;
            pthread_mutex_unlock(&lock);
        }
    }
    *(double *)out = sum;
    return NULL;
}

static bool check_threads(unsigned cpu_count)
{
    pthread_t threads[ROUNDS];
    cpu_set_t all;
    CPU_ZERO(&all);
    for (unsigned cpu = 0; cpu < cpu_count; cpu++) {
        CPU_SET(cpu, &all);
    }
    sched_setaffinity(0, sizeof all, &all);
    for (unsigned i = 0; i < ROUNDS; i++) {
        if (pthread_create(&threads[i], NULL, add_up, &sums[i]) != 0) {
            return false;
        }
    }
    for (unsigned i = 0; i < ROUNDS; i++) {
        pthread_join(threads[i], NULL);
        if (sums[i] != sums[0]) {
            return false;
        }
    }
    return entered == ROUNDS * 10 && sums[0] > 7.485 && sums[0] < 7.486;
}

/* A program that is written to a file, and run from there. */
static bool check_exec(void)
{
    char copy[4096];
    int status, from = open("/init", O_RDONLY), to = open("/copy", O_WRONLY | O_CREAT, 0755);
    ssize_t n;
    while ((n = read(from, copy, sizeof copy)) > 0) {
        if (write(to, copy, (size_t)n) != n) {
            return false;
        }
    }
    close(from);
    close(to);
    pid_t child = fork();
    if (child == 0) {
        execl("/copy", "/copy", "seven", (char *)NULL);
        _exit(1);
    }
    return n == 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
           WEXITSTATUS(status) == 7;
}

bool checks_run(unsigned cpu_count)
{
    bool ok = say("processes", check_processes(cpu_count));
    ok &= say("pipes", check_pipes(cpu_count));
    ok &= say("signals", check_signals());
    ok &= say("faults", check_faults());
    ok &= say("threads", check_threads(cpu_count));
    return say("exec", check_exec()) && ok;
}
