#include "sim/report/html_shape.h"

#include <stdio.h>
#include <string.h>

#include "sim/base/types.h"

enum shape_kind {
    SHAPE_END,
    SHAPE_TEXT,
    SHAPE_COUNT, /* a whole number, not negative */
    SHAPE_OBJECT,
    SHAPE_LIST /* of objects */
};

struct shape {
    const char *key;
    enum shape_kind kind;
    bool is_optional;           /* may be missing or null */
    const struct shape *inside; /* of the object, or of each of the list */
};

#define TEXT(key)                                                                                  \
    {                                                                                              \
        key, SHAPE_TEXT, false, NULL                                                               \
    }
#define COUNT(key)                                                                                 \
    {                                                                                              \
        key, SHAPE_COUNT, false, NULL                                                              \
    }
#define OBJECT(key, shape)                                                                         \
    {                                                                                              \
        key, SHAPE_OBJECT, false, shape                                                            \
    }
#define LIST(key, shape)                                                                           \
    {                                                                                              \
        key, SHAPE_LIST, false, shape                                                              \
    }
#define END                                                                                        \
    {                                                                                              \
        NULL, SHAPE_END, false, NULL                                                               \
    }

static const struct shape tlb_size[] = {COUNT("entries"), COUNT("ways"), COUNT("walk_cache"), END};
static const struct shape price[] = {TEXT("class"), TEXT("unit"),   COUNT("millicycles"),
                                     TEXT("kind"),  TEXT("source"), END};
static const struct shape fit_row[] = {TEXT("row"),
                                       TEXT("measured"),
                                       TEXT("before"),
                                       TEXT("after"),
                                       {"left_out", SHAPE_TEXT, true, NULL},
                                       TEXT("source"),
                                       END};
static const struct shape fit[] = {TEXT("from"), TEXT("sha256"), LIST("rows", fit_row), END};
static const struct shape profile[] = {TEXT("name"),
                                       TEXT("title"),
                                       TEXT("sha256"),
                                       COUNT("clock_hz"),
                                       COUNT("counter_hz"),
                                       OBJECT("tlb", tlb_size),
                                       LIST("prices", price),
                                       {"fit", SHAPE_OBJECT, true, fit},
                                       END};
static const struct shape machine[] = {TEXT("cpu"),
                                       COUNT("gic"),
                                       COUNT("smp"),
                                       COUNT("entry_el"),
                                       TEXT("level"),
                                       COUNT("memory_bytes"),
                                       COUNT("quantum_cycles"),
                                       END};
static const struct shape image[] = {TEXT("file"), TEXT("sha256"), END};
static const struct shape cause[] = {TEXT("exception"), COUNT("count"), COUNT("instructions"),
                                     COUNT("millicycles"), END};
static const struct shape part[] = {
    COUNT("el"),    TEXT("where"),   TEXT("function"),     TEXT("class"),
    COUNT("count"), COUNT("cycles"), COUNT("millicycles"), END};
static const struct shape row[] = {TEXT("name"),
                                   COUNT("operations"),
                                   COUNT("cycles"),
                                   COUNT("millicycles"),
                                   COUNT("traps"),
                                   COUNT("exceptions"),
                                   COUNT("instructions"),
                                   LIST("causes", cause),
                                   LIST("breakdown", part),
                                   END};
static const struct shape exception[] = {COUNT("from_el"), COUNT("to_el"), COUNT("ec"),
                                         COUNT("count"), END};
static const struct shape vm_exit[] = {COUNT("ec"), COUNT("count"), COUNT("millicycles"), END};
static const struct shape tlb[] = {COUNT("misses"),        COUNT("walk_steps_s1"),
                                   COUNT("walk_steps_s2"), COUNT("evictions"),
                                   COUNT("invalidations"), END};
static const struct shape unmodelled[] = {TEXT("what"), COUNT("count"), COUNT("first_pc"), END};
static const struct shape skipped[] = {TEXT("row"), TEXT("reason"), END};

static const struct shape finding[] = {TEXT("id"), COUNT("count"), END};
static const struct shape lint[] = {LIST("findings", finding), END};

/* What designs and runs have alike. */
#define RUN_SHAPE                                                                                  \
    OBJECT("machine", machine), LIST("images", image), TEXT("end"), TEXT("digest"),                \
        COUNT("instructions"), LIST("exceptions", exception), LIST("exits", vm_exit),              \
        OBJECT("tlb", tlb), LIST("unmodelled", unmodelled), COUNT("broken_devices"),               \
        LIST("rows", row), COUNT("wrong_marks"),                                                   \
    {                                                                                              \
        "lint", SHAPE_OBJECT, true, lint                                                           \
    }

static const struct shape design[] = {TEXT("name"), TEXT("title"), LIST("skipped", skipped),
                                      RUN_SHAPE, END};
static const struct shape compare[] = {TEXT("el2sim"), OBJECT("profile", profile),
                                       LIST("designs", design), END};
static const struct shape run[] = {TEXT("el2sim"),   OBJECT("profile", profile),
                                   TEXT("end_text"), LIST("breakdown", part),
                                   RUN_SHAPE,        END};

static const char *const kind_names[] = {[SHAPE_TEXT] = "a text",
                                         [SHAPE_COUNT] = "a whole number that is not negative",
                                         [SHAPE_OBJECT] = "an object",
                                         [SHAPE_LIST] = "a list"};

static bool is_of_kind(const json_t *value, enum shape_kind kind)
{
    switch (kind) {
    case SHAPE_TEXT:
        return json_is_string(value);
    case SHAPE_COUNT:
        return json_is_integer(value) && json_integer_value(value) >= 0;
    case SHAPE_OBJECT:
        return json_is_object(value);
    case SHAPE_LIST:
        return json_is_array(value);
    case SHAPE_END:
        break;
    }
    return false;
}

static bool check(const json_t *object, const struct shape *shapes, const char *place,
                  struct err *e);

static bool check_list(const json_t *list, const struct shape *inside, const char *place,
                       struct err *e)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        char here[128];
        snprintf(here, sizeof here, "%.90s[%zu]", place, i);
        const json_t *element = json_array_get(list, i);
        if (!json_is_object(element)) {
            return err_set(e, "%s: an object must be here", here);
        }
        if (!check(element, inside, here, e)) {
            return false;
        }
    }
    return true;
}

static bool check(const json_t *object, const struct shape *shapes, const char *place,
                  struct err *e)
{
    for (const struct shape *s = shapes; s->key; s++) {
        const json_t *value = json_object_get(object, s->key);
        char here[128];
        snprintf(here, sizeof here, "%.90s%s%.30s", place, place[0] ? "." : "", s->key);
        if (s->is_optional && (value == NULL || json_is_null(value))) {
            continue;
        }
        if (!is_of_kind(value, s->kind)) {
            return err_set(e, "%s: %s must be here: is it a result of this version of el2sim?",
                           here, kind_names[s->kind]);
        }
        if ((s->kind == SHAPE_OBJECT && !check(value, s->inside, here, e)) ||
            (s->kind == SHAPE_LIST && !check_list(value, s->inside, here, e))) {
            return false;
        }
    }
    return true;
}

/* Other files of ours, and where what they say can be read. */
static bool refuse_kind(const char *kind, struct err *e)
{
    static const struct {
        const char *kind, *read;
    } others[] = {
        {"sweep", "report.txt and results.csv beside it are its report"},
        {"sweep-point", "report.txt and results.csv of the whole sweep are its report"},
        {"fit", "`el2sim report` shows a fit with the results of its profile"},
    };
    for (size_t i = 0; kind && i < sizeof others / sizeof others[0]; i++) {
        if (strcmp(kind, others[i].kind) == 0) {
            return err_set(
                e,
                "the JSON of a %s; a page is made of `el2sim compare --json` and `el2sim "
                "run --json` alone: %s",
                kind, others[i].read);
        }
    }
    return err_set(e, "no result of `el2sim compare --json` or `el2sim run --json` (its \"kind\" "
                      "says which)");
}

bool html_shape_check(const json_t *root, struct err *e)
{
    const char *kind = json_string_value(json_object_get(root, "kind"));
    if (kind && strcmp(kind, "compare") == 0) {
        return check(root, compare, "", e);
    }
    if (kind && strcmp(kind, "run") == 0) {
        return check(root, run, "", e);
    }
    return refuse_kind(kind, e);
}
