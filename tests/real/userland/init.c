/* Process 1. The kernel hands NAME=VALUE arguments that it does not know over as environment:
 * counts=GIC (batches=N of each operation, 10 at most) and qemu=GIC run a VM, wait=SECONDS sleeps
 * before the end. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "tests/real/userland/userland.h"

bool say(const char *name, bool ok)
{
    if (ok) {
        printf("init: %s: ok\n", name);
    } else {
        printf("init: %s: failed (%s)\n", name, strerror(errno));
    }
    return ok;
}

static unsigned option(const char *name)
{
    const char *text = getenv(name);
    return text ? (unsigned)strtoul(text, NULL, 10) : 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "seven") == 0) {
        return 7; /* checks.c runs a copy of this file */
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    unsigned cpu_count = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    struct utsname name;
    uname(&name);
    printf("init: %s %s, %u CPUs\n", name.sysname, name.machine, cpu_count);
    bool ok;
    if (option("counts")) {
        unsigned batches = option("batches");
        ok = counts_run(option("counts"),
                        batches > 0 && batches < COUNTS_BATCHES ? batches : COUNTS_BATCHES);
    } else if (option("qemu")) {
        ok = say("qemu", qemu_run(option("qemu")));
    } else {
        ok = checks_run(cpu_count);
    }
    sleep(option("wait"));
    printf("init: RESULT %s\n", ok ? "PASS" : "FAIL");
    fflush(stdout);
    sync();
    reboot(RB_POWER_OFF);
    return 1;
}
