#include "sim/board/input_log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/parse.h"
#include "sim/image/loader_file.h"

#define HEADER     "el2sim-record 1"
#define FILE_LIMIT (UINT64_C(1) << 30)

static const char *const kind_names[INPUT_KIND_COUNT] = {"console", "net", "quit", "down"};

/* In place of a CPU's number. */
static const struct {
    const char *name;
    unsigned place;
} places[] = {{"idle", INPUT_IDLE}, {"link", INPUT_LINK}};

#define PLACES (sizeof places / sizeof places[0])

struct input_writer {
    FILE *file;
    char path[256];
    bool failed;
};

struct input_writer *input_writer_open(const char *path, const char *inputs, struct err *e)
{
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        err_set(e, "%s: cannot write the record: %s", path, strerror(errno));
        return NULL;
    }
    struct input_writer *w = calloc(1, sizeof *w);
    BUG_ON(w == NULL);
    w->file = file;
    snprintf(w->path, sizeof w->path, "%s", path);
    fprintf(file, HEADER "\ninputs %s\n", inputs);
    w->failed = fflush(file) != 0;
    return w;
}

void input_writer_add(struct input_writer *w, const struct input_entry *entry)
{
    fprintf(w->file, "%s ", kind_names[entry->kind]);
    if (entry->cpu < EL2SIM_MAX_CPUS) {
        fprintf(w->file, "%u", entry->cpu);
    } else {
        fputs(places[entry->cpu - EL2SIM_MAX_CPUS].name, w->file);
    }
    fprintf(w->file, " %" PRIu64 " %s", entry->at, entry->size_bytes ? "" : "-");
    for (size_t i = 0; i < entry->size_bytes; i++) {
        fprintf(w->file, "%02x", entry->bytes[i]);
    }
    fputc('\n', w->file);
    w->failed |= fflush(w->file) != 0; /* a run that dies leaves what it got */
}

bool input_writer_close(struct input_writer *w, const char *digest, struct err *e)
{
    if (w == NULL) {
        return true;
    }
    if (digest) {
        fprintf(w->file, "digest %s\n", digest);
    }
    bool ok = !ferror(w->file) && !w->failed;
    ok = fclose(w->file) == 0 && ok;
    if (!ok) {
        err_set(e, "%s: writing the record failed: it cannot be replayed", w->path);
    }
    free(w);
    return ok;
}

static bool is_hex(const char *text, size_t digits)
{
    return strlen(text) == digits && strspn(text, "0123456789abcdef") == digits;
}

static bool has_no_bytes(enum input_kind kind)
{
    return kind == INPUT_QUIT || kind == INPUT_DOWN;
}

/* Hex digits become bytes where they stand. */
static bool take_bytes(char *hex, struct input_entry *entry)
{
    size_t digits = strlen(hex);
    entry->bytes = (const uint8_t *)hex;
    entry->size_bytes = 0;
    if (strcmp(hex, "-") == 0) {
        return has_no_bytes(entry->kind);
    }
    if (digits % 2 != 0 || digits == 0 || digits / 2 > INPUT_BYTES_MAX || !is_hex(hex, digits)) {
        return false;
    }
    for (size_t i = 0; i < digits / 2; i++) {
        unsigned high = 0, low = 0;
        parse_hex_digit(hex[2 * i], &high);
        parse_hex_digit(hex[2 * i + 1], &low);
        ((uint8_t *)hex)[i] = (uint8_t)(high << 4 | low);
    }
    entry->size_bytes = digits / 2;
    return !has_no_bytes(entry->kind);
}

static bool take_number(const char *text, uint64_t highest, uint64_t *n)
{
    return parse_u64(text, 10, n, NULL) && *n <= highest;
}

static bool take_entry(char *const words[4], struct input_entry *entry)
{
    uint64_t cpu = 0;
    bool is_place = false;
    entry->kind = INPUT_KIND_COUNT;
    for (unsigned k = 0; k < INPUT_KIND_COUNT; k++) {
        if (strcmp(words[0], kind_names[k]) == 0) {
            entry->kind = (enum input_kind)k;
        }
    }
    for (size_t i = 0; i < PLACES; i++) {
        if (strcmp(words[1], places[i].name) == 0) {
            is_place = true;
            cpu = places[i].place;
        }
    }
    if (!is_place && !take_number(words[1], EL2SIM_MAX_CPUS - 1, &cpu)) {
        return false;
    }
    entry->cpu = (unsigned)cpu;
    return entry->kind != INPUT_KIND_COUNT && take_number(words[2], CYCLES_NEVER - 1, &entry->at) &&
           take_bytes(words[3], entry);
}

/* Splits a line at its blanks; how many words there are, 5 for too many. */
static unsigned split(char *line, char *words[4])
{
    unsigned count = 0;
    char *save = NULL;
    for (char *word = strtok_r(line, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
        if (count == 4) {
            return 5;
        }
        words[count++] = word;
    }
    return count;
}

static bool take_line(struct input_record *r, char *line, unsigned number, struct err *e)
{
    char *words[4] = {NULL};
    if (number == 1) {
        return strcmp(line, HEADER) == 0 ||
               err_set(e, "not a record of this version (its first line must be \"" HEADER "\")");
    }
    unsigned count = split(line, words);
    if (r->digest[0] != '\0') {
        return err_set(e, "line %u: something behind the digest", number);
    }
    if (number == 2) {
        if (count != 2 || strcmp(words[0], "inputs") != 0 || !is_hex(words[1], 64)) {
            return err_set(e, "line 2: \"inputs\" and a SHA-256 are expected");
        }
        strcpy(r->inputs, words[1]);
        return true;
    }
    if (count == 2 && strcmp(words[0], "digest") == 0 && is_hex(words[1], 32)) {
        strcpy(r->digest, words[1]);
        return true;
    }
    return (count == 4 && take_entry(words, &r->entries[r->count++])) ||
           err_set(e, "line %u: \"console|net|quit CPU STAMP BYTES\" is expected", number);
}

static bool take_lines(struct input_record *r, struct err *e)
{
    size_t lines = 0;
    char *text = (char *)r->file.data;
    for (const char *c = text; *c; c++) {
        lines += *c == '\n';
    }
    r->entries = calloc(lines + 1, sizeof *r->entries);
    BUG_ON(r->entries == NULL);
    unsigned number = 0;
    for (char *line = text; *line;) {
        char *end = strchr(line, '\n');
        number++;
        if (end == NULL) {
            return err_set(e, "line %u: cut off", number);
        }
        *end = '\0';
        if (!take_line(r, line, number, e)) {
            return false;
        }
        line = end + 1;
    }
    return r->inputs[0] != '\0' || err_set(e, "truncated: no \"inputs\" line");
}

bool input_record_read(struct input_record *r, const char *path, struct err *e)
{
    *r = (struct input_record){.entries = NULL};
    if (!file_read(path, "record", FILE_LIMIT, &r->file, e)) {
        return false;
    }
    bool whole = strlen((char *)r->file.data) == r->file.size;
    bool ok = (whole || err_set(e, "not a record: it has NULs")) && take_lines(r, e);
    if (!ok) {
        err_prefix(e, "%s: ", path);
        input_record_free(r);
    }
    return ok;
}

void input_record_free(struct input_record *r)
{
    free(r->entries);
    file_free(&r->file);
    *r = (struct input_record){.entries = NULL};
}
