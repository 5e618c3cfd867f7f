#include "sim/report/report.h"

#include <inttypes.h>

/* One line per part; names hold no commas or quotes but C identifiers might from other languages:
 * quoted. */
void report_compare_csv(FILE *out, const struct comparison *c)
{
    fprintf(out,
            "design,profile,row,operations,el,where,function,class,count,cycles,millicycles\n");
    for (size_t d = 0; d < c->design_count; d++) {
        const struct design_report *design = &c->designs[d];
        for (size_t r = 0; r < design->row_count; r++) {
            const struct report_row *row = &design->rows[r];
            for (size_t i = 0; i < row->part_count; i++) {
                const struct row_part *p = &row->parts[i];
                fprintf(out,
                        "%s,%s,%s,%" PRIu64 ",%u,%s,\"%s\",%s,%" PRIu64 ",%" PRIu64 ",%" PRIu64
                        "\n",
                        design->design->name, c->profile->name, row->name, row->operations, p->el,
                        p->in_vm ? "vm" : "host", p->function, cost_class_info[p->class].name,
                        p->count, p->cycles, p->exact);
            }
        }
    }
}
