/* Frames of the peer's service: sim/device/net_service.h. Everything behind the Ethernet header is
 * aligned to 2 bytes only. */
#include "app/net.h"

#define ETHERTYPE_0 0x88
#define ETHERTYPE_1 0xb6
#define KIND_ASKS   1
#define KIND_ANSWER 2

static const u8 peer_mac[6] = {0x52, 0x55, 0x0a, 0x00, 0x02, 0x02};
static const u8 my_mac[6] = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};

struct service_header { /* behind the Ethernet header */
    u8 kind, damaged;
    u16 frames, bytes, connection;
    u16 sequence[2];
    u16 payload_bytes, check;
};

/* 2^16 is 1 in this arithmetic: four bytes at a time say the same as two. */
u64 load_sum(const u8 *payload, u32 bytes)
{
    u64 sum = 0;
    if (((u64)payload & 2) && bytes >= 2) {
        sum = *(const u16 *)payload;
        payload += 2;
        bytes -= 2;
    }
    for (; bytes >= 4; payload += 4, bytes -= 4) {
        sum += *(const u32 *)payload;
    }
    if (bytes >= 2) {
        sum += *(const u16 *)payload;
    }
    return sum + (bytes % 2 ? payload[bytes - 1] : 0);
}

/* RFC 1071, over u16s as they lie. */
static u16 checksum(const u8 *payload, u32 bytes)
{
    u64 sum = load_sum(payload, bytes);
    while (sum >> 16) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return (u16)sum;
}

u32 load_finish(u8 *frame, u32 payload_bytes, const struct load_ask *ask)
{
    struct service_header *h = (struct service_header *)(frame + 14);
    for (unsigned i = 0; i < 6; i++) {
        frame[i] = peer_mac[i];
        frame[6 + i] = my_mac[i];
    }
    frame[12] = ETHERTYPE_0;
    frame[13] = ETHERTYPE_1;
    *h = (struct service_header){
        .kind = KIND_ASKS,
        .frames = ask->frames,
        .bytes = ask->bytes,
        .connection = ask->connection,
        .sequence = {(u16)ask->sequence, (u16)(ask->sequence >> 16)},
        .payload_bytes = (u16)payload_bytes,
        .check = checksum(frame + LOAD_HEADER, payload_bytes),
    };
    u32 bytes = LOAD_HEADER + payload_bytes;
    return bytes < LOAD_MIN ? LOAD_MIN : bytes;
}

bool load_parse(const u8 *frame, u32 bytes, struct load_answer *answer)
{
    const struct service_header *h = (const struct service_header *)(frame + 14);
    if (bytes < LOAD_MIN || frame[12] != ETHERTYPE_0 || frame[13] != ETHERTYPE_1 ||
        h->kind != KIND_ANSWER || h->damaged || h->payload_bytes > bytes - LOAD_HEADER) {
        return false;
    }
    *answer = (struct load_answer){
        .connection = h->connection,
        .sequence = h->sequence[0] | (u32)h->sequence[1] << 16,
        .payload = frame + LOAD_HEADER,
        .payload_bytes = h->payload_bytes,
    };
    return checksum(answer->payload, answer->payload_bytes) == h->check &&
           answer->payload[0] == (u8)(answer->sequence + answer->connection);
}
