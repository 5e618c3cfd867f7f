#include <inttypes.h>
#include <stdlib.h>

#include "sim/report/why.h"

static const char *const titles[] = {[WHY_CLASS] = "by cost class",
                                     [WHY_FUNCTION] = "by function",
                                     [WHY_EXCEPTION] = "by exception, with what followed it"};
static const char *const csv_names[] = {
    [WHY_CLASS] = "class", [WHY_FUNCTION] = "function", [WHY_EXCEPTION] = "exception"};

/* Tenths of a cycle an operation, of each part and of all: two sides and their difference. */
struct tenths {
    int64_t *of[3], sum[3];
};

static struct tenths take_tenths(const struct why *why, enum why_by by)
{
    size_t count = why->counts[by];
    const struct why_part *parts = why->parts[by];
    struct tenths t;
    int64_t *exact = calloc(count + 1, sizeof *exact);
    BUG_ON(exact == NULL);
    for (unsigned column = 0; column < 3; column++) {
        for (size_t i = 0; i < count; i++) {
            exact[i] = column < 2 ? (int64_t)parts[i].side[column].exact : parts[i].difference;
        }
        uint64_t of = column < 2 ? why->rows[column]->operations : why->denominator;
        t.of[column] = calloc(count + 1, sizeof *t.of[column]);
        BUG_ON(t.of[column] == NULL);
        t.sum[column] = why_round(exact, (int64_t)(of * (CYCLE / 10)), t.of[column], count);
    }
    free(exact);
    return t;
}

static void free_tenths(struct tenths *t)
{
    for (unsigned column = 0; column < 3; column++) {
        free(t->of[column]);
    }
}

static void print_line(FILE *out, const struct why *why, enum why_by by, const char *label,
                       const int64_t tenths[3], const struct why_side sides[2])
{
    fprintf(out, "  %-44s %9.1f %9.1f %+10.1f", label, (double)tenths[0] / 10,
            (double)tenths[1] / 10, (double)tenths[2] / 10);
    for (unsigned s = 0; s < 2; s++) {
        fprintf(out, " %9.2f", (double)sides[s].instructions / (double)why->rows[s]->operations);
    }
    for (unsigned s = 0; s < 2 && by != WHY_FUNCTION; s++) {
        fprintf(out, " %8.2f", (double)sides[s].count / (double)why->rows[s]->operations);
    }
    fputc('\n', out);
}

static void add_side(struct why_side sum[2], const struct why_part *p)
{
    for (unsigned s = 0; s < 2; s++) {
        sum[s].exact += p->side[s].exact;
        sum[s].instructions += p->side[s].instructions;
        sum[s].count += p->side[s].count;
    }
}

static void print_parts(FILE *out, const struct why *why, enum why_by by, size_t most)
{
    struct tenths t = take_tenths(why, by);
    struct why_side all[2] = {{0}}, rest[2] = {{0}};
    int64_t rest_tenths[3] = {0};
    size_t left = 0;
    fprintf(out, "\n%-46s %9s %9s %10s %9s %9s%s\n", titles[by], "cycles", "cycles", "difference",
            "instr.", "instr.", by == WHY_FUNCTION ? "" : "    times    times");
    for (size_t i = 0; i < why->counts[by]; i++) {
        const struct why_part *p = &why->parts[by][i];
        int64_t line[3] = {t.of[0][i], t.of[1][i], t.of[2][i]};
        add_side(all, p);
        if (i < most) {
            print_line(out, why, by, p->label, line, p->side);
            continue;
        }
        left++;
        add_side(rest, p);
        for (unsigned column = 0; column < 3; column++) {
            rest_tenths[column] += line[column];
        }
    }
    if (left != 0) {
        char label[32];
        snprintf(label, sizeof label, "%zu more", left);
        print_line(out, why, by, label, rest_tenths, rest);
    }
    print_line(out, why, by, "all", t.sum, all);
    free_tenths(&t);
}

void report_why_text(FILE *out, const struct why *why, size_t most)
{
    fprintf(out,
            "\nwhy %s: one operation of %s beside %s (left and right; difference = left - right)\n",
            why->rows[0]->name, why->designs[0]->design->name, why->designs[1]->design->name);
    for (enum why_by by = WHY_CLASS; by < WHY_BY_COUNT; by++) {
        print_parts(out, why, by, most);
    }
}

void report_why_csv_head(FILE *out)
{
    fprintf(out, "row,design,beside,by,part,operations,operations_beside,millicycles,"
                 "millicycles_beside,difference,denominator,instructions,instructions_beside,"
                 "count,count_beside\n");
}

void report_why_csv(FILE *out, const struct why *why)
{
    for (enum why_by by = WHY_CLASS; by < WHY_BY_COUNT; by++) {
        for (size_t i = 0; i < why->counts[by]; i++) {
            const struct why_part *p = &why->parts[by][i];
            fprintf(out, "%s,%s,%s,%s,\"%s\",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64,
                    why->rows[0]->name, why->designs[0]->design->name,
                    why->designs[1]->design->name, csv_names[by], p->label,
                    why->rows[0]->operations, why->rows[1]->operations, p->side[0].exact,
                    p->side[1].exact);
            fprintf(out,
                    ",%" PRId64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 "\n",
                    p->difference, why->denominator, p->side[0].instructions,
                    p->side[1].instructions, p->side[0].count, p->side[1].count);
        }
    }
}
