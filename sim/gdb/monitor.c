/* `monitor` commands: what gdb has no words for. */
#include "sim/gdb/monitor.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "gic/look.h"
#include "sim/base/parse.h"
#include "sim/board/snapshot.h"

#define WORDS_MAX 6

/* CPUs: where they are and what they have done. */
static void state(struct gdb *g, char **words, unsigned count, struct gdb_text *out)
{
    (void)words, (void)count;
    for (unsigned i = 0; i < gdb_cpu_count(g); i++) {
        struct control_cpu cpu = control_cpu_state(g->c, i);
        const char *does = !cpu.is_on ? "off" : cpu.is_waiting ? "waits" : "runs";
        gdb_print(out,
                  "%c CPU %u: %-5s EL%u context %u pc 0x%016" PRIx64 " cycle %" PRIu64
                  " instructions %" PRIu64 " exceptions %" PRIu64 "\n",
                  i == g->chosen ? '*' : ' ', i, does, cpu.el, cpu.context, cpu.pc, cpu.now / CYCLE,
                  cpu.instructions, cpu.exceptions);
    }
    gdb_print(out, "memory by: %s\n", control_space_name(g->space));
}

static void digest(struct gdb *g, char **words, unsigned count, struct gdb_text *out)
{
    char text[33];
    (void)words, (void)count;
    control_digest(g->c, text);
    gdb_print(out, "%s\n", text);
}

/* A register, "$" before it or not: gdb does not expand what it hands on. */
static bool read_place(const struct gdb *g, const char *name, uint64_t *at)
{
    uint64_t value[2];
    unsigned reg = control_register_by_name(name[0] == '$' ? name + 1 : name);
    if (!control_has_register(g->c, reg)) {
        return false;
    }
    control_read_register(g->c, g->chosen, reg, value);
    *at = value[0];
    return true;
}

/* [SPACE] ADDRESS; the space is that of memory, if none is named. */
static bool take_place(const struct gdb *g, char **words, unsigned count, enum control_space *space,
                       uint64_t *at)
{
    *space = g->space;
    if (count == 2) {
        *space = control_space_by_name(words[0]);
    }
    const char *place = count != 0 ? words[count - 1] : "";
    return *space != SPACE_COUNT && (parse_u64(place, 0, at, NULL) || read_place(g, place, at));
}

static void walk(struct gdb *g, char **words, unsigned count, struct gdb_text *out)
{
    enum control_space space;
    uint64_t at;
    struct mmu_steps steps;
    struct mmu_page page;
    struct mmu_fault fault;
    if (!take_place(g, words, count, &space, &at)) {
        gdb_print(out, "usage: monitor walk [va|el0|el1|el2|guest|stage1|ipa|pa] ADDRESS\n"
                       "ADDRESS is a number or a register's name\n");
        return;
    }
    bool found = control_translate(g->c, g->chosen, space, at, &steps, &page, &fault);
    for (unsigned i = 0; i < steps.count; i++) {
        const struct mmu_step *s = &steps.at[i];
        gdb_print(
            out, "%s stage %u level %u of 0x%" PRIx64 ": [0x%" PRIx64 "] = 0x%016" PRIx64 "\n",
            s->of_table ? " " : "", s->stage2 ? 2 : 1, s->level, s->input, s->at.v, s->descriptor);
    }
    if (found) {
        gdb_print(out,
                  "0x%" PRIx64 " (%s) -> PA 0x%" PRIx64 ", %" PRIu64 " KiB, %s%s%s, attr 0x%02x\n",
                  at, control_space_name(space), page.pa.v, page.size_bytes / 1024,
                  page.prot & PROT_R ? "r" : "-", page.prot & PROT_W ? "w" : "-",
                  page.prot & PROT_X ? "x" : "-", page.attr);
    } else {
        gdb_print(out, "0x%" PRIx64 " (%s): fault: %s, stage %u, level %u\n", at,
                  control_space_name(space), gdb_fault_name(fault.type), fault.stage2 ? 2 : 1,
                  fault.level);
    }
}

static void mem(struct gdb *g, char **words, unsigned count, struct gdb_text *out)
{
    enum control_space space =
        count == 1 ? control_space_by_name(words[0]) : (enum control_space)SPACE_COUNT;
    if (space == SPACE_COUNT) {
        gdb_print(out, "usage: monitor mem va|el0|el1|el2|guest|stage1|ipa|pa\n");
        return;
    }
    g->space = space;
    gdb_print(out,
              "memory is by %s from now on (gdb may have old contents: `maint flush dcache`)\n",
              control_space_name(space));
}

static void step(struct gdb *g, char **words, unsigned count, struct gdb_text *out)
{
    bool is_over = count == 1 && strcmp(words[0], "over") == 0;
    if (count != 1 || (!is_over && strcmp(words[0], "into") != 0)) {
        gdb_print(out, "usage: monitor step into | over\n");
        return;
    }
    g->steps_through = is_over;
    gdb_print(out, is_over ? "steps go on until exceptions, interrupts too, have returned\n"
                           : "steps end in the vector where an exception is taken\n");
}

static bool add_catch(struct control_catch *what, const char *word, const char *el)
{
    uint64_t n;
    if (strcmp(word, "el") == 0 && el) {
        bool valid = parse_u64(el, 10, &n, NULL) && n <= 2;
        what->exceptions |= valid ? 1u << n : 0;
        return valid;
    }
    what->el |= strcmp(word, "change") == 0;
    what->context |= strcmp(word, "world") == 0;
    what->marks |= strcmp(word, "marks") == 0;
    return strcmp(word, "change") == 0 || strcmp(word, "world") == 0 || strcmp(word, "marks") == 0;
}

static void catch (struct gdb *g, char **words, unsigned count, struct gdb_text *out)
{
    struct control_catch what = g->catch;
    if (count == 1 && strcmp(words[0], "off") == 0) {
        what = (struct control_catch){.el = false};
    } else if (count == 0 || !add_catch(&what, words[0], count > 1 ? words[1] : NULL)) {
        gdb_print(out, "usage: monitor catch el N | change | world | marks | off\n");
        return;
    }
    g->catch = what;
    control_catch(g->c, &what);
    gdb_print(out, "caught: exceptions to%s%s%s%s%s%s%s\n", what.exceptions & 1 ? " EL0" : "",
              what.exceptions & 2 ? " EL1" : "", what.exceptions & 4 ? " EL2" : "",
              what.exceptions ? "" : " none", what.el ? ", changes of EL" : "",
              what.context ? ", changes of world" : "", what.marks ? ", marks" : "");
}

static void gic(struct gdb *g, char **words, unsigned count, struct gdb_text *out)
{
    struct gic_look look;
    (void)words, (void)count;
    control_look_gic(g->c, g->chosen, &look);
    gdb_print(out, "GICv%u, CPU %u: priority mask 0x%02x, running 0x%02x, next INTID %u\n",
              look.version, g->chosen, look.physical.mask, look.physical.running, look.next);
    for (unsigned i = 0; i < look.count; i++) {
        const struct gic_look_interrupt *irq = &look.interrupts[i];
        gdb_print(out, "  INTID %4u: priority 0x%02x group %u %s%s%s%s\n", irq->intid,
                  irq->priority, irq->group, irq->enabled ? "enabled" : "disabled",
                  irq->pending ? " pending" : "", irq->active ? " active" : "",
                  irq->edge ? " edge" : " level");
    }
    for (unsigned i = 0; look.has_virtualization && i < look.lr_count; i++) {
        const struct gic_look_lr *lr = &look.lrs[i];
        if (lr->pending || lr->active) {
            gdb_print(out, "  LR%u: vINTID %u priority 0x%02x group %u%s%s%s%s\n", i, lr->vintid,
                      lr->priority, lr->group, lr->pending ? " pending" : "",
                      lr->active ? " active" : "", lr->hw ? " HW" : "", lr->eoi ? " EOI" : "");
        }
    }
    if (look.has_virtualization) {
        gdb_print(out, "  HCR 0x%08x MISR 0x%02x, guest's mask 0x%02x, running 0x%02x\n", look.hcr,
                  look.misr, look.guest.mask, look.guest.running);
    }
}

static uint64_t read_named(struct gdb *g, const char *name)
{
    uint64_t value[2] = {0, 0};
    unsigned reg = control_register_by_name(name);
    if (control_has_register(g->c, reg)) {
        control_read_register(g->c, g->chosen, reg, value);
    }
    return value[0];
}

static void timers(struct gdb *g, char **words, unsigned count, struct gdb_text *out)
{
    static const struct {
        const char *name, *ctl, *cval;
    } all[] = {{"EL1 physical", "CNTP_CTL_EL0", "CNTP_CVAL_EL0"},
               {"EL1 virtual", "CNTV_CTL_EL0", "CNTV_CVAL_EL0"},
               {"EL2 physical", "CNTHP_CTL_EL2", "CNTHP_CVAL_EL2"},
               {"EL2 virtual", "CNTHV_CTL_EL2", "CNTHV_CVAL_EL2"}};
    (void)words, (void)count;
    gdb_print(out, "counter %" PRIu64 ", virtual %" PRIu64 " (CNTVOFF_EL2 %" PRIu64 ")\n",
              read_named(g, "CNTPCT_EL0"), read_named(g, "CNTVCT_EL0"),
              read_named(g, "CNTVOFF_EL2"));
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (control_has_register(g->c, control_register_by_name(all[i].ctl))) {
            uint64_t ctl = read_named(g, all[i].ctl);
            gdb_print(out, "%-12s compares with %" PRIu64 "%s%s%s\n", all[i].name,
                      read_named(g, all[i].cval), ctl & 1 ? ", enabled" : ", off",
                      ctl & 2 ? ", masked" : "", ctl & 4 ? ", condition met" : "");
        }
    }
}

/* By class of all CPUs: in all, and since this was last asked. */
static void costs(struct gdb *g, char **words, unsigned count, struct gdb_text *out)
{
    cycles_t now[COST_CLASS_COUNT] = {0}, total = 0;
    (void)words, (void)count;
    struct ledger *ledger = control_ledger(g->c);
    for (size_t i = 0; i < ledger_row_count(ledger); i++) {
        for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
            now[k] += ledger_row_at(ledger, i)->cells[k].cycles;
            total += ledger_row_at(ledger, i)->cells[k].cycles;
        }
    }
    if (g->costs == NULL) {
        g->costs = calloc(COST_CLASS_COUNT, sizeof *g->costs);
        BUG_ON(g->costs == NULL);
    }
    gdb_print(out, "%-28s %16s %16s\n", "class", "cycles", "since last asked");
    for (unsigned k = 0; k < COST_CLASS_COUNT; k++) {
        if (now[k] != 0) {
            /* Going back makes it less. */
            double since = ((double)now[k] - (double)g->costs[k]) / (double)CYCLE;
            gdb_print(out, "%-28s %16.3f %16.3f\n", cost_class_info[k].name,
                      (double)now[k] / (double)CYCLE, since);
        }
        g->costs[k] = now[k];
    }
    gdb_print(out, "%-28s %16.3f\n", "all", (double)total / (double)CYCLE);
}

static void snapshot(struct gdb *g, char **words, unsigned count, struct gdb_text *out)
{
    struct err e = {""};
    if (count != 1) {
        gdb_print(out, "usage: monitor snapshot FILE\n");
        return;
    }
    const struct snapshot_plan plan = {.path = words[0],
                                       .cpu = g->config->cpu,
                                       .features = g->config->features,
                                       .profile = g->config->profile_name};
    if (control_save(g->c, &plan, &e)) {
        gdb_print(out, "%s: el2sim run --snapshot %s goes on from here\n", words[0], words[0]);
    } else {
        gdb_print(out, "%s\n", e.text);
    }
}

static void help(struct gdb *g, char **words, unsigned count, struct gdb_text *out);

static const struct monitor_command {
    const char *name, *arguments, *what;
    void (*run)(struct gdb *g, char **words, unsigned count, struct gdb_text *out);
} commands[] = {
    {"help", "", "this", help},
    {"state", "", "where each CPU is, and what it has done", state},
    {"walk", "[SPACE] ADDRESS", "the descriptors that translate an address", walk},
    {"mem", "SPACE",
     "whose addresses gdb's are: va (of the code that runs), el0, el1, el2, guest "
     "(EL1&0 with stage 2), stage1, ipa, pa",
     mem},
    {"gic", "", "interrupts and list registers of the CPU", gic},
    {"timers", "", "its timers", timers},
    {"costs", "", "cycles by class, and since this was last asked", costs},
    {"explain", "", "what the instruction at pc does in this state, and why", gdb_monitor_explain},
    {"catch", "el N | change | world | marks | off",
     "stop at exceptions to ELN, changes of EL, of the world (host, VM), marks of spans", catch},
    {"step", "into | over",
     "where a step ends that takes an exception: in its vector (at first), or behind its return",
     step},
    {"symbols", "FILE",
     "write what is known of the code that the CPU runs as an ELF file, for add-symbol-file",
     gdb_monitor_symbols},
    {"snapshot", "FILE", "save the machine, for el2sim run --snapshot", snapshot},
    {"digest", "", "a digest of the whole state", digest},
};

static void help(struct gdb *g, char **words, unsigned count, struct gdb_text *out)
{
    (void)g, (void)words, (void)count;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        gdb_print(out, "monitor %s %s\n    %s\n", commands[i].name, commands[i].arguments,
                  commands[i].what);
    }
}

void gdb_monitor(struct gdb *g, char *line, struct gdb_text *out)
{
    char *words[WORDS_MAX];
    unsigned count = 0;
    for (char *save = NULL, *word = strtok_r(line, " \t", &save); word && count < WORDS_MAX;
         word = strtok_r(NULL, " \t", &save)) {
        words[count++] = word;
    }
    for (size_t i = 0; count != 0 && i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(words[0], commands[i].name) == 0) {
            commands[i].run(g, words + 1, count - 1, out);
            return;
        }
    }
    gdb_print(out, "no such command: `monitor help` lists them\n");
}

void gdb_monitor_free(struct gdb *g)
{
    free(g->costs);
    disasm_destroy(g->disasm);
}
