/*
 * What the engine holds of its client's CPU, for snapshots: registers, and the exclusive monitor.
 * Translations and translated code are not part of it.
 *
 * Unicorn has no name for the monitor's registers. Its saved context is the CPU's state as bytes,
 * and a load-exclusive of known words from a known address shows where they lie in it.
 */
#include <string.h>

#include "sim/engine/engine_internal.h"

/* What QEMU keeps of a load-exclusive, in this order; nothing is reserved while the address is
 * NO_ADDRESS. */
struct monitor {
    uint64_t address, low, high;
};

#define NO_ADDRESS UINT64_MAX

/* Runs the LDXP of the engine's own code, which reserves `data`. Registers change. */
static bool reserve(struct engine *e, struct monitor *data)
{
    data->address = ENGINE_OWN_VA + ENGINE_OWN_DATA;
    data->low = UINT64_C(0x9d2c5680e1f7b34a);
    data->high = UINT64_C(0x6b8f0c3719d5a2e4);
    memcpy(e->own + ENGINE_OWN_DATA, &data->low, sizeof data->low + sizeof data->high);
    engine_set_x(e, 0, data->address);
    return engine_run_own(e, ENGINE_OWN_VA + ENGINE_OWN_LDXP);
}

/* Where in a context the monitor is; size_bytes when it is not found, or twice. */
static size_t find(const unsigned char *context, size_t size_bytes, const struct monitor *data)
{
    size_t found = size_bytes;
    for (size_t at = 0; at + sizeof *data <= size_bytes; at += sizeof(uint32_t)) {
        if (memcmp(context + at, data, sizeof *data) == 0) {
            if (found != size_bytes) {
                return size_bytes;
            }
            found = at;
        }
    }
    return found;
}

/* Reads or sets the monitor. False: this Unicorn does not show it. */
static bool exchange(struct engine *e, struct monitor *monitor, bool set)
{
    size_t size_bytes = uc_context_size(e->uc);
    struct monitor data;
    uc_context *now = NULL;
    uc_context *probe = NULL;
    bool done = uc_context_alloc(e->uc, &now) == UC_ERR_OK &&
                uc_context_alloc(e->uc, &probe) == UC_ERR_OK &&
                uc_context_save(e->uc, now) == UC_ERR_OK;
    if (done) {
        done = reserve(e, &data) && uc_context_save(e->uc, probe) == UC_ERR_OK;
        size_t at = done ? find((unsigned char *)probe, size_bytes, &data) : size_bytes;
        done = at != size_bytes;
        if (done && set) {
            memcpy((unsigned char *)now + at, monitor, sizeof *monitor);
        } else if (done) {
            memcpy(monitor, (unsigned char *)now + at, sizeof *monitor);
        }
        uint32_t pstate = 0;
        uc_context_restore(e->uc, now);
        uc_reg_read(e->uc, UC_ARM64_REG_PSTATE, &pstate);
        engine_window_close(e, pstate); /* makes Unicorn look at PSTATE again */
    }
    uc_context_free(now);
    uc_context_free(probe);
    return done;
}

static void archive_monitor(struct engine *e, struct archive *a)
{
    struct monitor monitor = {.address = NO_ADDRESS};
    if (!a->is_loading && !e->clear_exclusive && !exchange(e, &monitor, false)) {
        archive_refuse(a, "this Unicorn does not show its exclusive monitor");
    }
    if (monitor.address == NO_ADDRESS) { /* whatever it held last */
        monitor.low = monitor.high = 0;
    }
    archive_u64(a, &monitor.address);
    archive_u64(a, &monitor.low);
    archive_u64(a, &monitor.high);
    if (a->is_loading && !a->has_failed) {
        e->clear_exclusive = false;
        if (monitor.address == NO_ADDRESS) {
            e->clear_exclusive = true;
        } else if (!exchange(e, &monitor, true)) {
            archive_refuse(a, "this Unicorn does not show its exclusive monitor");
        }
    }
}

static void archive_vector(struct engine *e, unsigned n, struct archive *a)
{
    uint64_t value[2] = {0, 0};
    engine_v(e, n, value);
    archive_u64s(a, value, 2);
    if (a->is_loading) {
        engine_set_v(e, n, value);
    }
}

static void archive_general(struct engine *e, unsigned n, struct archive *a)
{
    uint64_t value = engine_x(e, n);
    archive_u64(a, &value);
    if (a->is_loading) {
        engine_set_x(e, n, value);
    }
}

void engine_archive(struct engine *engine, struct archive *a)
{
    uint32_t nzcv = engine_nzcv(engine), fpcr = engine_fpcr(engine), fpsr = engine_fpsr(engine);
    uint8_t daif = engine_daif(engine);
    for (unsigned n = 0; n < 32; n++) {
        archive_general(engine, n, a);
        archive_vector(engine, n, a);
    }
    archive_u64(a, &engine->pc);
    archive_u32(a, &nzcv);
    archive_u32(a, &fpcr);
    archive_u32(a, &fpsr);
    archive_u8(a, &daif);
    if (a->is_loading) {
        engine_set_nzcv(engine, nzcv);
        engine_set_fpcr(engine, fpcr);
        engine_set_fpsr(engine, fpsr);
        engine_set_daif(engine, daif);
    }
    archive_monitor(engine, a);
}
