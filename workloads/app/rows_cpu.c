/* Two rows without network: messages between VCPUs, and compute with page faults and ticks. */
#include "app/net.h"
#include "app/rows.h"

/*
 * --- hackbench: groups of a sender and a receiver, on the two VCPUs, half of them each way. A
 * sender fills a pipe until it is full, a receiver empties it; who cannot go on blocks, and is
 * woken by the other side with an SGI, which preempts what runs there, as a wake-up does in Linux
 * ---
 */

#define GROUPS        8
#define PIPE_MESSAGES 4
#define MESSAGE_WORDS 25 /* 100 bytes */
#define SOCKET_KIB                                                                                 \
    4 /* hashed at each end of a message, where Linux has a system call and a socket */
#define SGI_RUN 4

enum side { SENDER, RECEIVER };

static struct pipe {
    volatile u32 put, taken;
    volatile bool blocked[2]; /* the thread of that side waits for the other one */
    u32 messages[PIPE_MESSAGES][MESSAGE_WORDS];
    bool damaged;
    u64 hash[2];
} pipes[GROUPS];

static u32 quota; /* messages of a group */
static volatile bool resched[2], other_runs;

static void run_handler(void)
{
    resched[read_sysreg(mpidr_el1) & 1] = true;
}

static enum side side_of(unsigned me, unsigned group)
{
    return group % 2 == me ? SENDER : RECEIVER;
}

static bool runnable(const struct pipe *p, enum side side)
{
    return side == SENDER ? p->put != quota && p->put - p->taken < PIPE_MESSAGES
                          : p->put != p->taken;
}

static void send_one(struct pipe *p)
{
    u32 *m = p->messages[p->put % PIPE_MESSAGES];
    p->hash[SENDER] ^= app_work(app_work_kib(SOCKET_KIB), p->put);
    for (unsigned i = 0; i < MESSAGE_WORDS; i++) {
        m[i] = p->put + i;
    }
    dmb(ish); /* the message is there before it is counted */
    p->put++;
}

static void receive_one(struct pipe *p)
{
    const u32 *m = p->messages[p->taken % PIPE_MESSAGES];
    dmb(ish);
    for (unsigned i = 0; i < MESSAGE_WORDS; i++) {
        p->damaged = p->damaged || m[i] != p->taken + i;
    }
    p->hash[RECEIVER] ^= app_work(app_work_kib(SOCKET_KIB), p->taken);
    dmb(ish);
    p->taken++;
}

/* A thread runs until it blocks or is preempted. A thread of the other VCPU that it wakes preempts
 * what runs there: an SGI, whether that VCPU sleeps or not. */
static void run_thread(unsigned me, struct pipe *p, enum side side)
{
    while (!resched[me]) {
        if (!runnable(p, side)) {
            p->blocked[side] = true;
            dmb(ish); /* who makes it runnable from here on sees that it waits */
            if (!runnable(p, side)) {
                return;
            }
        }
        p->blocked[side] = false;
        if (side == SENDER) {
            send_one(p);
        } else {
            receive_one(p);
        }
        dmb(ish); /* the count is written before the look at whether somebody waits for it */
        if (p->blocked[!side]) {
            p->blocked[!side] = false;
            gic_send_sgi(1 - me, SGI_RUN);
        }
    }
}

static bool all_done(void)
{
    bool done = true;
    for (unsigned g = 0; g < GROUPS; g++) {
        done = done && pipes[g].taken == quota;
    }
    return done;
}

static bool any_runnable(unsigned me)
{
    bool any = false;
    for (unsigned g = 0; g < GROUPS && !any; g++) {
        any = runnable(&pipes[g], side_of(me, g));
    }
    return any;
}

static void run_threads(unsigned me)
{
    unsigned next = 0;
    while (!all_done()) {
        irq_off();
        if (!resched[me] && !any_runnable(me) && !all_done()) {
            wfi(); /* who makes a thread runnable sends an SGI */
        }
        irq_on();
        isb();
        resched[me] = false;
        for (unsigned i = 0; i < GROUPS && !resched[me]; i++) {
            next = (next + 1) % GROUPS;
            run_thread(me, &pipes[next], side_of(me, next));
        }
    }
    gic_send_sgi(1 - me, SGI_RUN); /* it may sleep, and has nothing to wait for */
}

static void run_on_other(void)
{
    run_threads(1);
    other_runs = false;
}

void hackbench_prep(unsigned ops)
{
    quota = (ops + GROUPS - 1) / GROUPS;
    irq_set_handler(SGI_RUN, run_handler);
    for (unsigned g = 0; g < GROUPS; g++) {
        pipes[g].put = pipes[g].taken = 0;
        pipes[g].blocked[SENDER] = pipes[g].blocked[RECEIVER] = false;
        pipes[g].damaged = false;
    }
    resched[0] = resched[1] = other_runs = false;
}

/* The harness calls once for each message: the first call does all. */
void hackbench_exec(void)
{
    if (!other_runs && !all_done()) {
        other_runs = true;
        secondary_call(run_on_other);
        run_threads(0);
    }
}

bool hackbench_post(unsigned ops)
{
    bool ok = quota * GROUPS >= ops;
    while (other_runs) {
        cpu_relax();
    }
    for (unsigned g = 0; g < GROUPS; g++) {
        ok = ok && pipes[g].taken == quota && !pipes[g].damaged;
    }
    return ok;
}
