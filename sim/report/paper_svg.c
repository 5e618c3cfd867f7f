/*
 * The figure: for each table a group of bars a row, published beside predicted. Plain SVG with its
 * styles inside, so that it opens anywhere and follows a dark page.
 */
#include <string.h>

#include "sim/report/paper_report.h"

#define WIDTH        760
#define LABEL_WIDTH  250
#define BARS_WIDTH   360
#define BAR_HEIGHT   9
#define LINE_HEIGHT  26
#define TITLE_HEIGHT 34

static void print_text(FILE *out, const char *text)
{
    for (; *text; text++) {
        const char *entity = *text == '&' ? "&amp;" : *text == '<' ? "&lt;" : NULL;
        if (entity) {
            fputs(entity, out);
        } else {
            fputc(*text, out);
        }
    }
}

static double largest(const struct paper_report *p, const struct paper_table *t)
{
    double most = 0;
    for (unsigned r = 0; r < t->rows_count; r++) {
        for (unsigned s = 0; s < p->paper->systems_count; s++) {
            const struct paper_value *v = paper_cell_value(p, &t->rows[r], s);
            struct paper_cell cell = paper_cell(p, t, &t->rows[r], s);
            most = v && v->published > most ? v->published : most;
            most = cell.is_predicted && cell.predicted > most ? cell.predicted : most;
        }
    }
    return most > 0 ? most : 1;
}

static unsigned line_count(const struct paper_report *p, const struct paper_table *t)
{
    unsigned lines = 0;
    for (unsigned r = 0; r < t->rows_count; r++) {
        for (unsigned s = 0; s < p->paper->systems_count; s++) {
            lines += paper_cell_value(p, &t->rows[r], s) != NULL;
        }
    }
    return lines;
}

static void print_bar(FILE *out, const char *class, unsigned y, double length)
{
    fprintf(out, "<rect class=\"%s\" x=\"%d\" y=\"%u\" width=\"%.1f\" height=\"%d\"/>\n", class,
            LABEL_WIDTH, y, length > 0.5 ? length : 0.5, BAR_HEIGHT);
}

static void print_line(FILE *out, const struct paper_report *p, const struct paper_table *t,
                       const struct paper_row *r, unsigned s, unsigned y)
{
    double scale = BARS_WIDTH / largest(p, t);
    const struct paper_value *v = paper_cell_value(p, r, s);
    struct paper_cell cell = paper_cell(p, t, r, s);
    int digits = t->unit == PAPER_CYCLES ? 0 : 2;
    fprintf(out, "<text x=\"%d\" y=\"%u\" text-anchor=\"end\">", LABEL_WIDTH - 8, y + 13);
    print_text(out, r->title);
    fprintf(out, ", ");
    print_text(out, p->paper->systems[s].title);
    fprintf(out, "</text>\n");
    print_bar(out, v->status == PAPER_READ ? "published" : "published recalled", y,
              v->published * scale);
    if (cell.is_predicted) {
        print_bar(out, v->calibration ? "predicted calibration" : "predicted", y + BAR_HEIGHT + 1,
                  cell.predicted * scale);
        fprintf(out, "<text x=\"%d\" y=\"%u\">%.*f / %.*f (%+.0f %%)</text>\n",
                LABEL_WIDTH + BARS_WIDTH + 8, y + 13, digits, v->published, digits, cell.predicted,
                cell.error);
    }
}

static unsigned print_table(FILE *out, const struct paper_report *p, const struct paper_table *t,
                            unsigned y)
{
    fprintf(out, "<text class=\"title\" x=\"8\" y=\"%u\">", y + 22);
    print_text(out, t->title);
    fprintf(out, " (%s: published / predicted)</text>\n", paper_unit_name(t));
    y += TITLE_HEIGHT;
    for (unsigned r = 0; r < t->rows_count; r++) {
        for (unsigned s = 0; s < p->paper->systems_count; s++) {
            if (paper_cell_value(p, &t->rows[r], s)) {
                print_line(out, p, t, &t->rows[r], s, y);
                y += LINE_HEIGHT;
            }
        }
    }
    return y;
}

static const char style[] =
    "<style>text{font:11px sans-serif;fill:#222}.title{font-weight:bold;font-size:13px}"
    ".published{fill:#b8b8b8}.recalled{fill:none;stroke:#999;stroke-dasharray:3 2}"
    ".predicted{fill:#1f6fb2}.calibration{fill:#8ab8dd}"
    "@media(prefers-color-scheme:dark){text{fill:#ddd}.published{fill:#777}}</style>\n";

void report_paper_svg(FILE *out, const struct paper_report *p)
{
    unsigned height = 3 * LINE_HEIGHT;
    for (unsigned t = 0; t < p->paper->tables_count; t++) {
        height += TITLE_HEIGHT + line_count(p, &p->paper->tables[t]) * LINE_HEIGHT;
    }
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %u\" width=\"%d\" "
            "height=\"%u\" role=\"img\">\n%s",
            WIDTH, height, WIDTH, height, style);
    unsigned y = LINE_HEIGHT;
    fprintf(out, "<text class=\"title\" x=\"8\" y=\"18\">");
    print_text(out, p->paper->cite);
    fprintf(out, "; profile %s</text>\n", p->profile->name);
    for (unsigned t = 0; t < p->paper->tables_count; t++) {
        y = print_table(out, p, &p->paper->tables[t], y);
    }
    fprintf(out,
            "<text x=\"8\" y=\"%u\">grey: published (dashed: recalled, not confirmed); blue: "
            "predicted (pale: calibration)</text>\n</svg>\n",
            y + 18);
}
