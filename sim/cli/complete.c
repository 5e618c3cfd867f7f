/* Words for shells: commands, options, and the names that an option or argument may have. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cpu-el/feature.h"
#include "cpu-el/sysreg.h"
#include "sim/catalog/data_files.h"
#include "sim/cli/describe.h"
#include "sim/cli/options.h"
#include "sim/lab/lab.h"

/* Where words go: those that begin as the user did. */
struct sink {
    FILE *out;
    const char *begun;
    size_t kept; /* of what was begun, what stays before each word: "kvm-split," */
};

static void word(const struct sink *s, const char *text)
{
    if (strncmp(text, s->begun + s->kept, strlen(s->begun + s->kept)) == 0) {
        fprintf(s->out, "%.*s%s\n", (int)s->kept, s->begun, text);
    }
}

static void data_names(const struct sink *s, const char *kind)
{
    unsigned count;
    char **names = data_file_list(kind, ".yaml", &count);
    for (unsigned i = 0; i < count; i++) {
        word(s, names[i]);
        free(names[i]);
    }
    free(names);
}

static void designs(const struct sink *s)
{
    data_names(s, "designs");
}

static void profiles(const struct sink *s)
{
    data_names(s, "profiles");
}

static void papers(const struct sink *s)
{
    data_names(s, "papers");
}

static void models(const struct sink *s)
{
    for (size_t i = 0; cpu_model_at(i); i++) {
        word(s, cpu_model_at(i)->name);
    }
}

static void features(const struct sink *s)
{
    char text[64];
    for (unsigned i = 0; i < 2 * FEATURE_COUNT; i++) {
        snprintf(text, sizeof text, "%s=%s", cpu_feature_info[i / 2].name, i % 2 ? "off" : "on");
        word(s, text);
    }
}

static void rows(const struct sink *s)
{
    char names[] = ROW_NAMES, *save = NULL; /* CMakeLists.txt has them from the workloads */
    for (char *name = strtok_r(names, ",", &save); name; name = strtok_r(NULL, ",", &save)) {
        word(s, name);
    }
}

static void levels(const struct sink *s)
{
    word(s, "block");
    word(s, "functional");
}

static void shortcuts(const struct sink *s)
{
    word(s, "all");
    for (unsigned i = 0; option_shortcut_name(i); i++) {
        word(s, option_shortcut_name(i));
    }
}

static void lab_numbers(const struct sink *s)
{
    struct err e = {0};
    unsigned count;
    char **names = lab_names(&count, &e);
    for (unsigned i = 0; i < count; i++) {
        names[i][strcspn(names[i], "-")] = '\0';
        word(s, names[i]);
        free(names[i]);
    }
    free(names);
}

static void lab_verbs(const struct sink *s)
{
    word(s, "start");
    word(s, "check");
    word(s, "solution");
}

static void explained(const struct sink *s)
{
    word(s, "esr");
    word(s, "reg");
    word(s, "walk");
    word(s, "pc");
}

/* In small letters, unless the word was begun in the manual's. */
static void registers(const struct sink *s)
{
    for (unsigned id = SR_NONE + 1; id < SR_COUNT; id++) {
        char name[64];
        snprintf(name, sizeof name, "%s", sysreg_name((enum sysreg_id)id));
        for (char *c = name; *c && !isupper((unsigned char)s->begun[0]); c++) {
            *c = (char)tolower((unsigned char)*c);
        }
        if (strchr(name, ' ') == NULL) { /* else an operation: "TLBI VMALLE1" */
            word(s, name);
        }
    }
}

static void accesses(const struct sink *s)
{
    word(s, "read");
    word(s, "write");
    word(s, "fetch");
}

static void files(const struct sink *s)
{
    fprintf(s->out, ":files\n");
}

struct values {
    const char *name;
    void (*words)(const struct sink *s);
    bool is_list; /* words with commas between them */
};

/* By the option's name, then by what stands for its value in --help. */
static const struct values of_option[] = {
    {"costs", profiles, false}, {"cpu", models, false},       {"design", designs, false},
    {"designs", designs, true}, {"feature", features, true},  {"engine-off", shortcuts, true},
    {"level", levels, false},   {"rows", rows, true},         {"why", rows, false},
    {"DIR", files, false},      {"PROFILE", profiles, false}, {"MODEL", models, false},
    {"DESIGN", designs, false},
};

/* By command, and which argument it is; ANY: each. after: what the first argument is; NULL:
 * whatever. */
#define ANY 99u
static const struct {
    const char *command;
    unsigned nth;
    void (*words)(const struct sink *s);
    const char *after;
} of_argument[] = {
    {"compare", ANY, designs, NULL},  {"designs", 0, designs, NULL},
    {"explain", 0, explained, NULL},  {"explain", 1, registers, "reg"},
    {"explain", 2, accesses, "walk"}, {"fit", 0, files, NULL},
    {"lab", 0, lab_numbers, NULL},    {"lab", 1, lab_verbs, NULL},
    {"lab", 2, files, NULL},          {"paper", 0, papers, NULL},
    {"profiles", 0, profiles, NULL},  {"report", ANY, files, NULL},
    {"sweep", 0, files, NULL},
};

/* "1|2": each of them, but what stands for something: "PORT". */
static void alternatives(struct sink *s, const char *arg)
{
    char copy[200], *save = NULL;
    snprintf(copy, sizeof copy, "%s", arg);
    for (char *w = strtok_r(copy, "|", &save); w; w = strtok_r(NULL, "|", &save)) {
        if (strpbrk(w, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == NULL) {
            word(s, w);
        }
    }
}

static void value(struct sink *s, const struct argp_option *o)
{
    for (int by_arg = 0; by_arg < 2; by_arg++) {
        for (size_t i = 0; i < sizeof of_option / sizeof of_option[0]; i++) {
            if (strcmp(of_option[i].name, by_arg ? o->arg : o->name) == 0) {
                const char *comma = of_option[i].is_list ? strrchr(s->begun, ',') : NULL;
                s->kept = comma ? (size_t)(comma - s->begun) + 1 : 0;
                of_option[i].words(s);
                return;
            }
        }
    }
    if (strncmp(o->arg, "FILE", 4) == 0) {
        files(s);
    } else if (strchr(o->arg, '|')) {
        alternatives(s, o->arg);
    }
}

/* Looks for the option that a word is: with dashes, as it was written. */
struct search {
    const char *word;
    const struct argp_option *found;
};

static void find(void *ctx, const struct argp_option *o)
{
    struct search *search = ctx;
    const char *name = search->word + strspn(search->word, "-");
    bool is_key = name[0] && name[1] == '\0' && o->key == name[0];
    if (strcmp(o->name, name) == 0 || is_key) {
        search->found = o;
    }
}

/* The option whose value the word behind this one is; NULL: it is none, or takes no value. */
static const struct argp_option *takes_value(const struct argp *argp, const char *word)
{
    struct search search = {.word = word};
    if (word[0] == '-') {
        describe_options(argp, find, &search);
    }
    return search.found && search.found->arg ? search.found : NULL;
}

/* Which argument the last word is, options and their values apart; *first is the first one, if
 * there is one before it. */
static unsigned argument_number(const struct argp *argp, int count, char *const *words,
                                const char **first)
{
    unsigned n = 0;
    *first = NULL;
    for (int i = 0; i < count - 1; i++) {
        if (takes_value(argp, words[i])) {
            i++;
        } else if (words[i][0] != '-') {
            *first = n++ ? *first : words[i];
        }
    }
    return n;
}

static void offer(void *ctx, const struct argp_option *o)
{
    char name[80];
    snprintf(name, sizeof name, "--%s", o->name);
    word(ctx, name);
}

void complete_command(FILE *out, const struct argp *argp, const char *command, int count,
                      char *const *words)
{
    struct sink s = {.out = out, .begun = words[count - 1]};
    const struct argp_option *option = count > 1 ? takes_value(argp, words[count - 2]) : NULL;
    const char *first;
    unsigned nth = argument_number(argp, count, words, &first);
    if (option) {
        value(&s, option);
        return;
    }
    if (s.begun[0] == '-') {
        describe_options(argp, offer, &s);
        word(&s, "--help");
        return;
    }
    for (size_t i = 0; i < sizeof of_argument / sizeof of_argument[0]; i++) {
        if (strcmp(of_argument[i].command, command) == 0 &&
            (of_argument[i].nth == ANY || of_argument[i].nth == nth) &&
            (of_argument[i].after == NULL || strcasecmp(of_argument[i].after, first) == 0)) {
            of_argument[i].words(&s);
            return;
        }
    }
}

/* The command itself has its table of options: it is asked as a user would. */
static void ask(const struct command *command, int count, char **words)
{
    char option[] = "--complete";
    char **argv = calloc((size_t)count + 2, sizeof *argv);
    BUG_ON(argv == NULL);
    argv[0] = words[0];
    argv[1] = option;
    memcpy(argv + 2, words + 1, (size_t)(count - 1) * sizeof *argv);
    command->run(count + 1, argv);
    free(argv);
}

void complete_program(int count, char **words)
{
    struct sink s = {.out = stdout, .begun = count ? words[count - 1] : ""};
    for (const struct command *c = commands; c->name; c++) {
        if (count > 1 && strcmp(c->name, words[0]) == 0) {
            ask(c, count, words);
        } else if (count <= 1) {
            word(&s, c->name);
        }
    }
    if (count <= 1) {
        word(&s, "--help");
        word(&s, "--version");
    }
}
