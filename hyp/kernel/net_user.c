#include "kernel/net_user.h"

#include "drivers/nic.h"
#include "kernel/process.h"

static struct user_card {
    struct process *owner; /* NULL: closed */
    struct nic *nic;
    bool busy;    /* a thread is inside a call */
    bool arrived; /* since the last wait began */
} cards[NICS_MAX];

/* In interrupt context. */
static void arrived(void *card)
{
    struct user_card *c = card;
    WRITE_ONCE(c->arrived, true);
    dmb(ish);
    wake_all(&c->owner->futex);
}

static struct user_card *enter(struct process *p, u64 card)
{
    struct user_card *c = card < NICS_MAX ? &cards[card] : NULL;
    if (!c || READ_ONCE(c->owner) != p || __atomic_exchange_n(&c->busy, true, __ATOMIC_ACQUIRE)) {
        return NULL;
    }
    return c;
}

static s64 leave(struct user_card *c, s64 result)
{
    __atomic_store_n(&c->busy, false, __ATOMIC_RELEASE);
    return result;
}

s64 net_user_open(struct process *p, u64 card)
{
    struct nic *nic = card < NICS_MAX ? nic_get((unsigned)card) : NULL;
    if (!nic || nic->arrived || cards[card].owner) {
        return -1;
    }
    cards[card] = (struct user_card){.owner = p, .nic = nic};
    nic_listen(nic, arrived, &cards[card]);
    return nic->cpu;
}

s64 net_user_send(struct process *p, u64 card, u64 va, u64 bytes)
{
    struct user_card *c = enter(p, card);
    if (!c) {
        return -1;
    }
    u8 *frame = vnet_send_buffer(&c->nic->card);
    while (frame == NULL) { /* the card has all it can hold */
        vnet_kick(&c->nic->card);
        cpu_relax();
        frame = vnet_send_buffer(&c->nic->card);
    }
    if (bytes > VNET_FRAME_MAX || !process_read(p, va, frame, bytes)) {
        return leave(c, -1);
    }
    vnet_send(&c->nic->card, (u32)bytes);
    vnet_kick(&c->nic->card);
    return leave(c, 0);
}

s64 net_user_receive(struct process *p, u64 card, u64 va, u64 bytes)
{
    struct user_card *c = enter(p, card);
    if (!c) {
        return -1;
    }
    u32 length;
    const u8 *frame = vnet_receive(&c->nic->card, &length);
    if (!frame) {
        return leave(c, 0);
    }
    bool fits = length <= bytes && process_write(p, va, frame, length);
    vnet_received(&c->nic->card);
    return leave(c, fits ? (s64)length : -1);
}

s64 net_user_wait(struct process *p, u64 card, u64 va, u32 value)
{
    const u32 *word = va % sizeof(*word) ? NULL : process_page(p, va);
    struct user_card *c = word ? enter(p, card) : NULL;
    if (!c) {
        return -1;
    }
    WRITE_ONCE(c->arrived, false);
    dmb(ish);
    if (vnet_wait(&c->nic->card)) {
        wait_event(&p->futex,
                   READ_ONCE(c->arrived) || READ_ONCE(*word) != value || process_is_exiting(p));
    }
    return leave(c, 0);
}

void net_user_close(struct process *p)
{
    for (unsigned i = 0; i < NICS_MAX; i++) {
        if (cards[i].owner == p) {
            nic_listen(cards[i].nic, NULL, NULL);
            WRITE_ONCE(cards[i].owner, NULL);
        }
    }
}
