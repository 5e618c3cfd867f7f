/*
 * What the peer serves to benchmark guests: requests and answers in bare Ethernet frames, with no
 * protocol stack in between. EtherType 0x88b6 (IEEE 802 local experimental 2), behind the Ethernet
 * header, little-endian:
 *
 *   0  u8   kind: 1 asks (to the peer), 2 answers (from it)
 *   1  u8   of an answer: 1 if the payload that asked for it was damaged, else 0
 *   2  u16  frames wanted as answer: 0 to 64
 *   4  u16  size in bytes of each, Ethernet header included: 60 to 1514
 *   6  u16  connection, comes back
 *   8  u32  sequence: comes back in the first answer, one more in each that follows
 *  12  u16  bytes of payload in this frame
 *  14  u16  their Internet checksum (RFC 1071), as a native u16 of the payload read as u16s
 *  16       payload; of an answer, byte i is (sequence + connection + i) mod 256
 *
 * The peer keeps nothing between frames. As a server it answers what the guest asks; as a client
 * it is driven by the guest's replies, each of which asks for the connection's next request.
 */
#ifndef EL2SIM_DEVICE_NET_SERVICE_H
#define EL2SIM_DEVICE_NET_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NET_SERVICE_FRAMES_MAX 64

struct net_request {
    uint8_t from[6]; /* whom to answer */
    bool damaged;
    unsigned frames, frame_bytes;
    uint16_t connection;
    uint32_t sequence;
};

/* False: no such frame. */
bool net_service_take(const uint8_t *frame, size_t size_bytes, struct net_request *request);

/* Answer `index` (below request->frames), into `answer` (NET_FRAME_MAX bytes): its length. */
size_t net_service_answer(const struct net_request *request, unsigned index, uint8_t *answer);

#endif
