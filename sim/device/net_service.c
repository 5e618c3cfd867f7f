#include "sim/device/net_service.h"

#include <string.h>

#include "sim/device/net_peer.h"

#define ETH_BYTES         14
#define ETH_TYPE          12
#define ETHERTYPE_SERVICE 0x88b6

/* Behind the Ethernet header. */
#define AT_KIND       0
#define AT_DAMAGED    1
#define AT_FRAMES     2
#define AT_SIZE       4
#define AT_CONNECTION 6
#define AT_SEQUENCE   8
#define AT_PAYLOAD    12
#define AT_CHECK      14
#define HEADER_BYTES  16
#define KIND_ASKS     1
#define KIND_ANSWERS  2

#define FRAME_MIN 60
#define FRAME_MAX 1514

static unsigned get16(const uint8_t *at)
{
    return at[0] | (unsigned)at[1] << 8;
}

static void put16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

static uint32_t get32(const uint8_t *at)
{
    return get16(at) | (uint32_t)get16(at + 2) << 16;
}

static void put32(uint8_t *at, uint32_t value)
{
    put16(at, value & 0xffff);
    put16(at + 2, value >> 16);
}

static unsigned checksum(const uint8_t *bytes, size_t size_bytes)
{
    uint32_t sum = 0;
    for (size_t i = 0; i + 1 < size_bytes; i += 2) {
        sum += get16(bytes + i);
    }
    sum += size_bytes % 2 ? bytes[size_bytes - 1] : 0;
    sum = (sum & 0xffff) + (sum >> 16);
    return (sum + (sum >> 16)) & 0xffff;
}

static unsigned clamp(unsigned value, unsigned low, unsigned high)
{
    return value < low ? low : value > high ? high : value;
}

bool net_service_take(const uint8_t *frame, size_t size_bytes, struct net_request *request)
{
    const uint8_t *header = frame + ETH_BYTES;
    if (size_bytes < ETH_BYTES + HEADER_BYTES || size_bytes > NET_FRAME_MAX ||
        !net_peer_is_meant(frame) || frame[ETH_TYPE] != ETHERTYPE_SERVICE >> 8 ||
        frame[ETH_TYPE + 1] != (ETHERTYPE_SERVICE & 0xff) || header[AT_KIND] != KIND_ASKS) {
        return false;
    }
    unsigned payload = get16(header + AT_PAYLOAD);
    bool fits = payload <= size_bytes - ETH_BYTES - HEADER_BYTES;
    *request = (struct net_request){
        .damaged = !fits || checksum(header + HEADER_BYTES, payload) != get16(header + AT_CHECK),
        .frames = clamp(get16(header + AT_FRAMES), 0, NET_SERVICE_FRAMES_MAX),
        .frame_bytes = clamp(get16(header + AT_SIZE), FRAME_MIN, FRAME_MAX),
        .connection = (uint16_t)get16(header + AT_CONNECTION),
        .sequence = get32(header + AT_SEQUENCE)};
    memcpy(request->from, frame + sizeof request->from, sizeof request->from);
    return true;
}

size_t net_service_answer(const struct net_request *request, unsigned index, uint8_t *answer)
{
    size_t payload = request->frame_bytes - ETH_BYTES - HEADER_BYTES;
    uint32_t sequence = request->sequence + index;
    uint8_t *header = answer + ETH_BYTES;
    net_peer_address(request->from, answer);
    answer[ETH_TYPE] = ETHERTYPE_SERVICE >> 8;
    answer[ETH_TYPE + 1] = ETHERTYPE_SERVICE & 0xff;
    memset(header, 0, HEADER_BYTES);
    header[AT_KIND] = KIND_ANSWERS;
    header[AT_DAMAGED] = request->damaged;
    put16(header + AT_CONNECTION, request->connection);
    put32(header + AT_SEQUENCE, sequence);
    put16(header + AT_PAYLOAD, (unsigned)payload);
    for (size_t i = 0; i < payload; i++) {
        header[HEADER_BYTES + i] = (uint8_t)(sequence + request->connection + i);
    }
    put16(header + AT_CHECK, checksum(header + HEADER_BYTES, payload));
    return request->frame_bytes;
}
