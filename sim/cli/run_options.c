#include "sim/cli/run_options.h"

#include <string.h>

#include "sim/catalog/design.h"
#include "sim/cli/options.h"

enum {
    OPT_CPU = 256,
    OPT_FEATURE,
    OPT_GIC,
    OPT_SMP,
    OPT_KERNEL,
    OPT_INITRD,
    OPT_LOAD,
    OPT_MODULE,
    OPT_APPEND,
    OPT_DTB,
    OPT_SNAPSHOT,
    OPT_EL,
    OPT_COSTS,
    OPT_LEVEL,
    OPT_SCHEDULE_SEED,
    OPT_MAX_CYCLES,
    OPT_SYMBOLS,
    OPT_SEMIHOSTING,
    OPT_STRICT,
    OPT_ENGINE_OFF
};

static const struct argp_option options[] = {
    {"kernel", OPT_KERNEL, "FILE", 0, "ELF, Linux Image, or gzip'd Image to boot", 1},
    {"initrd", OPT_INITRD, "FILE", 0, "initial RAM disk (Image kernels)", 1},
    {"load", OPT_LOAD, "FILE@ADDRESS", 0, "put a file into RAM as it is; repeatable", 1},
    {"module", OPT_MODULE, "domN:KIND:FILE[,TEXT]", 0,
     "what Xen is to start: a kernel with its command line, a ramdisk; dom0 or a guest; repeatable",
     1},
    {"append", OPT_APPEND, "TEXT", 0, "kernel command line", 1},
    {"dtb", OPT_DTB, "FILE", 0, "device tree instead of the board's own", 1},
    {"snapshot", OPT_SNAPSHOT, "FILE", 0,
     "start from a snapshot instead of booting; the machine's options come from there", 1},
    {"cpu", OPT_CPU, "MODEL", 0, "cortex-a57 (default), x-gene1, cortex-a76, neoverse-n1, max", 2},
    {"feature", OPT_FEATURE, "LIST", 0, "switch features: vhe=off,lrs=1,...", 2},
    {"gic", OPT_GIC, "2|3", 0, "interrupt controller (default 3)", 2},
    {"smp", OPT_SMP, "N", 0, "CPUs, 1 to 8, with GICv3 to 16 (default 1)", 2},
    {"mem", 'm', "SIZE", 0, "RAM: 256M, 1G, ... (default 256M)", 2},
    {"el", OPT_EL, "1|2", 0, "exception level at entry (default 2); 1 is a machine without EL2", 2},
    {"semihosting", OPT_SEMIHOSTING, 0, 0,
     "HLT #0xF000 with SYS_EXIT ends the run with the guest's status", 2},
    {"strict", OPT_STRICT, 0, 0,
     "check alignment of acquire and release, and each LDTR/STTR; a changed control counts from "
     "the next context synchronization event on (slower)",
     2},
    {"costs", OPT_COSTS, "PROFILE", 0, "price list: name or YAML file (default xgene1)", 3},
    {"level", OPT_LEVEL, "LEVEL", 0,
     "functional: an instruction is a cycle; block (default): all prices", 3},
    {"schedule-seed", OPT_SCHEDULE_SEED, "N", 0,
     "vary the length of the CPUs' turns, by N: another order of what several CPUs do, the same "
     "for the same N (default: all turns are a quantum)",
     3},
    {"max-cycles", OPT_MAX_CYCLES, "N", 0, "end the run, with status 1, after N cycles", 3},
    {"symbols", OPT_SYMBOLS, "FILE", 0,
     "symbols for the report: ELF (any EL, no stage 2), or a kernel's Image or System.map (the "
     "loaded kernel, wherever it runs; another Image: a guest's); repeatable",
     4},
    {"engine-off", OPT_ENGINE_OFF, "LIST", 0, "switch engine shortcuts off; results do not change",
     5},
    DEVICE_OPTIONS,
    {0},
};

static bool parse_number(struct run_options *o, int key, const char *arg)
{
    unsigned long long n;
    switch (key) {
    case OPT_GIC:
        if (option_number("--gic", arg, 2, 3, &n, &o->err)) {
            o->config.gic_version = (unsigned)n;
        }
        return true;
    case OPT_SMP:
        if (option_number("--smp", arg, 1, EL2SIM_MAX_CPUS, &n, &o->err)) {
            o->config.cpu_count = (unsigned)n;
        }
        return true;
    case OPT_EL:
        if (option_number("--el", arg, 1, 2, &n, &o->err)) {
            o->config.entry_el = (unsigned)n;
        }
        return true;
    case OPT_SCHEDULE_SEED:
        if (option_number("--schedule-seed", arg, 1, UINT64_MAX, &n, &o->err)) {
            o->config.schedule_seed = n;
        }
        return true;
    case OPT_MAX_CYCLES:
        if (option_number("--max-cycles", arg, 1, UINT64_MAX / CYCLE / 2, &n, &o->err)) {
            o->config.max_cycles = n * CYCLE;
        }
        return true;
    default:
        return false;
    }
}

static bool parse_text(struct run_options *o, int key, const char *arg)
{
    switch (key) {
    case OPT_KERNEL:
        o->images.kernel = arg;
        return true;
    case OPT_INITRD:
        o->images.initrd = arg;
        return true;
    case OPT_APPEND:
        o->images.append = arg;
        return true;
    case OPT_DTB:
        o->images.dtb = arg;
        return true;
    case OPT_CPU:
        o->cpu = arg;
        return true;
    case OPT_FEATURE:
        o->features = arg;
        return true;
    case OPT_COSTS:
        o->profile = arg;
        return true;
    default:
        return false;
    }
}

static void add_placed(struct run_options *o, char *arg)
{
    struct machine_images *images = &o->images;
    if (images->placed_count == PLACED_FILES_MAX) {
        err_set(&o->err, "--load: %u files at most", PLACED_FILES_MAX);
    } else if (loader_parse_place(arg, &images->placed[images->placed_count], &o->err)) {
        images->placed_count++;
    } else {
        err_prefix(&o->err, "--load ");
    }
}

static void add_module(struct run_options *o, char *arg)
{
    struct machine_images *images = &o->images;
    if (images->module_count == MODULES_MAX) {
        err_set(&o->err, "--module: %u files at most", MODULES_MAX);
    } else if (modules_parse(arg, &images->modules[images->module_count], &o->err)) {
        images->module_count++;
    } else {
        err_prefix(&o->err, "--module ");
    }
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct run_options *o = state->input;
    o->is_given |= (key >= OPT_CPU && key <= OPT_REPLAY) || key == 'm';
    if (parse_number(o, key, arg) || parse_text(o, key, arg) ||
        device_option(key, arg, &o->config.devices, &o->devices, &o->err)) {
        return 0;
    }
    switch (key) {
    case 'm':
        design_parse_memory(arg, &o->config.ram_bytes, &o->err);
        return 0;
    case OPT_SNAPSHOT:
        o->snapshot.file = arg;
        return 0;
    case OPT_LEVEL:
        o->has_level = true;
        option_level(arg, &o->config.level, &o->err);
        return 0;
    case OPT_LOAD:
        add_placed(o, arg);
        return 0;
    case OPT_MODULE:
        add_module(o, arg);
        return 0;
    case OPT_SEMIHOSTING:
        o->config.semihosting = true;
        return 0;
    case OPT_STRICT:
        o->config.strict = true;
        return 0;
    case OPT_ENGINE_OFF:
        option_shortcuts(arg, &o->config.engine_off, &o->err);
        return 0;
    case OPT_SYMBOLS:
        if (o->symbols_count == RUN_SYMBOLS_MAX) {
            err_set(&o->err, "--symbols: %u files at most", RUN_SYMBOLS_MAX);
        } else {
            o->symbols[o->symbols_count++] = arg;
        }
        return 0;
    case ARGP_KEY_ARG:
        err_set(&o->err, "unexpected \"%s\" (a kernel is given with --kernel)", arg);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp run_options_argp = {options, parse, NULL, NULL, NULL, NULL, NULL};

/* What there is to run: a kernel, or a snapshot and nothing that it holds already. */
static bool check_start(struct run_options *o, const struct snapshot_origin *from)
{
    const struct machine_images *i = &o->images;
    if (from == NULL) {
        return i->kernel || err_set(&o->err, "nothing to boot: give --kernel FILE or "
                                             "--snapshot FILE");
    }
    if (i->kernel || i->initrd || i->append || i->dtb || i->placed_count || i->module_count) {
        return err_set(&o->err,
                       "--snapshot %s holds what was booted: leave out --kernel, --initrd, "
                       "--load, --module, --append and --dtb",
                       o->snapshot.file);
    }
    return o->config.devices.count == 0 ||
           err_set(&o->err,
                   "--snapshot %s has its own devices: leave out --drive, --net, "
                   "--rng-seed and --console",
                   o->snapshot.file);
}

/* What no option says: as the snapshot has it, or the defaults. */
static bool settle(struct run_options *o)
{
    if (!run_snapshot_open(&o->snapshot, &o->err)) {
        return false;
    }
    const struct snapshot_origin *from = run_snapshot_origin(&o->snapshot);
    const struct machine_config defaults = {.cpu_count = 1,
                                            .gic_version = 3,
                                            .ram_bytes = UINT64_C(256) << 20,
                                            .entry_el = 2,
                                            .level = LEVEL_BLOCK};
    const struct machine_config *other = from ? &from->config : &defaults;
    struct machine_config *c = &o->config;
    if (!check_start(o, from)) {
        return false;
    }
    c->cpu_count = c->cpu_count ? c->cpu_count : other->cpu_count;
    c->gic_version = c->gic_version ? c->gic_version : other->gic_version;
    c->ram_bytes = c->ram_bytes ? c->ram_bytes : other->ram_bytes;
    c->entry_el = c->entry_el ? c->entry_el : other->entry_el;
    c->level = o->has_level ? c->level : other->level;
    if (from) {
        c->devices = from->config.devices;
    }
    c->guest_asids = other->guest_asids;
    c->strict = c->strict || other->strict;
    c->semihosting = c->semihosting || other->semihosting;
    if (o->features == NULL && o->cpu == NULL && from) {
        o->features = from->features;
    }
    o->cpu = o->cpu ? o->cpu : from ? from->cpu : "cortex-a57";
    return o->snapshot.save == NULL || run_snapshot_can_save(&c->devices, &o->err);
}

const char *run_options_profile(const struct run_options *o)
{
    const struct snapshot_origin *from = run_snapshot_origin(&o->snapshot);
    return o->profile ? o->profile : from ? from->profile : "xgene1";
}

static bool configure(struct run_options *o)
{
    if (!cpu_model_find(o->cpu, &o->config.cpu, &o->err)) {
        return err_prefix(&o->err, "--cpu ");
    }
    profile_configure(o->loaded, &o->config);
    if (o->features && !cpu_model_apply(&o->config.cpu, o->features, &o->err)) {
        return err_prefix(&o->err, "--feature: ");
    }
    return run_snapshot_fits(&o->snapshot, &o->config, o->profile != NULL, &o->err);
}

struct machine *run_options_machine(struct run_options *o)
{
    if (o->err.text[0] != '\0' || !device_options_check(&o->devices, &o->err) || !settle(o)) {
        return NULL;
    }
    o->loaded = profile_load(run_options_profile(o), &o->err);
    return o->loaded && configure(o) ? machine_create(&o->config, &o->err) : NULL;
}

bool run_options_load(struct run_options *o, struct machine *m)
{
    struct symbol_scope scope = {.el_mask = 7, .context = SYMBOLS_NO_STAGE2};
    struct snapshot *from = o->snapshot.from;
    if (from ? !snapshot_restore(from, m, &o->err) : !machine_load(m, &o->images, &o->err)) {
        return false;
    }
    for (unsigned i = 0; i < o->symbols_count; i++) {
        if (!machine_symbols(m, o->symbols[i], &scope, &o->err)) {
            return false;
        }
    }
    return true;
}

void run_options_close(struct run_options *o)
{
    profile_free(o->loaded);
    run_snapshot_close(&o->snapshot);
}
