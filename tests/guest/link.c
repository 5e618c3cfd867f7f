/*
 * One end of a link between two machines: a driver of the virtio network card in slot 31
 * (virtio 1.2, 5.1), and one of three roles, by only=ROLE on the command line:
 *
 * - ping: sends frames, waits for each to come back, sleeps for 20 ms, sends once more, and is off;
 *   says how many ticks it all took, which depends on each arrival's stamp
 * - echo: sends back what comes, until the link is down; then says when, and is off
 * - sleep: waits for ever
 *
 * All waits are WFI.
 */
#include "gic.h"
#include "virtio.h"

#define CARD        SLOT(31)
#define CARD_INTID  SLOT_INTID(31)
#define TIMER_INTID 30
#define DTB_ADDRESS 0x40000000UL /* of the start: run.c */

#define RECEIVE  0
#define SEND     1
#define HEADER   12
#define FRAME    60
#define BUFFER   (HEADER + 64)
#define PINGS    20
#define NAP_MS   20
#define F_STATUS (1 << 16) /* 5.1.3 */

static struct queue queues[2];
static uint8_t buffers[2][QUEUE_SIZE][BUFFER] __attribute__((aligned(16)));
static uint16_t seen, sent;

static void offer(unsigned queue, uint16_t head)
{
    virtio_offer(CARD, queue, &queues[queue], head);
}

static void set_queue(unsigned queue)
{
    struct queue *q = &queues[queue];
    for (unsigned i = 0; i < QUEUE_SIZE; i++) {
        q->table[i].address = (uint64_t)buffers[queue][i];
        q->table[i].length = queue == RECEIVE ? BUFFER : HEADER + FRAME;
        q->table[i].flags = queue == RECEIVE ? WRITE : 0;
    }
    virtio_set_queue(CARD, queue, q);
}

/* 3.1.1 */
static void start_card(void)
{
    REG(CARD, STATUS) = 0;
    REG(CARD, DRIVER_FEATURES_SEL) = 0;
    REG(CARD, DRIVER_FEATURES) = F_STATUS;
    REG(CARD, DRIVER_FEATURES_SEL) = 1;
    REG(CARD, DRIVER_FEATURES) = F_VERSION_1 >> 32;
    REG(CARD, STATUS) = ACKNOWLEDGE | DRIVER | FEATURES_OK;
    set_queue(RECEIVE);
    set_queue(SEND);
    REG(CARD, STATUS) = ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK;
    for (uint16_t i = 0; i < QUEUE_SIZE; i++) {
        offer(RECEIVE, i);
    }
}

static uint64_t now(void)
{
    ISB();
    return RD("cntpct_el0");
}

/* Until an interrupt is pending; acknowledges it. */
static void sleep(void)
{
    DSB();
    OP("wfi");
    unsigned intid = gic_ack();
    if (intid == CARD_INTID) {
        REG(CARD, INTERRUPT_ACK) = REG(CARD, INTERRUPT_STATUS);
    } else if (intid == TIMER_INTID) {
        WR("cntp_ctl_el0", 0);
        ISB();
    }
    if (intid != SPURIOUS) {
        gic_eoi(intid);
    }
}

static void send(const uint8_t *frame)
{
    uint8_t *to = buffers[SEND][sent % QUEUE_SIZE] + HEADER;
    while ((uint16_t)(sent - queues[SEND].used.index) == QUEUE_SIZE) {
        sleep();
    }
    for (unsigned i = 0; i < FRAME; i++) {
        to[i] = frame[i];
    }
    offer(SEND, sent++ % QUEUE_SIZE);
}

/* The next frame that came, or NULL. */
static uint8_t *receive(void)
{
    struct queue *q = &queues[RECEIVE];
    return q->used.index == seen ? NULL
                                 : buffers[RECEIVE][q->used.ring[seen % QUEUE_SIZE].id] + HEADER;
}

static void give_back(void)
{
    offer(RECEIVE, (uint16_t)queues[RECEIVE].used.ring[seen % QUEUE_SIZE].id);
    seen++;
}

static void nap(uint64_t ms)
{
    uint64_t end = now() + RD("cntfrq_el0") / 1000 * ms;
    WR("cntp_cval_el0", end);
    WR("cntp_ctl_el0", 1);
    ISB();
    while (now() < end) {
        sleep();
    }
}

static bool ping_once(uint8_t number)
{
    static uint8_t frame[FRAME] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2,
                                   0,    0,    0,    0,    1,    0x88, 0xb5};
    frame[14] = number;
    frame[15] = (uint8_t)now();
    send(frame);
    uint8_t *back;
    while ((back = receive()) == NULL) {
        sleep();
    }
    bool same = back[14] == number && back[15] == frame[15];
    give_back();
    return same;
}

static void ping(void)
{
    nap(1); /* until the other card has its driver */
    uint64_t start = now(), good = 0;
    for (uint8_t i = 0; i < PINGS; i++) {
        good += ping_once(i);
    }
    nap(NAP_MS);
    good += ping_once(PINGS);
    print_dec(good);
    print(" came back in ticks: ");
    print_dec(now() - start);
    print("\n");
}

static void echo(void)
{
    uint64_t echoed = 0;
    uint8_t *frame;
    while (*(volatile uint16_t *)(CARD + CONFIG + 6) & 1) {
        while ((frame = receive()) != NULL) {
            send(frame);
            give_back();
            echoed++;
        }
        sleep();
    }
    print_dec(echoed);
    print(" sent back; down at tick ");
    print_dec(now());
    print(REG(CARD, CONFIG_GENERATION) != 0 ? "\n" : ", in the same generation\n");
}

void guest_main(void)
{
    board_init((const void *)DTB_ADDRESS);
    WR("hcr_el2", RD("hcr_el2") | 1UL << 4); /* IMO: interrupts are EL2's, PSTATE.I masks them */
    gic_reset();
    gic_cpu_on();
    gic_set(GICD_ISENABLER, CARD_INTID);
    gic_set(GICD_ISENABLER, TIMER_INTID);
    start_card();
    switch (board.only ? board.only[0] : 0) {
    case 'p':
        ping();
        break;
    case 'e':
        echo();
        break;
    default:
        for (;;) {
            sleep();
        }
    }
    power_off();
}
