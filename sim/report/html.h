/*
 * The HTML report: one file that needs nothing else, from the JSON that `compare --json` and
 * `run --json` write (html_template.h says how page and content are kept apart).
 */
#ifndef EL2SIM_REPORT_HTML_H
#define EL2SIM_REPORT_HTML_H

#include <jansson.h>
#include <stdio.h>

#include "sim/base/err.h"

#define HTML_SUBJECTS_MAX 32

/* What is put side by side: a design of a comparison, or a run. Values are of the JSON. */
struct html_subject {
    char label[96]; /* the design's name or the image's; with the profile where they are alike */
    const json_t *of, *profile;
    const char *file;
    bool is_run;
};

struct html_report {
    json_t *inputs[HTML_SUBJECTS_MAX]; /* owned */
    const char *files[HTML_SUBJECTS_MAX];
    size_t input_count;
    struct html_subject subjects[HTML_SUBJECTS_MAX];
    size_t subject_count;
};

/* Reads a file ("-" is stdin) and adds its designs or its run. False with *e if it is not JSON, cut
 * off, of another schema than tests/support/schema-compare.json and schema-run.json, or one too
 * many. */
bool html_report_add(struct html_report *r, const char *path, struct err *e);

/* Names that are alike get what tells them apart; behind the last html_report_add(). */
void html_report_label(struct html_report *r);

void html_report_print(FILE *out, const struct html_report *r);
void html_report_free(struct html_report *r);

#endif
