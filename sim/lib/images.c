/* What goes into a machine's memory, and the names of what is there. */
#include <string.h>

#include "sim/board/cpu.h"
#include "sim/lib/library.h"

/* An ELF has names; an Image has none. */
static bool is_elf(const char *path)
{
    enum symbol_file kind;
    struct err unreadable = {""};
    return symbols_file_kind(path, &kind, &unreadable) && kind == SYMBOL_FILE_ELF;
}

static bool may_load(const struct el2sim_machine *m, struct err *e)
{
    return m->is_loaded ? err_set(e, "the machine is loaded already: make another, or go back to a "
                                     "snapshot from before")
                        : true;
}

bool el2sim_load(struct el2sim_machine *m, const char *path, const char *append)
{
    struct err *e = library_error();
    struct machine_images images = {.kernel = path, .append = append};
    struct symbol_scope host = {.el_mask = 7, .context = SYMBOLS_NO_STAGE2};
    if (!may_load(m, e) || !machine_load(m->machine, &images, e)) {
        return false;
    }
    m->is_loaded = true;
    return !is_elf(path) ||
           (names_add_elf(m->names, path, e) && machine_symbols(m->machine, path, &host, e));
}

/* The design's symbol files, by name: functions of its host first. */
static bool add_design_names(struct el2sim_machine *m, struct err *e)
{
    char path[DATA_PATH_MAX];
    for (unsigned i = 0; i < m->design->symbols_count; i++) {
        const char *image = m->design->symbols[i].image;
        if (!design_find_file(image, path, e) ||
            (is_elf(path) && !names_add_elf(m->names, path, e))) {
            return false;
        }
    }
    return true;
}

bool el2sim_load_design(struct el2sim_machine *m, const char *append)
{
    struct err *e = library_error();
    if (m->design == NULL) {
        return err_set(e, "the machine has no design (el2sim_config.design): use el2sim_load()");
    }
    if (!may_load(m, e) || !design_boot(m->design, append, m->machine, e)) {
        return false;
    }
    m->is_loaded = true;
    return add_design_names(m, e);
}

bool el2sim_load_raw(struct el2sim_machine *m, const char *path, uint64_t address)
{
    struct err *e = library_error();
    struct ram_map_of_files map = {.count = 0};
    struct placed_file file = {.path = path, .at = pa(address)};
    if (!loader_place(&file, &m->machine->ram, &map, e)) {
        return false;
    }
    struct loaded_range range = map.uses[0].range;
    code_written(m->machine, range.start, range.size_bytes);
    return true;
}

bool el2sim_symbols(struct el2sim_machine *m, const char *path, unsigned el_mask, bool in_vm)
{
    struct err *e = library_error();
    struct symbol_scope scope = {.el_mask = el_mask & 7,
                                 .context = in_vm ? SYMBOLS_ANY_VM : SYMBOLS_NO_STAGE2};
    return names_add_elf(m->names, path, e) && machine_symbols(m->machine, path, &scope, e);
}

bool el2sim_symbol(const struct el2sim_machine *m, const char *name, uint64_t *address)
{
    return names_find(m->names, name, address, library_error());
}
