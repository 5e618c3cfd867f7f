/* Process 1: options, one VM, power off. The kernel hands its unknown NAME=VALUE arguments over as
 * environment. */
#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "abi/mark.h"
#include "vmm.h"

#define ROWS_KVM                                                                                   \
    "hypercall,gic-trap,io-user,virtual-ipi,virtual-eoi,io-latency-out,io-latency-in,"             \
    "virtual-timer,stage2-fault"

/* Rows of the guest that a VM of Linux cannot have. */
static const struct {
    const char *id, *why;
} impossible[] = {
    {"io-kernel", "KVM has no device that only reads; gic-trap is its like"},
    {"vm-switch", "KVM takes no hypercall from one VM to another"},
    {"check", "made for our own hypervisor"},
};

_Noreturn static void turn_off(const char *result)
{
    printf("vmm: RESULT %s\n", result);
    fflush(stdout);
    sync();
    if (getpid() == 1) {
        reboot(RB_POWER_OFF);
    }
    exit(strcmp(result, "PASS") != 0);
}

void vmm_fail(const char *what)
{
    printf("vmm: %s: %s\n", what, strerror(errno));
    turn_off("FAIL");
}

int must(int result, const char *what)
{
    if (result < 0) {
        vmm_fail(what);
    }
    return result;
}

void pin_to_cpu(unsigned cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    must(sched_setaffinity(0, sizeof set, &set), "sched_setaffinity");
}

/* What a distribution's init does with the seed it saved at shutdown. Without it Linux 6.1 stirs
 * its whole entropy pool at each system call (for the offset of the kernel stack:
 * add_random_kstack_offset), which no machine does that is up. */
static void seed_random(void)
{
    struct {
        struct rand_pool_info info;
        uint8_t seed[32];
    } pool = {.info = {.entropy_count = 256, .buf_size = 32}};
    memset(pool.seed, 0x5a, sizeof pool.seed);
    int fd = must(open("/dev/urandom", O_WRONLY | O_CLOEXEC), "/dev/urandom");
    must(ioctl(fd, RNDADDENTROPY, &pool), "RNDADDENTROPY");
    close(fd);
}

/* A number from the command line, 0 when it is not there. */
static unsigned option_number(const char *name, unsigned most)
{
    const char *text = getenv(name);
    char *end;
    unsigned long n = text ? strtoul(text, &end, 10) : 0;
    if (text && (*text == '\0' || *end != '\0' || n > most)) {
        errno = EINVAL;
        vmm_fail(name);
    }
    return (unsigned)n;
}

static bool is_impossible(const char *row)
{
    for (size_t i = 0; i < sizeof impossible / sizeof impossible[0]; i++) {
        if (strcmp(row, impossible[i].id) == 0) {
            printf("row %s: skipped, %s\n", row, impossible[i].why);
            return true;
        }
    }
    return false;
}

/* The rows that are asked for, without those that cannot be. The guest knows which names there are.
 */
static void choose_rows(char rows[GUEST_ROWS_MAX])
{
    char asked[GUEST_ROWS_MAX];
    const char *text = getenv("rows");
    snprintf(asked, sizeof asked, "%s", text && *text ? text : ROWS_KVM);
    rows[0] = '\0';
    for (char *row = strtok(asked, ","); row; row = strtok(NULL, ",")) {
        if (!is_impossible(row)) {
            strcat(rows, rows[0] ? "," : "");
            strcat(rows, row);
        }
    }
    if (rows[0] == '\0') {
        turn_off("PASS"); /* an empty list would be all of them */
    }
}

/* From here on a machine's time is the VMM's. With ask=1 it asks for its options, so that one
 * snapshot serves all rows: a line of NAME=VALUE, as on the command line. */
static void get_ready(void)
{
    static char ready[] = "vmm-ready"; /* in memory that is written to, so it is there */
    char line[GUEST_ROWS_MAX + 64];
    ready[0] = 'v';
    mark_snapshot(ready);
    if (option_number("ask", 1) == 0) {
        return;
    }
    printf("vmm: options?\n");
    if (fgets(line, sizeof line, stdin) == NULL) {
        vmm_fail("ask");
    }
    for (char *word = strtok(line, " \n"); word; word = strtok(NULL, " \n")) {
        if (putenv(strdup(word)) != 0) {
            vmm_fail("ask");
        }
    }
}

int main(void)
{
    static struct vm vm;
    setvbuf(stdout, NULL, _IOLBF, 0);
    seed_random();
    get_ready();
    struct vmm_options options = {
        .gic = option_number("gic", 3),
        .vcpu_count = option_number("vcpus", VCPUS_MAX),
        .ops = option_number("n", GUEST_OPS_MAX),
        .dirty_log = option_number("dirty", 1) == 1,
    };
    options.cpu_count = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    if (options.vcpu_count == 0) {
        options.vcpu_count = options.cpu_count < 2 ? options.cpu_count : 2;
    }
    if (options.vcpu_count > options.cpu_count) {
        errno = EINVAL;
        vmm_fail("vcpus: more than CPUs");
    }
    choose_rows(options.rows);
    vm_create(&vm, &options);
    printf("vmm: %u cpus, vgic v%u, %u vcpus\n", options.cpu_count, vm.gic, options.vcpu_count);
    iothread_start(&vm);
    vm_run(&vm);
    if (options.dirty_log) {
        vm_report_dirty(&vm);
    }
    turn_off(vm.exit_status == 0 ? "PASS" : "FAIL");
}
