/*
 * The other end of the wire: a simulated host, 10.0.2.2 with the hardware address that libslirp's
 * gateway has, so that one guest configuration serves both and QEMU. It answers ARP, ICMP echo, UDP
 * to port 7 (RFC 862), and frames of EtherType 0x88b5 (IEEE 802 local experimental), which it sends
 * back as they are. EtherType 0x88b6 is net_service.h's. All else is dropped.
 */
#ifndef EL2SIM_DEVICE_NET_PEER_H
#define EL2SIM_DEVICE_NET_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NET_FRAME_MAX 1518
#define NET_MAC_BYTES 6

/* The answer to a frame, into `answer` (NET_FRAME_MAX bytes): its length, 0 for none. */
size_t net_peer_answer(const uint8_t *frame, size_t size_bytes, uint8_t *answer);

/* Whether a frame (of 6 bytes at least) goes to the peer or to all. */
bool net_peer_is_meant(const uint8_t *frame);
/* Writes target and source of a frame of the peer. */
void net_peer_address(const uint8_t target[6], uint8_t *frame);

#endif
