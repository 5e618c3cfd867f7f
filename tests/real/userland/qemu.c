/* Debian's own qemu-system-aarch64 with KVM, as a program of this system, boots the same kernel and
 * the same initramfs again: a VM whose console comes out here. */
#include <fcntl.h>
#include <linux/random.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/real/userland/userland.h"

/* Nothing here makes noise: without it, the first who asks for random numbers waits for ever. */
static bool seed_random(void)
{
    struct {
        struct rand_pool_info info;
        uint8_t seed[32];
    } pool = {.info = {.entropy_count = 256, .buf_size = 32}};
    int fd = open("/dev/urandom", O_WRONLY | O_CLOEXEC);
    return fd >= 0 && ioctl(fd, RNDADDENTROPY, &pool) == 0 && close(fd) == 0;
}

bool qemu_run(unsigned gic)
{
    char machine[40];
    int status;
    snprintf(machine, sizeof machine, "virt,gic-version=%u", gic);
    if (mount("devtmpfs", "/dev", "devtmpfs", 0, NULL) != 0 || !seed_random()) {
        return false;
    }
    pid_t child = fork();
    if (child == 0) {
        /* All files are in the root directory: the initramfs has no other. */
        execl("/ld-linux-aarch64.so.1", "ld.so", "--library-path", "/", "/qemu-system-aarch64",
              "-M", machine, "-accel", "kvm", "-cpu", "host", "-m", "128", "-nodefaults",
              "-display", "none", "-serial", "stdio", "-no-reboot", "-kernel", "/Image", "-initrd",
              "/userland.cpio.gz", "-append", "console=ttyAMA0 nokaslr cryptomgr.notests quiet",
              (char *)NULL);
        _exit(127);
    }
    return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
