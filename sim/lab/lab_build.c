/* From the student's files and those of labs/lib to an ELF image. */
#include "sim/lab/lab.h"

#include <dirent.h>
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define COMPILER "aarch64-linux-gnu-gcc"

static const char *const flags[] = {
    "-std=gnu11",
    "-O1",
    "-g",
    "-ffreestanding",
    "-fno-builtin",
    "-fno-pic",
    "-fno-pie",
    "-fno-stack-protector",
    "-fno-asynchronous-unwind-tables",
    "-mgeneral-regs-only",
    "-mno-outline-atomics",
    "-mstrict-align",
    "-march=armv8-a",
    "-Wall",
    "-nostdlib",
    "-static",
    "-no-pie",
    "-Wl,--build-id=none",
    "-Wl,-z,max-page-size=4096",
    "-Wl,--no-warn-rwx-segments",
};

/* A command line, as exec takes it. */
struct command {
    char *words[64];
    unsigned count;
};

static void word(struct command *c, const char *before, const char *text)
{
    char *all = malloc(strlen(before) + strlen(text) + 1);
    BUG_ON(all == NULL || c->count + 1 == sizeof c->words / sizeof c->words[0]);
    strcpy(all, before);
    strcat(all, text);
    c->words[c->count++] = all;
}

static bool is_source(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && name[0] != '.' &&
           (strcmp(dot, ".c") == 0 || strcmp(dot, ".S") == 0 || strcmp(dot, ".s") == 0);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The student's own files, in order: the same image each time. */
static bool add_sources(struct command *c, const char *dir, struct err *e)
{
    DIR *d = opendir(dir);
    unsigned first = c->count;
    if (d == NULL) {
        return err_set(e, "%s: %s; `el2sim lab N start DIR` makes one", dir, strerror(errno));
    }
    for (struct dirent *entry; (entry = readdir(d));) {
        char path[2 * DATA_PATH_MAX];
        if (is_source(entry->d_name) && c->count - first < 16) {
            snprintf(path, sizeof path, "%s/%s", dir, entry->d_name);
            word(c, "", path);
        }
    }
    closedir(d);
    qsort(c->words + first, c->count - first, sizeof *c->words, by_name);
    return c->count > first || err_set(e,
                                       "%s: no .S or .c file in it; `el2sim lab N start DIR` "
                                       "puts the starting point there",
                                       dir);
}

static bool spawn(struct command *c, struct err *e)
{
    extern char **environ;
    pid_t child;
    int status = 0;
    int error = posix_spawnp(&child, COMPILER, NULL, NULL, c->words, environ);
    if (error == ENOENT) {
        return err_set(e, COMPILER " is not installed: on Debian, `apt install "
                                   "gcc-aarch64-linux-gnu`");
    }
    if (error != 0) {
        return err_set(e, COMPILER ": %s", strerror(error));
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool lab_build(const struct lab *lab, const char *dir, char elf[DATA_PATH_MAX], struct err *e)
{
    struct command c = {.count = 0};
    char lib[2 * DATA_PATH_MAX], file[3 * DATA_PATH_MAX];
    snprintf(lib, sizeof lib, "%s/lib", lab->root);
    word(&c, "", COMPILER);
    for (unsigned i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        word(&c, "", flags[i]);
    }
    word(&c, "-I", lib);
    snprintf(file, sizeof file, "%s/lab.ld", lib);
    word(&c, "-Wl,-T,", file);
    for (unsigned i = 0; i < lab->lib_count; i++) {
        snprintf(file, sizeof file, "%s/%s", lib, lab->lib[i]);
        word(&c, "", file);
    }
    bool ok = snprintf(elf, DATA_PATH_MAX, "%s/lab.elf", dir) < DATA_PATH_MAX ||
              err_set(e, "%s: too long a path", dir);
    ok = ok && add_sources(&c, dir, e);
    word(&c, "", "-o");
    word(&c, "", elf);
    ok = ok && spawn(&c, e);
    for (unsigned i = 0; i < c.count; i++) {
        free(c.words[i]);
    }
    return ok;
}
