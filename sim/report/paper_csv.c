#include <inttypes.h>

#include "sim/report/paper_report.h"

static const char *const statuses[] = {
    [PAPER_READ] = "read", [PAPER_RECALLED] = "recalled", [PAPER_DERIVED] = "derived"};

static void print_count(FILE *out, const struct paper_report *p, const struct paper_row *r,
                        unsigned s)
{
    const struct paper_count *c = paper_row_count(p, r, s);
    if (c) {
        fprintf(out, ",%s,\"%s\",%u,%u", c->design, c->software, c->instructions, c->outside_vms);
    } else {
        fprintf(out, ",,,,");
    }
}

static void print_line(FILE *out, const struct paper_report *p, const struct paper_table *t,
                       const struct paper_row *r, unsigned s)
{
    const struct paper_value *v = paper_cell_value(p, r, s);
    struct paper_cell cell = paper_cell(p, t, r, s);
    if (!cell.is_there) {
        return;
    }
    fprintf(out, "%s,%s,\"%s\",%s,%s,%s,\"%s\",%g,%s,%s,", p->paper->name, t->id, r->title, r->row,
            p->paper->systems[s].id, p->designs[s].design->name, paper_unit_name(t), v->published,
            statuses[v->status], v->calibration ? "calibration" : "held-out");
    if (cell.is_predicted) {
        fprintf(out, "%.5f,%.1f,%.1f,%.1f", cell.predicted, cell.error, cell.instructions,
                cell.outside_vms);
    } else {
        fprintf(out, ",,,");
    }
    print_count(out, p, r, s);
    fprintf(out, ",%.16s,%s\n", p->profile->sha256, p->designs[s].result.digest);
}

void report_paper_csv(FILE *out, const struct paper_report *p)
{
    fprintf(out, "paper,table,benchmark,row,system,design,unit,published,status,use,predicted,"
                 "error_percent,instructions,instructions_outside_vms,real_design,real_software,"
                 "real_instructions,real_instructions_outside_vms,"
                 "profile_sha256,digest\n");
    for (unsigned t = 0; t < p->paper->tables_count; t++) {
        const struct paper_table *table = &p->paper->tables[t];
        for (unsigned r = 0; r < table->rows_count; r++) {
            for (unsigned s = 0; s < p->paper->systems_count; s++) {
                print_line(out, p, table, &table->rows[r], s);
            }
        }
    }
}
