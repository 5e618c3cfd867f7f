/*
 * The kernel alone, without a hypervisor: threads on all CPUs, wait queues, timers, interrupts
 * between CPUs and the hooks of the scheduler. One image for each exception level a host can have.
 */
#include "a64.h"
#include "kernel/boot.h"
#include "kernel/irq.h"
#include "kernel/page.h"
#include "kernel/print.h"
#include "kernel/smp.h"
#include "kernel/thread.h"
#include "kernel/timer.h"

#define ROUNDS 20

struct player {
    struct wait_queue turn;
    struct player *peer;
    unsigned cpu;
    u32 balls; /* how many have come; the peer writes it */
    u32 ins, outs;
    bool hooked, wrong;
};

static struct player players[2 * CPU_MAX];
static struct wait_queue finished;
static u32 finished_count;

static void hook_out(void *arg)
{
    struct player *p = arg;
    p->wrong = p->wrong || !p->hooked || cpu_this()->index != p->cpu;
    p->hooked = false;
    p->outs++;
}

static void hook_in(void *arg)
{
    struct player *p = arg;
    p->wrong = p->wrong || p->hooked || cpu_this()->index != p->cpu;
    p->hooked = true;
    p->ins++;
}

/* Two threads throw a ball to each other, from one CPU to the next or on the same. */
static void play(void *arg)
{
    struct player *p = arg;
    p->hooked = true;
    sched_set_hooks(hook_out, hook_in, p);
    for (u32 i = 1; i <= ROUNDS; i++) {
        wait_event(&p->turn, READ_ONCE(p->balls) >= i);
        p->wrong = p->wrong || !p->hooked;
        WRITE_ONCE(p->peer->balls, p->peer->balls + 1);
        wake_all(&p->peer->turn);
    }
    sched_set_hooks(NULL, NULL, NULL);
    p->wrong = p->wrong || p->ins != p->outs;
}

/* Its stack is free: counted here, so that nothing is missing when all have finished. */
static void player_gone(void *unused)
{
    (void)unused;
    __atomic_fetch_add(&finished_count, 1, __ATOMIC_SEQ_CST);
    wake_all(&finished);
}

static void start_pair(unsigned n, unsigned cpu_a, unsigned cpu_b)
{
    struct player *a = &players[2 * n];
    a[0] = (struct player){.peer = &a[1], .cpu = cpu_a, .balls = 1};
    a[1] = (struct player){.peer = &a[0], .cpu = cpu_b};
    wait_queue_init(&a[0].turn);
    wait_queue_init(&a[1].turn);
    thread_create_kernel("player", play, &a[1], PRIO_NORMAL, cpu_b, player_gone);
    thread_create_kernel("player", play, &a[0], PRIO_NORMAL, cpu_a, player_gone);
}

static bool play_all(const char *what, unsigned distance)
{
    finished_count = 0;
    for (unsigned i = 0; i < cpu_count; i++) {
        start_pair(i, i, (i + distance) % cpu_count);
    }
    wait_event(&finished, READ_ONCE(finished_count) == 2 * cpu_count);
    bool ok = true;
    for (unsigned i = 0; i < 2 * cpu_count; i++) {
        ok = ok && !players[i].wrong && players[i].outs > 0;
    }
    print("check %s: %s\n", what, ok ? "ok" : "FAIL");
    return ok;
}

static bool sleep_a_while(void)
{
    u64 deadline = timer_now_ticks() + timer_us_to_ticks(100);
    timer_sleep_until(deadline);
    bool ok = timer_now_ticks() >= deadline;
    print("check timer: %s\n", ok ? "ok" : "FAIL");
    return ok;
}

/* Two threads of one CPU that do not block: the second one, woken from another CPU, gets its turn
 * by the tick. */
static volatile bool second_ran;

static void spin_until_second(void *unused)
{
    (void)unused;
    while (!second_ran) {
        sched_yield_if_needed();
    }
}

static void run_second(void *unused)
{
    (void)unused;
    second_ran = true;
}

static bool share_a_cpu(void)
{
    finished_count = 0;
    thread_create_kernel("spins", spin_until_second, NULL, PRIO_NORMAL, cpu_count - 1, player_gone);
    timer_sleep_until(timer_now_ticks() + timer_us_to_ticks(100)); /* it runs by now */
    thread_create_kernel("second", run_second, NULL, PRIO_NORMAL, cpu_count - 1, player_gone);
    wait_event(&finished, READ_ONCE(finished_count) == 2);
    print("check time-slices: ok\n");
    return true;
}

static void test_thread(void *unused)
{
    (void)unused;
    size_t free_before = page_free_count();
    bool ok = play_all("threads-of-one-cpu", 0);
    ok = play_all("threads-of-two-cpus", 1) && ok;
    ok = sleep_a_while() && share_a_cpu() && ok;
    ok = page_free_count() == free_before && ok;
    print(ok ? "RESULT PASS\n" : "RESULT FAIL the kernel's own checks\n");
    machine_power_off();
}

void main_init(void)
{
    wait_queue_init(&finished);
}

void main_init_cpu(void)
{
}

void main_run(struct board_info *board)
{
    (void)board;
    print("host: kernel alone, %u cpu%s, %s\n", cpu_count, cpu_count == 1 ? "" : "s", gic_name);
    thread_create_kernel("test", test_thread, NULL, PRIO_NORMAL, 0, NULL);
}

/* There are no processes. */
void process_activate(struct process *p);
void process_activate(struct process *p)
{
    (void)p;
}
