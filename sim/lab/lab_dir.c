/* Folders of a lab: the task, the starting point, the solution. */
#include "sim/lab/lab.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool copy_file(const char *from, const char *to, bool replace, struct err *e)
{
    char buffer[4096];
    FILE *in = fopen(from, "r"), *out = in ? fopen(to, replace ? "w" : "wx") : NULL;
    bool ok = in && out;
    for (size_t n; ok && (n = fread(buffer, 1, sizeof buffer, in)) != 0;) {
        ok = fwrite(buffer, 1, n, out) == n;
    }
    int error = errno;
    if (out) {
        ok = fclose(out) == 0 && ok;
    }
    if (in) {
        fclose(in);
    }
    if (ok) {
        return true;
    }
    if (error == EEXIST) {
        return err_set(e, "%s is there already: give another directory, or remove it", to);
    }
    return err_set(e, "%s: %s", in ? to : from, strerror(error));
}

/* All files of a folder but the goals, which are the checker's. */
static bool copy_folder(const char *from, const char *to, bool replace, struct err *e)
{
    DIR *dir = opendir(from);
    if (dir == NULL) {
        return err_set(e, "%s: %s", from, strerror(errno));
    }
    bool ok = mkdir(to, 0777) == 0 || errno == EEXIST || err_set(e, "%s: %s", to, strerror(errno));
    for (struct dirent *entry; ok && (entry = readdir(dir));) {
        char source[2 * DATA_PATH_MAX], target[2 * DATA_PATH_MAX];
        if (entry->d_name[0] == '.' || strcmp(entry->d_name, "lab.yaml") == 0) {
            continue;
        }
        snprintf(source, sizeof source, "%s/%s", from, entry->d_name);
        snprintf(target, sizeof target, "%s/%s", to, entry->d_name);
        ok = copy_file(source, target, replace, e);
    }
    closedir(dir);
    return ok;
}

bool lab_start(const struct lab *lab, const char *dir, struct err *e)
{
    return copy_folder(lab->dir, dir, false, e);
}

bool lab_solution(const struct lab *lab, const char *dir, struct err *e)
{
    char from[2 * DATA_PATH_MAX];
    snprintf(from, sizeof from, "%s/solutions/%s", lab->root, lab->name);
    return copy_folder(from, dir, true, e);
}

bool lab_print_task(const struct lab *lab, FILE *out, struct err *e)
{
    char path[2 * DATA_PATH_MAX], buffer[4096];
    snprintf(path, sizeof path, "%s/README.md", lab->dir);
    FILE *in = fopen(path, "r");
    if (in == NULL) {
        return err_set(e, "%s: %s", path, strerror(errno));
    }
    for (size_t n; (n = fread(buffer, 1, sizeof buffer, in)) != 0;) {
        fwrite(buffer, 1, n, out);
    }
    fclose(in);
    return true;
}
