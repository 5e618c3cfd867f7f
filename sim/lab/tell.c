#include "sim/lab/tell.h"

#include <stdlib.h>
#include <string.h>

#include "sim/lab/eval.h"
#include "sim/report/explain.h"
#include "sim/report/report.h"

#define COLUMNS 96
#define INDENT  13 /* of a hint's lines, behind "       hint: " */

void tell_console(void *console, const char *text, size_t length)
{
    struct tell_console *c = console;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\r') {
            continue;
        }
        if (!c->in_line) {
            fprintf(c->out, "  |    ");
        }
        fputc(text[i], c->out);
        c->in_line = text[i] != '\n';
    }
}

static void place(FILE *out, const struct lab_run *run, uint64_t at)
{
    uint64_t offset;
    const char *name = labels_name(&run->labels, at, &offset);
    fprintf(out, "0x%llx", (unsigned long long)at);
    if (name && offset < 0x1000) {
        fprintf(out, " (%s", name);
        fprintf(out, offset ? " + 0x%llx)" : ")", (unsigned long long)offset);
    }
}

/* The syndrome, without the fields that are 0. */
static void tell_esr(FILE *out, uint32_t esr)
{
    char *text = NULL, *save = NULL;
    size_t size = 0;
    FILE *all = open_memstream(&text, &size);
    BUG_ON(all == NULL);
    explain_esr(all, esr, INDENT);
    fclose(all);
    for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        if (strstr(line, " 0x0 ") == NULL) {
            fprintf(out, "%s\n", line);
        }
    }
    free(text);
}

static void tell_exception(FILE *out, const struct lab_run *run, const struct moment *m)
{
    static const char *const types[] = {"", "IRQ", "FIQ", "SError"};
    unsigned type = m->event.a & 3, to = m->event.a >> 4 & 3;
    fprintf(out, "exception from EL%u to EL%u at ", (unsigned)(m->event.a >> 8 & 3), to);
    place(out, run, m->pc);
    if (type != 0) {
        fprintf(out, ": %s\n", types[type]);
        return;
    }
    fprintf(out, ": %s, ESR_EL%u 0x%llx, FAR_EL%u 0x%llx\n",
            report_ec_name((unsigned)(m->event.b >> 26)), to, (unsigned long long)m->event.b, to,
            (unsigned long long)m->far);
    tell_esr(out, (uint32_t)m->event.b);
}

static const char *mode_name(uint64_t spsr)
{
    static const char *const names[] = {
        [0] = "EL0t", [4] = "EL1t", [5] = "EL1h", [8] = "EL2t", [9] = "EL2h"};
    uint64_t mode = spsr & 15;
    return mode < sizeof names / sizeof names[0] && names[mode] ? names[mode] : "no mode";
}

void tell_moment(FILE *out, const struct lab_run *run, size_t moment)
{
    const struct moment *m = &run->moments[moment];
    fprintf(out, "       seen: cycle %llu, ", (unsigned long long)(m->event.at / CYCLE));
    if (m->kind == EV_EXCEPTION) {
        tell_exception(out, run, m);
        return;
    }
    if (m->kind == EV_ERET) {
        fprintf(out, "ERET from EL%u to EL%u, SPSR.M 0x%llx (%s), to ",
                (unsigned)(m->event.a >> 8 & 3), (unsigned)(m->event.a & 3),
                (unsigned long long)(m->event.b & 31), mode_name(m->event.b));
    } else if (m->kind == EV_MMIO) {
        fprintf(out, "%u bytes %s device memory at 0x%llx", (unsigned)(m->event.a & 0xff),
                m->event.a & 0x100 ? "written to" : "read from", (unsigned long long)m->event.b);
    } else {
        fprintf(out, "%s at ", m->kind == EV_WAIT ? "a wait" : "an instruction");
    }
    if (m->kind != EV_MMIO) {
        place(out, run, m->pc);
    }
    fprintf(out, "\n");
}

void tell_end(FILE *out, const struct lab_run *run)
{
    size_t last = run->count;
    while (last > 0 && run->moments[last - 1].kind != EV_EXCEPTION) {
        last--;
    }
    if (last > 0) {
        tell_moment(out, run, last - 1);
        fprintf(out, "       (the last exception%s)\n", run->is_cut ? " that was kept" : "");
    }
    fprintf(out, "       end:  %s\n", run->result.text);
}

/* The value between braces, behind which *say is left. */
static void put_value(FILE *out, const struct lab_run *run, size_t moment, const char *inside)
{
    char text[200];
    const char *missing = NULL;
    struct watch_list watches = run->watches;
    struct err e = {0};
    snprintf(text, sizeof text, "%.*s", (int)strcspn(inside, ":}"), inside);
    const char *format = inside + strcspn(inside, ":}");
    struct expr *x = expr_parse(text, &watches, &e);
    uint64_t value = x && watches.count == run->watches.count ? eval(x, run, moment, &missing) : 0;
    expr_free(x);
    if (strncmp(format, ":d", 2) == 0) {
        fprintf(out, "%llu", (unsigned long long)value);
    } else if (strncmp(format, ":b", 2) == 0) {
        fprintf(out, "0b");
        for (long bit = strtol(format + 2, NULL, 10); bit-- > 0;) {
            fputc('0' + (int)(value >> bit & 1), out);
        }
    } else {
        fprintf(out, "0x%llx", (unsigned long long)value);
    }
}

static char *with_values(const struct lab_run *run, size_t moment, const char *say)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    BUG_ON(out == NULL);
    for (; *say; say++) {
        if (*say == '{' && strchr(say, '}')) {
            put_value(out, run, moment, say + 1);
            say = strchr(say, '}');
        } else {
            fputc(*say, out);
        }
    }
    fclose(out);
    return text;
}

void tell_hint(FILE *out, const struct lab_run *run, size_t moment, const char *say)
{
    char *text = with_values(run, moment, say), *save = NULL;
    int column = fprintf(out, "       hint:");
    for (char *w = strtok_r(text, " \n", &save); w; w = strtok_r(NULL, " \n", &save)) {
        if (column + 1 + (int)strlen(w) > COLUMNS) {
            column = fprintf(out, "\n%*s", INDENT - 1, "") - 1;
        }
        column += fprintf(out, " %s", w);
    }
    fprintf(out, "\n");
    free(text);
}
