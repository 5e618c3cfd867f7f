/*
 * Between the card and the applications: an interrupt's handler polls the card until it is empty
 * (the card does not interrupt meanwhile), so it goes before what its VCPU does otherwise, as a
 * soft interrupt of Linux. Frames become requests on the VCPU that their connection belongs to,
 * which is woken by an SGI if it sleeps. No TCP: connections are numbers.
 */
#include "app/net.h"
#include "app/rows.h"

#define SGI_WORK 3
#define QUEUE    128 /* requests that wait for a VCPU */
#define BATCH    16  /* requests handled between two looks at the card */

static struct worker {
    struct request queue[QUEUE];
    volatile u32 put, taken; /* one VCPU puts, one takes */
    volatile bool asleep;
} workers[NET_PORTS];

static volatile bool poll_wanted[NET_PORTS];  /* without an interrupt */
static volatile bool start_wanted[NET_PORTS]; /* by VCPU */
static const struct service *service;
static unsigned poller[NET_PORTS]; /* the VCPU that gets the card's interrupts */
static volatile u32 asked, answered, errors;
static volatile bool secondary_runs;
static volatile u32 secondary_ended;

void net_error(void)
{
    count_up(&errors);
}

/* --- the way in --- */

static void hand_over(struct worker *w, const struct load_answer *a)
{
    if (w->put - w->taken == QUEUE) {
        net_error();
        return;
    }
    struct request *r = &w->queue[w->put % QUEUE];
    u32 n = a->payload_bytes < REQUEST_PAYLOAD ? a->payload_bytes : REQUEST_PAYLOAD;
    r->connection = a->connection;
    r->sequence = a->sequence;
    for (u32 i = 0; i < n; i++) {
        r->payload[i] = a->payload[i];
    }
    dmb(ish); /* the request is there before it is counted */
    w->put++;
}

static void wake(unsigned vcpu)
{
    dmb(ish); /* what it shall see is written before the look at whether it sleeps */
    if (workers[vcpu].asleep) {
        gic_send_sgi(vcpu, SGI_WORK);
    }
}

void net_wake_first(void)
{
    wake(0);
}

static u64 received; /* of the receive path's work: it is done */

/* Whether it leaves work for another VCPU than this one. */
static bool take_frame(unsigned me, const u8 *frame, u32 bytes)
{
    struct load_answer a;
    bool leaves = false;
    received ^= app_work(app_boot->receive, bytes);
    if (!load_parse(frame, bytes, &a)) {
        net_error();
    } else if (service->arrived(&a)) {
        hand_over(&workers[net_home(a.connection)], &a);
        leaves = net_home(a.connection) != me;
    }
    count_up(&answered);
    return leaves;
}

static void poll(unsigned me, unsigned port)
{
    const u8 *frame;
    u32 bytes;
    poll_wanted[port] = false;
    do {
        bool leaves = false;
        while ((frame = card_receive(port, &bytes)) != NULL) {
            leaves = take_frame(me, frame, bytes) || leaves;
            card_received(port);
        }
        if (leaves) {
            wake(1 - me);
        }
    } while (!card_wait(port));
}

static void port_interrupted(unsigned port)
{
    card_interrupted(port);
    poll(poller[port], port);
}

static void port_0(void)
{
    port_interrupted(0);
}

static void port_1(void)
{
    port_interrupted(1);
}

static void woken(void)
{
}

const char *net_unfit(void)
{
    static const irq_handler handlers[NET_PORTS] = {port_0, port_1};
    static bool started;
    for (unsigned p = 0; p < NET_PORTS && !started; p++) {
        if (!card_start(p)) {
            return "needs two network cards";
        }
        card_listen(p, handlers[p]);
    }
    started = true;
    return NULL;
}

/* --- the loop of a VCPU --- */

static bool has_work(unsigned me)
{
    const struct worker *w = &workers[me];
    bool polls = start_wanted[me];
    for (unsigned p = 0; p < NET_PORTS; p++) {
        polls = polls || (poll_wanted[p] && poller[p] == me);
    }
    return polls || w->put != w->taken;
}

static void handle_some(struct worker *w)
{
    for (unsigned i = 0; i < BATCH && w->put != w->taken; i++) {
        dmb(ish); /* the count is read before the request */
        service->handle(&w->queue[w->taken % QUEUE]);
        dmb(ish);
        w->taken++;
    }
}

static void work(unsigned me)
{
    if (start_wanted[me]) {
        start_wanted[me] = false;
        service->start(me);
    }
    for (unsigned p = 0; p < NET_PORTS; p++) {
        if (poll_wanted[p] && poller[p] == me) {
            irq_off(); /* else its handler polls */
            poll(me, p);
            irq_on();
        }
    }
    handle_some(&workers[me]);
}

static bool is_less(u32 count, u32 value)
{
    return (int32_t)(count - value) < 0;
}

/* While *count is less: works, or sleeps when there is nothing to do. */
static void serve(unsigned me, volatile u32 *count, u32 value)
{
    struct worker *w = &workers[me];
    while (is_less(*count, value)) {
        irq_off();
        w->asleep = true;
        dmb(ish); /* who brings work from here on sees that we sleep */
        if (!has_work(me) && is_less(*count, value)) {
            wfi();
        }
        w->asleep = false;
        irq_on();
        isb();
        work(me);
    }
}

static void secondary_serve(void)
{
    secondary_runs = true;
    serve(1, &secondary_ended, 1);
    secondary_runs = false;
}

void net_begin(const struct service *s, bool both_vcpus)
{
    bool spread = both_vcpus && text_equal(app_boot->spread, "on");
    service = s;
    asked = answered = errors = secondary_ended = 0;
    irq_set_handler(SGI_WORK, woken);
    for (unsigned p = 0; p < NET_PORTS; p++) {
        workers[p].put = workers[p].taken = 0;
        workers[p].asleep = false;
        poller[p] = spread ? p : 0;
        card_route(p, poller[p]);
        poll_wanted[p] = true; /* the first poll asks for interrupts */
    }
    if (both_vcpus) {
        secondary_call(secondary_serve);
        while (!secondary_runs) {
            cpu_relax();
        }
    }
}

void net_start(void)
{
    start_wanted[0] = start_wanted[1] = true;
    wake(1);
}

void net_serve_until(volatile u32 *count, u32 value)
{
    serve(0, count, value);
}

bool net_end(void)
{
    while (answered != asked) { /* VCPU 1 may poll, too, and does not tell: no sleep */
        work(0);
        cpu_relax();
    }
    secondary_ended = 1;
    while (secondary_runs) {
        wake(1);
        cpu_relax();
    }
    return errors == 0;
}

/* --- the way out: a connection's card is its VCPU's own --- */

u8 *net_buffer(u16 connection)
{
    unsigned port = net_home(connection);
    u8 *frame;
    while ((frame = card_buffer(port)) == NULL) {
        card_flush(port);
        cpu_relax();
    }
    return frame;
}

void net_send(u8 *frame, u32 payload_bytes, const struct load_ask *ask)
{
    __atomic_add_fetch(&asked, ask->frames, __ATOMIC_RELAXED);
    card_send(net_home(ask->connection), load_finish(frame, payload_bytes, ask));
}

void net_flush(u16 connection)
{
    card_flush(net_home(connection));
}
