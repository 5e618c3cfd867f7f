/* Panes of any screen lie inside it and beside each other. */
#include "sim/step/layout.h"
#include "tests/support/run_suite.h"

static void check_inside(const struct layout *l, unsigned rows, unsigned columns)
{
    for (unsigned i = 0; i < l->count; i++) {
        const struct place *p = &l->places[i];
        ck_assert_msg(p->rows > 0 && p->row + p->rows < rows && p->column + p->columns <= columns,
                      "%u x %u: pane %d", rows, columns, (int)p->pane);
        for (unsigned k = 0; k < i; k++) {
            const struct place *q = &l->places[k];
            bool apart = p->row >= q->row + q->rows || q->row >= p->row + p->rows ||
                         p->column >= q->column + q->columns || q->column >= p->column + p->columns;
            ck_assert_msg(apart, "%u x %u: panes %d and %d", rows, columns, (int)p->pane,
                          (int)q->pane);
        }
    }
}

START_TEST(panes_lie_inside_and_apart)
{
    struct layout l;
    for (unsigned rows = 1; rows < 90; rows++) {
        for (unsigned columns = 1; columns < 240; columns += 7) {
            layout_make(rows, columns, PANE_GIC, false, &l);
            check_inside(&l, rows, columns);
            bool is_small = rows < LAYOUT_ROWS_MIN || columns < LAYOUT_COLUMNS_MIN;
            ck_assert_uint_eq(l.count, is_small                       ? 0
                                       : rows >= 40 && columns >= 120 ? PANE_COUNT
                                                                      : 5);
            layout_make(rows, columns, PANE_GIC, true, &l);
            check_inside(&l, rows, columns);
            ck_assert_uint_eq(l.count, is_small ? 0 : 2);
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("step_layout");
    TCase *tc = tcase_create("layout");
    tcase_add_test(tc, panes_lie_inside_and_apart);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
