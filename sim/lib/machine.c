#include "sim/lib/library.h"

#include <stdlib.h>
#include <string.h>

#include "sim/board/cpu.h"
#include "sim/catalog/data_files.h"
#include "sim/lib/console.h"
#include "sim/lib/counts.h"

#define MEMORY_DEFAULT (UINT64_C(16) << 20)

/* What the caller was compiled with may be shorter than ours: the rest is 0. */
static bool take_config(const struct el2sim_config *given, struct el2sim_config *c, struct err *e)
{
    if (given == NULL || given->size < offsetof(struct el2sim_config, cpu) ||
        given->size > sizeof *c) {
        return err_set(e, "el2sim_config: start it with {EL2SIM_CONFIG}; its size is %zu, not %zu",
                       given ? given->size : 0, sizeof *c);
    }
    memset(c, 0, sizeof *c);
    memcpy(c, given, given->size);
    return true;
}

/* A design, or what stands for one. */
static bool configure_design(struct el2sim_machine *m, const struct el2sim_config *c, struct err *e)
{
    const char *profile = c->profile ? c->profile : "xgene1";
    if (c->design != NULL) {
        m->design = design_load(c->design, e);
        profile = m->design && c->profile == NULL ? m->design->profile : profile;
    }
    if (c->design == NULL || m->design != NULL) {
        m->profile = profile_load(profile, e);
    }
    if (m->profile == NULL) {
        return false;
    }
    if (m->design != NULL) {
        return design_configure(m->design, m->profile, &m->config, e);
    }
    m->config.cpu_count = 1;
    m->config.gic_version = 3;
    m->config.entry_el = 2;
    m->config.ram_bytes = MEMORY_DEFAULT;
    profile_configure(m->profile, &m->config);
    return true;
}

static bool configure(struct el2sim_machine *m, const struct el2sim_config *c, struct err *e)
{
    if (!configure_design(m, c, e)) {
        return false;
    }
    const char *cpu = c->cpu ? c->cpu : m->design ? NULL : "cortex-a57";
    if ((cpu != NULL && !cpu_model_find(cpu, &m->config.cpu, e)) ||
        (c->features != NULL && !cpu_model_apply(&m->config.cpu, c->features, e))) {
        return false;
    }
    m->config.cpu_count = c->cpus ? c->cpus : m->config.cpu_count;
    m->config.gic_version = c->gic ? c->gic : m->config.gic_version;
    m->config.entry_el = c->entry_el ? c->entry_el : m->config.entry_el;
    m->config.ram_bytes = c->memory_bytes ? c->memory_bytes : m->config.ram_bytes;
    m->config.level = c->functional ? LEVEL_FUNCTIONAL : LEVEL_BLOCK;
    m->config.schedule_seed = c->schedule_seed;
    m->config.quiet = true;
    m->config.console = console_output;
    m->config.console_ctx = m;
    m->console = c->console;
    m->console_ctx = c->console_ctx;
    return true;
}

/* The machine itself, where the rest is there. */
static struct el2sim_machine *make(struct el2sim_machine *m, struct err *e)
{
    m->counts = counts_create();
    m->machine = machine_create(&m->config, e);
    if (m->machine == NULL) {
        el2sim_destroy(m);
        return NULL;
    }
    m->control = control_create(m->machine);
    return m;
}

struct el2sim_machine *library_copy(const struct el2sim_machine *from, struct err *e)
{
    struct el2sim_machine *m = calloc(1, sizeof *m);
    BUG_ON(m == NULL);
    m->config = from->config;
    m->config.console_ctx = m;
    m->console = from->console;
    m->console_ctx = from->console_ctx;
    m->is_loaded = from->is_loaded;
    m->names = names_copy(from->names);
    m->design = from->design ? design_load(from->design->path, e) : NULL;
    m->profile = profile_load(from->profile->path, e);
    return make(m, e);
}

struct el2sim_machine *el2sim_create(const struct el2sim_config *config)
{
    struct err *e = library_error();
    struct el2sim_config c;
    if (!take_config(config, &c, e)) {
        return NULL;
    }
    struct el2sim_machine *m = calloc(1, sizeof *m);
    BUG_ON(m == NULL);
    m->names = names_create();
    if (!configure(m, &c, e)) {
        el2sim_destroy(m);
        return NULL;
    }
    return make(m, e);
}

void el2sim_destroy(struct el2sim_machine *m)
{
    if (m != NULL) {
        control_destroy(m->control);
        machine_destroy(m->machine);
        design_free(m->design);
        profile_free(m->profile);
        names_destroy(m->names);
        counts_destroy(m->counts);
        free(m->schedule);
        free(m->story);
        free(m);
    }
}

unsigned el2sim_cpu_count(const struct el2sim_machine *m)
{
    return m->config.cpu_count;
}
