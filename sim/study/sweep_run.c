/* Runs the points of a sweep in processes of their own, several at once. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/catalog/data_files.h"
#include "sim/study/sweep.h"

#define PROCESSES_MAX 256

struct worker {
    pid_t pid; /* 0: free */
    unsigned point;
    int said; /* what went wrong: a pipe */
};

enum state { PENDING, RUNNING, DONE };

struct schedule {
    struct sweep_job *job;
    struct worker workers[PROCESSES_MAX];
    unsigned running, done;
    unsigned char *states;           /* enum state, by point */
    char (*starts)[IMAGE_HASH_TEXT]; /* by point: the snapshot that it wants */
};

/* The child's whole life. */
static _Noreturn void work(const struct sweep_job *job, unsigned number, int said)
{
    static struct sweep_point point;
    struct err e = {.text = ""};
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a sweep that is killed ends at once */
    bool ok = sweep_point_make(job->file, number, &point, &e);
    json_t *result = ok ? sweep_point_run(job->file, &point, job->snapshots, &e) : NULL;
    ok = result && sweep_point_write(job->dir, number, result, &e);
    if (!ok && write(said, e.text, strlen(e.text)) < 0) {
        _exit(EXIT_FAILURE);
    }
    _exit(ok ? EXIT_SUCCESS : EXIT_FAILURE);
}

static bool start_worker(struct schedule *s, unsigned number, struct err *e)
{
    int ends[2];
    if (pipe(ends) != 0) {
        return err_set(e, "sweep: no pipe: %s", strerror(errno));
    }
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0) {
        close(ends[0]);
        close(ends[1]);
        return err_set(e, "sweep: no process: %s", strerror(errno));
    }
    if (pid == 0) {
        close(ends[0]);
        work(s->job, number, ends[1]);
    }
    close(ends[1]);
    for (unsigned i = 0; i < s->job->processes; i++) {
        if (s->workers[i].pid == 0) {
            s->workers[i] = (struct worker){.pid = pid, .point = number, .said = ends[0]};
            break;
        }
    }
    s->states[number] = RUNNING;
    s->running++;
    return true;
}

static void say_failure(const struct schedule *s, const struct worker *w, int status)
{
    char text[sizeof(struct err)] = "", label[SWEEP_LABEL_MAX];
    ssize_t length = read(w->said, text, sizeof text - 1);
    text[length > 0 ? length : 0] = '\0';
    if (text[0] == '\0') {
        snprintf(text, sizeof text, "its process ended by signal %d",
                 WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    }
    sweep_label(s->job->file, w->point, label);
    fprintf(stderr, "el2sim: point %u (%s): %s\n", w->point, label, text);
}

static bool await_worker(struct schedule *s, struct err *e)
{
    int status;
    pid_t pid = waitpid(-1, &status, 0);
    if (pid < 0) {
        return errno == EINTR || err_set(e, "sweep: waiting failed: %s", strerror(errno));
    }
    for (unsigned i = 0; i < s->job->processes; i++) {
        struct worker *w = &s->workers[i];
        if (w->pid != pid) {
            continue;
        }
        bool ok = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
        s->job->run += ok;
        if (!ok) {
            s->job->failed++;
            say_failure(s, w, status);
        }
        close(w->said);
        w->pid = 0;
        s->states[w->point] = DONE;
        s->running--;
        s->done++;
    }
    return true;
}

/* Whether another point makes the snapshot that this one wants: it is then better to wait. */
static bool has_to_wait(const struct schedule *s, unsigned number)
{
    for (unsigned i = 0; s->starts[number][0] && i < s->job->processes; i++) {
        const struct worker *w = &s->workers[i];
        if (w->pid != 0 && strcmp(s->starts[w->point], s->starts[number]) == 0) {
            for (unsigned p = 0; p < s->job->file->point_count; p++) { /* it is there already */
                if (s->states[p] == DONE && strcmp(s->starts[p], s->starts[number]) == 0) {
                    return false;
                }
            }
            return true;
        }
    }
    return false;
}

/* The first point that can start; point_count: none. */
static unsigned next_point(const struct schedule *s)
{
    for (unsigned i = 0; i < s->job->file->point_count; i++) {
        if (s->states[i] == PENDING && !has_to_wait(s, i)) {
            return i;
        }
    }
    return s->job->file->point_count;
}

/* Which points are finished, and what the others start from. */
static void look(struct schedule *s)
{
    static struct sweep_point point;
    for (unsigned i = 0; i < s->job->file->point_count; i++) {
        struct err e = {.text = ""};
        if (!sweep_point_make(s->job->file, i, &point, &e)) {
            continue; /* its worker will say why */
        }
        memcpy(s->starts[i], point.start, sizeof s->starts[i]);
        json_t *kept = sweep_point_read(s->job->dir, &point);
        if (kept) {
            s->states[i] = DONE;
            s->done++;
            s->job->kept++;
            json_decref(kept);
        }
    }
}

static bool make_directory(const char *path, struct err *e)
{
    return mkdir(path, 0777) == 0 || errno == EEXIST || err_set(e, "%s: %s", path, strerror(errno));
}

static bool run_all(struct schedule *s, struct err *e)
{
    struct sweep_job *job = s->job;
    bool ok = true;
    while (ok && s->done < job->file->point_count) {
        unsigned next = s->running < job->processes ? next_point(s) : job->file->point_count;
        if (next < job->file->point_count) {
            ok = start_worker(s, next, e);
        } else {
            ok = await_worker(s, e);
        }
        if (job->progress) {
            job->progress(job->progress_ctx, s->done, job->file->point_count);
        }
    }
    struct err ignored = {.text = ""};
    while (s->running != 0 && await_worker(s, &ignored)) {
    }
    return ok;
}

bool sweep_make_directories(const char *dir, struct err *e)
{
    char points[DATA_PATH_MAX];
    snprintf(points, sizeof points, "%s/points", dir);
    return make_directory(dir, e) && make_directory(points, e);
}

bool sweep_run(struct sweep_job *job, struct err *e)
{
    if (!sweep_make_directories(job->dir, e)) {
        return false;
    }
    struct schedule *s = calloc(1, sizeof *s);
    BUG_ON(s == NULL);
    s->job = job;
    s->states = calloc(job->file->point_count, sizeof *s->states);
    s->starts = calloc(job->file->point_count, sizeof *s->starts);
    BUG_ON(s->states == NULL || s->starts == NULL);
    look(s);
    bool ok = run_all(s, e);
    free(s->states);
    free(s->starts);
    free(s);
    return ok;
}

json_t *sweep_collect(const struct sweep_file *file, const char *dir)
{
    static struct sweep_point point;
    json_t *points = json_array();
    for (unsigned i = 0; i < file->point_count; i++) {
        struct err e = {.text = ""};
        json_t *one = sweep_point_make(file, i, &point, &e) ? sweep_point_read(dir, &point) : NULL;
        if (one) {
            json_array_append_new(points, one);
        }
    }
    return points;
}
