#include "sim/study/design_start.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/board/host_input.h"

#define LINE_MAX_BYTES 4200

static void write_options(const struct design_start *s, char *to, size_t room)
{
    char ops[32] = "";
    if (s->ops) {
        snprintf(ops, sizeof ops, "%sn=%u", s->rows ? " " : "", s->ops);
    }
    snprintf(to, room, "%s%s%s", s->rows ? "rows=" : "", s->rows ? s->rows : "", ops);
}

/* Whether rows and ops are typed; with a command line of the user's own, nothing is. */
static bool is_asked(const struct design_start *s, const struct design *design)
{
    return design->asks != NULL && s->append == NULL;
}

static const char *command_line(const struct design_start *s, const struct design *design,
                                char buffer[LINE_MAX_BYTES])
{
    char options[LINE_MAX_BYTES / 2];
    const char *own = design->append ? design->append : "";
    if (s->append) {
        return s->append;
    }
    write_options(s, options, sizeof options);
    bool add = !is_asked(s, design) && options[0] != '\0';
    snprintf(buffer, LINE_MAX_BYTES, "%s%s%s", own, add ? " " : "", add ? options : "");
    return buffer;
}

/* Types the options where the guest asks for them. */
static bool type_options(const struct design_start *s, const struct design *design,
                         struct machine *m, struct err *e)
{
    char options[LINE_MAX_BYTES / 2];
    write_options(s, options, sizeof options);
    if (s->rows && strpbrk(s->rows, "\\\n\r \t") != NULL) {
        return err_set(e, "--rows %s: names separated by commas are expected", s->rows);
    }
    char script[LINE_MAX_BYTES];
    snprintf(script, sizeof script, "expect %s\nsend %s\\n\n", design->asks, options);
    struct host_input_config input = {.script_text = script};
    return machine_take_input(m, &input, e);
}

/* Where the design's snapshot is or will be. */
static bool find_snapshot(struct design_start *s, const struct design *design,
                          const struct profile *profile, const struct machine_config *config,
                          const char *append, struct err *e)
{
    char key[IMAGE_HASH_TEXT];
    if (mkdir(s->snapshots, 0777) != 0 && errno != EEXIST) {
        return err_set(e, "--snapshots %s: %s", s->snapshots, strerror(errno));
    }
    if (!design_key(design, s->boot_prices ? s->boot_prices : profile, config, append, key, e)) {
        return false;
    }
    snprintf(s->path, sizeof s->path, "%s/%s-%.16s.snap", s->snapshots, design->name, key);
    return true;
}

static bool boot(struct design_start *s, const struct design *design, const char *append,
                 struct machine *m, struct err *e)
{
    if (!design_boot(design, append, m, e)) {
        return false;
    }
    if (s->path[0] != '\0') {
        s->plan = (struct snapshot_plan){.path = s->path,
                                         .cpu = design->cpu,
                                         .features = design->features,
                                         .profile = design->profile};
        if (!snapshot_parse_when(design->snapshot, &s->plan, e)) {
            return err_prefix(e, "design %s: ", design->path);
        }
        machine_plan_snapshot(m, &s->plan);
    }
    return true;
}

static bool restore(const struct design_start *s, const struct machine_config *config,
                    struct machine *m, struct err *e)
{
    struct snapshot *from = snapshot_open(s->path, e);
    bool done = from && snapshot_fits(from, config, e) && snapshot_restore(from, m, e);
    snapshot_close(from);
    return done || err_prefix(e, "a kept snapshot cannot be used; remove it: ");
}

bool design_prepare(struct design_start *s, const struct design *design,
                    const struct machine_config *config, struct err *e)
{
    char buffer[LINE_MAX_BYTES];
    struct machine_config booting = *config;
    struct machine_result result;
    const char *append = command_line(s, design, buffer);
    s->path[0] = '\0';
    if (s->snapshots == NULL || s->boot_prices == NULL || !is_asked(s, design) ||
        design->snapshot == NULL) {
        return true;
    }
    if (!find_snapshot(s, design, s->boot_prices, config, append, e)) {
        return false;
    }
    if (access(s->path, R_OK) == 0) {
        return true;
    }
    profile_configure(s->boot_prices, &booting);
    struct machine *m = machine_create(&booting, e);
    bool ok = m != NULL && boot(s, design, append, m, e);
    if (ok) {
        s->plan.ends_run = true;
        s->plan.profile = s->boot_prices->path;
        machine_run(m, &result);
        ok = machine_snapshot_end(m, e) == SNAPSHOT_TAKEN;
    }
    if (m) {
        machine_destroy(m);
    }
    return ok || err_prefix(e, "design %s: ", design->path);
}

bool design_start(struct design_start *s, const struct design *design,
                  const struct profile *profile, const struct machine_config *config,
                  struct machine *m, struct err *e)
{
    char buffer[LINE_MAX_BYTES];
    const char *append = command_line(s, design, buffer);
    s->is_asked = is_asked(s, design);
    s->path[0] = '\0';
    if (s->snapshots && s->is_asked && design->snapshot &&
        !find_snapshot(s, design, profile, config, append, e)) {
        return false;
    }
    bool kept = s->path[0] != '\0' && access(s->path, R_OK) == 0;
    return (kept ? restore(s, config, m, e) : boot(s, design, append, m, e)) &&
           (!s->is_asked || type_options(s, design, m, e));
}

struct machine *design_machine(struct design_start *s, const struct design *design,
                               const struct profile *profile, struct machine_config *config,
                               struct err *e)
{
    struct machine *m =
        design_configure(design, profile, config, e) ? machine_create(config, e) : NULL;
    if (m && !design_start(s, design, profile, config, m, e)) {
        machine_destroy(m);
        m = NULL;
    }
    return m;
}

bool design_end(struct design_start *s, struct machine *m, const struct machine_result *result,
                struct err *e)
{
    bool done = !s->is_asked || machine_end_input(m, result, e);
    if (done && s->path[0] != '\0') {
        enum snapshot_end end = machine_snapshot_end(m, e);
        done = end == SNAPSHOT_TAKEN || end == SNAPSHOT_NOT_ASKED;
    }
    return done;
}
