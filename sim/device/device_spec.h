/* Which virtio devices a machine has, in the order of the command line, as text says it. */
#ifndef EL2SIM_DEVICE_DEVICE_SPEC_H
#define EL2SIM_DEVICE_DEVICE_SPEC_H

#include "sim/base/err.h"
#include "sim/device/disk.h"
#include "sim/device/net_peer.h"

enum device_type { DEVICE_DISK, DEVICE_NET, DEVICE_RNG, DEVICE_CONSOLE };

/* What is at the other end of a network card's wire. */
enum net_far_end {
    NET_PEER,  /* the simulated host (net_peer.h) */
    NET_SLIRP, /* the host's network (net_slirp.h) */
    NET_LINK   /* the card of another machine, in another process (net_link.h) */
};

struct device_spec {
    enum device_type type;
    char path[256];             /* disk; net: the link's socket */
    enum disk_mode mode;        /* disk */
    uint64_t latency_ns;        /* disk: of a request; net: one way */
    uint64_t service_ns;        /* net: of the peer, for an answer; the profile's */
    unsigned link_mbit;         /* net; the profile's */
    bool has_latency;           /* net: given, so not the profile's */
    enum net_far_end far_end;   /* net */
    uint8_t mac[NET_MAC_BYTES]; /* net */
    uint64_t seed;              /* rng */
};

#define DEVICE_SPECS_MAX 16
#define LINK_MBIT_MAX    1000000

struct device_list {
    struct device_spec specs[DEVICE_SPECS_MAX];
    unsigned count;
};

/* Adds "FILE[,ro|,write-through][,latency=TIME]". */
bool device_spec_drive(struct device_list *list, const char *text, struct err *e);
/* Adds "peer", "slirp" or "link:PATH", with [,latency=TIME][,mac=ADDRESS]. */
bool device_spec_net(struct device_list *list, const char *text, struct err *e);
/* Adds a generator of random numbers. */
bool device_spec_rng(struct device_list *list, uint64_t seed, struct err *e);
/* Adds a virtio console. */
bool device_spec_console(struct device_list *list, struct err *e);

/* "20us", "500ns", "10ms", "1s" in nanoseconds. */
bool device_parse_time(const char *text, uint64_t *ns, struct err *e);

#endif
