#include "sim/report/html_parts.h"

#include <math.h>
#include <string.h>

const char *html_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

double html_number(const json_t *object, const char *key)
{
    return (double)json_integer_value(json_object_get(object, key));
}

double html_per_operation(const json_t *row, double sum)
{
    double operations = html_number(row, "operations");
    return sum / (operations > 0 ? operations : 1);
}

double html_cycles_per_operation(const json_t *row, double millicycles)
{
    return html_per_operation(row, millicycles) / 1000.0;
}

const json_t *html_row_of(const struct html_subject *s, const char *name)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(s->of, "rows"), i, row)
    {
        if (strcmp(html_text(row, "name"), name) == 0) {
            return row;
        }
    }
    return NULL;
}

static void add_name(json_t *names, const char *name)
{
    for (size_t i = 0; i < json_array_size(names); i++) {
        if (strcmp(json_string_value(json_array_get(names, i)), name) == 0) {
            return;
        }
    }
    json_array_append_new(names, json_string(name));
}

json_t *html_row_names(const struct html_report *r)
{
    json_t *names = json_array();
    for (size_t s = 0; s < r->subject_count; s++) {
        size_t i;
        json_t *row;
        json_array_foreach(json_object_get(r->subjects[s].of, "rows"), i, row)
        {
            add_name(names, html_text(row, "name"));
        }
    }
    return names;
}

/* Digits in groups of three. */
static void group_digits(char out[HTML_NUMBER_MAX], const char *digits)
{
    size_t whole = strcspn(digits, "."), at = 0;
    for (size_t i = 0; i < whole && at < HTML_NUMBER_MAX - 8; i++) {
        if (i != 0 && (whole - i) % 3 == 0) {
            out[at++] = ',';
        }
        out[at++] = digits[i];
    }
    snprintf(out + at, HTML_NUMBER_MAX - at, "%s", digits + whole);
}

void html_format(char out[HTML_NUMBER_MAX], double value, int decimals, bool is_signed)
{
    char digits[32], grouped[HTML_NUMBER_MAX];
    snprintf(digits, sizeof digits, "%.*f", decimals, fabs(value));
    group_digits(grouped, digits);
    bool is_zero = strspn(digits, "0.") == strlen(digits);
    const char *sign = is_zero ? "" : value < 0 ? "\u2212" : is_signed ? "+" : "";
    snprintf(out, HTML_NUMBER_MAX, "%s%.40s", sign, grouped);
}
