#include "sim/report/source_lines.h"

#include <elfutils/libdw.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct row {
    uint64_t address;
    const char *file; /* the Dwarf's */
    unsigned line;    /* 0: the end of a sequence */
};

/* A source file that was asked for, cut into lines. */
struct text_file {
    const char *name;
    char *bytes;
    char **lines;
    unsigned count;
    struct text_file *next;
};

struct source_lines {
    int fd;
    Dwarf *dwarf;
    struct row *rows; /* by address */
    size_t count, room;
    struct text_file *files;
};

static void add(struct source_lines *s, const struct row *row)
{
    if (s->count == s->room) {
        size_t room = s->room ? s->room * 2 : 1024;
        struct row *more = realloc(s->rows, room * sizeof *more);
        if (more == NULL) {
            return;
        }
        s->rows = more;
        s->room = room;
    }
    s->rows[s->count++] = *row;
}

static void add_unit(struct source_lines *s, Dwarf_Die *unit)
{
    Dwarf_Lines *lines;
    size_t count;
    if (dwarf_getsrclines(unit, &lines, &count) != 0) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        Dwarf_Line *line = dwarf_onesrcline(lines, i);
        Dwarf_Addr address;
        int number;
        bool ends;
        const char *file = dwarf_linesrc(line, NULL, NULL);
        if (file && dwarf_lineaddr(line, &address) == 0 && dwarf_lineno(line, &number) == 0 &&
            dwarf_lineendsequence(line, &ends) == 0) {
            add(s, &(struct row){address, file, ends || number < 0 ? 0 : (unsigned)number});
        }
    }
}

/* At one address the end of a sequence comes before the start of the next; of several lines, the
 * last one counts: qsort() must keep their order. */
static int by_address(const void *left, const void *right)
{
    const struct row *a = left, *b = right;
    if (a->address != b->address) {
        return a->address < b->address ? -1 : 1;
    }
    if ((a->line == 0) != (b->line == 0)) {
        return a->line == 0 ? -1 : 1;
    }
    return a->line < b->line ? -1 : a->line > b->line;
}

static void read_units(struct source_lines *s)
{
    Dwarf_Off offset = 0, next;
    size_t header;
    while (dwarf_nextcu(s->dwarf, offset, &next, &header, NULL, NULL, NULL) == 0) {
        Dwarf_Die unit;
        if (dwarf_offdie(s->dwarf, offset + header, &unit)) {
            add_unit(s, &unit);
        }
        offset = next;
    }
    if (s->count) {
        qsort(s->rows, s->count, sizeof s->rows[0], by_address);
    }
}

struct source_lines *source_lines_open(const char *path)
{
    struct source_lines *s = calloc(1, sizeof *s);
    if (s == NULL) {
        return NULL;
    }
    s->fd = open(path, O_RDONLY | O_CLOEXEC);
    s->dwarf = s->fd < 0 ? NULL : dwarf_begin(s->fd, DWARF_C_READ);
    if (s->dwarf) {
        read_units(s);
    }
    if (s->count == 0) {
        source_lines_close(s);
        return NULL;
    }
    return s;
}

void source_lines_close(struct source_lines *s)
{
    if (s == NULL) {
        return;
    }
    for (struct text_file *f = s->files, *next; f; f = next) {
        next = f->next;
        free(f->bytes);
        free(f->lines);
        free(f);
    }
    free(s->rows);
    if (s->dwarf) {
        dwarf_end(s->dwarf);
    }
    if (s->fd >= 0) {
        close(s->fd);
    }
    free(s);
}

bool source_lines_find(const struct source_lines *s, uint64_t address, const char **file,
                       unsigned *line)
{
    size_t low = 0, high = s->count;
    while (low < high) { /* the last row at or before the address */
        size_t middle = low + (high - low) / 2;
        if (s->rows[middle].address <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0 || s->rows[low - 1].line == 0) {
        return false;
    }
    *file = s->rows[low - 1].file;
    *line = s->rows[low - 1].line;
    return true;
}

/* Guest images name their sources relative to where they were built. */
static FILE *open_source(const char *name)
{
    FILE *file = fopen(name, "re");
    if (file == NULL && name[0] != '/') {
        char path[1024];
        while (strncmp(name, "./", 2) == 0 || strncmp(name, "../", 3) == 0) {
            name = strchr(name, '/') + 1;
        }
        snprintf(path, sizeof path, "%s/%s", EL2SIM_SOURCE_DIR, name);
        file = fopen(path, "re");
    }
    return file;
}

/* Cuts f->bytes into lines. */
static void cut(struct text_file *f)
{
    unsigned room = 0;
    for (char *p = f->bytes; p && *p;) {
        char *end = strchr(p, '\n');
        if (f->count == room) {
            room = room ? room * 2 : 256;
            char **more = realloc(f->lines, room * sizeof *more);
            if (more == NULL) {
                return;
            }
            f->lines = more;
        }
        f->lines[f->count++] = p + strspn(p, " \t");
        if (end) {
            *end = '\0';
        }
        p = end ? end + 1 : NULL;
    }
}

static struct text_file *read_file(struct source_lines *s, const char *name)
{
    struct text_file *f = calloc(1, sizeof *f);
    if (f == NULL) {
        return NULL;
    }
    f->name = name;
    f->next = s->files;
    s->files = f;
    FILE *file = open_source(name);
    size_t size = 0;
    if (file && getdelim(&f->bytes, &size, '\0', file) > 0) {
        cut(f);
    }
    if (file) {
        fclose(file);
    }
    return f;
}

const char *source_lines_text(struct source_lines *s, const char *name, unsigned line)
{
    struct text_file *f = s->files;
    while (f && strcmp(f->name, name) != 0) {
        f = f->next;
    }
    f = f ? f : read_file(s, name);
    return f && line >= 1 && line <= f->count ? f->lines[line - 1] : "";
}
