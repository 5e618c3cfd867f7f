/* Results of several files, put side by side. */
#include <errno.h>
#include <string.h>

#include "sim/base/types.h"
#include "sim/report/html.h"
#include "sim/report/html_parts.h"
#include "sim/report/html_shape.h"

static json_t *load(const char *path, struct err *e)
{
    json_error_t why;
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    if (file == NULL) {
        err_set(e, "%s: cannot read: %s", path, strerror(errno));
        return NULL;
    }
    json_t *root = json_loadf(file, JSON_REJECT_DUPLICATES, &why);
    bool failed = ferror(file) != 0;
    if (file != stdin) {
        fclose(file);
    }
    if (root == NULL && failed) {
        err_set(e, "%s: cannot read: it is no file of JSON", path);
    } else if (root == NULL) {
        err_set(e, "%s: line %d: no JSON of a result, or cut off: %s", path, why.line, why.text);
    }
    return root;
}

static bool add_subject(struct html_report *r, const struct html_subject *subject, const char *name,
                        struct err *e)
{
    if (r->subject_count == HTML_SUBJECTS_MAX) {
        return err_set(e, "%s: more than %d designs and runs in a report", subject->file,
                       HTML_SUBJECTS_MAX);
    }
    struct html_subject *s = &r->subjects[r->subject_count++];
    *s = *subject;
    snprintf(s->label, sizeof s->label, "%.60s", name);
    return true;
}

/* A run has no name: its first image has. */
static bool add_run(struct html_report *r, struct html_subject *subject, struct err *e)
{
    const json_t *images = json_object_get(subject->of, "images");
    const char *file = html_text(json_array_get(images, 0), "file");
    const char *dot = strrchr(file, '.');
    char name[64];
    snprintf(name, sizeof name, "%.*s", dot ? (int)(dot - file) : 60, file);
    subject->is_run = true;
    return add_subject(r, subject, name, e);
}

bool html_report_add(struct html_report *r, const char *path, struct err *e)
{
    if (r->input_count == HTML_SUBJECTS_MAX) {
        return err_set(e, "%s: more than %d files", path, HTML_SUBJECTS_MAX);
    }
    json_t *root = load(path, e);
    if (root == NULL) {
        return false;
    }
    r->files[r->input_count] = path;
    r->inputs[r->input_count++] = root;
    if (!html_shape_check(root, e)) {
        return err_prefix(e, "%s: ", path);
    }
    struct html_subject subject = {
        .of = root, .profile = json_object_get(root, "profile"), .file = path};
    const json_t *designs = json_object_get(root, "designs");
    if (designs == NULL) {
        return add_run(r, &subject, e);
    }
    bool ok = json_array_size(designs) != 0 || err_set(e, "%s: no designs in it", path);
    for (size_t i = 0; ok && i < json_array_size(designs); i++) {
        subject.of = json_array_get(designs, i);
        ok = add_subject(r, &subject, html_text(subject.of, "name"), e);
    }
    return ok;
}

/* Whether another subject has that label; by_profile: and other prices. */
static bool is_alike(const struct html_report *r, size_t subject, bool by_profile)
{
    const struct html_subject *s = &r->subjects[subject];
    for (size_t i = 0; i < r->subject_count; i++) {
        const struct html_subject *other = &r->subjects[i];
        bool is_other = !by_profile || strcmp(html_text(other->profile, "name"),
                                              html_text(s->profile, "name")) != 0;
        if (i != subject && is_other && strcmp(other->label, s->label) == 0) {
            return true;
        }
    }
    return false;
}

/* Adds the profile to labels that are alike (`by_profile`), or their place in the report. */
static void tell_apart(struct html_report *r, bool by_profile)
{
    bool alike[HTML_SUBJECTS_MAX];
    for (size_t i = 0; i < r->subject_count; i++) {
        alike[i] = is_alike(r, i, by_profile);
    }
    for (size_t i = 0; i < r->subject_count; i++) {
        struct html_subject *s = &r->subjects[i];
        char name[sizeof s->label];
        memcpy(name, s->label, sizeof name);
        if (alike[i] && by_profile) {
            snprintf(s->label, sizeof s->label, "%.60s, %.30s", name,
                     html_text(s->profile, "name"));
        } else if (alike[i]) {
            snprintf(s->label, sizeof s->label, "%.85s (%zu)", name, i + 1);
        }
    }
}

void html_report_label(struct html_report *r)
{
    tell_apart(r, true);
    tell_apart(r, false);
}

void html_report_free(struct html_report *r)
{
    for (size_t i = 0; i < r->input_count; i++) {
        json_decref(r->inputs[i]);
    }
    r->input_count = r->subject_count = 0;
}
