#include "sim/device/net_peer.h"

#include <string.h>

static const uint8_t peer_mac[6] = {0x52, 0x55, 0x0a, 0x00, 0x02, 0x02};
static const uint8_t peer_ip[4] = {10, 0, 2, 2};

#define MAC_BYTES 6
#define IP_BYTES  4

/* Ethernet. */
#define ETH_BYTES      14
#define ETH_TYPE       12
#define ETHERTYPE_IP   0x0800
#define ETHERTYPE_ARP  0x0806
#define ETHERTYPE_ECHO 0x88b5

/* ARP for Ethernet and IPv4 (RFC 826), offsets behind the Ethernet header. */
#define ARP_BYTES      28
#define ARP_OPERATION  6
#define ARP_SENDER_MAC 8
#define ARP_SENDER_IP  14
#define ARP_TARGET_MAC 18
#define ARP_TARGET_IP  24
#define ARP_REQUEST    1
#define ARP_REPLY      2

/* IPv4 (RFC 791). */
#define IP_LENGTH   2
#define IP_FRAGMENT 6 /* all but "don't fragment" must be 0 */
#define IP_PROTOCOL 9
#define IP_SOURCE   12
#define IP_TARGET   16
#define IP_HEADER   20
#define PROTO_ICMP  1
#define PROTO_UDP   17

#define ICMP_BYTES        8
#define ICMP_ECHO_REPLY   0
#define ICMP_ECHO_REQUEST 8
#define ICMP_CHECKSUM     2

#define UDP_BYTES     8
#define UDP_TARGET    2
#define UDP_PORT_ECHO 7

static unsigned get16(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

static void put16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void swap(uint8_t *a, uint8_t *b, size_t size_bytes)
{
    for (size_t i = 0; i < size_bytes; i++) {
        uint8_t x = a[i];
        a[i] = b[i];
        b[i] = x;
    }
}

static bool answer_arp(uint8_t *arp, size_t size_bytes)
{
    static const uint8_t request[8] = {0, 1, 8, 0, MAC_BYTES, IP_BYTES, 0, ARP_REQUEST};
    if (size_bytes < ARP_BYTES || memcmp(arp, request, sizeof request) != 0 ||
        memcmp(arp + ARP_TARGET_IP, peer_ip, IP_BYTES) != 0) {
        return false;
    }
    put16(arp + ARP_OPERATION, ARP_REPLY);
    swap(arp + ARP_SENDER_MAC, arp + ARP_TARGET_MAC, MAC_BYTES + IP_BYTES);
    memcpy(arp + ARP_SENDER_MAC, peer_mac, MAC_BYTES);
    return true;
}

/* The checksum's other terms stay, so it grows by what the type loses (RFC 1624). */
static bool answer_icmp(uint8_t *icmp, size_t size_bytes)
{
    if (size_bytes < ICMP_BYTES || icmp[0] != ICMP_ECHO_REQUEST || icmp[1] != 0) {
        return false;
    }
    unsigned sum = get16(icmp + ICMP_CHECKSUM) + (ICMP_ECHO_REQUEST << 8);
    put16(icmp + ICMP_CHECKSUM, (sum & 0xffff) + (sum >> 16));
    icmp[0] = ICMP_ECHO_REPLY;
    return true;
}

/* Swapping source and target leaves the checksum. */
static bool answer_udp(uint8_t *udp, size_t size_bytes)
{
    if (size_bytes < UDP_BYTES || get16(udp + UDP_TARGET) != UDP_PORT_ECHO) {
        return false;
    }
    swap(udp, udp + UDP_TARGET, 2);
    return true;
}

static bool answer_ip(uint8_t *ip, size_t size_bytes)
{
    if (size_bytes < IP_HEADER || ip[0] >> 4 != 4) {
        return false;
    }
    size_t header = (size_t)(ip[0] & 15) * 4, length = get16(ip + IP_LENGTH);
    if (header < IP_HEADER || header > length || length > size_bytes ||
        (get16(ip + IP_FRAGMENT) & 0xbfff) != 0 || memcmp(ip + IP_TARGET, peer_ip, IP_BYTES) != 0) {
        return false;
    }
    uint8_t *payload = ip + header;
    bool answers = ip[IP_PROTOCOL] == PROTO_ICMP  ? answer_icmp(payload, length - header)
                   : ip[IP_PROTOCOL] == PROTO_UDP ? answer_udp(payload, length - header)
                                                  : false;
    if (answers) {
        swap(ip + IP_SOURCE, ip + IP_TARGET, IP_BYTES);
    }
    return answers;
}

static bool answer_payload(unsigned type, uint8_t *payload, size_t size_bytes)
{
    switch (type) {
    case ETHERTYPE_ARP:
        return answer_arp(payload, size_bytes);
    case ETHERTYPE_IP:
        return answer_ip(payload, size_bytes);
    case ETHERTYPE_ECHO:
        return true;
    default:
        return false;
    }
}

bool net_peer_is_meant(const uint8_t *frame)
{
    static const uint8_t all[MAC_BYTES] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    return memcmp(frame, peer_mac, MAC_BYTES) == 0 || memcmp(frame, all, MAC_BYTES) == 0;
}

void net_peer_address(const uint8_t target[6], uint8_t *frame)
{
    memcpy(frame, target, MAC_BYTES);
    memcpy(frame + MAC_BYTES, peer_mac, MAC_BYTES);
}

size_t net_peer_answer(const uint8_t *frame, size_t size_bytes, uint8_t *answer)
{
    if (size_bytes < ETH_BYTES || size_bytes > NET_FRAME_MAX || !net_peer_is_meant(frame)) {
        return 0;
    }
    memcpy(answer, frame, size_bytes);
    net_peer_address(frame + MAC_BYTES, answer);
    bool answers =
        answer_payload(get16(frame + ETH_TYPE), answer + ETH_BYTES, size_bytes - ETH_BYTES);
    return answers ? size_bytes : 0;
}
