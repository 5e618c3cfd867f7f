/* Stacked bars, as chart.html prints them: a bar is a drawing of its own, as wide as its part of
 * the longest one, so that text keeps its size on a narrow page. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/report/html_parts.h"

#define TICKS_MAX 8

struct html_chart {
    json_t *chart, *group, *bar; /* group, bar: the last of each */
    double total;                /* of the bar so far */
    double longest;
    char unit[32];
};

struct html_chart *html_chart(const char *title, const char *unit)
{
    struct html_chart *c = calloc(1, sizeof *c);
    BUG_ON(c == NULL);
    c->chart = json_pack("{s:s, s:s, s:[], s:[], s:[]}", "title", title, "unit", unit, "legend",
                         "bar_groups", "ticks");
    snprintf(c->unit, sizeof c->unit, "%s", unit);
    return c;
}

void html_chart_series(struct html_chart *c, unsigned series, const char *name)
{
    json_array_append_new(json_object_get(c->chart, "legend"),
                          json_pack("{s:i, s:s}", "colour", (int)series, "entry", name));
}

/* Keeps the sum of the bar that is over. */
static void end_bar(struct html_chart *c)
{
    if (c->bar) {
        json_object_set_new(c->bar, "total", json_real(c->total));
        c->longest = c->total > c->longest ? c->total : c->longest;
    }
    c->bar = NULL;
    c->total = 0;
}

void html_chart_group(struct html_chart *c, const char *title, const char *href)
{
    end_bar(c);
    c->group =
        json_pack("{s:s, s:s, s:[]}", "group", title, "group_href", href ? href : "", "bars");
    json_array_append_new(json_object_get(c->chart, "bar_groups"), c->group);
}

void html_chart_bar(struct html_chart *c, const char *label)
{
    end_bar(c);
    c->bar = json_pack("{s:s, s:[]}", "label", label, "segments");
    json_array_append_new(json_object_get(c->group, "bars"), c->bar);
}

void html_chart_segment(struct html_chart *c, unsigned series, const char *name, double value)
{
    if (value > 0) {
        json_array_append_new(
            json_object_get(c->bar, "segments"),
            json_pack("{s:i, s:s, s:f}", "colour", (int)series, "segment", name, "value", value));
        c->total += value;
    }
}

/* 1, 2 or 5 times a power of ten, such that there are at most TICKS_MAX of them up to `longest`. */
static double tick_step(double longest)
{
    double step = pow(10, floor(log10(longest / TICKS_MAX)));
    static const double factors[] = {1, 2, 5, 10};
    for (size_t i = 0; i < sizeof factors / sizeof factors[0]; i++) {
        if (longest / (step * factors[i]) <= TICKS_MAX) {
            return step * factors[i];
        }
    }
    return step * 10;
}

static void set_percent(json_t *object, const char *key, double part)
{
    char text[16];
    snprintf(text, sizeof text, "%.2f", 100.0 * part);
    json_object_set_new(object, key, json_string(text));
}

static void add_ticks(struct html_chart *c)
{
    double step = c->longest > 0 ? tick_step(c->longest) : 1;
    for (unsigned i = 0; i <= TICKS_MAX && i * step <= c->longest; i++) {
        char text[HTML_NUMBER_MAX];
        html_format(text, i * step, step < 1 ? 1 : 0, false);
        json_t *tick = json_pack("{s:s}", "tick", text);
        set_percent(tick, "x", c->longest > 0 ? i * step / c->longest : 0);
        json_array_append_new(json_object_get(c->chart, "ticks"), tick);
    }
}

/* Places the segments of a bar, in percent of it. */
static void lay_out_bar(json_t *bar, double longest, int decimals)
{
    double total = json_real_value(json_object_get(bar, "total")), at = 0;
    char text[HTML_NUMBER_MAX];
    size_t i;
    json_t *segment;
    json_array_foreach(json_object_get(bar, "segments"), i, segment)
    {
        double value = json_real_value(json_object_get(segment, "value"));
        char share[16];
        html_format(text, value, decimals, false);
        snprintf(share, sizeof share, "%.1f", 100.0 * value / total);
        json_object_set_new(segment, "amount", json_string(text));
        json_object_set_new(segment, "share", json_string(share));
        set_percent(segment, "x", at / total);
        set_percent(segment, "width", value / total);
        at += value;
    }
    html_format(text, total, decimals, false);
    json_object_set_new(bar, "sum", json_string(text));
    set_percent(bar, "length", longest > 0 ? total / longest : 0);
}

json_t *html_chart_done(struct html_chart *c, int decimals)
{
    end_bar(c);
    size_t g, b;
    json_t *group, *bar;
    json_array_foreach(json_object_get(c->chart, "bar_groups"), g, group)
    {
        json_array_foreach(json_object_get(group, "bars"), b, bar)
        {
            lay_out_bar(bar, c->longest, decimals);
        }
    }
    add_ticks(c);
    json_t *chart = c->chart;
    free(c);
    return chart;
}
