/* The device's other end: a thread that sleeps on the doorbell (ioeventfd) and answers with an
 * interrupt (irqfd), as vhost and virtio back ends do. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "abi/mark.h"
#include "vmm.h"

/* Where the simulator's marks find them, in a page that is always there: they look at memory
 * without a fault. */
static char row_out[] = "io-latency-out";
static char row_in[] = "io-latency-in";

static void wait_for_kick(const struct vm *vm)
{
    uint64_t count;
    if (read(vm->kick_fd, &count, sizeof count) != sizeof count) {
        vmm_fail("doorbell");
    }
}

static void raise_interrupt(const struct vm *vm, bool measured)
{
    const struct timespec delay = {.tv_nsec = IODEV_DELAY_US * 1000};
    const uint64_t one = 1;
    nanosleep(&delay, NULL);
    if (measured) {
        mark_begin(row_in, 1);
    }
    if (write(vm->irq_fd, &one, sizeof one) != sizeof one) {
        vmm_fail("irqfd");
    }
}

/* The kick is counted last: the guest goes on when it sees the count. */
static void *serve(void *ctx)
{
    struct vm *vm = ctx;
    pin_to_cpu(vm->options.cpu_count - 1);
    prctl(PR_SET_TIMERSLACK, 1UL);
    for (;;) {
        wait_for_kick(vm);
        unsigned mode = __atomic_load_n(&vm->mode, __ATOMIC_ACQUIRE);
        if (mode == IODEV_MODE_OUT) {
            mark_end(row_out);
        } else if (mode == IODEV_MODE_REPLY || mode == IODEV_MODE_IN) {
            raise_interrupt(vm, mode == IODEV_MODE_IN);
        }
        __atomic_add_fetch(&vm->kicks, 1, __ATOMIC_RELEASE);
    }
    return NULL;
}

void iothread_start(struct vm *vm)
{
    pthread_t id;
    vm->kick_fd = must(eventfd(0, EFD_CLOEXEC), "eventfd");
    vm->irq_fd = must(eventfd(0, EFD_CLOEXEC), "eventfd");
    struct kvm_ioeventfd doorbell = {
        .addr = GUEST_IODEV + IODEV_DOORBELL, .len = 4, .fd = vm->kick_fd};
    struct kvm_irqfd interrupt = {.fd = (uint32_t)vm->irq_fd, .gsi = IODEV_INTID - 32};
    must(ioctl(vm->fd, KVM_IOEVENTFD, &doorbell), "KVM_IOEVENTFD");
    must(ioctl(vm->fd, KVM_IRQFD, &interrupt), "KVM_IRQFD");
    row_out[0] = 'i';
    row_in[0] = 'i';
    errno = pthread_create(&id, NULL, serve, vm);
    if (errno != 0) {
        vmm_fail("pthread_create");
    }
}
