#include "tests/unit/step/step_view.h"

#include <check.h>
#include <string.h>

#include "tests/unit/cpu-el/assemble.h"
#include "tests/unit/cpu-el/toy_pe.h"

static struct toy_pe *toy;
static struct inspect now;
static struct step_log step_events;
static struct view view;

static bool word(void *ctx, uint64_t at, uint32_t *out)
{
    (void)ctx;
    *out = now.insn.word;
    return at == STEP_PC;
}

/* Two functions. */
static const char *symbol(void *ctx, uint64_t at, uint64_t *offset)
{
    (void)ctx;
    *offset = at & 0xfff;
    return at >> 12 == STEP_PC >> 12 ? "guest_main" : at >> 12 == 0x40205 ? "vectors" : NULL;
}

static const char *source(void *ctx, uint64_t at, const char **file, unsigned *line)
{
    (void)ctx;
    *file = "guest/main.c";
    *line = 12;
    return at == STEP_PC ? "call(hypervisor);" : NULL;
}

static bool is_breakpoint(void *ctx, uint64_t at)
{
    (void)ctx;
    return at == STEP_PC + 4;
}

static const struct view_code code = {NULL, word, symbol, source, is_breakpoint};

struct view *step_view(const char *line)
{
    uint32_t words[1];
    struct err e;
    toy = toy_pe_create();
    toy_pe_at(toy, 1, true, 0);
    memset(&now, 0, sizeof now);
    now.pe = toy->pe;
    now.pe.pc = STEP_PC;
    now.pe.powered = true;
    now.pe.sr[SR_VBAR_EL2] = 0x40205000;
    assemble(&line, 1, words);
    now.insn = insn_decode(&now.pe.model, words[0]);
    now.fetched = true;
    now.counter_hz = 50000000;
    step_events.count = 0;
    view = (struct view){.now = &now,
                         .code = &code,
                         .log = &step_events,
                         .disasm = disasm_create(&e),
                         .console = "",
                         .cpu_count = 1,
                         .cursor = STEP_PC};
    ck_assert_ptr_nonnull(view.disasm);
    return &view;
}

struct inspect *step_now(void)
{
    return &now;
}

void step_view_destroy(void)
{
    disasm_destroy(view.disasm);
    toy_pe_destroy(toy);
}
