/* The options of `run` that say which virtio devices there are, and where input comes from. */
#ifndef EL2SIM_CLI_DEVICE_OPTIONS_H
#define EL2SIM_CLI_DEVICE_OPTIONS_H

#include "sim/base/err.h"
#include "sim/device/device_spec.h"

/* A key of these options, far from other options' keys. */
enum { OPT_DRIVE = 512, OPT_NET, OPT_RNG_SEED, OPT_CONSOLE, OPT_INPUT, OPT_RECORD, OPT_REPLAY };

#define DEVICE_OPTIONS                                                                             \
    {"drive",                                                                                      \
     OPT_DRIVE,                                                                                    \
     "FILE[,ro|,write-through]",                                                                   \
     0,                                                                                            \
     "virtio disk; without a word, the file is never changed; ,latency=TIME; repeatable",          \
     6},                                                                                           \
        {"net",                                                                                    \
         OPT_NET,                                                                                  \
         "peer|slirp|link:PATH",                                                                   \
         0,                                                                                        \
         "virtio network card: a simulated peer at 10.0.2.2, the host's network, or the card of "  \
         "another el2sim that names the same PATH; ,latency=TIME; ,mac=ADDRESS",                   \
         6},                                                                                       \
        {"rng-seed", OPT_RNG_SEED, "N", 0, "virtio source of random numbers, of this seed", 6},    \
        {"console",                                                                                \
         OPT_CONSOLE,                                                                              \
         "pl011|virtio",                                                                           \
         0,                                                                                        \
         "the terminal's input goes to the UART (default) or to a virtio console",                 \
         6},                                                                                       \
        {"input",                                                                                  \
         OPT_INPUT,                                                                                \
         "FILE",                                                                                   \
         0,                                                                                        \
         "type what a script says (expect, send, wait) instead of the terminal",                   \
         7},                                                                                       \
    {                                                                                              \
        "replay", OPT_REPLAY, "FILE", 0, "take the input of a recorded run instead", 7             \
    }

/* For who takes input that is worth it. */
#define RECORD_OPTION                                                                              \
    {                                                                                              \
        "record", OPT_RECORD, "FILE", 0, "write all input from outside to FILE", 7                 \
    }

struct device_options {
    bool virtio_console;
    const char *input, *record, *replay;
};

/* False: not an option of these. */
bool device_option(int key, const char *arg, struct device_list *devices,
                   struct device_options *options, struct err *e);

/* The options together make sense. */
bool device_options_check(const struct device_options *options, struct err *e);

#endif
