/* Two rows in which the program is the client: request/response, and a stream towards it. */
#include "app/net.h"
#include "app/rows.h"

/* --- tcp-rr: one byte there, one byte back, one at a time --- */

static volatile u32 done;
static u32 next_sequence;
static u64 sum; /* what the applications have read and done */

static bool rr_arrived(const struct load_answer *a)
{
    if (a->sequence != next_sequence) {
        net_error();
    }
    return true; /* the application is woken for it */
}

static void rr_handle(const struct request *r)
{
    sum += app_work(app_work_kib(0), r->sequence);
    next_sequence = r->sequence + 1;
    count_up(&done);
}

static const struct service rr_service = {.arrived = rr_arrived, .handle = rr_handle};

void rr_prep(unsigned ops)
{
    (void)ops;
    done = 0;
    next_sequence = 1;
    net_begin(&rr_service, false);
}

void rr_exec(void)
{
    u8 *frame = net_buffer(0);
    frame[LOAD_HEADER] = (u8)next_sequence;
    net_send(frame, 1,
             &(struct load_ask){.frames = 1, .bytes = LOAD_MIN, .sequence = next_sequence});
    net_flush(0);
    net_serve_until(&done, done + 1);
}

bool rr_post(unsigned ops)
{
    return net_end() && done == ops && next_sequence == ops + 1;
}

/* --- tcp-stream: full frames, some windows of them always under way --- */

#define WINDOW  16 /* frames for one request */
#define WINDOWS 6  /* requests under way: they fit into the card's buffers */

static u32 wanted;    /* frames in all */
static u32 requested; /* of them */

static void ask_window(void)
{
    u32 n = wanted - requested < WINDOW ? wanted - requested : WINDOW;
    if (n == 0) {
        return;
    }
    net_send(net_buffer(0), 0,
             &(struct load_ask){.frames = (u16)n, .bytes = 1514, .sequence = requested});
    net_flush(0);
    requested += n;
}

static bool stream_arrived(const struct load_answer *a)
{
    if (a->sequence != done || a->payload_bytes != LOAD_PAYLOAD) {
        net_error();
    }
    sum += load_sum(a->payload, a->payload_bytes);
    if (count_up(&done) % WINDOW == 0) {
        ask_window();
    }
    return false;
}

static const struct service stream_service = {.arrived = stream_arrived};

void stream_prep(unsigned ops)
{
    done = requested = 0;
    wanted = ops;
    net_begin(&stream_service, false);
    irq_off(); /* the handler of an answer asks, too */
    for (unsigned i = 0; i < WINDOWS; i++) {
        ask_window();
    }
    irq_on();
}

/* The harness calls once for each frame: the first call waits for all. */
void stream_exec(void)
{
    if (done != wanted) {
        net_serve_until(&done, wanted);
    }
}

bool stream_post(unsigned ops)
{
    return net_end() && done == ops;
}
