#include "sim/catalog/design.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/parse.h"
#include "sim/catalog/data_files.h"

static const cyaml_strval_t places[] = {{"host", WHERE_HOST}, {"vm", WHERE_VM}};

static const cyaml_schema_value_t el_schema = {
    CYAML_VALUE_UINT(CYAML_FLAG_DEFAULT, uint8_t),
};

static const cyaml_schema_value_t asid_schema = {
    CYAML_VALUE_UINT(CYAML_FLAG_DEFAULT, unsigned),
};

static const cyaml_schema_field_t symbols_fields[] = {
    CYAML_FIELD_STRING_PTR("image", CYAML_FLAG_POINTER, struct design_symbols, image, 1, 900),
    CYAML_FIELD_SEQUENCE("els", CYAML_FLAG_POINTER, struct design_symbols, els, &el_schema, 1, 3),
    CYAML_FIELD_ENUM("where", CYAML_FLAG_STRICT, struct design_symbols, where, places,
                     CYAML_ARRAY_LEN(places)),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t symbols_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct design_symbols, symbols_fields),
};

static const cyaml_schema_field_t module_fields[] = {
    CYAML_FIELD_UINT("domain", CYAML_FLAG_DEFAULT, struct design_module, domain),
    CYAML_FIELD_STRING_PTR("image", CYAML_FLAG_POINTER, struct design_module, image, 1, 900),
    CYAML_FIELD_STRING_PTR("append", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct design_module,
                           append, 0, 4000),
    CYAML_FIELD_BOOL("ramdisk", CYAML_FLAG_OPTIONAL, struct design_module, ramdisk),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t module_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct design_module, module_fields),
};

static const cyaml_schema_field_t design_fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct design, name, 1, 64),
    CYAML_FIELD_STRING_PTR("title", CYAML_FLAG_POINTER, struct design, title, 1, 200),
    CYAML_FIELD_STRING_PTR("about", CYAML_FLAG_POINTER, struct design, about, 1, 4000),
    CYAML_FIELD_STRING_PTR("from", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct design, from, 1,
                           64),
    CYAML_FIELD_STRING_PTR("cpu", CYAML_FLAG_POINTER, struct design, cpu, 1, 64),
    CYAML_FIELD_STRING_PTR("features", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct design,
                           features, 0, 400),
    CYAML_FIELD_UINT("el", CYAML_FLAG_OPTIONAL, struct design, el),
    CYAML_FIELD_UINT("gic", CYAML_FLAG_DEFAULT, struct design, gic),
    CYAML_FIELD_UINT("smp", CYAML_FLAG_DEFAULT, struct design, smp),
    CYAML_FIELD_STRING_PTR("memory", CYAML_FLAG_POINTER, struct design, memory, 1, 32),
    CYAML_FIELD_STRING_PTR("image", CYAML_FLAG_POINTER, struct design, image, 1, 900),
    CYAML_FIELD_STRING_PTR("initrd", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct design,
                           initrd, 1, 900),
    CYAML_FIELD_STRING_PTR("append", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct design,
                           append, 0, 4000),
    CYAML_FIELD_STRING_PTR("asks", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct design, asks, 1,
                           100),
    CYAML_FIELD_STRING_PTR("snapshot", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct design,
                           snapshot, 1, 100),
    CYAML_FIELD_UINT("networks", CYAML_FLAG_OPTIONAL, struct design, networks),
    CYAML_FIELD_BOOL("host_stage2", CYAML_FLAG_OPTIONAL, struct design, host_stage2),
    CYAML_FIELD_SEQUENCE_FIXED("guest_asids", CYAML_FLAG_OPTIONAL, struct design, guest_asids,
                               &asid_schema, 2),
    CYAML_FIELD_STRING_PTR("profile", CYAML_FLAG_POINTER, struct design, profile, 1, 64),
    CYAML_FIELD_SEQUENCE("symbols", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct design,
                         symbols, &symbols_schema, 0, 16),
    CYAML_FIELD_SEQUENCE("modules", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct design,
                         modules, &module_schema, 0, MODULES_MAX),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t design_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct design, design_fields),
};

struct design *design_load(const char *name_or_path, struct err *e)
{
    char path[DATA_PATH_MAX];
    struct design *design = NULL;
    if (!data_file_find("designs", name_or_path, ".yaml", path, e) ||
        !data_yaml_load(path, &design_schema, (void **)&design, e)) {
        return NULL;
    }
    design->path = strdup(path);
    BUG_ON(design->path == NULL);
    return design;
}

void design_free(struct design *design)
{
    if (design) {
        free(design->path);
        data_yaml_free(&design_schema, design);
    }
}

bool design_parse_memory(const char *text, uint64_t *bytes, struct err *e)
{
    const char *end;
    uint64_t n;
    unsigned shift = 20;
    if (!parse_u64(text, 10, &n, &end)) {
        return err_set(e, "memory \"%s\": a number with K, M or G is expected (256M)", text);
    }
    switch (toupper((unsigned char)*end)) {
    case 'K':
        shift = 10;
        end++;
        break;
    case 'M':
        end++;
        break;
    case 'G':
        shift = 30;
        end++;
        break;
    case '\0':
        break;
    default:
        return err_set(e, "memory \"%s\": \"%s\" is no unit; K, M and G are", text, end);
    }
    if (*end != '\0' || n == 0 || n > UINT64_MAX >> shift) {
        return err_set(e, "memory \"%s\" is no size that can be", text);
    }
    *bytes = n << shift;
    return true;
}

static void configure_peer(const struct profile *profile, struct device_list *devices)
{
    for (unsigned i = 0; profile->has_peer && i < devices->count; i++) {
        struct device_spec *spec = &devices->specs[i];
        if (spec->type != DEVICE_NET || spec->far_end == NET_SLIRP) {
            continue;
        }
        if (!spec->has_latency) {
            spec->latency_ns = profile->peer[PEER_WIRE_NS].value;
        }
        spec->service_ns = profile->peer[PEER_SERVICE_NS].value;
        spec->link_mbit = (unsigned)profile->peer[PEER_LINK_MBIT].value;
    }
}

void profile_configure(const struct profile *profile, struct machine_config *config)
{
    for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
        config->prices[k] = profile->costs[k].price;
    }
    config->clock_hz = profile->clock_hz;
    config->counter_hz = profile->counter_hz;
    config->quantum = profile->quantum;
    config->store_drain_instructions = profile->store_drain_instructions;
    config->tlb_entries = profile->tlb_entries;
    config->tlb_ways = profile->tlb_ways;
    config->walk_cache_entries = profile->walk_cache_entries;
    configure_peer(profile, &config->devices);
}

bool design_configure(const struct design *design, const struct profile *profile,
                      struct machine_config *config, struct err *e)
{
    if (!cpu_model_find(design->cpu, &config->cpu, e)) {
        return err_prefix(e, "design %s: cpu ", design->path);
    }
    config->cpu_count = design->smp;
    config->gic_version = design->gic;
    config->entry_el = design->el ? design->el : 2;
    config->guest_asids =
        (struct asid_range){.first = design->guest_asids[0], .last = design->guest_asids[1]};
    config->host_stage2 = design->host_stage2;
    for (unsigned i = 0; i < design->networks; i++) {
        if (!device_spec_net(&config->devices, "peer", e)) {
            return err_prefix(e, "design %s: networks: ", design->path);
        }
    }
    profile_configure(profile, config);
    if (config->entry_el > 2) {
        return err_set(e, "design %s: el: %u: 1 or 2 is expected", design->path, design->el);
    }
    if (!design_parse_memory(design->memory, &config->ram_bytes, e) ||
        (design->features && !cpu_model_apply(&config->cpu, design->features, e))) {
        return err_prefix(e, "design %s: ", design->path);
    }
    return true;
}

bool design_find_file(const char *name, char path[DATA_PATH_MAX], struct err *e)
{
    if (strncmp(name, "real/", 5) == 0) {
        return data_file_in("real", name + 5, path) ||
               err_set(e, "%s is missing: scripts/real-software.sh fetches Debian's software",
                       name);
    }
    if (strncmp(name, "guest/", 6) == 0) {
        return data_file_in("guest", name + 6, path) ||
               err_set(e, "%s is missing: ./run.sh builds it", name);
    }
    return data_file_find("guest", name, ".elf", path, e);
}

static bool hash_file(const char *name, FILE *out, struct err *e)
{
    char path[DATA_PATH_MAX], sha256[IMAGE_HASH_TEXT];
    if (name == NULL) {
        return true;
    }
    bool done = design_find_file(name, path, e) && image_hash_file(path, sha256, e);
    fprintf(out, "%s %s\n", name, done ? sha256 : "");
    return done;
}

bool design_key(const struct design *d, const struct profile *profile,
                const struct machine_config *config, const char *append, char key[IMAGE_HASH_TEXT],
                struct err *e)
{
    char *text = NULL, program[IMAGE_HASH_TEXT];
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    BUG_ON(out == NULL);
    bool done = image_hash_file("/proc/self/exe", program, e);
    fprintf(out, "%s\n%s\n%s %s\n%u %u %u %u %u %u %u %u %u\n%s\n%s\n", done ? program : "",
            profile->sha256, d->cpu, d->features ? d->features : "", d->networks,
            config->gic_version, config->cpu_count, (unsigned)(config->ram_bytes >> 20),
            (unsigned)config->level, (unsigned)config->host_stage2, config->entry_el,
            config->guest_asids.first, config->guest_asids.last, append,
            d->snapshot ? d->snapshot : "");
    done = done && hash_file(d->image, out, e) && hash_file(d->initrd, out, e);
    for (unsigned i = 0; done && i < d->modules_count; i++) {
        done = hash_file(d->modules[i].image, out, e);
        fprintf(out, "%u %d %s\n", d->modules[i].domain, d->modules[i].ramdisk,
                d->modules[i].append ? d->modules[i].append : "");
    }
    for (unsigned i = 0; done && i < d->symbols_count; i++) {
        const struct design_symbols *s = &d->symbols[i];
        done = hash_file(s->image, out, e);
        for (unsigned n = 0; n < s->els_count; n++) {
            fprintf(out, "%u ", s->els[n]);
        }
        fprintf(out, "%d\n", s->where);
    }
    fclose(out);
    image_hash(text, size, key);
    free(text);
    return done || err_prefix(e, "design %s: ", d->path);
}

static bool add_symbols(const struct design_symbols *s, struct machine *m, struct err *e)
{
    char path[DATA_PATH_MAX];
    struct symbol_scope scope = {.context =
                                     s->where == WHERE_VM ? SYMBOLS_ANY_VM : SYMBOLS_NO_STAGE2};
    for (unsigned i = 0; i < s->els_count; i++) {
        if (s->els[i] > 2) {
            return err_set(e, "symbols of %s: no EL%u", s->image, s->els[i]);
        }
        scope.el_mask |= 1u << s->els[i];
    }
    return design_find_file(s->image, path, e) && machine_symbols(m, path, &scope, e);
}

static bool find_modules(const struct design *design, char paths[][DATA_PATH_MAX],
                         struct machine_images *images, struct err *e)
{
    for (unsigned i = 0; i < design->modules_count; i++) {
        const struct design_module *module = &design->modules[i];
        if (module->domain > MODULES_MAX) {
            return err_set(e, "modules[%u]: domain %u: 0 to %d", i, module->domain, MODULES_MAX);
        }
        if (!design_find_file(module->image, paths[i], e)) {
            return false;
        }
        images->modules[images->module_count++] =
            (struct boot_module){.path = paths[i],
                                 .append = module->append,
                                 .domain = module->domain,
                                 .is_ramdisk = module->ramdisk};
    }
    return true;
}

bool design_boot(const struct design *design, const char *append, struct machine *m, struct err *e)
{
    char kernel[DATA_PATH_MAX], initrd[DATA_PATH_MAX], modules[MODULES_MAX][DATA_PATH_MAX];
    if (!design_find_file(design->image, kernel, e) ||
        (design->initrd && !design_find_file(design->initrd, initrd, e))) {
        return err_prefix(e, "design %s: ", design->path);
    }
    struct machine_images images = {.kernel = kernel,
                                    .initrd = design->initrd ? initrd : NULL,
                                    .append = append ? append : design->append};
    if (!find_modules(design, modules, &images, e) || !machine_load(m, &images, e)) {
        return err_prefix(e, "design %s: ", design->path);
    }
    for (unsigned i = 0; i < design->symbols_count; i++) {
        if (!add_symbols(&design->symbols[i], m, e)) {
            return err_prefix(e, "design %s: ", design->path);
        }
    }
    return true;
}
