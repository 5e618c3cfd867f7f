/*
 * Two rows in which the program is a server and the peer has many clients: each answer asks for
 * the next request of its connection, so that as many requests are under way as there are
 * connections, until the row's operations are done.
 */
#include "app/net.h"
#include "app/rows.h"

#define CONNECTIONS_MAX 64
#define ACKNOWLEDGES    0x8000 /* bit of a connection: the frame only acknowledges */

struct server {
    unsigned connections;
    u16 request_bytes; /* frame of a request */
    unsigned work_kib; /* of the application, for a request */
    void (*respond)(const struct request *r, const struct load_ask *next);
};

static const struct server *server;
static u32 goal;                      /* operations */
static volatile u32 opened;           /* requests asked for */
static volatile u32 completed;        /* answered */
static u32 expected[CONNECTIONS_MAX]; /* sequence of the next request */
static volatile u32 acknowledged;

/* Asks for one more request of a connection, unless all have been asked for. */
static struct load_ask next_request(u16 connection, u32 sequence)
{
    bool more = count_up(&opened) <= goal;
    return (struct load_ask){.frames = more,
                             .bytes = server->request_bytes,
                             .connection = connection,
                             .sequence = sequence};
}

static bool arrived(const struct load_answer *a)
{
    if (a->connection & ACKNOWLEDGES) {
        count_up(&acknowledged);
        return false;
    }
    if (a->connection >= server->connections || a->sequence != expected[a->connection]) {
        net_error();
        return false;
    }
    expected[a->connection]++;
    return true;
}

static u64 results; /* of the applications' work: it is done */

static void handle(const struct request *r)
{
    results ^= app_work(app_work_kib(server->work_kib), r->sequence);
    struct load_ask next = next_request(r->connection, r->sequence + 1);
    server->respond(r, &next);
    net_flush(r->connection);
    if (count_up(&completed) == goal) {
        net_wake_first();
    }
}

/* The first request of each connection, from the VCPU whose card it is. */
static void open_connections(unsigned vcpu)
{
    for (u16 c = 0; c < server->connections; c++) {
        if (net_home(c) != vcpu) {
            continue;
        }
        struct load_ask first = next_request(c, c);
        if (first.frames) {
            net_send(net_buffer(c), 0, &first);
            net_flush(c);
        }
    }
}

static const struct service service = {
    .arrived = arrived, .handle = handle, .start = open_connections};

static void begin(const struct server *s, unsigned ops)
{
    server = s;
    goal = ops;
    opened = completed = acknowledged = 0;
    for (unsigned i = 0; i < CONNECTIONS_MAX; i++) {
        expected[i] = i;
    }
    net_begin(&service, true);
}

/* The harness calls once for each operation: the first call does all. */
void server_exec(void)
{
    if (completed == 0) {
        net_start();
        net_serve_until(&completed, goal);
    }
}

/*
 * --- memcached: small values under keys in a hash table, loaded before clients come; one request
 * in eleven sets one. A request's payload is its key, then the value that a set would have: the
 * peer sends 256 different ones, always the same value for a key. So a get must find what a set of
 * its key would write, and the two VCPUs need no lock: no key comes or goes ---
 */

#define KEYS        256
#define PLACES      1024 /* of the table, a power of two */
#define KEY_BYTES   16
#define VALUE_BYTES 32
#define SET_EVERY   11

static struct entry {
    bool used;
    u8 key[KEY_BYTES];
    u8 value[VALUE_BYTES];
} table[PLACES];

static bool bytes_equal(const u8 *a, const u8 *b, unsigned bytes)
{
    unsigned i = 0;
    while (i < bytes && a[i] == b[i]) {
        i++;
    }
    return i == bytes;
}

static void copy_value(u8 *to, const u8 *from)
{
    for (unsigned i = 0; i < VALUE_BYTES; i++) {
        to[i] = from[i];
    }
}

/* Where the key is, or would be. */
static struct entry *find(const u8 *key)
{
    u32 hash = 0x811c9dc5; /* FNV-1a */
    for (unsigned i = 0; i < KEY_BYTES; i++) {
        hash = (hash ^ key[i]) * 0x01000193;
    }
    while (table[hash % PLACES].used && !bytes_equal(table[hash % PLACES].key, key, KEY_BYTES)) {
        hash++;
    }
    return &table[hash % PLACES];
}

static void memcached_respond(const struct request *r, const struct load_ask *next)
{
    u8 *frame = net_buffer(r->connection);
    const u8 *sent = r->payload + KEY_BYTES;
    struct entry *e = find(r->payload);
    if (r->sequence % SET_EVERY == 0) {
        copy_value(e->value, sent);
    }
    if (!e->used || !bytes_equal(e->value, sent, VALUE_BYTES)) {
        net_error();
    }
    copy_value(frame + LOAD_HEADER, e->value);
    net_send(frame, VALUE_BYTES, next);
}

static void memcached_load(void)
{
    for (unsigned n = 0; n < KEYS; n++) {
        u8 payload[KEY_BYTES + VALUE_BYTES];
        for (unsigned i = 0; i < sizeof(payload); i++) {
            payload[i] = (u8)(n + i); /* as the peer sends it: sim/device/net_service.h */
        }
        struct entry *e = find(payload);
        for (unsigned i = 0; i < KEY_BYTES; i++) {
            e->key[i] = payload[i];
        }
        copy_value(e->value, payload + KEY_BYTES);
        e->used = true;
    }
}

void memcached_prep(unsigned ops)
{
    static const struct server s = {
        .connections = 50, .request_bytes = 100, .work_kib = 8, .respond = memcached_respond};
    memcached_load();
    begin(&s, ops);
}

/* --- apache: a page of 41 KiB; the client acknowledges every second frame --- */

#define PAGE_FRAMES 28 /* 41,552 bytes */

static u8 page[LOAD_PAYLOAD] __attribute__((aligned(8)));

static void copy_page(u8 *to)
{
    const u16 *from = (const u16 *)page;
    u16 *t = (u16 *)to;
    for (unsigned i = 0; i < LOAD_PAYLOAD / 2; i++) {
        t[i] = from[i];
    }
}

static void apache_respond(const struct request *r, const struct load_ask *next)
{
    const struct load_ask acknowledge = {.frames = 1,
                                         .bytes = LOAD_MIN,
                                         .connection = r->connection | ACKNOWLEDGES,
                                         .sequence = r->sequence};
    const struct load_ask nothing = {.connection = r->connection};
    for (unsigned i = 0; i < PAGE_FRAMES; i++) {
        u8 *frame = net_buffer(r->connection);
        copy_page(frame + LOAD_HEADER);
        bool last = i == PAGE_FRAMES - 1;
        net_send(frame, LOAD_PAYLOAD, last ? next : i % 2 ? &acknowledge : &nothing);
        if (i % 8 == 7) { /* as a congestion window lets go */
            net_flush(r->connection);
        }
    }
}

void apache_prep(unsigned ops)
{
    static const struct server s = {
        .connections = 16, .request_bytes = 160, .work_kib = 128, .respond = apache_respond};
    for (unsigned i = 0; i < LOAD_PAYLOAD; i++) {
        page[i] = (u8)(i * 7);
    }
    begin(&s, ops);
}

bool server_post(unsigned ops)
{
    bool ok = net_end() && completed == ops;
    u32 acks = server->respond == apache_respond ? ops * (PAGE_FRAMES / 2 - 1) : 0;
    return ok && acknowledged == acks;
}
