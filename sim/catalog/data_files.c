#include "sim/catalog/data_files.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where each kind lives: below the source and build trees, and below the installed share directory.
 */
struct data_kind {
    const char *name, *built;
};

static const struct data_kind data_kinds[] = {
    {"profiles", EL2SIM_SOURCE_DIR "/sim/profiles"},
    {"designs", EL2SIM_SOURCE_DIR "/sim/designs"},
    {"papers", EL2SIM_SOURCE_DIR "/sim/papers"},
    {"guest", EL2SIM_BINARY_DIR "/guest"},
    {"labs", EL2SIM_SOURCE_DIR "/labs"},
    {"real", EL2SIM_SOURCE_DIR "/build/real"}, /* where scripts/real-software.sh puts it */
};

static bool is_directory(const char *path)
{
    DIR *dir = opendir(path);
    if (dir) {
        closedir(dir);
    }
    return dir != NULL;
}

/* Below the share directory that lies beside the program, or the library, wherever they were
 * installed: bin/../share, lib/../share, lib/x86_64-linux-gnu/../../share. */
static bool beside_program(const char *kind, char out[DATA_PATH_MAX])
{
    static const char *const ways[] = {"..", "../.."};
    Dl_info self;
    char path[PATH_MAX];
    bool known = dladdr(data_kinds, &self) != 0 && strchr(self.dli_fname, '/') != NULL;
    if (realpath(known ? self.dli_fname : "/proc/self/exe", path) == NULL) {
        return false;
    }
    *strrchr(path, '/') = '\0';
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        int written = snprintf(out, DATA_PATH_MAX, "%s/%s/share/el2sim/%s", path, ways[i], kind);
        if (written > 0 && written < DATA_PATH_MAX && is_directory(out)) {
            return true;
        }
    }
    return false;
}

static bool directory_of(const char *kind, char out[DATA_PATH_MAX])
{
    const char *chosen = getenv("EL2SIM_DATA");
    const char *real = strcmp(kind, "real") == 0 ? getenv("EL2SIM_REAL") : NULL;
    if (real) {
        snprintf(out, DATA_PATH_MAX, "%s", real);
        return is_directory(out);
    }
    if (chosen) {
        snprintf(out, DATA_PATH_MAX, "%s/%s", chosen, kind);
        return is_directory(out);
    }
    if (beside_program(kind, out)) {
        return true;
    }
    for (size_t i = 0; i < sizeof data_kinds / sizeof data_kinds[0]; i++) {
        if (strcmp(data_kinds[i].name, kind) == 0) {
            snprintf(out, DATA_PATH_MAX, "%s", data_kinds[i].built);
            if (is_directory(out)) {
                return true;
            }
        }
    }
    snprintf(out, DATA_PATH_MAX, "%s/%s", EL2SIM_INSTALL_DATA, kind);
    return is_directory(out);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char **data_file_list(const char *kind, const char *suffix, unsigned *count)
{
    char dir_path[DATA_PATH_MAX];
    char **names = NULL;
    *count = 0;
    DIR *dir = directory_of(kind, dir_path) ? opendir(dir_path) : NULL;
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        size_t length = strlen(entry->d_name);
        size_t tail = strlen(suffix);
        if (length <= tail || strcmp(entry->d_name + length - tail, suffix) != 0) {
            continue;
        }
        char **grown = realloc(names, (*count + 1) * sizeof *names);
        BUG_ON(grown == NULL);
        names = grown;
        names[*count] = strndup(entry->d_name, length - tail);
        BUG_ON(names[*count] == NULL);
        (*count)++;
    }
    if (dir) {
        closedir(dir);
    }
    if (*count != 0) {
        qsort(names, *count, sizeof *names, by_name);
    }
    return names;
}

static bool unknown(const char *kind, const char *name, const char *suffix, struct err *e)
{
    char known[300] = "";
    bool cut = false;
    unsigned count;
    char **names = data_file_list(kind, suffix, &count);
    for (unsigned i = 0; i < count; i++) {
        size_t used = strlen(known);
        if (!cut) { /* the first that does not fit says so */
            cut = used + strlen(names[i]) + sizeof ", , ..." > sizeof known;
            snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "",
                     cut ? "..." : names[i]);
        }
        free(names[i]);
    }
    free(names);
    return err_set(e, "no \"%s\" in %s; there are: %s (or give a path)", name, kind,
                   known[0] ? known : "none");
}

bool data_file_find(const char *kind, const char *name, const char *suffix,
                    char path[DATA_PATH_MAX], struct err *e)
{
    size_t length = strlen(name);
    size_t tail = strlen(suffix);
    bool is_path =
        strchr(name, '/') || (length > tail && strcmp(name + length - tail, suffix) == 0);
    char dir[DATA_PATH_MAX];
    if (is_path && (access(name, R_OK) == 0 || strchr(name, '/'))) {
        if (access(name, R_OK) != 0) {
            return err_set(e, "%s: %s", name, strerror(errno));
        }
        snprintf(path, DATA_PATH_MAX, "%s", name);
        return true;
    }
    if (!directory_of(kind, dir)) {
        return err_set(e, "no directory of %s: set EL2SIM_DATA", kind);
    }
    int written = snprintf(path, DATA_PATH_MAX, "%s/%s%s", dir, name, is_path ? "" : suffix);
    if (written < 0 || written >= DATA_PATH_MAX || access(path, R_OK) != 0) {
        return unknown(kind, name, suffix, e);
    }
    return true;
}

bool data_file_in(const char *kind, const char *name, char path[DATA_PATH_MAX])
{
    char dir[DATA_PATH_MAX];
    if (!directory_of(kind, dir)) {
        return false;
    }
    int written = snprintf(path, DATA_PATH_MAX, "%s/%s", dir, name);
    return written > 0 && written < DATA_PATH_MAX && access(path, R_OK) == 0;
}

/* What libcyaml says of one load: first the mistake, then from the inside out where it is. */
struct yaml_said {
    char what[256];
    char where[256]; /* ", in mapping field 'cycles', in sequence entry '3', in ..." */
    unsigned line;   /* of the innermost; an unknown key is behind it */
};

static void keep(cyaml_log_t level, void *ctx, const char *format, va_list args)
{
    struct yaml_said *said = ctx;
    char text[256];
    if (level < CYAML_LOG_ERROR) {
        return;
    }
    vsnprintf(text, sizeof text, format, args);
    text[strcspn(text, "\n")] = '\0';
    char *place = strstr(text, " (line: ");
    if (said->what[0] == '\0') {
        const char *what = strncmp(text, "Load: ", 6) == 0 ? text + 6 : text;
        snprintf(said->what, sizeof said->what, "%s", what);
    } else if (place) {
        unsigned line = 0;
        size_t used = strlen(said->where);
        sscanf(place, " (line: %u", &line);
        said->line = said->line ? said->line : line;
        *place = '\0';
        snprintf(said->where + used, sizeof said->where - used, ", %s", text + strspn(text, " "));
    }
}

bool data_yaml_load(const char *path, const cyaml_schema_value_t *schema, void **out, struct err *e)
{
    struct yaml_said said = {.line = 0};
    cyaml_config_t config = {
        .log_fn = keep,
        .log_ctx = &said,
        .mem_fn = cyaml_mem,
        .log_level = CYAML_LOG_ERROR,
    };
    if (access(path, R_OK) != 0) {
        return err_set(e, "%s: %s", path, strerror(errno));
    }
    cyaml_err_t result = cyaml_load_file(path, &config, schema, out, NULL);
    if (result != CYAML_OK) {
        const char *what = said.what[0] ? said.what : cyaml_strerror(result);
        return said.line ? err_set(e, "%s: near line %u: %s%s", path, said.line, what, said.where)
                         : err_set(e, "%s: %s", path, what);
    }
    if (*out == NULL) { /* libcyaml takes a file without a document for nothing to load */
        return err_set(e, "%s: the file is empty", path);
    }
    return true;
}

void data_yaml_free(const cyaml_schema_value_t *schema, void *data)
{
    cyaml_config_t config = {.mem_fn = cyaml_mem, .log_level = CYAML_LOG_ERROR};
    cyaml_free(&config, schema, data, 0);
}
