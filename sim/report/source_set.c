#include "sim/report/source_set.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/err.h"
#include "sim/catalog/data_files.h"
#include "sim/report/source_lines.h"

struct source_file {
    char *path;
    struct source_scope scope;
    bool is_open;
    struct source_lines *lines; /* NULL: it has none */
};

struct source_set {
    struct source_file *files;
    size_t count;
};

struct source_set *source_set_create(void)
{
    struct source_set *set = calloc(1, sizeof *set);
    BUG_ON(set == NULL);
    return set;
}

void source_set_destroy(struct source_set *set)
{
    for (size_t i = 0; set && i < set->count; i++) {
        source_lines_close(set->files[i].lines);
        free(set->files[i].path);
    }
    if (set) {
        free(set->files);
        free(set);
    }
}

void source_set_add(struct source_set *set, const char *path, const struct source_scope *scope)
{
    struct source_file *files = realloc(set->files, (set->count + 1) * sizeof *files);
    char *copy = strdup(path);
    BUG_ON(files == NULL || copy == NULL);
    set->files = files;
    set->files[set->count++] = (struct source_file){.path = copy, .scope = *scope};
}

void source_set_add_design(struct source_set *set, const struct design *design)
{
    for (unsigned i = 0; i < design->symbols_count; i++) {
        const struct design_symbols *s = &design->symbols[i];
        struct source_scope scope = {.in_host = s->where == WHERE_HOST,
                                     .in_vm = s->where == WHERE_VM};
        char path[DATA_PATH_MAX];
        struct err missing;
        for (unsigned n = 0; n < s->els_count; n++) {
            scope.el_mask |= 1u << s->els[n];
        }
        if (design_find_file(s->image, path, &missing)) {
            source_set_add(set, path, &scope);
        }
    }
}

static struct source_lines *lines_of(struct source_file *f)
{
    if (!f->is_open) {
        f->is_open = true;
        f->lines = source_lines_open(f->path);
    }
    return f->lines;
}

/* Guest images name their sources relative to where they were built. */
static const char *without_dots(const char *path)
{
    while (strncmp(path, "./", 2) == 0 || strncmp(path, "../", 3) == 0) {
        path = strchr(path, '/') + 1;
    }
    return path;
}

const char *source_set_find(struct source_set *set, unsigned el, bool in_vm, uint64_t address,
                            const char **file, unsigned *line)
{
    for (size_t i = 0; i < set->count; i++) {
        struct source_file *f = &set->files[i];
        bool is_theirs = f->scope.el_mask >> el & 1 && (in_vm ? f->scope.in_vm : f->scope.in_host);
        if (is_theirs && lines_of(f) && source_lines_find(f->lines, address, file, line)) {
            const char *text = source_lines_text(f->lines, *file, *line);
            *file = without_dots(*file);
            return text;
        }
    }
    return NULL;
}
