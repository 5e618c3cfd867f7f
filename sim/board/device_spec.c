#include "sim/board/device_spec.h"

#include <stdio.h>
#include <string.h>

#include "sim/base/parse.h"

/* Unless given: a guess of what stood in the modelled machines, a solid-state disk. */
#define DISK_LATENCY_NS 80000

/* Where no profile says better: half of the round trip between two hosts on one switch, a peer that
 * answers at once, 10 Gbit/s. Guesses. */
#define NET_LATENCY_NS 10000
#define NET_LINK_MBIT  10000

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

bool device_spec_net(struct device_list *list, const char *text, struct err *e)
{
    char copy[512], *save = NULL;
    struct device_spec *spec = next(list, e);
    if (spec == NULL) {
        return false;
    }
    snprintf(copy, sizeof copy, "%s", text);
    const char *kind = strtok_r(copy, ",", &save);
    const char *word = strtok_r(NULL, ",", &save);
    if (kind == NULL || (strcmp(kind, "peer") != 0 && strcmp(kind, "slirp") != 0)) {
        return err_set(e, "\"%s\": peer or slirp is expected", text);
    }
    spec->type = DEVICE_NET;
    spec->is_slirp = strcmp(kind, "slirp") == 0;
    spec->latency_ns = NET_LATENCY_NS;
    spec->link_mbit = NET_LINK_MBIT;
    spec->has_latency = word != NULL;
    if (word && !is_latency(word)) {
        return err_set(e, "\"%s\": latency=TIME is expected", word);
    }
    if (word && !parse_latency(word, spec, e)) {
        return false;
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
