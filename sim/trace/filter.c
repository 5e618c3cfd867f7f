#include "sim/trace/filter.h"

#include <stdio.h>
#include <string.h>

#include "sim/base/parse.h"
#include "sim/base/types.h"

#define TEXT_MAX 512

static const char *const kind_names[TRACE_KINDS] = {
    [TRACE_EL] = "el",
    [TRACE_FUNCTION] = "function",
    [TRACE_VM_FUNCTION] = "vm-function",
    [TRACE_IDLE] = "idle",
    [TRACE_VM] = "vm",
    [TRACE_EXCEPTION] = "exception",
    [TRACE_IRQ] = "irq",
    [TRACE_SWITCH] = "switch",
    [TRACE_SPAN] = "span",
    [TRACE_MMIO] = "mmio",
    [TRACE_FIRMWARE] = "firmware",
};

struct trace_filter trace_filter_default(void)
{
    return (struct trace_filter){
        .kinds = ((1u << TRACE_KINDS) - 1) & ~(1u << TRACE_VM_FUNCTION),
        .els = UINT32_MAX,
        .cpus = UINT32_MAX,
    };
}

static bool add_kind(const char *word, struct trace_filter *f, struct err *e)
{
    for (unsigned k = 0; k < TRACE_KINDS; k++) {
        if (strcmp(word, kind_names[k]) == 0) {
            f->kinds |= 1u << k;
            return true;
        }
    }
    return err_set(e,
                   "event=%s: el, function, vm-function, idle, vm, exception, irq, switch, "
                   "span, mmio or firmware is expected",
                   word);
}

static bool number(const char *key, const char *word, uint64_t most, uint64_t *n, struct err *e)
{
    return (parse_u64(word, 10, n, NULL) && *n <= most) ||
           err_set(e, "%s=%s: a number of 0 to %u is expected", key, word, (unsigned)most);
}

static bool add_vm(const char *word, struct trace_filter *f, struct err *e)
{
    uint64_t n;
    if (f->vm_count == TRACE_VMS_MAX) {
        return err_set(e, "vm=: %u VMs at most", TRACE_VMS_MAX);
    }
    if (!number("vm", word, UINT16_MAX - 1, &n, e)) {
        return false;
    }
    f->vms[f->vm_count++] = (uint16_t)n;
    return true;
}

static bool add_bit(const char *key, const char *word, unsigned most, uint32_t *bits, struct err *e)
{
    uint64_t n;
    if (!number(key, word, most, &n, e)) {
        return false;
    }
    *bits |= 1u << n;
    return true;
}

static bool add_word(const char *key, const char *word, struct trace_filter *f, struct err *e)
{
    if (strcmp(key, "event") == 0) {
        return add_kind(word, f, e);
    }
    if (strcmp(key, "el") == 0) {
        return add_bit(key, word, 2, &f->els, e);
    }
    if (strcmp(key, "cpu") == 0) {
        return add_bit(key, word, EL2SIM_MAX_CPUS - 1, &f->cpus, e);
    }
    if (strcmp(key, "vm") == 0) {
        return add_vm(word, f, e);
    }
    if (strcmp(key, "span") == 0) {
        bool fits = word[0] != '\0' && strlen(word) < sizeof f->span && f->span[0] == '\0';
        snprintf(f->span, sizeof f->span, "%s", word);
        return fits || err_set(e, "span=%s: the name of one row is expected", word);
    }
    return err_set(e, "%s=%s: el, vm, cpu, event or span is expected", key, word);
}

/* What a key that is named begins with: nothing. */
static void clear(const char *key, struct trace_filter *f)
{
    f->kinds = strcmp(key, "event") == 0 ? 0 : f->kinds;
    f->els = strcmp(key, "el") == 0 ? 0 : f->els;
    f->cpus = strcmp(key, "cpu") == 0 ? 0 : f->cpus;
}

bool trace_filter_parse(const char *text, struct trace_filter *filter, struct err *e)
{
    char copy[TEXT_MAX], *rest = copy;
    if (strlen(text) >= sizeof copy) {
        return err_set(e, "longer than %u characters", TEXT_MAX - 1);
    }
    snprintf(copy, sizeof copy, "%s", text);
    for (char *part = strsep(&rest, ","); part; part = strsep(&rest, ",")) {
        char *words = part;
        const char *key = strsep(&words, "=");
        if (words == NULL) {
            return err_set(e, "\"%s\": key=value is expected, as in el=2,event=exception|irq",
                           part);
        }
        clear(key, filter);
        for (char *word = strsep(&words, "|"); word; word = strsep(&words, "|")) {
            if (!add_word(key, word, filter, e)) {
                return false;
            }
        }
    }
    return true;
}
