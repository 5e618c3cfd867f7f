/* Manual pages in mdoc(7), from the tables of options and the words of --help. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli/describe.h"

#define DATE "November 29, 2026" /* of this version */

/* Text as roff reads it: no request begins in it, no backslash does anything. */
static void text(FILE *out, const char *s, size_t length)
{
    bool at_start = true;
    for (size_t i = 0; i < length; i++) {
        if (at_start && (s[i] == '.' || s[i] == '\'')) {
            fputs("\\&", out);
        }
        if (s[i] == '\\') {
            fputs("\\e", out);
        } else {
            fputc(s[i], out);
        }
        at_start = s[i] == '\n';
    }
}

static void line(FILE *out, const char *s)
{
    text(out, s, strlen(s));
    fputc('\n', out);
}

static void header(FILE *out, const char *name, const char *what)
{
    char title[80] = "";
    for (size_t i = 0; name[i] && i + 1 < sizeof title; i++) {
        title[i] = (char)toupper((unsigned char)name[i]);
    }
    fprintf(out, ".\\\" made by el2sim itself (sim/cli/man_page.c) from what --help says\n");
    fprintf(out, ".Dd " DATE "\n.Dt %s 1\n.Os el2sim " EL2SIM_VERSION "\n", title);
    fprintf(out, ".Sh NAME\n.Nm %s\n.Nd %s\n", name, what);
}

static void option(void *ctx, const struct argp_option *o)
{
    FILE *out = ctx;
    fprintf(out, ".It ");
    if (o->key > 0 && o->key < 256 && isprint(o->key)) {
        fprintf(out, "Fl %c , ", o->key);
    }
    fprintf(out, "Fl -%s", o->name);
    if (o->arg) {
        fprintf(out, " Ns = Ns Ar \"");
        text(out, o->arg, strlen(o->arg));
        fprintf(out, "\"");
    }
    fprintf(out, "\n");
    line(out, o->doc ? o->doc : "");
}

/* A line for each way to write the arguments: "A\nB". */
static void synopsis(FILE *out, const char *command, const char *arguments)
{
    fprintf(out, ".Sh SYNOPSIS\n");
    while (true) {
        size_t length = arguments ? strcspn(arguments, "\n") : 0;
        fprintf(out, ".Nm el2sim %s\n.Op Ar OPTION ...\n", command);
        if (length) {
            fprintf(out, ".Ar \"");
            text(out, arguments, length);
            fprintf(out, "\"\n");
        }
        if (arguments == NULL || arguments[length] == '\0') {
            return;
        }
        arguments += length + 1;
        fprintf(out, ".br\n");
    }
}

/* Paragraphs, which an empty line ends; lines that begin with blanks stay as they are. */
static void paragraphs(FILE *out, const char *s, size_t length)
{
    const char *end = s + length;
    while (s < end) {
        const char *newline = memchr(s, '\n', (size_t)(end - s));
        size_t n = newline ? (size_t)(newline - s) : (size_t)(end - s);
        if (n == 0) {
            fprintf(out, ".Pp\n");
        } else if (s[0] == ' ') {
            size_t blanks = strspn(s, " ");
            fprintf(out, ".Dl \"");
            for (size_t i = blanks; i < n; i++) {
                fprintf(out, s[i] == '"' ? "\"\"" : s[i] == '\\' ? "\\e" : "%c", s[i]);
            }
            fprintf(out, "\"\n");
        } else {
            text(out, s, n);
            fprintf(out, "\n");
        }
        s += n + 1;
    }
}

/* What is said before the options, behind them, and the examples that end it. */
static void words(FILE *out, const struct argp *argp)
{
    const char *doc = argp->doc ? argp->doc : "", *after = strchr(doc, '\v');
    const char *examples = after ? strstr(after, "Examples:\n") : NULL;
    fprintf(out, ".Sh DESCRIPTION\n");
    paragraphs(out, doc, after ? (size_t)(after - doc) : strlen(doc));
    if (after) {
        size_t length = examples ? (size_t)(examples - after - 1) : strlen(after + 1);
        while (length && after[length] == '\n') {
            length--;
        }
        fprintf(out, ".Pp\n");
        paragraphs(out, after + 1, length);
    }
    fprintf(out, ".Sh OPTIONS\n.Bl -tag -width Ds\n");
    describe_options(argp, option, out);
    fprintf(out, ".It Fl -help\nthe options, in short\n.El\n");
    if (examples) {
        examples += strlen("Examples:\n");
        fprintf(out, ".Sh EXAMPLES\n");
        paragraphs(out, examples, strlen(examples));
    }
}

static void ending(FILE *out, const char *self)
{
    const char *separator = "";
    fprintf(out,
            ".Sh ENVIRONMENT\n.Bl -tag -width Ds\n"
            ".It Ev EL2SIM_DATA\nwhere profiles, designs, papers, guest images and labs are, in "
            "place of those that were installed\n"
            ".It Ev EL2SIM_REAL\nwhere the software is that scripts/real-software.sh fetches\n"
            ".El\n.Sh EXIT STATUS\n"
            "0: done; 1: the run was cut short, or a check failed; 2: bad usage or files, which "
            "one line on stderr names. What a command says beyond that is above.\n"
            ".Sh SEE ALSO\n");
    for (const struct command *c = commands; c->name; c++) {
        if (strcmp(c->name, self) != 0) {
            fprintf(out, "%s.Xr el2sim-%s 1", separator, c->name);
            separator = " ,\n";
        }
    }
    if (self[0] != '\0') {
        fprintf(out, " ,\n.Xr el2sim 1");
    }
    fprintf(out, "\n");
}

void man_command(FILE *out, const struct argp *argp, const struct command *command)
{
    char name[80];
    snprintf(name, sizeof name, "el2sim-%s", command->name);
    header(out, name, command->what);
    synopsis(out, command->name, argp->args_doc);
    words(out, argp);
    ending(out, command->name);
}

void man_program(FILE *out)
{
    header(out, "el2sim", "a cycle-approximate ARMv8-A machine for hypervisor code");
    fprintf(out,
            ".Sh SYNOPSIS\n.Nm el2sim\n.Ar COMMAND\n.Op Ar OPTION ...\n.Sh DESCRIPTION\n"
            "Boots unmodified A64 system software on a model of QEMU's virt board, and books "
            "every cycle on a cost class, a function and an exception level. Hardware, "
            "hypervisor and price list are three independent choices; the same inputs give the "
            "same bytes on any host. Cycle-approximate: prices per kind of event, no pipeline.\n"
            ".Pp\nThe commands, each with a page of its own:\n.Bl -tag -width Ds\n");
    for (const struct command *c = commands; c->name; c++) {
        fprintf(out, ".It Cm %s\n", c->name);
        line(out, c->what);
    }
    fprintf(out,
            ".El\n.Pp\nOptions may be written with = or with a blank, and shortened as long as "
            "they are clear.\n.Sh OPTIONS\n.Bl -tag -width Ds\n.It Fl -help\nthe commands\n"
            ".It Fl -version\nthe version\n.El\n.Sh EXAMPLES\n"
            ".Dl \"el2sim compare kvm-split kvm-vhe --rows hypercall\"\n"
            ".Dl \"el2sim explain \"\"msr ttbr0_el1, x0\"\" --set hcr_el2.tvm=1\"\n"
            ".Dl \"el2sim lab 1\"\n");
    ending(out, "");
}
