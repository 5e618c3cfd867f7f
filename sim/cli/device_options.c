#include "sim/cli/device_options.h"

#include <string.h>

#include "sim/cli/options.h"

static void set_console(const char *arg, struct device_list *devices,
                        struct device_options *options, struct err *e)
{
    bool is_virtio = strcmp(arg, "virtio") == 0;
    if (!is_virtio && strcmp(arg, "pl011") != 0) {
        err_set(e, "--console %s: pl011 or virtio is expected", arg);
    } else if (is_virtio && !options->virtio_console && device_spec_console(devices, e)) {
        options->virtio_console = true;
    }
}

/* Whether it is a key of a device; what is wrong with it is in *e. */
static bool device_key(int key, const char *arg, struct device_list *devices, struct err *e)
{
    unsigned long long n;
    switch (key) {
    case OPT_DRIVE:
        if (!device_spec_drive(devices, arg, e)) {
            err_prefix(e, "--drive: ");
        }
        return true;
    case OPT_NET:
        if (!device_spec_net(devices, arg, e)) {
            err_prefix(e, "--net: ");
        }
        return true;
    case OPT_RNG_SEED:
        if (option_number("--rng-seed", arg, 0, UINT64_MAX, &n, e)) {
            device_spec_rng(devices, n, e);
        }
        return true;
    default:
        return false;
    }
}

bool device_option(int key, const char *arg, struct device_list *devices,
                   struct device_options *options, struct err *e)
{
    switch (key) {
    case OPT_CONSOLE:
        set_console(arg, devices, options, e);
        return true;
    case OPT_INPUT:
        options->input = arg;
        return true;
    case OPT_REPLAY:
        options->replay = arg;
        return true;
    default:
        return device_key(key, arg, devices, e);
    }
}

bool device_options_check(const struct device_options *options, struct err *e)
{
    if (options->replay && options->record) {
        return err_set(e, "--replay and --record: a replayed run takes no input to record");
    }
    if (options->replay && options->input) {
        return err_set(e, "--replay and --input: the input is in the record");
    }
    return true;
}
