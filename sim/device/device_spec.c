#include "sim/device/device_spec.h"

#include <stdio.h>
#include <string.h>

#include "sim/base/parse.h"

/* Unless given: a guess of what stood in the modelled machines, a solid-state disk. */
#define DISK_LATENCY_NS 80000

/* Where no profile says better: half of the round trip between two hosts on one switch, a peer that
 * answers at once, 10 Gbit/s. Guesses. */
#define NET_LATENCY_NS 10000
#define NET_LINK_MBIT  10000

/* QEMU's address of a guest's first card. */
static const uint8_t default_mac[NET_MAC_BYTES] = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};

#define TIME_MAX_NS UINT64_C(3600000000000)

bool device_parse_time(const char *text, uint64_t *ns, struct err *e)
{
    static const struct {
        const char *name;
        uint64_t ns;
    } units[] = {{"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", 1000000000}};
    uint64_t n;
    const char *unit;
    bool is_number = parse_u64(text, 10, &n, &unit);
    for (size_t i = 0; is_number && i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(unit, units[i].name) == 0 && n <= TIME_MAX_NS / units[i].ns) {
            *ns = n * units[i].ns;
            return true;
        }
    }
    return err_set(e, "\"%s\": a time like 500ns, 20us, 10ms or 1s is expected (an hour at most)",
                   text);
}

static struct device_spec *next(struct device_list *list, struct err *e)
{
    if (list->count == DEVICE_SPECS_MAX) {
        err_set(e, "more than %u virtio devices", DEVICE_SPECS_MAX);
        return NULL;
    }
    struct device_spec *spec = &list->specs[list->count];
    *spec = (struct device_spec){0};
    return spec;
}

static bool parse_latency(const char *word, struct device_spec *spec, struct err *e)
{
    return device_parse_time(word + strlen("latency="), &spec->latency_ns, e);
}

static bool is_latency(const char *word)
{
    return strncmp(word, "latency=", strlen("latency=")) == 0;
}

static bool drive_word(const char *word, struct device_spec *spec, struct err *e)
{
    if (is_latency(word)) {
        return parse_latency(word, spec, e);
    }
    if (strcmp(word, "ro") == 0) {
        spec->mode = DISK_READ_ONLY;
    } else if (strcmp(word, "write-through") == 0) {
        spec->mode = DISK_WRITE_THROUGH;
    } else {
        return err_set(e, "\"%s\": ro, write-through or latency=TIME is expected", word);
    }
    return true;
}

bool device_spec_drive(struct device_list *list, const char *text, struct err *e)
{
    char copy[512], *save = NULL;
    struct device_spec *spec = next(list, e);
    if (spec == NULL) {
        return false;
    }
    snprintf(copy, sizeof copy, "%s", text);
    const char *path = strtok_r(copy, ",", &save);
    if (path == NULL || text[0] == ',' || strlen(path) >= sizeof spec->path) {
        return err_set(e, "\"%s\": the name of a file is expected", text);
    }
    snprintf(spec->path, sizeof spec->path, "%s", path);
    spec->type = DEVICE_DISK;
    spec->latency_ns = DISK_LATENCY_NS;
    for (const char *word; (word = strtok_r(NULL, ",", &save)) != NULL;) {
        if (!drive_word(word, spec, e)) {
            return false;
        }
    }
    list->count++;
    return true;
}

/* Six pairs of hex digits with colons; a card's own address, so not of a group. */
static bool parse_mac(const char *text, uint8_t mac[NET_MAC_BYTES], struct err *e)
{
    bool good = strlen(text) == 3 * NET_MAC_BYTES - 1;
    for (unsigned i = 0; good && i < NET_MAC_BYTES; i++) {
        unsigned high = 0, low = 0;
        good = parse_hex_digit(text[3 * i], &high) && parse_hex_digit(text[3 * i + 1], &low) &&
               (i == NET_MAC_BYTES - 1 || text[3 * i + 2] == ':');
        mac[i] = (uint8_t)(high << 4 | low);
    }
    return (good && (mac[0] & 1) == 0) ||
           err_set(e, "\"%s\": a card's address like 52:54:00:12:34:57 is expected", text);
}

static bool net_word(const char *word, struct device_spec *spec, struct err *e)
{
    if (is_latency(word)) {
        spec->has_latency = true;
        return parse_latency(word, spec, e);
    }
    if (strncmp(word, "mac=", strlen("mac=")) == 0) {
        return parse_mac(word + strlen("mac="), spec->mac, e);
    }
    return err_set(e, "\"%s\": latency=TIME or mac=ADDRESS is expected", word);
}

static bool has_link(const struct device_list *list)
{
    bool any = false;
    for (unsigned i = 0; i < list->count; i++) {
        any |= list->specs[i].type == DEVICE_NET && list->specs[i].far_end == NET_LINK;
    }
    return any;
}

static bool parse_far_end(const char *text, struct device_spec *spec, struct err *e)
{
    const char *path = text ? strchr(text, ':') : NULL;
    size_t length = path ? (size_t)(path - text) : 0;
    if (text && strcmp(text, "peer") == 0) {
        spec->far_end = NET_PEER;
    } else if (text && strcmp(text, "slirp") == 0) {
        spec->far_end = NET_SLIRP;
    } else if (length == strlen("link") && strncmp(text, "link", length) == 0 && path[1]) {
        spec->far_end = NET_LINK;
        int needed = snprintf(spec->path, sizeof spec->path, "%s", path + 1);
        return (size_t)needed < sizeof spec->path ||
               err_set(e, "\"%s\": longer than a socket's path can be", path + 1);
    } else {
        return err_set(e, "\"%s\": peer, slirp or link:PATH is expected", text ? text : "");
    }
    return true;
}

bool device_spec_net(struct device_list *list, const char *text, struct err *e)
{
    char copy[512], *save = NULL;
    struct device_spec *spec = next(list, e);
    if (spec == NULL) {
        return false;
    }
    snprintf(copy, sizeof copy, "%s", text);
    spec->type = DEVICE_NET;
    spec->latency_ns = NET_LATENCY_NS;
    spec->link_mbit = NET_LINK_MBIT;
    memcpy(spec->mac, default_mac, sizeof spec->mac);
    if (!parse_far_end(strtok_r(copy, ",", &save), spec, e)) {
        return false;
    }
    for (const char *word; (word = strtok_r(NULL, ",", &save)) != NULL;) {
        if (!net_word(word, spec, e)) {
            return false;
        }
    }
    if (spec->far_end == NET_LINK && has_link(list)) {
        return err_set(e, "link:%s: one link to another machine is all there is", spec->path);
    }
    list->count++;
    return true;
}

bool device_spec_rng(struct device_list *list, uint64_t seed, struct err *e)
{
    struct device_spec *spec = next(list, e);
    if (spec == NULL) {
        return false;
    }
    spec->type = DEVICE_RNG;
    spec->seed = seed;
    list->count++;
    return true;
}

bool device_spec_console(struct device_list *list, struct err *e)
{
    struct device_spec *spec = next(list, e);
    if (spec == NULL) {
        return false;
    }
    spec->type = DEVICE_CONSOLE;
    list->count++;
    return true;
}
