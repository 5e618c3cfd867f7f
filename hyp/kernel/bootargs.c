#include "kernel/bootargs.h"

#include "abi/guest.h"
#include "kernel/print.h"

/* A number from least to most; or one of words, or several with commas; or a text that has its own
 * reader and leaves room for a NUL. */
static const struct known {
    const char *name;
    unsigned least, most;
    const char *words;
    bool several;
    size_t room;
} known[] = {
    {.name = "rows", .room = GUEST_ROWS_MAX},
    {.name = "n", .least = 1, .most = GUEST_OPS_MAX},
    {.name = "work", .least = 1, .most = 1 << 20},
    {.name = "receive", .least = 0, .most = 1 << 20},
    {.name = "spread", .words = "off,on"},
    {.name = "opt", .words = "none,sysregs,traps,timer,debug,vgic,fp", .several = true},
    {.name = "eoi", .words = "together,split"},
    {.name = "tick", .words = "on,idle,full"},
    {.name = "pin", .words = "on,off"},
    {.name = "net", .words = "kernel,user"},
    {.name = "vmids", .least = 1, .most = 1 << 16},
    {.name = "vcpus", .least = 1, .most = 1 << 16}, /* of these two, who makes the VM knows more */
    {.name = "mem", .least = 1, .most = 1 << 20},
};

/* A word, and what is behind its = (NULL: it has none). */
struct argument {
    const char *text, *value;
    size_t name_length, value_length;
};

/* False: no more. */
static bool next_argument(const char **words, struct argument *a)
{
    const char *w = *words;
    while (*w == ' ') {
        w++;
    }
    a->text = w;
    while (*w && *w != ' ' && *w != '=') {
        w++;
    }
    a->name_length = (size_t)(w - a->text);
    a->value = *w == '=' ? ++w : NULL;
    a->value_length = 0;
    for (; *w && *w != ' '; w++) {
        a->value_length++;
    }
    *words = w;
    return w != a->text;
}

/* The length of the list's first name. */
static size_t name_end(const char *list)
{
    size_t n = 0;
    while (list[n] && list[n] != ',') {
        n++;
    }
    return n;
}

static bool same(const char *text, size_t length, const char *other, size_t other_length)
{
    size_t i = 0;
    while (i < length && i < other_length && text[i] == other[i]) {
        i++;
    }
    return i == length && i == other_length;
}

static bool is_number(const struct argument *a, unsigned least, unsigned most)
{
    u64 v = 0;
    for (size_t i = 0; i < a->value_length; i++) {
        char c = a->value[i];
        if (c < '0' || c > '9' || v > most) {
            return false;
        }
        v = v * 10 + (unsigned)(c - '0');
    }
    return a->value_length && v >= least && v <= most;
}

static bool is_one_of(const char *word, size_t word_length, const char *list)
{
    while (*list) {
        size_t length = name_end(list);
        if (same(word, word_length, list, length)) {
            return true;
        }
        list += length + (list[length] == ',');
    }
    return false;
}

static bool are_all_of(const struct argument *a, const char *list)
{
    size_t from = 0;
    for (size_t i = 0; i <= a->value_length; i++) {
        if (i == a->value_length || a->value[i] == ',') {
            if (!is_one_of(a->value + from, i - from, list)) {
                return false;
            }
            from = i + 1;
        }
    }
    return true;
}

static const struct known *find_known(const struct argument *a)
{
    for (unsigned i = 0; a->value && i < ARRAY_SIZE(known); i++) {
        const char *name = known[i].name;
        if (same(a->text, a->name_length, name, name_end(name))) {
            return &known[i];
        }
    }
    return NULL;
}

static bool has_value(const struct known *k, const struct argument *a)
{
    if (k->room) {
        return a->value_length < k->room;
    }
    if (k->several) {
        return a->value_length < BOOTARGS_LIST_MAX && are_all_of(a, k->words);
    }
    return k->words ? is_one_of(a->value, a->value_length, k->words)
                    : is_number(a, k->least, k->most);
}

static void complain(const char *who, const struct argument *a, const struct known *k)
{
    char word[64];
    size_t n = 0;
    for (; n + 1 < sizeof(word) && a->text[n] && a->text[n] != ' '; n++) {
        word[n] = a->text[n];
    }
    word[n] = 0;
    print("%s: boot argument %s: ", who, word);
    if (k == NULL) {
        print("known are");
        for (unsigned i = 0; i < ARRAY_SIZE(known); i++) {
            print(" %s=", known[i].name);
        }
        print("\n");
    } else if (k->room) {
        print("%s= takes %u characters at most\n", k->name, (unsigned)k->room - 1);
    } else if (k->words) {
        print("%s= takes %s of %s\n", k->name, k->several ? "a list" : "one", k->words);
    } else {
        print("%s= takes a number from %u to %u\n", k->name, k->least, k->most);
    }
}

bool bootargs_check(const char *who, const char *words)
{
    struct argument a;
    while (next_argument(&words, &a)) {
        const struct known *k = find_known(&a);
        if (k == NULL || !has_value(k, &a)) {
            complain(who, &a, k);
            return false;
        }
    }
    return true;
}

/* False: not there. */
static bool find_argument(const char *words, const char *name, struct argument *a)
{
    while (next_argument(&words, a)) {
        if (same(a->text, a->name_length, name, name_end(name))) {
            return true;
        }
    }
    return false;
}

bool bootargs_value(const char *words, const char *name, char *value, size_t size)
{
    struct argument a;
    size_t n = 0;
    bool found = find_argument(words, name, &a);
    for (; found && n < a.value_length && n + 1 < size; n++) {
        value[n] = a.value[n];
    }
    value[n] = 0;
    return found;
}

unsigned bootargs_number(const char *words, const char *name)
{
    struct argument a;
    unsigned v = 0;
    bool found = find_argument(words, name, &a);
    for (size_t i = 0; found && i < a.value_length; i++) {
        v = v * 10 + (unsigned)(a.value[i] - '0');
    }
    return v;
}

unsigned bootargs_number_or(const char *words, const char *name, unsigned otherwise)
{
    unsigned number = bootargs_number(words, name);
    return number ? number : otherwise;
}

bool bootargs_say(const char *words, const char *name, const char *value)
{
    struct argument a;
    return find_argument(words, name, &a) && same(a.value, a.value_length, value, name_end(value));
}

bool rows_have(const char *rows, const char *name)
{
    while (*rows) {
        const char *n = name;
        while (*n && *rows == *n) {
            rows++;
            n++;
        }
        if (*n == 0 && (*rows == 0 || *rows == ',')) {
            return true;
        }
        while (*rows && *rows != ',') {
            rows++;
        }
        while (*rows == ',') {
            rows++;
        }
        if (*rows == 0) {
            return false;
        }
    }
    return true;
}
